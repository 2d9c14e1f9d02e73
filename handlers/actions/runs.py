"""Buttons on runs, on lists and on Home."""

from blocks import kit
from blocks.kit import Message
from handlers import starting
from handlers.commands import status, tools
from handlers.commands.ask import Ask, parse
from handlers.commands.table import carry_out
from handlers.edge import Edge
from handlers.failures import in_channel
from handlers.payloads import Press
from handlers.starting import Wish
from handlers.voice import Voice
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.errors import NotFound


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
    """Set a run going again; its card then says so."""
    person = await edge.people.find(press.asker)
    await edge.services.runs.retry(press.carried.run, by=person)


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


async def turn_page(press: Press, edge: Edge, voice: Voice) -> None:
    """Show another page of a list in place of this one."""
    person = await edge.people.find(press.asker)
    await voice.replace(await _page(press, person, edge))


async def _page(press: Press, person: Person, edge: Edge) -> Message:
    about = press.carried
    match about.list:
        case "status":
            return await status.my_runs(person, about.offset, edge)
        case "list":
            return await status.active_page(about.offset, edge)
        case "history":
            return await status.history_page(tuple(about.words.split()), about.offset, person, edge)
        case "details":
            return await status.details_page(about.run, about.offset, edge)
        case "logs":
            return await status.logs_page(about.run, about.offset, edge)
        case "workflows":
            return tools.workflows_page(about.offset, edge)
        case "tools":
            return tools.source_page(about.words, about.offset, edge)
    raise NotFound("list", about.list)


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
