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
    os.kill(os.getpid(), signal.SIGKILL)


class MortalWriter(Writer):
    """A writer whose process does not survive one of its commits."""

    def _write(self, batch: Sequence[Any]) -> Sequence[object]:
        when, _, number = os.environ["OPSTREAM_DIES"].partition(":")
        if when == "before" and self.transactions + 1 == int(number):
            _die()
        outcomes = super()._write(batch)
        if when == "after" and self.transactions == int(number):
            _die()
        return outcomes


if __name__ == "__main__":
    database.Writer = MortalWriter  # type: ignore[misc]  # the one thing that differs from app.py
    sys.exit(app.main())
