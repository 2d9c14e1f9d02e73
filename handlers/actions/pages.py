"""Turning the pages of lists: one line a list."""

from collections.abc import Awaitable, Callable, Mapping

from blocks.kit import Message
from handlers.commands import audit, deciding, definitions, prompts, schedules, status, tools
from handlers.edge import Edge
from handlers.payloads import Carried, Press
from handlers.voice import Voice
from opstream.domain.person import Person
from opstream.errors import NotFound

Page = Callable[[Carried, Person, Edge], Awaitable[Message]]


async def _history(about: Carried, by: Person, edge: Edge) -> Message:
    return await status.history_page(tuple(about.words.split()), about.offset, by, edge)


async def _workflows(about: Carried, by: Person, edge: Edge) -> Message:
    return definitions.workflows_page(about.offset, edge)


async def _prompts(about: Carried, by: Person, edge: Edge) -> Message:
    return prompts.prompts_page(about.offset, edge)


async def _tools(about: Carried, by: Person, edge: Edge) -> Message:
    return tools.source_page(about.words, about.offset, edge)


async def _audit(about: Carried, by: Person, edge: Edge) -> Message:
    return await audit.audit_page(tuple(about.words.split()), about.offset, by, edge)


_PAGES: Mapping[str, Page] = {
    "status": lambda about, by, edge: status.my_runs(by, about.offset, edge),
    "list": lambda about, by, edge: status.active_page(about.offset, by, edge),
    "history": _history,
    "details": lambda about, by, edge: status.details_page(about.run, about.offset, edge),
    "logs": lambda about, by, edge: status.logs_page(about.run, about.offset, edge),
    "workflows": _workflows,
    "prompts": _prompts,
    "schedules": lambda about, by, edge: schedules.schedules_page(about.offset, edge),
    "tools": _tools,
    "audit": _audit,
    "approvals": lambda about, by, edge: deciding.approvals_page(about.offset, by, edge),
}


async def turn(press: Press, edge: Edge, voice: Voice) -> None:
    """Show another page of a list in place of this one.

    Raises:
        NotFound: there is no such list.
    """
    person = await edge.people.find(press.asker)
    page = _PAGES.get(press.carried.list)
    if page is None:
        raise NotFound("list", press.carried.list)
    await voice.replace(await page(press.carried, person, edge))
