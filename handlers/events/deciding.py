"""`approve it`, said in the thread of a run: the same use case as the button, and no less careful."""

from handlers.commands.ask import Ask, parse
from handlers.edge import Edge
from opstream.domain.approval import HARMLESS, Approval, Verdict
from opstream.errors import BadInput


async def meant(command: str, ask: Ask, said_at: float, edge: Edge) -> str | None:
    """Return a decision with the run that its thread asks about; None when nothing is asked there.

    Args:
        command: `approve it`, or `deny it …`.
        ask: Who says so, and where.
        said_at: When, as Unix time: what was asked only later is not what was meant.
        edge: To look at the run.

    Raises:
        BadInput: more than a sentence is needed to say yes to this.
    """
    run_id = await edge.services.runs.of_thread(ask.place)
    if run_id is None:
        return "approvals"
    asked = await _asked(run_id, edge)
    if not asked:
        return None
    verb, _, rest = command.partition(" it")
    if len(asked) > 1:
        return f"{verb} {run_id}{rest}"  # several: the answer names them, and nothing is decided
    [approval] = asked
    if approval.asked_at.timestamp() > said_at:
        raise BadInput("This was asked only after you said so. Look at it once more, please.")
    if verb == "approve":
        _refuse_in_passing(approval)
    return f"{verb} {run_id}:{approval.step}{rest}"


async def _asked(run_id: str, edge: Edge) -> list[Approval]:
    run = (await edge.services.runs.view(run_id)).run
    found = [state.approval for state in run.open.values() if state.approval is not None]
    return [one for one in found if one.verdict is Verdict.OPEN]


def _refuse_in_passing(approval: Approval) -> None:
    risk = approval.rule.risk
    if risk not in HARMLESS:
        raise BadInput(
            f"The risk of this is {risk}, so a word in passing is no yes. Press *Approve* on the "
            "question itself: it shows exactly what will be done, and asks you once more."
        )


def parsed(ask: Ask, command: str) -> Ask:
    """Return what somebody wants, said as a command."""
    return Ask(ask.by, ask.place, parse(command), ask.request_key, ask.trigger_id)
