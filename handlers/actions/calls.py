"""Buttons on what tools ask in the middle of a call."""

from blocks import call_questions, states
from blocks.forms import View
from handlers.actions.approvals import place_of
from handlers.edge import Edge
from handlers.failures import open_form
from handlers.payloads import Press
from handlers.voice import Voice
from opstream.domain.call_question import Reply
from opstream.errors import TooLate


async def answer(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the form of a question."""

    async def form() -> View:
        about = press.carried
        view = await edge.services.runs.view(about.run)
        step = states.step_at(view, about.step)
        asked = [one for one in view.run.state(about.step).asks_now if one.number == about.revision]
        if step is None or not asked or view.run.status.ended:
            raise TooLate("This was answered, or the call that asked it is over.")
        return call_questions.form(view.run.id, step, asked[0], place_of(press))

    await open_form(edge, press.trigger_id, "Answer", form)


async def accept(press: Press, edge: Edge, voice: Voice) -> None:
    """Say yes to what needs no more than that."""
    await _settle(press, edge, Reply.GIVEN)


async def decline(press: Press, edge: Edge, voice: Voice) -> None:
    """Say no; the tool is told so."""
    await _settle(press, edge, Reply.DECLINED)


async def cancel(press: Press, edge: Edge, voice: Voice) -> None:
    """Say neither; the tool is told that nobody decided."""
    await _settle(press, edge, Reply.CANCELLED)


async def visited(press: Press, edge: Edge, voice: Voice) -> None:
    """Do nothing: the browser opens the page by itself."""


async def _settle(press: Press, edge: Edge, reply: Reply) -> None:
    about = press.carried
    person = await edge.people.find(press.asker)
    await edge.services.runs.answer_call(
        about.run, about.step, about.revision, reply, {}, by=person
    )
