"""The bot, except that it dies by SIGKILL on the way of a notice, at the moment that the environment names.

`OPSTREAM_DIES=ended`: a run has ended, and nobody who watches it was told. `OPSTREAM_DIES=sent`: a notice of
that end stands in Slack, and this is not noted yet.
"""

import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime

import app
from opstream.adapters.store import notices
from opstream.domain.notification import Dispatch, Standing
from opstream.ports import Batch

_add, _settle = notices.SqlNotices.add, notices.SqlNotices.settle


async def add(self: notices.SqlNotices, dispatches: Sequence[Dispatch]) -> int:
    _die_at("ended", dispatches)
    return await _add(self, dispatches)


async def settle(
    self: notices.SqlNotices,
    batch: Batch,
    standing: Standing,
    at: datetime,
    due_at: datetime,
    why: str,
) -> None:
    if standing is Standing.SENT:
        _die_at("sent", batch.parts)
    await _settle(self, batch, standing, at, due_at, why)


def _die_at(moment: str, dispatches: Sequence[Dispatch]) -> None:
    ended = any("/ended/" in one.notice.key for one in dispatches)
    if ended and os.environ["OPSTREAM_DIES"] == moment:  # noqa: TID251 - not a setting
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    notices.SqlNotices.add = add  # type: ignore[method-assign]  # what differs from app.py
    notices.SqlNotices.settle = settle  # type: ignore[method-assign]
    sys.exit(app.main())
