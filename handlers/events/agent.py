"""The agent's side of Slack: what the Messages tab offers to say, and its Stop button."""

from collections.abc import Sequence

import structlog
from slack_sdk.errors import SlackApiError

from blocks import conversation
from blocks.conversation import PROMPTS_LIMIT, Prompt
from handlers.edge import Edge
from handlers.payloads import Asker, Body
from handlers.troubles import NETWORK, understand
from opstream.domain.conversation import Place
from opstream.domain.person import Person

log = structlog.get_logger(__name__)
_TITLE = "What can I do for you?"


async def offer(event: Body, edge: Edge) -> None:
    """Offer somebody who opens the Messages tab what they may well want to say."""
    person = await edge.people.find(Asker(str(event.get("user", ""))))
    offered = await prompts(person, edge)
    try:
        # A thread would belong to the older assistant view: Slack then silently shows nothing.
        await edge.client.assistant_threads_setSuggestedPrompts(
            channel_id=str(event.get("channel", "")),
            title=_TITLE,
            prompts=[{"title": one.title, "message": one.message} for one in offered],
        )
    except (SlackApiError, *NETWORK) as error:
        code = understand(error).code if isinstance(error, SlackApiError) else "network"
        log.info("prompts_not_offered", reason=code)


async def prompts(person: Person, edge: Edge) -> Sequence[Prompt]:
    """Return at most four sentences that fit somebody as things stand, the most pressing first."""
    services = edge.services
    found: list[Prompt] = []
    approvals = await services.approvals.open_for(person, limit=1)
    if approvals.total:
        found.append(Prompt("What waits for me?", "What waits for me?"))
    if (await services.runs.active(by=person, limit=1)).total:
        found.append(Prompt("How are my runs doing?", "status"))
    found += [
        Prompt("What can I start?", "What can I start?"),
        Prompt("What is running?", "What is running?"),
        Prompt("What failed lately?", "What failed lately?"),
        Prompt("What can you do?", "What can you do?"),
    ]
    return found[:PROMPTS_LIMIT]


async def stopped(event: Body, edge: Edge) -> None:
    """Stop telling what somebody no longer wants to hear; ask whether the thread's run shall end, too."""
    place = Place(str(event.get("channel", "")), str(event.get("thread_ts", "")) or None)
    if not await edge.first_time(f"stopped:{place.channel}:{event.get('event_ts', '')}"):
        return
    if not edge.streams.stop(place):
        await edge.streams.sessions.rest(place.channel, place.thread or "")
    person = await edge.people.find(Asker(str(event.get("user", ""))))
    voice = edge.voice(person.id, place)
    if await edge.services.agent.stop(place, by=person):
        return  # the answer itself says so
    run_id = await edge.services.runs.of_thread(place)
    view = await edge.services.runs.view(run_id) if run_id else None
    going_on = view.run if view and not view.run.status.ended else None
    await voice.aside(conversation.stopped(going_on))
