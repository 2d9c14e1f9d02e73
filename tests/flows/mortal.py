"""The bot, except that it dies by SIGKILL at a commit that the environment names.

`OPSTREAM_DIES=after:2` dies right after its second commit is durable and before anybody was told;
`before:2` dies when the second one has been prepared and is not durable.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import app
from opstream.adapters.store import database
from opstream.adapters.store.writer import Writer


def _die() -> None:
    print(_seen[-4:], file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def _dies(moment: str) -> bool:
    return os.environ["OPSTREAM_DIES"] == moment


_seen = []


class MortalWriter(Writer):
    """A writer whose process does not survive one of its commits; only those that change a row count."""

    durable = 0

    def _attempt(self, unit: Any) -> object:
        self._connection.set_trace_callback(_seen.append)
        before = self._connection.total_changes
        outcome = super()._attempt(unit)
        if self._connection.total_changes > before and _dies(f"before:{self.durable + 1}"):
            _die()
        return outcome

    def _write(self, batch: Sequence[Any]) -> Sequence[object]:
        before = self._connection.total_changes
        outcomes = super()._write(batch)
        self.durable += self._connection.total_changes > before
        if self.durable and _dies(f"after:{self.durable}"):
            _die()
        return outcomes


if __name__ == "__main__":
    database.Writer = MortalWriter  # type: ignore[misc]  # the one thing that differs from app.py
    sys.exit(app.main())
