"""Wires what is called over HTTP beside MCP servers: described APIs, Composio, and answers that are kept."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from config.apis import Api as ApiSettings
from config.apis import Credential
from config.settings import Settings
from opstream.adapters.connectors import composio
from opstream.adapters.connectors.openapi.descriptions import Descriptions
from opstream.adapters.connectors.openapi.http import Http
from opstream.adapters.connectors.openapi.registry import ApiRegistry
from opstream.adapters.connectors.openapi.settings import Api, Credentials
from opstream.adapters.connectors.openapi.source import Around
from opstream.adapters.connectors.results import Expiry, Keeping, OperationsKept
from opstream.adapters.mcp.settings import McpServer
from opstream.adapters.secrets import Secrets
from opstream.adapters.stores import Stores
from opstream.agent import own
from opstream.ports import Clock, Operations, Ticker

_COPIES = "apis"


@dataclass(frozen=True, slots=True)
class Reached:
    """What is reached over HTTP.

    Args:
        apis: Its `sources` belong to the operations; it is started and stopped with the MCP servers.
        servers: MCP servers beside those of `config/mcp.yaml`.
    """

    apis: ApiRegistry
    servers: Sequence[McpServer]


def reached(settings: Settings, clock: Clock, secrets: Secrets) -> Reached:
    """Return the APIs of an install; nothing is connected before it is started."""
    http = Http()
    descriptions = Descriptions(http, settings.config_dir, settings.data_dir / _COPIES)
    around = Around(http, descriptions, secrets.find, clock.now, time.monotonic)
    apis = ApiRegistry([api(name, one) for name, one in settings.apis.apis.items()], around)
    return Reached(apis, _composio(settings, http))


def kept(operations: Operations, settings: Settings, stores: Stores) -> OperationsKept:
    """Return operations whose answers are kept as the settings and steps say."""
    database = stores.database
    wanted = settings.apis.results, settings.runs.output_bytes
    keeping = Keeping(*wanted, is_personal=lambda source: source == own.SOURCE)
    return OperationsKept(operations, database.results, database.artifacts, stores.clock, keeping)


def expiry(stores: Stores) -> Ticker:
    """Return what removes answers whose time is over."""
    return Expiry(stores.database.results, stores.clock)


def at_once(settings: Settings) -> Mapping[str, int]:
    """Return how many calls each API gets at once, where that is bounded."""
    return {name: one.at_once for name, one in settings.apis.apis.items() if one.at_once}


def api(name: str, one: ApiSettings) -> Api:
    """Return an API as it is called."""
    return Api(
        name=name,
        description=one.description,
        url=one.url or "",
        credentials={scheme: _credentials(each) for scheme, each in one.auth.items()},
        headers=one.headers,
        only=tuple(one.only),
        reads=tuple(one.reads),
        writes=tuple(one.writes),
        timeout=one.timeout,
        pages=one.pages,
        items=one.items,
        answer_bytes=one.answer_bytes,
    )


def _credentials(one: Credential) -> Credentials:
    return Credentials(
        token=_opened(one.token),
        username=one.username or "",
        password=_opened(one.password),
        client_id=one.client_id or "",
        client_secret=_opened(one.client_secret),
        token_url=one.token_url or "",
        scopes=tuple(one.scopes),
    )


def _composio(settings: Settings, http: Http) -> Sequence[McpServer]:
    wanted = settings.apis.composio
    key = _opened(wanted.key)
    if not key or not wanted.enabled:
        return ()
    used = composio.Composio(key, wanted.url, wanted.user, tuple(wanted.toolkits))
    return (composio.server(used, http),)


def _opened(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
