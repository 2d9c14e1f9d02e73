"""Emoji on an approval: a yes or a no, where its rule lets them be one; the same rules hold as for a button."""

from blocks import thread
from handlers.edge import Edge
from handlers.payloads import Reacted
from opstream.domain.approval import HARMLESS, Approval, Decision, Deny, Grant, Verdict
from opstream.domain.conversation import Posting
from opstream.errors import NotAllowed, NotFound, TooLate

YES = frozenset({"white_check_mark", "heavy_check_mark", "+1", "thumbsup"})
NO = frozenset({"x", "-1", "thumbsdown"})


async def decided(reaction: Reacted, edge: Edge) -> bool:
    """Take an emoji on an approval as its answer; return whether it was on one that takes emoji.

    Raises:
        NotAllowed: whoever reacted may not decide, or the risk is too high for an emoji.
        TooLate: it was settled before.
    """
    if reaction.emoji not in YES | NO:
        return False
    posting = await edge.callers.store.at(reaction.place.channel, reaction.ts)
    approval = await _approval(posting, edge) if posting else None
    if posting is None or approval is None or not approval.rule.reactions:
        return False
    person = await edge.people.find(reaction.asker)
    await edge.services.runs.require_seen(posting.run_id, by=person)
    if approval.verdict is not Verdict.OPEN:
        raise TooLate("This has been decided already, so your emoji changed nothing.")
    if approval.risk not in HARMLESS:
        raise NotAllowed(
            f"The risk is {approval.risk}, so an emoji is not enough. Please press the button."
        )
    decision: Decision = Grant() if reaction.emoji in YES else Deny("Denied by reaction.")
    await edge.services.runs.answer_approval(
        posting.run_id, approval.step, approval.revision, decision, by=person
    )
    return True


async def _approval(posting: Posting, edge: Edge) -> Approval | None:
    """Return what a message asks, None when it is no approval."""
    found = thread.approval_of(posting.key.removeprefix(f"{posting.run_id}/"))
    if found is None:
        return None
    step, revision = found
    try:
        view = await edge.services.runs.view(posting.run_id)
    except NotFound:
        return None
    asked = view.run.state(step).approvals
    return next((one for one in asked if one.revision == revision), None)
