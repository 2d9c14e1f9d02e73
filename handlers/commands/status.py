"""status, list, history, details, logs: how runs do."""

from blocks import closeups, journal, lists, notices
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.commands.run import run_meant, run_to_read
from handlers.edge import Edge
from opstream.domain.person import Person
from opstream.domain.run import RunStatus

PAGE = 10
_STATUSES = {
    "succeeded": RunStatus.SUCCEEDED,
    "done": RunStatus.SUCCEEDED,
    "failed": RunStatus.FAILED,
    "cancelled": RunStatus.CANCELLED,
    "canceled": RunStatus.CANCELLED,
    "denied": RunStatus.DENIED,
}


async def status(ask: Ask, edge: Edge) -> Message:
    """Say where a run is; without an id and outside a run's thread, my active runs."""
    if ask.place.thread and not ask.first_word:
        return closeups.brief_status(await edge.services.runs.view(await run_meant(ask, edge)))
    if ask.first_word:
        return closeups.status(await edge.services.runs.view(await run_meant(ask, edge)))
    page = await edge.services.runs.active(by=ask.by, limit=PAGE)
    if page.total == 1:
        return closeups.status(await edge.services.runs.view(page.runs[0].id))
    return lists.page_of_runs("Your active runs", page, "status", titles(edge))


def titles(edge: Edge) -> dict[str, str]:
    """Return what workflows are called, by id."""
    return {one.id: one.title for one in edge.services.workflows.listed()}


async def my_runs(person: Person, offset: int, edge: Edge) -> Message:
    """Return a page of a person's active runs."""
    page = await edge.services.runs.active(by=person, offset=offset, limit=PAGE)
    return lists.page_of_runs("Your active runs", page, "status", titles(edge))


async def active(ask: Ask, edge: Edge) -> Message:
    """List everybody's active runs."""
    return await active_page(0, ask.by, edge)


async def active_page(offset: int, by: Person, edge: Edge) -> Message:
    """Return a page of everybody's active runs."""
    page = await edge.services.runs.active(offset=offset, limit=PAGE, seen_by=by)
    return lists.page_of_runs("Active runs", page, "list", titles(edge))


async def history(ask: Ask, edge: Edge) -> Message:
    """List ended runs, of one workflow, of one outcome, or mine."""
    return await history_page(ask.sentence.words, 0, ask.by, edge)


async def history_page(words: tuple[str, ...], offset: int, by: Person, edge: Edge) -> Message:
    """Return a page of ended runs; `words` is the filter as it was typed."""
    low = [word.lower() for word in words]
    statuses = frozenset(_STATUSES[word] for word in low if word in _STATUSES)
    mine = any(word in ("mine", "my") for word in low)
    names = [word for word in words if word.lower() not in (*_STATUSES, "mine", "my")]
    page = await edge.services.runs.ended(
        offset=offset,
        limit=PAGE,
        workflow_id=edge.services.workflows.latest(names[0]).id if names else None,
        statuses=statuses,
        by=by if mine else None,
        seen_by=by,
    )
    return lists.page_of_runs("Ended runs", page, "history", titles(edge), " ".join(words))


async def details(ask: Ask, edge: Edge) -> Message:
    """Show what a run's steps found."""
    return await details_page(await run_to_read(ask, edge), 0, edge)


async def details_page(run_id: str, offset: int, edge: Edge) -> Message:
    """Return a page of what a run's steps found."""
    return closeups.details(await edge.services.runs.view(run_id), offset)


async def logs(ask: Ask, edge: Edge) -> Message:
    """Show what every step of a run did."""
    return await logs_page(await run_to_read(ask, edge), 0, edge)


async def logs_page(run_id: str, offset: int, edge: Edge) -> Message:
    """Return a page of a run's log."""
    facts = await edge.services.runs.history(run_id)
    told = notices.heard(await edge.services.notifications.told(run_id))
    workflow = (await edge.services.runs.view(run_id)).workflow
    lines = [journal.sentence(fact, workflow) for fact in facts]
    return closeups.logs(run_id, facts, lines, offset, told)
