"""The peer: a Bolt app on Socket Mode that does nothing but `ack()`."""

import argparse
import asyncio

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def serve(api_url: str, bot_token: str, app_token: str) -> None:
    """Acknowledge every `/opstream` until killed."""
    app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=api_url))

    async def only_ack(ack: AsyncAck) -> None:
        await ack()

    app.command("/opstream")(only_ack)
    handler = AsyncSocketModeHandler(app, app_token)
    await handler.start_async()  # type: ignore[no-untyped-call]  # Bolt gives it no types


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("api_url", "bot_token", "app_token"):
        parser.add_argument(name)
    given = parser.parse_args()
    asyncio.run(serve(given.api_url, given.bot_token, given.app_token))
