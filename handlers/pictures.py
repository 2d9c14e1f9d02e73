"""Pictures in place of charts, and plain tables in place of data tables, where Slack does not know these yet.

Nobody can ask Slack what a workspace knows: it refuses what it does not. So charts are sent as they are, and
after a refusal the same message goes out with pictures of them; a workspace that has refused one is
remembered.
"""

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks import charts, kit, tables
from blocks.kit import Block
from blocks.wording import plain, safe
from handlers import drawing
from handlers.pacing import Sleep
from handlers.troubles import NETWORK, understand
from handlers.workspaces.client import asking

T = TypeVar("T")
log = structlog.get_logger(__name__)
NEW: Final = frozenset({charts.TYPE, tables.DATA_TABLE})
"""Types of blocks that not every workspace knows."""
_REFUSED = frozenset({"invalid_blocks", "invalid_arguments", "invalid_blocks_format"})
_WAITS = (
    0.5,
    1.0,
    2.0,
    4.0,
)  # seconds; a picture that was just uploaded takes a moment to be usable
_KEPT = 300
_ALT_TEXT = 1_900

Send = Callable[[list[dict[str, Any]]], Awaitable[T]]


class Pictures:
    """Sends blocks so that a workspace takes them."""

    def __init__(self, client: AsyncWebClient, sleep: Sleep = asyncio.sleep) -> None:
        self._client = client
        self._sleep = sleep
        self._old: set[str] = set()
        self._uploaded: OrderedDict[str, Block] = OrderedDict()

    async def sent(self, workspace: str, blocks: Sequence[Block], send: Send[T]) -> T:
        """Send blocks; once more with pictures, if the workspace refuses charts.

        Args:
            workspace: Where they go, '' for the one at home.
            blocks: What to send.
            send: Sends blocks; nothing of a refused message stands.

        Raises:
            SlackApiError: they are refused for another reason, or the pictures, too.
        """
        if not any(block.get("type") in NEW for block in blocks):
            return await send(_dicts(blocks))
        if workspace not in self._old:
            try:
                return await send(_dicts(blocks))
            except SlackApiError as error:
                if understand(error).code not in _REFUSED:
                    raise
                if _is_unknown(error):
                    self._old.add(workspace)
                log.info("charts_refused", workspace=workspace, remembered=workspace in self._old)
        return await self._insist(await self._instead(workspace, blocks), send)

    async def fitting(self, workspace: str, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        """Return blocks as a workspace is known to take them."""
        known = workspace not in self._old
        return _dicts(blocks if known else await self._instead(workspace, blocks))

    async def _insist(self, blocks: Sequence[Block], send: Send[T]) -> T:
        for wait in _WAITS if any("slack_file" in block for block in blocks) else ():
            try:
                return await send(_dicts(blocks))
            except SlackApiError as error:
                if understand(error).code not in _REFUSED:
                    raise
            await self._sleep(wait)
        return await send(_dicts(blocks))

    async def _instead(self, workspace: str, blocks: Sequence[Block]) -> list[Block]:
        found: list[Block] = []
        for block in blocks:
            if block.get("type") == charts.TYPE:
                found.append(await self._picture(workspace, block))
            elif block.get("type") == tables.DATA_TABLE:
                found += _as_table(block, found)
            else:
                found.append(block)
        return found

    async def _picture(self, workspace: str, block: Block) -> Block:
        """Return the picture of a chart, or its numbers where no file can be uploaded."""
        key = (
            f"{workspace}/{hashlib.blake2b(json.dumps(block, sort_keys=True).encode()).hexdigest()}"
        )
        if key not in self._uploaded:
            before = asking.set(workspace)
            try:
                self._uploaded[key] = await self._upload(block)
            except (SlackApiError, *NETWORK) as error:
                code = understand(error).code if isinstance(error, SlackApiError) else "network"
                log.warning("picture_not_uploaded", code=code)
                return kit.section(safe(f"📊 {drawing.words(block)}"))
            finally:
                asking.reset(before)
            if len(self._uploaded) > _KEPT:
                self._uploaded.popitem(last=False)
        return self._uploaded[key]

    async def _upload(self, block: Block) -> Block:
        content = await asyncio.to_thread(drawing.png, block)
        alt, title = plain(drawing.words(block), _ALT_TEXT), str(block.get("title"))
        told = await self._client.files_getUploadURLExternal(
            filename="chart.png", length=len(content), alt_txt=plain(alt, 900)
        )
        await self._put(str(told["upload_url"]), content)
        await self._client.files_completeUploadExternal(
            files=[{"id": str(told["file_id"]), "title": title}]
        )
        return {
            "type": "image",
            "slack_file": {"id": str(told["file_id"])},
            "alt_text": alt,
            "title": kit.plain_text(title, 200),
        }

    async def _put(self, url: str, content: bytes) -> None:
        session = self._client.session or aiohttp.ClientSession()
        try:
            async with session.post(url, data=content, proxy=self._client.proxy) as response:
                response.raise_for_status()
        finally:
            if session is not self._client.session:
                await session.close()


def _as_table(block: Block, before: Sequence[Block]) -> list[Block]:
    """Return a data table as a table; Slack takes one of these a message, a second one goes as text."""
    caption = kit.section(f"*{safe(str(block.get('caption', '')), 150)}*")
    if any(one.get("type") == "table" for one in before):
        return [caption, kit.context("This table is too much for one message; see `details`.")]
    return [caption, tables.plain(block)]


def _is_unknown(error: SlackApiError) -> bool:
    """Whether a type of block is not known, in Slack's words `unsupported type: …`."""
    said = json.dumps(getattr(error.response, "data", None) or {}, default=str)
    return "unsupported type" in said or any(one in said for one in NEW)


def _dicts(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [dict(block) for block in blocks]
