"""The guided path on the page: its component, and the button that opens it."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from unlearn_core.errors import LetheError, MissingPrerequisite
from unlearn_core.runs.spec import RunKind
from unlearn_core.runs.store import Store
from unlearn_core.ui.browser.island import island
from unlearn_core.ui.browser.scripts import tell
from unlearn_core.ui.secret import asking, facts
from unlearn_core.ui.secret.facts import typed_secret
from unlearn_core.ui.secret.keeping import begin, delete, find, keep, runs_of
from unlearn_core.ui.secret.view import (
    look,
    made_model,
    newest,
    verdict_on_attack,
    verdict_on_check,
)
from unlearn_core.ui.shell.events import SILENT
from unlearn_core.ui.shell.services import Services
from unlearn_core.ui.texts import secret as words

Json = dict[str, Any]


def build(services: Services) -> gr.HTML:
    """Draw the panel; nothing of it shows until the path is opened."""
    functions = [_safe(act) for act in actions(services)]
    return island("own-secret", "secret/path.js", config(), *functions, root="os", sheet="",
                  padding=False)  # fmt: skip


def entry(elem_id: str) -> gr.Button:
    """A button that opens the path."""
    button = gr.Button(words.BUTTON, elem_id=elem_id, min_width=180)
    button.click(None, None, None, js=f"() => {{ {tell('secret', 'null')}; }}", **SILENT)
    return button


def actions(services: Services) -> list[Callable[[Json], Json]]:
    """What the browser may ask for; each takes and gives JSON values.

    All but `start` know a secret by its token alone, so nobody sees another one's.
    """
    store = services.store

    def start(request: Json) -> Json:
        """Teach typed facts, or the same ones again; other facts replace those of the token."""
        secret, token = typed_secret(request), str(request.get("token") or "")
        if token and find(store, token) != secret:
            delete(store, token)
            token = ""
        token = token or keep(store, secret)
        begin(services.launcher, token, "teach")
        return {"token": token, **look(store, token)}

    def state(request: Json) -> Json:
        return look(store, request["token"])

    def forget(request: Json) -> Json:
        taught, _ = newest(store, request["token"])
        begin(services.launcher, request["token"], "unlearn", taught.id if taught else "")
        return look(store, request["token"])

    def stop(request: Json) -> Json:
        """End what goes on; nothing of it is kept."""
        kinds: tuple[RunKind, ...] = ("teach", "unlearn")
        for run in [one for kind in kinds for one in runs_of(store, request["token"], kind)]:
            if not run.finished:
                store.send(run.id, "discard")
        return look(store, request["token"])

    def check(request: Json) -> Json:
        secret, kind = find(store, request["token"]), str(request["kind"])
        place = models(store, request["token"])[1 if kind == "unlearn" else 0]
        found = asking.check(services, secret, place)
        return {**found, "verdict": verdict_on_check(found, kind)}

    def ask(request: Json) -> Json:
        secret = find(store, request["token"])
        places = models(store, request["token"])
        question = str(request["question"])
        return {"question": question, "answers": asking.ask(services, secret, question, places)}

    def attack(request: Json) -> Json:
        found = asking.attack(find(store, request["token"]), models(store, request["token"])[1])
        return {**found, "verdict": verdict_on_attack(found)}

    def remove(request: Json) -> Json:
        delete(store, request["token"])
        return {"deleted": True}

    return [start, state, forget, stop, check, ask, attack, remove]


def models(store: Store, token: str) -> list[str]:
    """Folders of the taught model and, once there is one, of the unlearned one."""
    found = [run for run in newest(store, token) if run is not None and made_model(store, run)]
    if not found:
        raise MissingPrerequisite(words.NO_MODEL)
    return [str(store.model_folder(run.id)) for run in found]


def _safe(act: Callable[[Json], Json]) -> Callable[[Json], Json]:
    """The same, with what can be mended told in `problem`."""

    def told(request: Json) -> Json:
        try:
            return act(request)
        except LetheError as error:
            return {"problem": str(error)}

    told.__name__ = act.__name__
    return told


def config() -> Json:
    """Words of the path, JSON-ready."""
    return {
        "title": words.TITLE,
        "lead": words.LEAD,
        "warning": words.WARNING,
        "private": words.PRIVATE,
        "steps": words.STEPS,
        "fields": words.FIELDS,
        "examples": facts.EXAMPLES,
        "topics": facts.TOPICS,
        "actions": words.ACTIONS,
        "leads": words.LEADS,
        "heads": words.HEADS,
        "backOf": words.BACK_OF,
        "askOwn": [words.ASK_OWN, words.ASK_OWN_HELP, words.ASK_OWN_EMPTY],
        "confirm": words.CONFIRM_DELETE,
        "deleted": words.DELETED,
        "lost": words.LOST,
        "why": words.WHY_HIDDEN,
        "working": words.WORKING,
    }
