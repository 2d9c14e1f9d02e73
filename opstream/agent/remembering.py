"""The duty of an answer that was given: it is remembered with its question."""

from collections.abc import Mapping

from opstream.domain.run import RunStatus
from opstream.knowledge.service import Knowledge
from opstream.runs.journal import Loaded


class RememberTalk:
    """Writes down what was asked and answered; to do it twice changes nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a question has been answered."""
        is_over = loaded.run.status is RunStatus.SUCCEEDED
        return is_over and loaded.workflow.conversation and loaded.run.place is not None

    async def do(self, loaded: Loaded) -> None:
        """Remember it.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """
        run, place = loaded.run, loaded.run.place
        said = run.result.get("text") if isinstance(run.result, Mapping) else run.result
        question, answer = str(run.inputs.get("question") or ""), str(said or "")
        if place is not None and question and answer:
            await self._knowledge.note_exchange(place, run.by, question, answer)
