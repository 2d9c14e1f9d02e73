"""approvals, approve, deny, away, back, take, assign: who decides, and who answers for a run."""

from blocks import deciding as cards
from blocks import kit
from blocks.kit import Message
from blocks.wording import code, person
from handlers.commands.ask import Ask
from handlers.commands.role import somebody
from handlers.commands.run import run_meant
from handlers.edge import Edge
from opstream.domain.approval import Decision, Deny, Grant
from opstream.domain.open_approval import OpenApproval
from opstream.domain.person import Person
from opstream.errors import BadInput


async def approvals(ask: Ask, edge: Edge) -> Message:
    """List the approvals that wait for whoever asks."""
    return await approvals_page(0, ask.by, edge)


async def approvals_page(offset: int, by: Person, edge: Edge) -> Message:
    """Return a page of the approvals that wait for a person."""
    return cards.listing(await edge.services.approvals.open_for(by, offset=offset))


async def approve(ask: Ask, edge: Edge) -> Message:
    """Say yes to the open approval of a run; what is dangerous is shown once more before."""
    found = await _meant(ask, edge)
    typed = " ".join(ask.sentence.words[1:])
    if not found.must_type and not found.is_harmless:
        return cards.alone(found)
    return await _decide(found, Grant(typed), "✅ You said yes", ask, edge)


async def deny(ask: Ask, edge: Edge) -> Message:
    """Say no to the open approval of a run, and why."""
    reason = " ".join(ask.sentence.words[1:])
    return await _decide(await _meant(ask, edge), Deny(reason), "✋ You said no", ask, edge)


async def _meant(ask: Ask, edge: Edge) -> OpenApproval:
    text = ask.first_word
    if text is None and ask.place.thread is not None:
        text = await run_meant(ask, edge)
    if text is None:
        raise BadInput("Say which run, such as `/opstream approve r4f7k2q9dx`.")
    return await edge.services.approvals.one(text, ask.by)


async def _decide(
    found: OpenApproval, decision: Decision, said: str, ask: Ask, edge: Edge
) -> Message:
    await edge.services.runs.answer_approval(
        found.run, found.step, found.revision, decision, by=ask.by
    )
    return kit.sentence(f"{said} to run {code(found.run)}.")


async def away(ask: Ask, edge: Edge) -> Message:
    """Note that somebody is away, until when, and who decides for them."""
    words = [word for word in ask.sentence.words if word.lower() not in ("until", "till")]
    if not words:
        raise BadInput("Say until when, such as `/opstream away until friday @cy`.")
    delegate = None
    if len(words) > 1 and (words[-1].startswith(("<@", "@")) or words[-1].isupper()):
        delegate = await somebody(words.pop(), edge)
    found = await edge.services.absences.leave(" ".join(words), by=ask.by, delegate=delegate)
    return cards.away(found)


async def back(ask: Ask, edge: Edge) -> Message:
    """Note that somebody is back."""
    await edge.services.absences.come_back(by=ask.by)
    return kit.sentence("👋 Welcome back. From now on you decide for yourself again.")


async def take(ask: Ask, edge: Edge) -> Message:
    """Answer for a run from now on."""
    run = await edge.services.runs.hand_over(await run_meant(ask, edge), ask.by, by=ask.by)
    return kit.sentence(f"🤝 You answer for run {code(run.id)} now.")


async def assign(ask: Ask, edge: Edge) -> Message:
    """Make somebody else answer for a run."""
    words = ask.sentence.words
    if len(words) != 2:
        raise BadInput("Say which run and who, such as `/opstream assign r4f7k2q9dx @bo`.")
    to = await somebody(words[1], edge)
    run = await edge.services.runs.hand_over(await run_meant(ask, edge), to, by=ask.by)
    return kit.sentence(f"🤝 {person(to.who)} answers for run {code(run.id)} now.")
