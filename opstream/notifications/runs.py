"""What runs have to tell to whoever watches them: their start, milestones, questions, and their end."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator

import structlog

from opstream.domain.notification import Notice, NoticeKind
from opstream.domain.operation import Progress
from opstream.domain.run import RunStatus, RunView, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Notify
from opstream.errors import OpStreamError
from opstream.notifications.service import Notifications
from opstream.ports import Messenger

log = structlog.get_logger(__name__)
_KEPT = 20_000
_ENDS = {
    RunStatus.SUCCEEDED: "is done",
    RunStatus.FAILED: "has failed",
    RunStatus.CANCELLED: "was cancelled",
    RunStatus.DENIED: "has ended, because an approval was denied",
}
_ASKING = frozenset({StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED})


def about(view: RunView) -> Iterator[Notice]:
    """Yield all that there is to tell about a run as it stands; each with a key of its own."""
    run = view.run
    name = f"“{view.workflow.title or run.workflow_id}”"

    def notice(key: str, kind: NoticeKind, text: str, origin: str = "") -> Notice:
        return Notice(
            f"{run.id}/{key}",
            kind,
            text,
            run.workflow_id,
            run=run.id,
            place=run.place,
            origin=origin,
        )

    yield notice("started", NoticeKind.STARTED, f"{name} was started by {run.by.name}.", run.by.id)
    for id, state in run.steps.items():
        step = next((one for one in view.workflow.steps if one.id == id), None)
        if step is None:
            continue
        if state.status in _ASKING:
            asked = f"asks/{id}/{state.revision}/{run.retries}"
            title = state.approval.title if state.approval else step.title or id
            yield notice(asked, NoticeKind.APPROVAL, f"{name} waits for a decision: {title}")
        elif isinstance(step.work, Notify) and state.status is StepStatus.SUCCEEDED:
            yield notice(
                f"said/{id}/{run.retries}", NoticeKind.MILESTONE, f"{name}: {_said(state.output)}"
            )
    if run.status.ended:
        kind = NoticeKind.FAILED if run.status is RunStatus.FAILED else NoticeKind.COMPLETED
        why = f" {run.reason}" if run.reason else ""
        by = run.ended_by.id if run.ended_by else ""
        yield notice(f"ended/{run.retries}", kind, f"{name} {_ENDS[run.status]}.{why}", by)


def _said(output: Json) -> str:
    text = output.get("text") if isinstance(output, dict) else output
    return text[:500] if isinstance(text, str) else "a step is done"


class TellingMessenger:
    """A messenger that also lets those who watch a run hear of it.

    Who watches nothing costs nothing: only what nobody was told yet is looked up. A process that dies right
    after it showed a run tells of it when the run is shown next.
    """

    def __init__(self, messenger: Messenger, notifications: Notifications) -> None:
        self._messenger = messenger
        self._notifications = notifications
        self._told: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, view: RunView) -> None:
        """Show a run's newest state, and tell of what is new in it."""
        self._messenger.show(view)
        new = [one for one in about(view) if one.key not in self._told]
        for one in new:
            self._told[one.key] = None
        while len(self._told) > _KEPT:
            self._told.popitem(last=False)
        if new:
            task = asyncio.create_task(self._tell(new), name="tell-watchers")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is."""
        self._messenger.progress(run_id, step, progress)

    async def _tell(self, notices: list[Notice]) -> None:
        for one in notices:
            try:
                await self._notifications.tell(one)
            except OpStreamError as error:
                self._told.pop(one.key, None)
                log.warning("notice_not_kept", key=one.key, reason=str(error))

    async def settled(self) -> None:
        """Return when everything that was shown is told."""
        while self._tasks:
            await asyncio.wait(self._tasks)
