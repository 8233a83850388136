"""What a part of the benchmark is."""
from dataclasses import dataclass
from typing import Callable


@dataclass
class Step:
    """One measurement; it is made once in every round. It gives back numbers by name, or raises Failed."""
    name: str
    measure: Callable[[], dict]
    once: bool = False


class Part:
    """Measurements that stand or fall together: where it cannot be prepared, all of them are reported as failed."""
    name = ''

    def __init__(self, stage):
        self.stage, self.knobs = stage, stage.knobs

    def prepare(self):
        """Starts and warms up what is measured."""

    def steps(self):
        return []

    def finish(self):
        """What can be said only after the last round: numbers by name of the measurement."""
        return {}
