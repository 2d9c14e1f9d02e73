"""How an answer reaches the person who asked: privately, in the thread, or in place of a list."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from blocks.kit import Message
from handlers.outbox import Outbox
from handlers.workspaces.names import workspace_of
from opstream.domain.conversation import Place


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks to one person where they asked.

    Args:
        place: Where that was; None on Home and in forms that know no place.
        response_url: Slack's short-lived address for answers, or ''.
    """

    client: AsyncWebClient
    outbox: Outbox
    person: str
    place: Place | None
    response_url: str = ""

    async def whisper(self, message: Message) -> None:
        """Say something that only the person sees."""
        if self.place is None or self.place.is_direct:
            await self.outbox.say(self.place or Place(self.person), message)
        elif self.response_url and self.place.thread is None:
            await self._respond(message)
        else:
            await self._whisper_in(self.place, message)

    async def aside(self, message: Message) -> None:
        """Say something that only the person sees and that does not stay, in a direct message, too."""
        if self.place is None:
            await self.whisper(message)
        else:
            await self._whisper_in(self.place, message)

    async def say(self, message: Message) -> None:
        """Say something in the thread, for all to see; where we may not write, privately."""
        if self.place is None:
            await self.whisper(message)
            return
        try:
            await self.outbox.say(self.place, message)
        except SlackApiError:
            await self.outbox.say(Place(self.person), message)

    async def replace(self, message: Message) -> None:
        """Put a message in place of the one whose button was pressed."""
        if self.response_url:
            await self._respond(message, replace_original=True)
        else:
            await self.whisper(message)

    async def _whisper_in(self, place: Place, message: Message) -> None:
        try:
            await self.client.chat_postEphemeral(
                channel=place.channel,
                user=self.person,
                thread_ts=place.thread,
                text=message.text,
                blocks=await self._fitting(message),
            )
        except SlackApiError:  # not a member of this channel, or it is archived
            if self.response_url:
                await self._respond(message)
            else:
                await self.outbox.say(Place(self.person), message)

    async def _respond(self, message: Message, *, replace_original: bool = False) -> None:
        webhook = AsyncWebhookClient(
            self.response_url, proxy=self.client.proxy, session=self.client.session
        )
        response = await webhook.send(
            text=message.text,
            blocks=await self._fitting(message),
            response_type="ephemeral",
            replace_original=replace_original,
            unfurl_links=False,
            unfurl_media=False,
        )
        if response.status_code != 200:  # used up, or older than half an hour
            await self.outbox.say(Place(self.person), message)

    async def _fitting(self, message: Message) -> list[dict[str, Any]]:
        workspace = workspace_of(self.person)
        return await self.outbox.pictures.fitting(workspace, message.blocks)
