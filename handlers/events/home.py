"""App Home: somebody opens one of its tabs, or turns the pages of one of its parts."""

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from blocks import home as cards
from blocks.forms import View
from blocks.home import ROWS, Offsets, Shown
from blocks.schedules import Plan
from handlers.edge import Edge
from handlers.events import agent
from handlers.payloads import Asker, Body, Press
from handlers.people import People
from handlers.pictures import Pictures
from handlers.voice import Voice
from handlers.workspaces.names import workspace_of
from opstream.domain.person import Person
from opstream.domain.run import RunStatus
from opstream.ports import Clock, PlannedStart
from opstream.services import Services

_FAILED = frozenset({RunStatus.FAILED})


async def opened(event: Body, edge: Edge) -> None:
    """Publish a person's Home when they look at it; offer prompts when they look at Messages."""
    if event.get("tab") == "home":
        await edge.homes.open(str(event.get("user", "")))
    elif event.get("tab") == "messages":
        await agent.offer(event, edge)


async def turn(press: Press, edge: Edge, voice: Voice) -> None:
    """Show another page of a part of Home."""
    await edge.homes.open(press.asker.id, cards.offsets(press.carried.words))


async def build(
    services: Services, people: People, clock: Clock, person: str, offsets: Offsets
) -> View:
    """Return somebody's Home as it is now.

    Raises:
        OpStreamError: Slack does not say who that is.
    """
    found = await people.find(Asker(person))
    return cards.home(await gathered(services, found, clock, offsets))


async def publish(client: AsyncWebClient, pictures: Pictures, person: str, view: View) -> None:
    """Show somebody their Home, with pictures where Slack does not draw charts itself."""

    async def send(blocks: list[dict[str, Any]]) -> AsyncSlackResponse:
        return await client.views_publish(user_id=person, view={**view, "blocks": blocks})

    found = view["blocks"]
    blocks = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    await pictures.sent(workspace_of(person), blocks, send)


async def gathered(services: Services, by: Person, clock: Clock, offsets: Offsets) -> Shown:
    """Return all that a person's Home says; none of it needs a run's history."""
    runs, workflows = services.runs, services.workflows.listed()
    titles = {one.id: one.title for one in workflows}
    overview, planned, approvals, waiting, active, failed = await asyncio.gather(
        services.statistics.overview(by=by),
        services.schedules.listed(),
        services.approvals.open_for(by, limit=ROWS, offset=offsets.approvals),
        runs.waiting(offset=offsets.waiting, limit=ROWS, seen_by=by),
        runs.active(offset=offsets.active, limit=ROWS, by=by),
        runs.ended(offset=offsets.failed, limit=ROWS, statuses=_FAILED, by=by),
    )
    return Shown(
        name=by.name,
        approvals=approvals,
        waiting=waiting,
        active=active,
        failed=failed,
        plans=[_plan(one, titles) for one in planned if one.by and one.by.id == by.id],
        statistics=overview,
        usual={id: took.median for id, took in overview.by_workflow.items()},
        workflows=workflows,
        now=clock.now(),
        offsets=offsets,
    )


def _plan(one: PlannedStart, titles: dict[str, str]) -> Plan:
    title = titles.get(one.workflow_id, one.workflow_id)
    return Plan(one.name, title, one.schedule, one.next_at, one.by, one.outcome)
