"""Has a run remembered once it has ended: a duty of that run, so that no crash loses it.

Not every run is worth it. A plain success tells nothing and would cost each end some writes; so remembered
are failures and what nobody wanted, what took another try or a decision, what left a report or was found
out by an agent, and the success that follows a failure of the same workflow here.
"""

from opstream.domain.history import Outcome
from opstream.domain.run import Run
from opstream.domain.workflow import Agent, Notify, Workflow
from opstream.knowledge.service import Knowledge
from opstream.runs.journal import Loaded


class RememberRun:
    """Writes down what it was about, how it ended and what helped; to do it twice changes nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._failing: set[str] = set()

    def is_due(self, loaded: Loaded) -> bool:
        """Return whether a run has ended that is worth remembering; rehearsals and talks are not."""
        workflow, run = loaded.workflow, loaded.run
        if not run.status.ended or workflow.conversation:
            return False
        return workflow.id in self._failing or tells(workflow, run)

    async def do(self, loaded: Loaded) -> None:
        """Remember it.

        Raises:
            StoreUnavailable: the database does not answer; the duty remains.
        """
        await self._knowledge.note_run(loaded.workflow, loaded.run)
        if loaded.run.outcome is Outcome.FAILED:
            self._failing.add(loaded.workflow.id)
        elif loaded.run.outcome is Outcome.SUCCEEDED:
            self._failing.discard(loaded.workflow.id)


def tells(workflow: Workflow, run: Run) -> bool:
    """Return whether somebody may want to hear of an ended run one day."""
    if run.outcome is not Outcome.SUCCEEDED or run.retries:
        return True
    if any(_finds(step.work) for step in workflow.steps):
        return True
    return any(state.approvals for state in run.steps.values())


def _finds(work: object) -> bool:
    """Return whether a kind of work leaves findings."""
    return isinstance(work, Agent) or (isinstance(work, Notify) and work.report is not None)
