"""The bot, except that it dies by SIGKILL at a durable point that the environment names.

A durable point is a commit that brings the run on: facts, or a message that is meant or known. (Edits of
a message that is known are not counted: a bot that dies at each of them would never do anything else.)
`OPSTREAM_DIES=after:2` dies right after its second such commit and before anybody was told;
`before:2` dies when the second one has been prepared and is not durable.

All is imported once and each life is a fork of that, born as soon as the last one was killed. The file
`OPSTREAM_LIVES` says how many there were. SIGTERM ends the last of them by SIGKILL.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import app
import opstream.adapters.mcp.wire
import opstream.adapters.queues.apscheduler  # noqa: F401 - what every life would import anew
from opstream.adapters.store import database
from opstream.adapters.store.writer import Writer

_POINTS = "SELECT (SELECT count(*) FROM facts), count(*), count(ts) FROM postings"


class MortalWriter(Writer):
    """A writer whose process does not survive one of its commits."""

    points = 0

    def _write(self, batch: Sequence[Any]) -> Sequence[object]:
        before = self._stand()
        outcomes = super()._write(batch)
        if self._stand() != before:
            self.points += 1
            self._die_at(f"after:{self.points}")
        return outcomes

    def _attempt(self, unit: Any) -> object:
        before = self._stand()
        outcome = super()._attempt(unit)
        if self._stand() != before:
            self._die_at(f"before:{self.points + 1}")
        return outcome

    def _stand(self) -> object:
        return self._connection.execute(_POINTS).fetchone()

    def _die_at(self, moment: str) -> None:
        if os.environ["OPSTREAM_DIES"] == moment:  # noqa: TID251 - not a setting
            os.kill(os.getpid(), signal.SIGKILL)


def live_and_die() -> int:
    """Be born again each time that this is killed; return how it ended otherwise."""
    count = Path(os.environ["OPSTREAM_LIVES"])  # noqa: TID251 - not a setting
    life = 0
    while True:
        life += 1
        count.write_text(str(life))
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os._exit(app.main())
        signal.signal(signal.SIGTERM, lambda *_, child=child: _end(child))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return os.waitstatus_to_exitcode(status)


def _end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os._exit(0)


if __name__ == "__main__":
    database.Writer = MortalWriter  # type: ignore[misc]  # the one thing that differs from app.py
    sys.exit(live_and_die())
