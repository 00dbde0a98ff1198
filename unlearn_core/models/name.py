"""Names of models, as people, specs and pages write them; put together and taken apart here only.

`bundled` and `bundled:retrained` ship with the app. `run:ID` is what a run made, `run:ID/teacher`
the teacher that it kept, `run:ID/steps/40` its model after step 40. `recorded:NAME` is a recorded
run, which has no model. Everything else is a name of the hub or a folder.
"""

from dataclasses import dataclass
from typing import Literal, Self

BUNDLED = "bundled"
TWIN = "bundled:retrained"
"""The bundled model that never saw the default forget set."""

Kind = Literal["bundled", "run", "recorded", "elsewhere"]


@dataclass(frozen=True)
class ModelName:
    """A name taken apart; `str` puts it together again.

    Attributes:
        rest: What stands behind the kind: of a run its id, of a recording its name, of a hub
            model or a folder everything.
        part: What of a run is meant, where it is not the model that it ended with.
    """

    kind: Kind
    rest: str
    part: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Take a name apart; every text is one."""
        head, colon, rest = text.partition(":")
        if colon and head == "run":
            run, _, part = rest.partition("/")
            return cls("run", run, part)
        if colon and head == "recorded":
            return cls("recorded", rest)
        return cls("bundled", rest) if head == BUNDLED else cls("elsewhere", text)

    @property
    def run(self) -> str:
        """Id of the run whose model this is; empty for other models."""
        return self.rest if self.kind == "run" else ""

    def __str__(self) -> str:
        if self.kind == "elsewhere":
            return self.rest
        if self.kind == "bundled" and not self.rest:
            return BUNDLED
        return f"{self.kind}:{self.rest}" + (f"/{self.part}" if self.part else "")


def name_of_run(run_id: str, part: str = "") -> str:
    """The name of a run's model, or of another part that it kept."""
    return str(ModelName("run", run_id, part))


def run_of(source: str) -> str:
    """Id of the run whose model, or part, a name means; empty for other models."""
    return ModelName.parse(source).run
