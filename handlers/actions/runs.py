"""Buttons on runs, on lists and on Home."""

from blocks import kit
from blocks import retrying as retry_cards
from blocks.forms import View
from blocks.kit import Message
from handlers import retrying, starting
from handlers.actions.approvals import place_of
from handlers.commands import schedules, status
from handlers.commands.ask import Ask, parse
from handlers.commands.carrying import carry_out
from handlers.edge import Edge
from handlers.failures import in_channel, open_form
from handlers.payloads import Press
from handlers.retrying import Again
from handlers.starting import Wish
from handlers.voice import Voice
from opstream.domain.conversation import Place


async def take(press: Press, edge: Edge, voice: Voice) -> None:
    """Answer for a run from now on; its card then says so."""
    person = await edge.people.find(press.asker)
    await edge.services.runs.hand_over(press.carried.run, person, by=person)


async def pause(press: Press, edge: Edge, voice: Voice) -> None:
    """Pause a run; its card then says so."""
    person = await edge.people.find(press.asker)
    await edge.services.runs.pause(press.carried.run, by=person)


async def resume(press: Press, edge: Edge, voice: Voice) -> None:
    """Let a run go on; its card then says so."""
    person = await edge.people.find(press.asker)
    await edge.services.runs.resume(press.carried.run, by=person)


async def cancel(press: Press, edge: Edge, voice: Voice) -> None:
    """Cancel a run; its card then says so."""
    person = await edge.people.find(press.asker)
    await edge.services.runs.cancel(press.carried.run, by=person)


async def retry(press: Press, edge: Edge, voice: Voice) -> None:
    """Set a run going again from where it stopped; its card then says so."""
    await _retry(press, edge, voice, sure=False)


async def retry_surely(press: Press, edge: Edge, voice: Voice) -> None:
    """Set a run going again although that makes finished writes again."""
    await _retry(press, edge, voice, sure=True)


async def _retry(press: Press, edge: Edge, voice: Voice, *, sure: bool) -> None:
    person = await edge.people.find(press.asker)
    about = press.carried
    again = Again(about.run, person, about.step, about.words, sure)
    answer = await retrying.retry(again, edge)
    if isinstance(answer, Message):
        await voice.whisper(answer)
    elif sure:
        await voice.replace(kit.sentence("🔁 It goes on."))


async def open_retry(press: Press, edge: Edge, voice: Voice) -> None:
    """Ask from where a run goes on, and with which version."""

    async def form() -> View:
        view = await edge.services.runs.view(press.carried.run)
        newest = edge.services.workflows.latest(view.run.workflow_id).version
        return retry_cards.form(view, newest, place_of(press))

    await open_form(edge, press.trigger_id, "Retry", form)


async def details(press: Press, edge: Edge, voice: Voice) -> None:
    """Show what a run found, to whoever asked."""
    await voice.whisper(await status.details_page(press.carried.run, 0, edge))


async def logs(press: Press, edge: Edge, voice: Voice) -> None:
    """Show a run's log, to whoever asked."""
    await voice.whisper(await status.logs_page(press.carried.run, 0, edge))


async def again(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the start form with the inputs of a run that ended."""
    view = await edge.services.runs.view(press.carried.run)
    workflow = edge.services.workflows.latest(view.run.workflow_id)
    await _open_start(press, edge, workflow.id, dict(view.run.inputs))


async def open_start(press: Press, edge: Edge, voice: Voice) -> None:
    """Open the start form of a workflow."""
    await _open_start(press, edge, press.carried.workflow, dict(press.carried.inputs))


async def _open_start(press: Press, edge: Edge, workflow_id: str, given: dict[str, object]) -> None:
    person = await edge.people.find(press.asker)
    workflow = edge.services.workflows.latest(workflow_id)
    wish = Wish(workflow, given, person, in_channel(press.place), press.key, press.trigger_id)  # type: ignore[arg-type]
    await starting.open_form(wish, edge)


async def unschedule(press: Press, edge: Edge, voice: Voice) -> None:
    """Take a plan out, and show what is left."""
    person = await edge.people.find(press.asker)
    await edge.services.schedules.unschedule(press.carried.words, by=person)
    edge.homes.changed(person.id)
    await voice.replace(await schedules.schedules_page(0, edge))


async def verb(press: Press, edge: Edge, voice: Voice) -> None:
    """Carry out a verb that stands on a button."""
    person = await edge.people.find(press.asker)
    place = press.place or Place(person.id)
    ask = Ask(person, place, parse(press.carried.verb), press.key, press.trigger_id)
    if message := await carry_out(ask, edge):
        await voice.whisper(message)


async def stale(press: Press, edge: Edge, voice: Voice) -> None:
    """Answer a button that nobody knows any more."""
    await voice.whisper(kit.sentence("This button is no longer active."))
