"""What people should hear of planned starts that came to nothing. Pure."""

import hashlib
from datetime import datetime

from opstream.domain.notification import Notice, NoticeKind
from opstream.ports import PlannedStart


def refused(planned: PlannedStart, at: datetime, why: str) -> Notice:
    """Return the notice that nothing was started; for the same reason there is one a day."""
    mark = hashlib.blake2b(why.encode(), digest_size=6).hexdigest()
    text = f"The schedule `{planned.name}` did not start for {at:%Y-%m-%d %H:%M} UTC: {why}"
    return _notice(planned, f"refused/{mark}/{at:%Y-%m-%d}", text)


def missed(planned: PlannedStart, last: datetime) -> Notice:
    """Return the notice that the time of a schedule, the last of several, passed without a start."""
    text = (
        f"The schedule `{planned.name}` did not start for {last:%Y-%m-%d %H:%M} UTC, because that was "
        "noticed too late; it wants missed times skipped."
    )
    return _notice(planned, f"missed/{last.isoformat()}", text)


def _notice(planned: PlannedStart, key: str, text: str) -> Notice:
    """Return a notice for whoever planned it; what stands in a workflow is for the default channel."""
    return Notice(
        f"schedule/{planned.name}/{key}",
        NoticeKind.SCHEDULE,
        text,
        f"Schedule {planned.name}",
        place=planned.place,
        persons=(planned.by.id,) if planned.by else (),
    )
