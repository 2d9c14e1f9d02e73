"""Somebody opens App Home."""

from blocks import home
from handlers.edge import Edge
from handlers.payloads import Asker, Body

_ACTIVE, _ENDED = 10, 5


async def opened(event: Body, edge: Edge) -> None:
    """Publish a person's Home when they look at it."""
    if event.get("tab") != "home":
        return
    person = await edge.people.find(Asker(str(event.get("user", ""))))
    active = await edge.services.runs.active(limit=_ACTIVE, seen_by=person)
    ended = await edge.services.runs.ended(limit=_ENDED, seen_by=person)
    view = home.home(person.name, active, ended, edge.services.workflows.listed())
    await edge.client.views_publish(user_id=person.id, view=dict(view))
