"""Buttons on what a person decides: yes, no, not like this; answers; what became of a doubted write."""

from blocks import deciding, forms, states
from blocks.forms import View
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Press
from handlers.voice import Voice
from opstream.domain.approval import Approval, Grant, Verdict
from opstream.domain.history import Clarification
from opstream.errors import TooLate


async def grant(press: Press, edge: Edge, voice: Voice) -> None:
    """Say yes; the message itself then says who did."""
    about = press.carried
    person = await edge.people.find(press.asker)
    await edge.services.runs.answer_approval(
        about.run, about.step, about.revision, Grant(), by=person
    )


async def type_word(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask for the word that a yes to something critical takes."""

    async def form() -> View:
        person, about = await edge.people.find(press.asker), press.carried
        await _open_approval(press, edge)
        found = await edge.services.approvals.one(f"{about.run}:{about.step}", person)
        return deciding.type_word(found, place_of(press))

    await open_form(edge, press.trigger_id, "Approve", form)


async def approve_all(press: Press, edge: Edge, voice: Voice) -> None:
    """Show exactly what each of several equal approvals does, before the yes."""

    async def form() -> View:
        person = await edge.people.find(press.asker)
        found = await edge.services.approvals.equal_to(press.carried.words, person)
        return deciding.approve_all(found, place_of(press))

    await open_form(edge, press.trigger_id, "Approve all", form)


async def deny(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask for the reason of a no."""

    async def form() -> View:
        approval = await _open_approval(press, edge)
        return forms.deny(press.carried.run, approval, place_of(press))

    await open_form(edge, press.trigger_id, "Deny", form)


async def ask_changes(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask what should be different."""

    async def form() -> View:
        approval = await _open_approval(press, edge)
        return forms.ask_changes(press.carried.run, approval, place_of(press))

    await open_form(edge, press.trigger_id, "Ask for changes", form)


async def answer(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the form of a question."""

    async def form() -> View:
        view = await edge.services.runs.view(press.carried.run)
        step = states.step_at(view, press.carried.step)
        if step is None:
            raise TooLate("This question does not stand any more.")
        return forms.answer(view.run.id, step, view.run.state(step.id), place_of(press))

    await open_form(edge, press.trigger_id, "Answer", form)


async def repeat(press: Press, edge: Edge, voice: Voice) -> None:
    """Have a doubted write made again."""
    await _clear(press, edge, Clarification.REPEAT)


async def skip(press: Press, edge: Edge, voice: Voice) -> None:
    """Leave a doubted write out."""
    await _clear(press, edge, Clarification.SKIP)


async def done(press: Press, edge: Edge, voice: Voice) -> None:
    """Say that a doubted write took effect."""
    await _clear(press, edge, Clarification.DONE)


def place_of(press: Press) -> dict[str, str | None]:
    """Return where a button was pressed, as forms carry it."""
    place = press.place
    return {"channel": place.channel, "thread": place.thread} if place else {}


async def _clear(press: Press, edge: Edge, said: Clarification) -> None:
    about = press.carried
    person = await edge.people.find(press.asker)
    await edge.services.runs.clear_doubt(about.run, about.step, said, by=person)


async def _open_approval(press: Press, edge: Edge) -> Approval:
    about = press.carried
    view = await edge.services.runs.view(about.run)
    approval = view.run.state(about.step).approval
    if approval is None or approval.revision != about.revision or approval.verdict != Verdict.OPEN:
        raise TooLate("This has been decided already, or the run has ended.")
    return approval
