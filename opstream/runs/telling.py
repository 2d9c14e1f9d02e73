"""Tells whoever watches a run how it ended: a duty of that run, so that no crash loses it."""

from opstream.notifications import runs as told
from opstream.notifications.service import Notifications
from opstream.runs.journal import Loaded


class TellWatchers:
    """Writes the notice down for each of them; to do it twice changes nothing."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a run has ended that somebody may watch."""
        run = loaded.run
        return run.status.ended and self._notifications.may_be_watched(run.id, run.workflow_id)

    async def do(self, loaded: Loaded) -> None:
        """Tell them.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """
        await self._notifications.tell(told.end_of(loaded.workflow, loaded.run))
