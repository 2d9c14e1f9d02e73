"""The one place that reads the time."""

from datetime import UTC, datetime


class SystemClock:
    """The clock of the machine; satisfies the port `Clock`."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the adapter behind the Clock port
