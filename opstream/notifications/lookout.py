"""Looks again and again how this process is doing, and tells people of trouble that lasts, and of its end.

Each trouble is told once, whichever process sees it first, and also across restarts: what was told last
stands in the store. While the database is away nothing can be written down, so that is said in the chat at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from opstream.domain.notification import Notice, NoticeKind, Severity
from opstream.errors import Complaint, StoreUnavailable
from opstream.notifications import troubles
from opstream.notifications.service import Notifications
from opstream.notifications.troubles import LASTS, Fault, Sign
from opstream.ports import Clock, Vitals

log = structlog.get_logger(__name__)
_EVERY_SECONDS = 10.0
_DOWN, _BACK = "down", "back"


class Lookout:
    """Keeps an eye on the tools, the database, the connection to the chat, and the workflow files.

    Args:
        vitals: How the process is doing.
        complaints: What keeps workflow files out.
    """

    def __init__(
        self,
        vitals: Callable[[], Awaitable[Vitals]],
        complaints: Callable[[], Sequence[Complaint]],
        notifications: Notifications,
        clock: Clock,
    ) -> None:
        self._vitals = vitals
        self._complaints = complaints
        self._notifications = notifications
        self._clock = clock
        self._since: dict[str, datetime] = {}
        self._standing: dict[str, bool] = {}  # by subject, whether it was told as trouble
        self._away_since: datetime | None = None
        self._is_away_told = False
        self._faults: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._keep_looking(), name="lookout")

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            try:
                await self.look()
            except StoreUnavailable as error:
                log.warning("lookout_waits", reason=str(error))

    async def look(self) -> None:
        """Look once, and tell what is new.

        Raises:
            StoreUnavailable: the database went away meanwhile; what was not told is told later.
        """
        vitals, now = await self._vitals(), self._clock.now()
        if vitals.trouble:
            await self._away(vitals.trouble, now)
            return
        await self._returned(now)
        for sign in troubles.signs(vitals, now):
            await self._see(sign, now)
        for fault in troubles.faults(self._complaints()):
            await self._tell_fault(fault, now)

    async def _away(self, why: str, now: datetime) -> None:
        """Say in the chat that the database is away; it cannot be written down."""
        if self._away_since is None:
            self._away_since = now
        if self._is_away_told or now - self._away_since < LASTS:
            return
        lasted = troubles.ago(self._away_since, now)
        text = f"The database does not answer ({lasted}), so nothing goes on. {why}"
        self._is_away_told = await self._notifications.dispatcher.cry(
            self._of_database(_DOWN, text, Severity.CRITICAL)
        )

    async def _returned(self, now: datetime) -> None:
        if self._away_since is None:
            return
        if now - self._away_since >= LASTS:
            lasted = troubles.ago(self._away_since, now)
            text = f"The database answers again. It did not for {lasted}; all goes on where it was."
            critical = Severity.CRITICAL if self._is_away_told else Severity.NORMAL
            await self._notifications.tell(self._of_database(_BACK, text, critical))
        self._away_since, self._is_away_told = None, False

    def _of_database(self, end: str, text: str, severity: Severity) -> Notice:
        # Several processes see it at about the same time, and it is told once.
        key = f"database/{self._away_since:%Y-%m-%dT%H}/{end}"
        return Notice(key, NoticeKind.TROUBLE, text, "Database", severity)

    async def _see(self, sign: Sign, now: datetime) -> None:
        if sign.trouble:
            since = self._since.setdefault(sign.subject, now)
            if now - since >= LASTS and not self._standing.get(sign.subject):
                await self._tell(sign, _DOWN, sign.trouble)
        else:
            self._since.pop(sign.subject, None)
            if self._standing.get(sign.subject, True):
                await self._tell(sign, _BACK, sign.fine)

    async def _tell(self, sign: Sign, end: str, text: str) -> None:
        """Tell of a trouble or its end, unless that is what was told last."""
        last = await self._notifications.last(f"{sign.subject}/")
        number, told = _parsed(last.notice.key) if last else (0, _BACK)
        if told != end:
            key = f"{sign.subject}/{number + (end == _DOWN)}/{end}"
            severity = last.notice.severity if last and end == _BACK else sign.severity
            notice = Notice(key, NoticeKind.TROUBLE, text, sign.name, severity)
            await self._notifications.tell(notice)
        self._standing[sign.subject] = end == _DOWN

    async def _tell_fault(self, fault: Fault, now: datetime) -> None:
        if fault.subject in self._faults:
            return
        key = f"{fault.subject}/{now:%Y-%m-%d}"
        subject = f"Workflow file {fault.file}"
        await self._notifications.tell(Notice(key, NoticeKind.TROUBLE, fault.text, subject))
        self._faults.add(fault.subject)


def _parsed(key: str) -> tuple[int, str]:
    """Return the number and the end of a key such as `tool/estate/3/down`."""
    *_, number, end = key.split("/")
    return int(number), end
