"""What every listener at the edge needs, in one frozen bundle."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from handlers.addresses import Addresses
from handlers.callers import Callers
from handlers.channels import Channels
from handlers.homes import Homes
from handlers.outbox import Outbox
from handlers.payloads import Asker
from handlers.people import People
from handlers.streaming import Streams
from handlers.voice import Voice
from handlers.workspaces.identity import Identity
from opstream.domain.conversation import Place
from opstream.ports import Clock
from opstream.services import Services


@dataclass(frozen=True, slots=True)
class Edge:
    """The way in: use cases, people, the client, and the door for messages.

    Args:
        default_channel: Id or `#name` of the channel for runs that stand in no other; '' for none.
    """

    services: Services
    people: People
    client: AsyncWebClient
    outbox: Outbox
    clock: Clock
    channels: Channels
    callers: Callers
    homes: Homes
    streams: Streams
    identity: Identity
    addresses: Addresses
    default_channel: str = ""

    def voice(self, person: str, place: Place | None, response_url: str = "") -> Voice:
        """Return how to answer somebody."""
        return Voice(self.client, self.outbox, person, place, response_url)

    async def require_seen(self, run_id: str, asker: Asker) -> None:
        """Refuse to let somebody act on a run that they cannot see.

        Raises:
            NotFound: there is none of that id that they may see.
        """
        if run_id:
            by = await self.people.find(asker)
            await self.services.runs.require_seen(run_id, by=by)

    async def first_time(self, key: str) -> bool:
        """Note a delivery and return whether it is new."""
        return await self.services.deliveries.first_time(key, self.clock.now())
