"""A stand-in for the person who stops, pauses or discards."""

from unlearn_core.runs.events import Command


class Orders:
    """Gives one command at a step, counted by how often it is asked."""

    def __init__(self, at: int = 0, command: Command | None = None) -> None:
        self.left = at
        self.order = command

    def command(self) -> Command | None:
        self.left -= 1
        return self.order if self.left == 0 else None

    def again(self) -> bool:
        return False
