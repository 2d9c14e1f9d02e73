"""Times as the tables keep them: whole microseconds since 1970 in UTC.

One integer is exact, sorts and compares as it is, and means the same in SQLite and PostgreSQL.
To read one by hand: `SELECT datetime(started_at / 1000000, 'unixepoch') FROM runs`.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def stored(at: datetime) -> int:
    """Return a time as it is stored.

    Raises:
        TypeError: the time is naive, so nobody knows which moment it means.
    """
    return (at - _EPOCH) // _MICROSECOND


def stored_or_none(at: datetime | None) -> int | None:
    """Return a time as it is stored, None for None."""
    return None if at is None else stored(at)


def moment(micros: int) -> datetime:
    """Return a stored time, aware, in UTC."""
    return _EPOCH + micros * _MICROSECOND


def moment_or_none(micros: int | None) -> datetime | None:
    """Return a stored time, None for None."""
    return None if micros is None else moment(micros)
