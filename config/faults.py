"""What is wrong with the settings, all of it at once, and what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One setting that cannot be used.

    Args:
        place: Where it stands: a file with its line, `.env` or `environment`; empty when the
            problem names the settings itself.
        key: The setting as it is written there, or empty.
        problem: What is wrong, one sentence that names no secret.
        remedy: What to write instead, one sentence.
    """

    place: str
    key: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        subject = f"{self.place}: `{self.key}`: " if self.key else f"{self.place}: "
        return f"{subject if self.place else ''}{self.problem} {self.remedy}".rstrip()


class SettingsError(Exception):
    """The settings cannot be used; mend every fault it lists and start again."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=_reading_order))
        lines = [str(fault) for fault in self.faults]
        if len(lines) == 1:
            super().__init__(lines[0])
        else:
            listed = "\n".join(f"  - {line}" for line in lines)
            super().__init__(f"{len(lines)} settings cannot be used:\n{listed}")


def _reading_order(fault: Fault) -> tuple[str, int, str]:
    file, _, line = fault.place.rpartition(":")
    return (file, int(line), "") if line.isdigit() else (fault.place, 0, fault.key)
