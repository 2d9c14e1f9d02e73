"""`approve it`, said in the thread of a run or an answer: the same use case as the button, no less careful."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.commands.ask import Ask, parse
from handlers.edge import Edge
from opstream.domain.approval import HARMLESS, Approval, Verdict
from opstream.errors import BadInput


async def meant(command: str, ask: Ask, said_at: float, edge: Edge) -> str | None:
    """Return a decision with the run or answer that asks in its thread; None when its run asks nothing.

    Args:
        command: `approve it`, or `deny it …`.
        ask: Who says so, and where.
        said_at: When, as Unix time: what was asked only later is not what was meant.
        edge: To look at the run.

    Raises:
        BadInput: more than a sentence is needed to say yes to this.
    """
    runs = edge.services.runs
    about = await runs.of_thread(ask.place)
    talk = await runs.talk_in(ask.place, active=True)
    if about is None and not talk:
        return "approvals"
    candidates = [one for one in (about, *talk) if one is not None]
    asked = [(run_id, one) for run_id in candidates for one in await _asked(run_id, edge)]
    if not asked:
        return None if about is not None else "approvals"
    verb, _, rest = command.partition(" it")
    run_id, approval = asked[0]
    if len(asked) > 1:
        _refuse_to_choose(asked)
        return f"{verb} {run_id}{rest}"  # several: the answer names them, and nothing is decided
    if approval.asked_at.timestamp() > said_at:
        raise BadInput("This was asked only after you said so. Look at it once more, please.")
    if verb == "approve":
        _refuse_in_passing(approval)
    return f"{verb} {run_id}:{approval.step}{rest}"


async def _asked(run_id: str, edge: Edge) -> list[Approval]:
    run = (await edge.services.runs.view(run_id)).run
    found = [state.approval for state in run.open.values() if state.approval is not None]
    return [one for one in found if one.verdict is Verdict.OPEN]


def _refuse_to_choose(asked: Sequence[tuple[str, Approval]]) -> None:
    if len({run_id for run_id, _ in asked}) > 1:
        raise BadInput(
            f"{len(asked)} questions are open in this thread, so I cannot tell which one you mean. "
            "Press the button on that one, please."
        )


def _refuse_in_passing(approval: Approval) -> None:
    risk = approval.rule.risk
    if risk not in HARMLESS:
        raise BadInput(
            f"The risk of this is {risk}, so a word in passing is no yes. Press *Approve* on the "
            "question itself: it shows exactly what will be done, and asks you once more."
        )


def parsed(ask: Ask, command: str) -> Ask:
    """Return what somebody wants, said as a command."""
    return replace(ask, sentence=parse(command))
