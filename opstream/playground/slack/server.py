"""The playground's server: Slack's Web API, Socket Mode and the page on one loopback address.

It runs inside any asyncio program (`start(settings)`), or by itself (`python -m opstream.playground.slack`).
"""

from pathlib import Path

from aiohttp import web

from opstream.playground.slack import manifest as manifests
from opstream.playground.slack import page_feed, seed
from opstream.playground.slack.delivery import SocketMode
from opstream.playground.slack.desk import Desk
from opstream.playground.slack.event_queue import EventQueue
from opstream.playground.slack.faults import Faults
from opstream.playground.slack.guard import add_headers, guard, is_loopback
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.manifest import ManifestError
from opstream.playground.slack.methods.call import Call
from opstream.playground.slack.page_api import Pages
from opstream.playground.slack.rates import RateLimiter
from opstream.playground.slack.response_urls import ResponseUrls
from opstream.playground.slack.settings import Completion, PlaygroundError, PlaygroundSettings
from opstream.playground.slack.statuses import Statuses
from opstream.playground.slack.store import StateInUse, Store
from opstream.playground.slack.web_api import Tokens, WebApi
from opstream.playground.slack.wire import Json
from opstream.playground.slack.workspace import Workspace

__all__ = ["Completion", "Playground", "PlaygroundError", "PlaygroundSettings", "start"]

PAGE = Path(__file__).parent / "page"
OWN_MANIFEST = Path(__file__).parents[3] / "manifest.json"
LARGEST_REQUEST = 4 * 1024 * 1024
STOP_SECONDS = 1.0


class Playground:
    """A pretend Slack workspace. Make it, `start` it, `stop` it."""

    def __init__(self, settings: PlaygroundSettings) -> None:
        if not is_loopback(settings.host):
            raise PlaygroundError(
                f"The playground listens on this machine only, not on {settings.host!r}:"
                " its tokens are known to everyone. Use 127.0.0.1."
            )
        self.settings = settings
        self.faults = Faults()
        self.limiter = RateLimiter(settings.clock)
        self._runner: web.AppRunner | None = None
        self._connected = False

    @property
    def address(self) -> str:
        """Where the page is, such as `http://127.0.0.1:3333`; '' until it has started."""
        return self._hub.address if self._runner else ""

    @property
    def api_url(self) -> str:
        """What to give the app as Slack's address (`SLACK_API_URL`), with its trailing slash."""
        return f"{self.address}/api/"

    @property
    def connections(self) -> int:
        """How many Socket Mode connections the app has open."""
        return self._sockets.count

    @property
    def pending_events(self) -> int:
        """How many events the app has not acknowledged yet."""
        return self._events.pending

    @property
    def unanswered(self) -> int:
        """How many payloads have been sent to the app and not acknowledged yet."""
        return self._sockets.unanswered

    async def start(self) -> None:
        """Read the state and listen.

        Raises:
            PlaygroundError: The manifest, the state directory or the port cannot be used.
        """
        try:
            self._open()
        except (ManifestError, StateInUse) as problem:
            raise PlaygroundError(str(problem)) from problem
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            handle_signals=False,
            shutdown_timeout=STOP_SECONDS,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as problem:
            await self.stop()
            raise PlaygroundError(
                f"Port {self.settings.port} on {self.settings.host} cannot be used"
                f" ({problem.strerror}). Stop what uses it, or choose another port."
            ) from problem
        port = self._runner.addresses[0][1]
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        self._hub.address = f"http://{host}:{port}"
        self._hub.tidy()
        self._events.resume(self.settings.clock())

    async def stop(self) -> None:
        """Close every connection and the state; nothing that was acknowledged is lost."""
        if self._runner is None:
            return
        runner, self._runner = self._runner, None
        await self._events.close()
        await self._desk.close()
        self._statuses.close()
        self.faults.resume_api()
        await self._pages.close()
        await self._sockets.close()
        await runner.cleanup()
        self._hub.store.close()

    async def wait_until_connected(self) -> None:
        """Return as soon as the app is connected."""
        await self._sockets.wait_for_connection()

    def refresh_connections(self, reason: str = "refresh_requested") -> None:
        """Ask the app to renew its connections, as Slack does every few hours."""
        self._sockets.refresh(reason)

    def drop_connections(self) -> None:
        """Cut the app's connections without a word, as a broken network does."""
        self._sockets.drop()

    def _open(self) -> None:
        settings = self.settings
        manifest = manifests.read(settings.manifest or OWN_MANIFEST)
        workspace = Workspace(manifest.bot_name)
        store = Store(settings.state_dir)
        past = list(store.history()) or seed.happenings(manifest, settings.clock())
        store.record(past)
        for happening in past:
            workspace.apply(happening)
        self._hub = hub = Hub(workspace, store, manifest, settings.clock)
        self._sockets = SocketMode(
            self.faults,
            settings.ack_seconds,
            settings.connection_life_seconds,
            self._connection_changed,
        )
        self._events = EventQueue(self._sockets, store, settings.event_retry_seconds)
        hub.send_events_to(self._events.send)
        self._statuses = Statuses(hub)
        self._pages = Pages(hub, self._app)
        self._desk = Desk(hub, self._sockets, self._pages.tell, self._call, self.faults)

    def _call(self, arguments: Json) -> Call:
        return Call(self._hub, arguments, self._sockets.issue_ticket, self._statuses.set)

    def _app(self) -> Json:
        offered: list[Json] = [
            {"text": one.text, "usage": one.usage, "description": one.description}
            for one in self.settings.completions
        ]
        return page_feed.app(self._hub.manifest, offered, connected=self._connected)

    def _connection_changed(self) -> None:
        connected = self._sockets.count > 0
        if connected != self._connected:
            self._connected = connected
            self._pages.tell_all({"type": "app", "connected": connected})

    def _application(self) -> web.Application:
        settings = self.settings
        tokens = Tokens(settings.bot_token, settings.app_token)
        api = WebApi(
            self._hub,
            tokens,
            self.faults,
            self._call,
            limiter=self.limiter if settings.rates_enforced else None,
        )
        urls = ResponseUrls(self._hub, self._call)
        application = web.Application(middlewares=[guard], client_max_size=LARGEST_REQUEST)
        application.on_response_prepare.append(add_headers)
        application.add_routes(
            [
                web.get("/", _index),
                web.get("/archives/{channel}/{message}", _permalink),
                web.get("/api/{method}", api.handle),
                web.post("/api/{method}", api.handle),
                web.post("/response/{hook}", urls.handle),
                web.post("/upload/{ticket}", self._upload),
                web.get("/files/{file}", self._file),
                web.get("/link/", self._sockets.handle),
                web.get("/page-api/people", self._pages.list_people),
                web.get("/page-api/socket", self._serve_page),
                web.static("/page", PAGE),
            ]
        )
        return application

    def forget_block_types(self, *types: str) -> None:
        """Refuse blocks of these types from now on, as a workspace does that Slack has not renewed yet."""
        self._hub.unknown_blocks.update(types)

    def turn_off_work_objects(self) -> None:
        """Take no Work Objects from now on, as for an app whose settings do not allow them."""
        self._hub.work_objects = False

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Take in a file; the address itself is the permission."""
        content = await request.read()
        taken = self._hub.files.take(request.match_info["ticket"], content)
        text = f"OK - {len(content)}" if taken else "This address takes no such file."
        return web.Response(text=text, status=200 if taken else 404)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        found = self._hub.files.content(request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[0], content_type=found[1])

    async def _serve_page(self, request: web.Request) -> web.StreamResponse:
        return await self._pages.serve(request, self._desk)


async def _index(request: web.Request) -> web.StreamResponse:
    return web.FileResponse(PAGE / "index.html")


async def _permalink(request: web.Request) -> web.StreamResponse:
    """Lead a permalink (`/archives/C…/p1763…`) to the page, which finds the message by what follows `#`."""
    number = request.match_info["message"].lstrip("p")
    thread_ts = request.query.get("thread_ts", "")
    place = f"{request.match_info['channel']}/{number[:-6]}.{number[-6:]}"
    raise web.HTTPFound(f"/#/{place}" + (f"/{thread_ts}" if thread_ts else ""))


async def start(settings: PlaygroundSettings) -> Playground:
    """Start a playground in this event loop and return it; `await playground.stop()` ends it.

    Raises:
        PlaygroundError: It cannot start.
    """
    playground = Playground(settings)
    await playground.start()
    return playground
