"""The page's side: one WebSocket a browser tab, as the page protocol says."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import TypeAlias

from aiohttp import WSMsgType, web

from opstream.playground.slack import (
    attention,
    commands,
    modals,
    page_feed,
    people,
    presses,
    talking,
    trouble,
)
from opstream.playground.slack import happenings as h
from opstream.playground.slack.desk import Desk, Frame, Refused
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.people import Person
from opstream.playground.slack.wire import Json, dump, load, text

PING_SECONDS = 20.0
FRAMES_KEPT = (
    5000  # a tab that lags behind by more is cut off; it comes back and gets a new snapshot
)

Wish: TypeAlias = Callable[[Desk, Frame], Json | Coroutine[object, object, Json] | None]

WISHES: dict[str, Wish] = {
    "post": talking.post,
    "read": talking.read,
    "react": talking.react,
    "dismiss": talking.dismiss,
    "stop_session": talking.stop_session,
    "open_home": talking.open_home,
    "open_messages_tab": talking.open_messages,
    "command": commands.run,
    "press": presses.press,
    "suggest": presses.suggest,
    "shortcut": presses.shortcut,
    "view_submit": modals.submit,
    "view_close": modals.close,
    "trouble": trouble.make,
    "open_entity": attention.open_entity,
    "snooze": attention.snooze,
}


class Tab:
    """One browser tab: what it still has to be told."""

    def __init__(self, person: Person, socket: web.WebSocketResponse) -> None:
        self.person = person
        self.socket = socket
        self._frames: asyncio.Queue[Json | None] = asyncio.Queue(FRAMES_KEPT)

    def tell(self, frame: Json) -> None:
        """Send a frame when its turn comes."""
        try:
            self._frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.cut()

    def cut(self) -> None:
        """Drop what is left and end the connection."""
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(None)

    async def write(self) -> None:
        """Send frames until the tab is cut off or gone."""
        with contextlib.suppress(ConnectionError):
            while (frame := await self._frames.get()) is not None:
                await self.socket.send_str(dump(frame))
            await self.socket.close()


class Pages:
    """All open tabs."""

    def __init__(self, hub: Hub, app: Callable[[], Json]) -> None:
        self._hub = hub
        self._app = app
        self._tabs: set[Tab] = set()
        hub.listen(self._heard)

    def tell(self, person: str, frame: Json) -> None:
        """Tell every tab of one person."""
        for tab in self._tabs:
            if tab.person.id == person:
                tab.tell(frame)

    def tell_all(self, frame: Json) -> None:
        """Tell every tab."""
        for tab in self._tabs:
            tab.tell(frame)

    def _heard(self, happening: h.Happening) -> None:
        for person in {tab.person.id for tab in self._tabs}:
            for frame in page_feed.frames(happening, self._hub.workspace, person):
                self.tell(person, frame)

    async def list_people(self, request: web.Request) -> web.Response:
        """Answer `/page-api/people`: who one can be."""
        humans = [people.as_page(person) for person in self._hub.workspace.humans]
        return web.json_response({"ok": True, "people": humans}, dumps=dump)

    async def serve(self, request: web.Request, desk: Desk) -> web.StreamResponse:
        """Answer `/page-api/socket` until the tab goes."""
        wanted = request.query.get("person", "")
        person = next((one for one in self._hub.workspace.humans if one.id == wanted), None)
        if person is None:
            raise web.HTTPNotFound(text=f"There is nobody with the id {wanted!r} to be.")
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        tab = Tab(person, socket)
        # Between the snapshot and the first change nothing can slip in: both happen without a pause.
        tab.tell(page_feed.snapshot(self._hub.workspace, person.id) | {"app": self._app()})
        self._tabs.add(tab)
        writer = asyncio.get_running_loop().create_task(tab.write())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    _answer(tab, desk, message.data)
        finally:
            self._tabs.discard(tab)
            writer.cancel()
        return socket

    async def close(self) -> None:
        """End all tabs."""
        for tab in list(self._tabs):
            await tab.socket.close(code=1001, message=b"The playground has stopped.")


def _answer(tab: Tab, desk: Desk, data: str) -> None:
    try:
        wish = load(data)
    except ValueError:
        return
    if not isinstance(wish, dict):
        return
    run = WISHES.get(text(wish.get("type")), _unknown)
    try:
        done = run(desk, Frame(tab.person, wish))
    except Refused as refused:
        _reply(tab, wish, {"ok": False, "error": str(refused)})
        return
    if isinstance(done, Coroutine):
        desk.spawn(_answer_later(tab, wish, done))
    else:
        _reply(tab, wish, {"ok": True} | (done or {}))


def _unknown(desk: Desk, frame: Frame) -> None:
    raise Refused(f"The playground does not know {frame.text('type')!r}.")


async def _answer_later(tab: Tab, wish: Json, work: Coroutine[object, object, Json]) -> None:
    try:
        _reply(tab, wish, {"ok": True} | await work)
    except Refused as refused:
        _reply(tab, wish, {"ok": False, "error": str(refused)})


def _reply(tab: Tab, wish: Json, answer: Json) -> None:
    if "ref" in wish:
        reply: Json = {"type": "reply", "ref": wish["ref"]}
        tab.tell(reply | answer)
