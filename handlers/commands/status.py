"""status, list, history, details, logs: how runs do."""

from blocks import journal, lists
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.commands.run import run_meant
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
    if ask.first_word or ask.place.thread:
        return lists.status(await edge.services.runs.view(await run_meant(ask, edge)))
    page = await edge.services.runs.active(by=ask.by, limit=PAGE)
    if page.total == 1:
        return lists.status(await edge.services.runs.view(page.runs[0].id))
    return lists.page_of_runs("Your active runs", page, "status")


async def my_runs(person: Person, offset: int, edge: Edge) -> Message:
    """Return a page of a person's active runs."""
    page = await edge.services.runs.active(by=person, offset=offset, limit=PAGE)
    return lists.page_of_runs("Your active runs", page, "status")


async def active(ask: Ask, edge: Edge) -> Message:
    """List everybody's active runs."""
    return await active_page(0, edge)


async def active_page(offset: int, edge: Edge) -> Message:
    """Return a page of everybody's active runs."""
    page = await edge.services.runs.active(offset=offset, limit=PAGE)
    return lists.page_of_runs("Active runs", page, "list")


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
    )
    return lists.page_of_runs("Ended runs", page, "history", " ".join(words))


async def details(ask: Ask, edge: Edge) -> Message:
    """Show what a run's steps found."""
    return await details_page(await run_meant(ask, edge), 0, edge)


async def details_page(run_id: str, offset: int, edge: Edge) -> Message:
    """Return a page of what a run's steps found."""
    return lists.details(await edge.services.runs.view(run_id), offset)


async def logs(ask: Ask, edge: Edge) -> Message:
    """Show what every step of a run did."""
    return await logs_page(await run_meant(ask, edge), 0, edge)


async def logs_page(run_id: str, offset: int, edge: Edge) -> Message:
    """Return a page of a run's log."""
    facts = await edge.services.runs.history(run_id)
    return lists.logs(run_id, facts, [journal.sentence(fact) for fact in facts], offset)
