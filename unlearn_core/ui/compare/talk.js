// What a person says to every column of a chat.

import { el } from "../browser/dom.js";
import { W, button, labelled, problemLine } from "./parts.js";

// `say` sends the text and tells whether it was taken.
export const makeTalk = (say) => {
  const submit = async (event) => {
    event.preventDefault();
    if (send.disabled) return;
    send.disabled = true;
    if (await say(field.value)) field.value = "";
    else send.disabled = false;
  };
  const field = el("textarea.cmp-field", { rows: 2, dir: "auto", id: "cmp-say",
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    } });
  const send = button(W.send, "", null, { type: "submit" });
  const problem = problemLine("");
  const form = el("form.cmp-form.cmp-say", { hidden: true, onsubmit: submit },
    labelled(W.say, field), send, problem);
  return { form, send, tell: (words) => { problem.textContent = words; } };
};
