"""Has a run remembered once it has ended: a duty of that run, so that no crash loses it."""

from opstream.knowledge.service import Knowledge
from opstream.runs.journal import Loaded


class RememberRun:
    """Writes down what it was about, how it ended and what helped; to do it twice changes nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a run has ended that is worth remembering; rehearsals and talks are not."""
        return loaded.run.status.ended and not loaded.workflow.conversation

    async def do(self, loaded: Loaded) -> None:
        """Remember it.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """
        await self._knowledge.note_run(loaded.workflow, loaded.run)
