"""An API by its OpenAPI description as a source of operations: read in the background, tried again while it is away."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

import structlog

from opstream.adapters.connectors.openapi import auth
from opstream.adapters.connectors.openapi.auth import FindSecret, Keys, NoSecret
from opstream.adapters.connectors.openapi.calling import Caller
from opstream.adapters.connectors.openapi.descriptions import Away, Description, Descriptions
from opstream.adapters.connectors.openapi.http import Http
from opstream.adapters.connectors.openapi.requests import origin
from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.tokens import Tokens
from opstream.adapters.connectors.openapi.tools import Toolbox, toolbox
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import BadInput, OperationFailed
from opstream.ports import ProgressListener

log = structlog.get_logger(__name__)

_LONGEST_START = 90.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait before a description is read again, in seconds: doubled each time, up to a bound."""

    first: float = 2.0
    longest: float = 300.0

    def after(self, last: float | None) -> float:
        """Return the next wait."""
        return self.first if last is None else min(2 * last, self.longest)


@dataclass(frozen=True, slots=True)
class Around:
    """What all APIs of an install have in common.

    Args:
        find: Gives the secret of a name, or None.
        seconds: A clock that only goes forward.
    """

    http: Http
    descriptions: Descriptions
    find: FindSecret
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    patience: Patience = Patience()


class ApiSource:
    """One API."""

    def __init__(self, api: Api, around: Around) -> None:
        self._api = api
        self._around = around
        self._toolbox: Toolbox | None = None
        self._caller: Caller | None = None
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        starting = f"`{api.name}` is reading its description."
        self._health = SourceHealth(api.name, Health.STARTING, starting)

    @property
    def name(self) -> str:
        """What its operations begin with."""
        return self._api.name

    @property
    def timeout(self) -> float | None:
        """Seconds that a call may take unless it says so itself; None for no limit."""
        return self._api.timeout.total_seconds() if self._api.timeout else None

    @property
    def health(self) -> SourceHealth:
        """How it is doing, and what it offers."""
        return self._health

    def start(self) -> None:
        """Begin to read the description; returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._live(), name=f"api-{self.name}")

    async def stop(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def changed(self) -> None:
        """Wait until health or operations change."""
        await self._changed.wait()

    async def settled(self) -> SourceHealth:
        """Wait while the description is being read, for a bounded time, and return how it is then."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_START):
                while self._health.health is Health.STARTING and self._task is not None:
                    await self._changed.wait()
        return self._health

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Call an operation; the arguments fit its schema already."""
        tool = self._toolbox.tools.get(operation.name) if self._toolbox else None
        if tool is None or self._caller is None:
            raise OperationFailed(self._health.sentence, kind="unavailable")
        return await self._caller.call(tool, call, listener)

    async def _live(self) -> None:
        """Read the description until it is there, or can only be mended by a person."""
        wait: float | None = None
        while True:
            try:
                is_old = await self._read()
            except NoSecret as error:
                self._show(Health.MISSING, f"`{self.name}` cannot be used: {error}.")
                return
            except Away as error:
                self._down(f"{error}. It is tried again.")
            except BadInput as error:
                self._down(f"{str(error).rstrip('.')}.")
            else:
                if not is_old:
                    return
            wait = self._around.patience.after(wait)
            await asyncio.sleep(wait)

    async def _read(self) -> bool:
        """Read the description and offer what it describes; returns whether it is an old copy."""
        around, api = self._around, self._api
        tokens = Tokens(around.http, around.seconds)
        bare = Keys(Api(api.name, "", headers=api.headers), {}, around.find, tokens)
        found = await around.descriptions.read(api, bare.headers)
        made = await asyncio.to_thread(toolbox, found.document, api)
        base = _base(api, made)
        operations = tuple(one.operation for one in made.tools.values())
        self._health = SourceHealth(
            self.name, self._health.health, self._health.sentence, operations
        )
        keys = Keys(api, made.schemes, around.find, tokens)
        _require_trust(api, made, base)
        self._toolbox = made
        self._caller = Caller(api, base, keys, tokens, around.http, around.now)
        self._show(Health.READY, _ready(api, made, found), operations)
        return bool(found.why_old)

    def _down(self, reason: str) -> None:
        self._toolbox = self._caller = None
        log.warning("api_not_loaded", api=self.name, reason=reason)
        said = f"{reason[:1].lower()}{reason[1:]}"
        self._show(Health.FAILING, f"`{self.name}` cannot be used: {said}")

    def _show(
        self, health: Health, sentence: str, operations: tuple[Operation, ...] | None = None
    ) -> None:
        kept = self._health.operations if operations is None else operations
        self._health = SourceHealth(self.name, health, sentence, kept)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


def _base(api: Api, made: Toolbox) -> str:
    """Return where the API is.

    Raises:
        BadInput: nobody says.
    """
    url = api.url or (
        urljoin(api.description, made.server or "/") if api.is_remote else made.server
    )
    if not url.startswith(("http://", "https://")):
        raise BadInput(
            "its description does not say where it is. Write its address as `url` in config/apis.yaml"
        )
    return url


def _require_trust(api: Api, made: Toolbox, base: str) -> None:
    """Refuse to send secrets where only a description from another place says to.

    Raises:
        BadInput: it says so; the sentence names the place.
    """
    if not api.is_remote or not (api.credentials or api.headers):
        return
    trusted = {origin(api.description), origin(api.url) if api.url else None}
    if not api.url and origin(base) not in trusted:
        raise BadInput(
            f"its description comes from another place than {base}, which it says its credentials are "
            f"for. If that is right, write `url: {base}` in config/apis.yaml"
        )
    for url in auth.token_urls(made.schemes, api):
        whole = urljoin(base, url)
        if origin(whole) not in {*trusted, origin(base)}:
            raise BadInput(
                f"its description says that tokens are fetched from {whole}. If that is right, write "
                f"`token_url: {whole}` beside the client's secret in config/apis.yaml"
            )


def _ready(api: Api, made: Toolbox, found: Description) -> str:
    count = len(made.tools)
    said = f"`{api.name}` is ready with {count} operation{'' if count == 1 else 's'}"
    if found.why_old:
        said += f", by an earlier copy of its description: {found.why_old.rstrip('.')}"
    if made.left_out:
        few = "; ".join(made.left_out[:2])
        said += f"; {len(made.left_out)} could not be read: {few}"
    return f"{said}."
