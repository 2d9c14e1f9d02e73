"""A server of the page's own tests: serves the page and speaks its protocol from prepared data."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.playground.page.workspace import PEOPLE, Frame, message, snapshot

PAGE = Path(__file__).parents[3] / "opstream" / "playground" / "slack" / "page"
POLICY = "default-src 'self'; style-src 'self'; img-src 'self' https: data:; connect-src 'self' ws:"

Answer = Callable[[Frame], Frame | None]


class PageServer:
    """Keeps what the page sent, answers `ok`, and pushes the frames a test wants shown."""

    def __init__(self) -> None:
        self.address = ""
        self.reset()
        self._sockets: set[web.WebSocketResponse] = set()
        self._news = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    def reset(self) -> None:
        """Begin a test: the prepared workspace, and nothing heard of the page yet."""
        self.snapshot = snapshot()
        self.sent: list[Frame] = []
        self._answers: dict[str, Answer] = {}

    def on(self, type_: str, answer: Answer) -> None:
        """Answer frames of a type with what `answer(frame)` adds to the reply."""
        self._answers[type_] = answer

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_get("/page-api/people", self._people)
        app.router.add_get("/page-api/socket", self._socket)
        app.router.add_static("/page/", PAGE)
        app.on_response_prepare.append(self._guard)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{port}"

    async def stop(self) -> None:
        await self.hang_up()
        if self._runner is not None:
            await self._runner.cleanup()

    async def hang_up(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def push(self, type_: str, **frame: Any) -> None:
        for socket in list(self._sockets):
            await socket.send_json({"type": type_, **frame})

    async def received(self, type_: str, nth: int = 1) -> Frame:
        """Wait for the page's `nth` frame of a type."""
        async with self._news, asyncio.timeout(10):
            await self._news.wait_for(lambda: len(self._of(type_)) >= nth)
        return self._of(type_)[nth - 1]

    def _of(self, type_: str) -> list[Frame]:
        return [frame for frame in self.sent if frame["type"] == type_]

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _people(self, _request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "people": PEOPLE})

    async def _guard(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "max-age=600"

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        me = next(p for p in PEOPLE if p["id"] == request.query["person"])
        await socket.send_json({**self.snapshot, "me": me})
        self._sockets.add(socket)
        async for received in socket:
            if received.type is WSMsgType.TEXT:
                await self._take(socket, received.json(), me["id"])
        self._sockets.discard(socket)
        return socket

    async def _take(self, socket: web.WebSocketResponse, frame: Frame, me: str) -> None:
        answer = self._answers.get(frame["type"])
        added = answer(frame) if answer else None
        reply = {"type": "reply", "ref": frame["ref"], "ok": True, **(added or {})}
        await socket.send_json(reply)
        if frame["type"] == "post":
            await self._echo(frame, me)
        async with self._news:
            self.sent.append(frame)
            self._news.notify_all()

    async def _echo(self, frame: Frame, me: str) -> None:
        thread = {"thread_ts": frame["thread_ts"]} if "thread_ts" in frame else {}
        said = message(me, frame["text"], at=5000 + len(self.sent), **thread)
        await self.push("message", channel=frame["channel"], message=said)
