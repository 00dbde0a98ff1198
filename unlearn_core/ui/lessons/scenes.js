// Every scene by the name that the lessons in Python give it. A scene is called with the place
// where it is drawn, its settings, and what it may use: see `sceneApi` in learn.js.

import { memory, scatter, strip, tokens } from "./scene_memory.js";
import { pmc } from "./scene_pmc.js";
import { ask } from "./scene_prefill.js";
import { run } from "./scene_run.js";
import { urn } from "./scene_urn.js";

export const SCENES = { ask, memory, pmc, run, scatter, strip, tokens, urn };
