"""The bot, except that it dies by SIGKILL at a durable point that the environment names.

A durable point is a commit that brings the run on: facts, or a message that is meant or known. (Edits of
a message that is known are not counted: a bot that dies at each of them would never do anything else.)
`OPSTREAM_DIES=after:2` dies right after its second such commit and before anybody was told;
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


if __name__ == "__main__":
    database.Writer = MortalWriter  # type: ignore[misc]  # the one thing that differs from app.py
    sys.exit(app.main())
