"""The last words of a server process: what it wrote to its standard error."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import structlog

_KEPT = 20
_LONGEST = 2_000

log = structlog.get_logger(__name__)


class LastWords:
    """A pipe that a thread empties, so that a chatty server never blocks on it."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._lines: deque[str] = deque(maxlen=_KEPT)
        self._reader: threading.Thread | None = None

    @contextmanager
    def pipe(self) -> Iterator[TextIO]:
        """Yield what to hand to a process as its standard error."""
        ours, theirs = os.pipe()
        self._reader = threading.Thread(
            target=self._read, args=(ours,), name=f"stderr-{self._server}", daemon=True
        )
        self._reader.start()
        with os.fdopen(theirs, "w") as file:
            yield file

    def spoken(self, seconds: float = 0.5) -> str:
        """Return the last line, waiting a moment for the end of a process that just died."""
        if self._reader is not None:
            self._reader.join(seconds)
        return next((line for line in reversed(self._lines) if line), "")

    def _read(self, ours: int) -> None:
        with os.fdopen(ours, errors="replace") as file:
            while line := file.readline(_LONGEST):
                self._lines.append(line.strip())
                log.debug("mcp_server_stderr", server=self._server, line=line.rstrip())
