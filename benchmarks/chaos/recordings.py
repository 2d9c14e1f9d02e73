"""What the tool server wrote down: one line before, at and after each effect, each of them on disk.

The line `applied` is the effect. So nothing can be done without being recorded, and nothing can be
recorded without being done; the order of the lines is the order in which things happened.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from opstream.domain.values import Json


class Phase(StrEnum):
    """Where a call is."""

    BEGAN = "began"
    APPLIED = "applied"  # the effect
    DEDUPLICATED = "deduplicated"  # its key was known: the answer of the first call, no effect
    READ = "read"
    REFUSED = "refused"  # without any effect
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Record:
    """One line.

    Args:
        call: Tells one call that reached the server from every other one.
        key: The idempotency key that came with the call, also if the operation takes none.
        seconds: Since 1970, by the server's clock.
        entry: A number that belongs to one effect alone; it stands in the answer.
    """

    phase: Phase
    call: str
    operation: str
    run: str
    step: str
    value: Json
    key: str
    seconds: float
    process: int
    entry: str = ""

    @property
    def attempt(self) -> str:
        """The end of the key: which attempt of the step it was."""
        return self.key.rpartition(":")[2]


def read(file: Path) -> list[Record]:
    """Return all that was recorded, in order."""
    return [_record(line) for line in _lines(file)]


def _lines(file: Path, start: int = 0) -> list[bytes]:
    if not file.exists():
        return []
    with file.open("rb") as opened:
        opened.seek(start)
        return [line for line in opened.read().split(b"\n") if line]


def _record(line: bytes) -> Record:
    written = json.loads(line)
    return Record(**{**written, "phase": Phase(written["phase"])})


class Recorder:
    """Appends to the recordings; any number of processes may do so."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
        self._path = file
        self._read_to = 0
        self._applied: dict[str, Record] = {}

    def write(self, record: Record) -> None:
        """Append a line, durably."""
        os.write(self._file, json.dumps(asdict(record)).encode() + b"\n")
        os.fsync(self._file)

    @contextmanager
    def alone(self) -> Iterator[Mapping[str, Record]]:
        """Keep the other processes out, and yield the effects so far by their key."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            end = os.fstat(self._file).st_size
            for line in _lines(self._path, self._read_to):
                record = _record(line)
                if record.phase is Phase.APPLIED:
                    self._applied.setdefault(record.key, record)
            self._read_to = end
            yield self._applied
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
