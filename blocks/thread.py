"""All messages that a run shall have, in order: the one place where that is decided.

Every message has a key within its run that stays the same for as long as the message is the same to a
reader: a new revision of a proposal, a repeated notice or another end is a message of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from blocks import (
    approvals,
    call_questions,
    kit,
    notices,
    proposals,
    questions,
    results,
    runs,
    states,
    talk,
)
from blocks.kit import Block, Message
from blocks.notices import Noted
from opstream.domain.approval import Approval, Verdict
from opstream.domain.operation import Progress
from opstream.domain.run import RunView, StepState, StepStatus
from opstream.domain.workflow import AskPerson, Notify, Step

CARD: Final = "card"
PROGRESS: Final = "progress"
NOTICES: Final = "notices"
_OF_ITEM: Final = "["  # in the path of a step inside a loop, and nowhere else
_ALONE: Final = 5  # notices that have a message of their own before short ones share one
_ANSWERABLE: Final = ("approval/", "question/", "doubt/", "result/")


class Urgency(IntEnum):
    """Who goes first where Slack lets only so many through; small numbers do."""

    DECISION = 0
    NEWS = 1
    CARD = 2
    PROGRESS = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a run: its key within the run, and what it says.

    Args:
        gist: What of it must be shown at once when it changes; the rest may lag a little.
        grows: What of it stands for good while more is being written; '' for what does not grow.
    """

    key: str
    message: Message
    gist: str = ""
    grows: str = ""

    @property
    def urgency(self) -> Urgency:
        """How urgent it is to show it."""
        return urgency(self.key)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the messages depend on beside the run.

    Args:
        under_way: How far each call is that says so, by step.
        moved_from: The channel that could not be written to, or ''.
    """

    under_way: Mapping[str, Progress] = field(default_factory=dict)
    moved_from: str = ""


def urgency(key: str) -> Urgency:
    """Return how urgent a part of that key is."""
    if key == PROGRESS:
        return Urgency.PROGRESS
    if key == CARD:
        return Urgency.CARD
    if key.startswith(talk.ANSWER):
        return Urgency.NEWS
    return Urgency.DECISION if key.startswith(_ANSWERABLE) else Urgency.NEWS


def ticks(key: str) -> bool:
    """Return whether a message of that key is edited again and again while a run goes on."""
    return key in (CARD, PROGRESS, NOTICES) or key.startswith(talk.ANSWER)


def can_be_answered(key: str) -> bool:
    """Return whether a message of that key has buttons that must go once it is out of date."""
    return key.startswith(_ANSWERABLE)


def parts(view: RunView, around: Surroundings) -> tuple[Part, ...]:
    """Return the messages of a run in the order in which they stand; the first one is its card.

    Talk has no card: it stands below the question, which is posted only where nobody wrote it.
    """
    if view.workflow.conversation:
        return tuple(_talk(view, around))
    gist = str(states.run_sign(view.run))
    return (
        Part(CARD, runs.card(view, around.moved_from), gist),
        Part(PROGRESS, runs.progress(view, around.under_way), gist),
        *_of_steps(view),
        *_end(view),
    )


def _talk(view: RunView, around: Surroundings) -> Iterator[Part]:
    if view.run.place is None or view.run.place.thread is None:
        yield Part(talk.ASKED, talk.asked(view))
    gist = str(view.run.status)
    for one in talk.messages(view, around.under_way):
        if isinstance(one, talk.Said):
            if message := talk.said(view, one):
                yield Part(f"{talk.ANSWER}{one.number}", message, gist, talk.grown(view, one))
        elif (step := states.step_at(view, one.approvals[0].step)) is not None:
            yield from _of_step(view, step, one)


def _of_steps(view: RunView) -> Iterator[Part]:
    """Yield what steps say; short notices share one message once there are many of them."""
    parts: list[Part] = []
    shared: list[Noted] = []
    alone = place = 0
    for path, state in view.run.steps.items():
        step = states.step_at(view, path)
        if step is None:
            continue
        if _is_notice(step, state):
            if notices.is_short(state.output) and (_OF_ITEM in path or alone >= _ALONE):
                place = place if shared else len(parts)
                shared.append(Noted(state.ended_at, step, state.output))
                continue
            alone += 1
        parts.extend(_of_step(view, step, state))
    if shared:
        said = notices.digest(shared, simulated=results.simulated(view))
        over = "over" if view.run.status.ended else ""
        parts.insert(place, Part(NOTICES, said, over))
    yield from parts


def _is_notice(step: Step, state: StepState) -> bool:
    return isinstance(step.work, Notify) and state.status is StepStatus.SUCCEEDED


def _of_step(view: RunView, step: Step, state: StepState) -> Iterator[Part]:
    yield from _approvals(view, state)
    if _is_notice(step, state):
        said = notices.notice(step, state.output, simulated=results.simulated(view))
        yield Part(f"notice/{step.id}/{_stamp(state)}", said)
    if isinstance(step.work, AskPerson) and state.question:
        yield Part(f"question/{step.id}/{_stamp(state)}", questions.ask(view.run, step))
    for asked in state.asked:
        key = f"question/{step.id}/call-{asked.number}/{int(asked.asked_at.timestamp())}"
        yield Part(key, call_questions.ask(view.run, step, asked))
    if state.status is StepStatus.DOUBTED and not view.run.status.ended:
        key = f"doubt/{step.id}/{state.attempt}"
        yield Part(key, questions.doubt(view.run.id, step, state))


def _stamp(state: StepState) -> int:
    """Return what tells this time through a step from one after a retry."""
    return int(state.started_at.timestamp()) if state.started_at else 0


def _approvals(view: RunView, state: StepState) -> Iterator[Part]:
    if state.approval is None and not state.earlier_approvals:
        return
    last = (state.approval,) if state.approval else ()
    earlier: Approval | None = None
    for approval in (*state.earlier_approvals, *last):
        key = f"approval/{approval.step}/{approval.revision}"
        for number, message in enumerate(proposals.whole(approval), start=1):
            yield Part(f"whole/{approval.step}/{approval.revision}/{number}", message)
        yield Part(key, _approval(view, approval, earlier))
        earlier = approval


def approval_of(key: str) -> tuple[str, int] | None:
    """Return the step and the revision of the approval that has a key, None for other messages."""
    kind, _, rest = key.partition("/")
    step, _, revision = rest.rpartition("/")
    return (step, int(revision)) if kind == "approval" and revision.isdecimal() else None


def _approval(view: RunView, approval: Approval, earlier: Approval | None) -> Message:
    if approval.verdict is not Verdict.OPEN:
        return approvals.decided(view.run.id, approval, earlier)
    return approvals.request(view, approval, earlier)


def _end(view: RunView) -> Iterator[Part]:
    if results.wanted(view):
        yield Part(f"result/{view.run.retries}", results.result(view))


def closing_line(key: str) -> str:
    """Return what stands in place of the buttons of a message that is out of date."""
    if key.startswith("result/"):
        return "🔁 The run was set going again after this."
    return "🔒 This is settled."


def closed(key: str, message: Message) -> Message:
    """Return a posted message without its buttons, and with a line that says why."""
    kept = [_sendable(block) for block in message.blocks if block.get("type") != "actions"]
    return Message(message.text, kit.fit([*kept, kit.context(closing_line(key))]))


def _sendable(block: Block) -> Block:
    """Return a block as Slack gave it back so that Slack takes it: a picture by its id alone."""
    file = block.get("slack_file")
    if not isinstance(file, Mapping) or "id" not in file:
        return block
    return {**block, "slack_file": {"id": file["id"]}}
