"""Sockets to Slack that acknowledge a delivery as soon as it is read, before anybody looks into it.

Bolt acknowledges once a listener has asked for it, and looks for that every 10 ms. Only a form that is submitted
and a menu that is opened wait for what is said in the acknowledgement itself; they go Bolt's way.
"""

from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

_ANSWERED_IN_PLACE: Final = frozenset({"view_submission", "block_suggestion"})


class Socket(AsyncSocketModeHandler):
    """One socket."""

    async def handle(  # type: ignore[override]  # as Bolt's own narrows it
        self, client: SocketModeClient, req: SocketModeRequest
    ) -> None:
        """Acknowledge a delivery, and have it answered."""
        if req.payload.get("type") in _ANSWERED_IN_PLACE:
            await super().handle(client, req)
            return
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
        said = await run_async_bolt_app(self.app, req)
        if said is not None and said.body and (address := req.payload.get("response_url")):
            # What would have been said in the acknowledgement, such as who has not installed us.
            await AsyncWebhookClient(address, session=client.web_client.session).send(
                text=said.body
            )
