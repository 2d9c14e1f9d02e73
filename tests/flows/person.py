"""A person at the playground's page: sees what the page would see, and does what a person does."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

Message = dict[str, Any]


class Person:
    """One browser window, without the browser: the page's own socket."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self._changed = asyncio.Condition()
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._ref = 0
        self.messages: dict[tuple[str, str], Message] = {}
        self.private: list[Message] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.failures: list[str] = []
        self.connected = False
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def join(cls, session: ClientSession, address: str, user: str) -> "Person":
        socket = await session.ws_connect(f"{address}/page-api/socket", params={"person": user})
        return cls(socket)

    async def leave(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        await self._socket.close()

    async def _read(self) -> None:
        async for frame in self._socket:
            data = json.loads(frame.data)
            self._take(data)
            async with self._changed:
                self._changed.notify_all()

    def _take(self, data: dict[str, Any]) -> None:
        if (taken := getattr(self, f"_on_{data['type']}", None)) is not None:
            taken(data)

    def _on_snapshot(self, data: dict[str, Any]) -> None:
        self.connected = data["app"]["connected"]
        for channel, messages in data["messages"].items():
            self.messages |= {(channel, message["ts"]): message for message in messages}
        self.views = {view["id"]: view for view in data["views"]}

    def _on_app(self, data: dict[str, Any]) -> None:
        self.connected = data["connected"]

    def _on_message(self, data: dict[str, Any]) -> None:
        self.messages[data["channel"], data["message"]["ts"]] = data["message"]

    _on_message_changed = _on_message

    def _on_message_deleted(self, data: dict[str, Any]) -> None:
        self.messages.pop((data["channel"], data["ts"]), None)

    def _on_ephemeral(self, data: dict[str, Any]) -> None:
        self.private.append(data["message"])

    def _on_view_opened(self, data: dict[str, Any]) -> None:
        self.views[data["view"]["id"]] = data["view"]

    _on_view_updated = _on_view_opened

    def _on_view_closed(self, data: dict[str, Any]) -> None:
        self.views.pop(data["view_id"], None)

    def _on_failed(self, data: dict[str, Any]) -> None:
        self.failures.append(data["text"])

    def _on_reply(self, data: dict[str, Any]) -> None:
        self._replies.pop(data["ref"]).set_result(data)

    async def until(self, condition: Callable[[], Any], why: str, seconds: float = 60) -> Any:
        """Wait until a condition on what this person sees holds, and return its value."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                while not (value := condition()):
                    await self._changed.wait()
                return value
        except TimeoutError:
            seen = "\n".join(m.get("text", "") for m in [*self.messages.values(), *self.private])
            raise AssertionError(
                f"{why}: not seen in {seconds} s.\n{seen}\n{self.failures}"
            ) from None

    async def do(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send one frame of the page's protocol and return the server's reply."""
        self._ref += 1
        reply = self._replies[self._ref] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"type": kind, "ref": self._ref, **fields})
        async with asyncio.timeout(10):
            return await reply

    async def command(self, text: str, channel: str = "C0OPS00001") -> None:
        await self.until(lambda: self.connected, "the bot is connected")
        assert (await self.do("command", channel=channel, text=text))["ok"]

    def find(self, *words: str, thread: str | None = None) -> Message | None:
        """Return the newest message whose text and blocks contain all the words."""
        for (_, _), message in sorted(self.messages.items(), reverse=True):
            shown = everything(message)
            if all(word in shown for word in words) and (
                thread is None or message.get("thread_ts") == thread
            ):
                return message
        return None

    async def sees(self, *words: str, thread: str | None = None, seconds: float = 60) -> Message:
        return await self.until(lambda: self.find(*words, thread=thread), f"{words}", seconds)

    async def told(self, *words: str, seconds: float = 60) -> Message:
        """Wait for a private message with all the words."""

        def found() -> Message | None:
            fitting = [m for m in self.private if all(word in everything(m) for word in words)]
            return fitting[-1] if fitting else None

        return await self.until(found, f"private {words}", seconds)

    async def press(self, message: Message, action_id: str, channel: str = "C0OPS00001") -> None:
        """Press the button of that action id, or whose id begins with it."""
        block, element = next(
            (block, element)
            for block in message["blocks"]
            for element in (*block.get("elements", ()), block.get("accessory") or {})
            if str(element.get("action_id", "")).startswith(action_id)
        )
        await self.do(
            "press",
            channel=channel,
            message_ts=message["ts"],
            block_id=block.get("block_id"),
            action_id=element["action_id"],
            value=element.get("value"),
            ephemeral=message.get("is_ephemeral", False),
        )

    async def opens(self, callback_id: str) -> dict[str, Any]:
        """Wait until a modal of that callback id stands open."""
        return await self.until(
            lambda: next(
                (v for v in self.views.values() if v["callback_id"].startswith(callback_id)), None
            ),
            f"modal {callback_id}",
        )


def everything(message: Message) -> str:
    """Return all that a message shows, as one text."""
    return message.get("text", "") + json.dumps(message.get("blocks", []), ensure_ascii=False)
