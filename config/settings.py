"""THE place for settings: one typed, frozen tree, read once when a process starts.

What is written in the environment goes before `.env`, that before `config/*.yaml`, and that
before the defaults. Every fault is found at once and says where it stands and what to write.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from config.apis import Apis
from config.assembly import Assembly, gather
from config.chat import Slack
from config.diagnosis import faults_of
from config.faults import SettingsError
from config.http import Http
from config.memory import Memory
from config.models import Models
from config.parts import (
    Database,
    Log,
    Part,
    People,
    Playground,
    Retention,
    Runs,
    Sanitising,
    Workers,
    setting,
)
from config.reading import read_env_file
from config.servers import Mcp, McpServer
from config.values import ProjectPath

__all__ = ["PROJECT", "McpServer", "Settings", "SettingsError", "load", "load_but", "variables"]

PROJECT = Path(__file__).resolve().parent.parent
_SECRET_WORDS = ("TOKEN", "KEY", "SECRET", "PASSWORD", "CREDENTIAL", "AUTHORIZATION", "COOKIE")


_NO_DOOR = (
    "Slack is to reach this process over HTTP, and it has no port. Set OPSTREAM_HTTP_PORT to the port that "
    "your web server hands `/slack/` on to."
)
_OURS = ("composio", "data", "opstream", "profiling")
_TAKEN = (
    "config/apis.yaml has an API `{name}`, and other operations begin with that name already. Give the API "
    "another one."
)


class Settings(Part):
    """All settings of one process."""

    data_dir: ProjectPath = setting(
        Path(".opstream"),
        "Folder of the database and of what the playground remembers.",
        env="OPSTREAM_DATA",
        write="a folder",
        validate_default=True,
    )
    workflow_dirs: tuple[ProjectPath, ...] = setting(
        (Path("config/workflows"),),
        "Folders with the workflows people run.",
        write="a list of folders",
        validate_default=True,
    )
    operations: tuple[str, ...] = setting(
        (),
        "Python modules with operations of your own; a file beside the YAML files goes first.",
        write="a list of names such as `[my_tools]`",
    )
    config_dir: Path = setting(
        Path("config"), "Folder of the YAML files.", env="OPSTREAM_CONFIG", write="a folder"
    )
    slack: Slack = Slack()
    playground: Playground = Playground()
    runs: Runs = Runs()
    roles: People = People()
    retention: Retention = Retention()
    sanitising: Sanitising = Sanitising()
    mcp: Mcp = Mcp()
    apis: Apis = Apis()
    models: Models = Models()
    memory: Memory = Memory()
    database: Database = Database()
    workers: Workers = Workers()
    http: Http = Http()
    log: Log = Log()
    notes: tuple[str, ...] = Field(default=(), description="What looks odd but does no harm.")
    _works_only: bool = PrivateAttr(default=False)

    @model_validator(mode="after")
    def _has_a_door(self) -> Self:
        needs = self.slack.delivery == "http" or self.slack.client_id is not None
        if needs and self.http.port is None:
            raise PydanticCustomError("names_itself", _NO_DOOR)
        return self

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        for name in self.apis.apis.keys() & {*self.mcp.servers, *_OURS}:
            raise PydanticCustomError("names_itself", _TAKEN.format(name=name))
        return self

    @property
    def in_playground(self) -> bool:
        """Whether the playground stands in for Slack; of a worker, whether it is told so."""
        told = not self._works_only or self.workers.in_playground
        return told and not self.slack.connected

    def for_worker(self) -> Self:
        """Return the settings of a process that only works: without tokens it serves no playground."""
        own = self.model_copy()
        own._works_only = True
        return own

    @property
    def servers(self) -> Mapping[str, McpServer]:
        """The MCP servers to start: all, or all but those made for the playground."""
        every = self.mcp.servers.items()
        return {
            name: one for name, one in every if self.in_playground or not one.only_in_playground
        }

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, so that logs can mask it."""
        slack = self.slack
        tokens = (
            slack.bot_token,
            slack.app_token,
            slack.signing_secret,
            slack.client_secret,
            self.database.key,
            self.http.token,
        )
        found = [token.get_secret_value() for token in tokens if token is not None]
        found += [one.get_secret_value() for one in slack.notifications.outside.values()]
        found += [*self._database_secrets(), *self.models.secrets(), *self.apis.secrets()]
        for server in self.mcp.servers.values():
            for name, value in (*server.env.items(), *server.headers.items()):
                if any(word in name.upper() for word in _SECRET_WORDS):
                    found.append(value)
        return tuple(one for one in found if one)

    def _database_secrets(self) -> list[str]:
        """Return the database's address and, as it may stand alone, its password."""
        if self.database.url is None:
            return []
        address = self.database.url.get_secret_value()
        parts = urlsplit(address)
        password = parts.password or ""
        return [address, password, unquote(password), *parse_qs(parts.query).get("password", ())]


def variables(
    environ: Mapping[str, str] | None = None, folder: Path = PROJECT
) -> Mapping[str, str]:
    """Return the environment of this process on top of what `.env` says."""
    from_file, _ = read_env_file(folder / ".env")
    return {**from_file, **(os.environ if environ is None else environ)}


def load(environ: Mapping[str, str] | None = None, folder: Path = PROJECT) -> Settings:
    """Read the settings of this process.

    Args:
        environ: Environment variables; None means those of the process.
        folder: The project: `.env`, `config/` and relative paths are looked for in it.

    Raises:
        SettingsError: something is written that cannot be used; it lists all such faults.
    """
    given = dict(os.environ if environ is None else environ)
    return _validated(gather(Settings, given, folder.resolve()))


def load_but(
    folder: Path | None = None, database: str | None = None, workflows: Sequence[Path] = ()
) -> Settings:
    """Read the settings of this process, but for what is given.

    Args:
        folder: The data folder; the database is the one in it unless another is given.
        database: Address of a PostgreSQL database.
        workflows: Folders with further workflows.

    Raises:
        SettingsError: something is written that cannot be used.
    """
    environment = dict(variables())
    if folder is not None:
        environment["OPSTREAM_DATA"] = str(folder.absolute())
    if database is not None:
        environment["OPSTREAM_DATABASE_URL"] = database
    settings = load(environment)
    own: dict[str, object] = {"workflow_dirs": (*settings.workflow_dirs, *workflows)}
    if folder is not None and database is None:
        own["database"] = settings.database.model_copy(update={"url": None})
    return settings.model_copy(update=own)


def _validated(gathered: Assembly) -> Settings:
    try:
        settings = Settings.model_validate(gathered.tree, context={"folder": gathered.folder})
    except ValidationError as error:
        raise SettingsError((*gathered.faults, *faults_of(Settings, error, gathered))) from None
    if gathered.faults:
        raise SettingsError(gathered.faults)
    return settings
