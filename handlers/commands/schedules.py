"""schedule, schedules, unschedule: what starts by the clock."""

from blocks import kit
from blocks import schedules as cards
from blocks.kit import Message
from blocks.schedules import Plan
from blocks.wording import code, line
from handlers.commands.ask import Ask
from handlers.commands.status import titles
from handlers.edge import Edge
from handlers.failures import in_channel
from opstream.errors import BadInput
from opstream.ports import PlannedStart

_EXAMPLE = (
    "Say what starts and when, for example `/opstream schedule slo_monitoring every weekday at 9`, "
    "`… tomorrow at 17:30`, `… every 15 minutes` or `… 0 9 * * mon`."
)


async def schedule(ask: Ask, edge: Edge) -> Message:
    """Plan starts of a workflow, in the time zone of whoever asks."""
    words = ask.sentence.words
    if len(words) < 2:
        raise BadInput(_EXAMPLE)
    workflow = edge.services.workflows.latest(words[0])
    planned = await edge.services.schedules.schedule(
        workflow.id,
        " ".join(words[1:]),
        dict(ask.sentence.options),
        by=ask.by,
        place=in_channel(ask.place),
    )
    edge.homes.changed(ask.by.id)
    return cards.planned(_plan(planned, edge))


async def schedules(ask: Ask, edge: Edge) -> Message:
    """Show what is planned."""
    return await schedules_page(0, edge)


async def schedules_page(offset: int, edge: Edge) -> Message:
    """Return a page of what is planned."""
    planned = await edge.services.schedules.listed()
    return cards.listing([_plan(one, edge) for one in planned], offset)


async def unschedule(ask: Ask, edge: Edge) -> Message:
    """Take a plan out."""
    if ask.first_word is None:
        raise BadInput("Say which plan: `/opstream schedules` shows them with their names.")
    planned = await edge.services.schedules.unschedule(ask.first_word, by=ask.by)
    edge.homes.changed(ask.by.id)
    title = titles(edge).get(planned.workflow_id, planned.workflow_id)
    return kit.sentence(
        f"🗑️ {code(planned.name, 80)} is taken out: *{line(title)}* does not start by itself."
    )


def _plan(one: PlannedStart, edge: Edge) -> Plan:
    title = titles(edge).get(one.workflow_id, one.workflow_id)
    return Plan(one.name, title, one.schedule, one.next_at, one.by, one.outcome)
