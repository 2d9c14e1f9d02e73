"""MCP servers as the settings want them, and what they share with the rest of an install."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from config.servers import McpServer as ServerSettings
from config.servers import Oauth as OauthSettings
from config.settings import Settings
from opstream.adapters.mcp.linking import ServerAccounts
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import Breaker, McpServer, Oauth, Rate, Sampling, Transport
from opstream.adapters.mcp.surroundings import Surroundings
from opstream.governance.bundle import Governance
from opstream.governance.linking import Linking
from opstream.ports import AuditTrail, Clock, LanguageModel, Messenger, RunQueue, Vault
from opstream.runs.elicitation import CallQuestions, HearingMessenger
from opstream.runs.journal import Journal


def registry(
    settings: Settings,
    environment: Mapping[str, str],
    secrets: Sequence[str],
    vault: Vault,
    more: Sequence[McpServer] = (),
) -> McpRegistry:
    """Return all MCP servers, and those that there are besides; nobody answers their questions yet."""
    around = Surroundings(vault=vault, address=_address(settings))
    servers = [server(name, one) for name, one in settings.servers.items()]
    return McpRegistry([*servers, *more], environment, secrets, around=around)


def answered(
    servers: McpRegistry,
    journal: Journal,
    queue: RunQueue,
    clock: Clock,
    model: LanguageModel,
    messenger: Messenger,
) -> HearingMessenger:
    """Let runs and a model answer what servers ask; return the messenger by which answers come back."""
    asking = servers.around.asking
    questions = asking.questions = CallQuestions(journal, queue, clock)
    asking.model = model
    return HearingMessenger(messenger, questions)


def linking(
    servers: McpRegistry, governance: Governance, audit: AuditTrail, clock: Clock
) -> Linking:
    """Return who links accounts."""
    accounts = ServerAccounts(servers.sources, servers.around)
    return Linking(accounts, governance.guard, audit, clock)


def server(name: str, one: ServerSettings) -> McpServer:
    """Return an MCP server as it is started or reached."""
    remote = one.url is not None
    return McpServer(
        name=name,
        command=one.command or "",
        args=tuple(one.args),
        env=one.env,
        cwd=str(Path(one.cwd)),
        url=str(one.url or ""),
        headers=one.headers,
        transport=Transport(one.transport or ("http" if remote else "stdio")),
        connect_timeout=one.connect_timeout,
        call_timeout=one.timeout,
        reads=tuple(one.reads),
        writes=tuple(one.writes),
        sampling=Sampling(one.sampling),
        roots=tuple(map(_root, one.roots)),
        answer_within=one.answer_within,
        rate=Rate(one.rate.count, one.rate.per) if one.rate else None,
        breaker=Breaker(one.failures or None, one.rest),
        oauth=_oauth(one.oauth) if one.oauth else None,
    )


def _oauth(one: OauthSettings) -> Oauth:
    return Oauth(
        client_id=one.client_id,
        client_secret=one.client_secret.get_secret_value(),
        client_metadata=str(one.client_metadata or ""),
        scope=one.scope,
        issuer=str(one.issuer or ""),
        interactive=one.grant == "person",
    )


def _root(text: str) -> str:
    """Return a root as an address; a folder becomes one."""
    return text if "://" in text else Path(text).expanduser().resolve().as_uri()


def _address(settings: Settings) -> str:
    """Return where browsers reach this install: where the settings say so, else on this machine."""
    http = settings.http
    if http.public_url:
        return str(http.public_url)
    return f"http://localhost:{http.port}" if http.port else ""
