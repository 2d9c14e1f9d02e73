"""The branches of the settings: what can be set, what it means, and what holds when it is not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from config.values import BaseAddress, DatabaseAddress, Duration, Hours, Rate, TimeZone

_SWAPPED = (
    "SLACK_{mine} holds what belongs into SLACK_{other}: it begins with {prefix}. Swap the two."
)
_ONE_MISSING = (
    "SLACK_{mine} is set, but SLACK_{other} is missing, and Socket Mode needs both. Set "
    "SLACK_{other} (it begins with {prefix}), or unset SLACK_{mine} to use the playground."
)
RoleName = Literal["viewer", "operator", "approver", "admin"]
_ROLES = "the roles are viewer, operator, approver and admin"


def _one_or_many(written: object) -> object:
    return (written,) if isinstance(written, str) else written


Roles = Annotated[tuple[RoleName, ...], BeforeValidator(_one_or_many)]
Words = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]


class Part(BaseModel):
    """A branch of the tree: frozen, and nothing in it that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def setting(default: object, meaning: str, *, write: str, env: str = "", **rule: Any) -> Any:  # noqa: ANN401  # what pydantic's Field takes and gives
    """Describe one setting: default, meaning, what to write, and its environment variable."""
    extra: dict[str, Any] = {"env": env, "write": write}
    return Field(default=default, description=meaning, json_schema_extra=extra, **rule)


class Notifications(Part):
    """When people are left in peace."""

    quiet_hours: Hours | None = setting(
        None, "Hours in which only critical notices come through.", write="`22:00-08:00`"
    )
    timezone: TimeZone = setting(
        "UTC", "Time zone of the quiet hours.", write="an IANA name such as `Europe/Berlin`"
    )
    max_frequency: Rate | None = setting(
        None, "At most so many notices to one place.", write="`1/hour` or `10/day`"
    )


class Slack(Part):
    """How to reach Slack; without tokens the playground stands in for it."""

    bot_token: SecretStr | None = setting(
        None, "Bot token of the Slack app.", env="SLACK_BOT_TOKEN", write="the `xoxb-` token"
    )
    app_token: SecretStr | None = setting(
        None, "App-level token for Socket Mode.", env="SLACK_APP_TOKEN", write="the `xapp-` token"
    )
    signing_secret: SecretStr | None = setting(
        None,
        "Kept for HTTP delivery; Socket Mode needs none.",
        env="SLACK_SIGNING_SECRET",
        write="the signing secret of the app's Basic Information page",
    )
    api_url: BaseAddress | None = setting(
        None,
        "Base address of the Web API of another Slack-compatible server.",
        env="SLACK_API_URL",
        write="an address such as `http://127.0.0.1:3333/api/`",
    )
    connections: int = setting(
        2, "Socket Mode connections kept open.", write="a number from 1 to 10", ge=1, le=10
    )
    default_channel: str | None = setting(
        None, "Where notices go that belong to no thread.", write="a channel such as `#ops`"
    )
    critical_channel: str | None = setting(
        None, "Where critical notices go.", write="a channel such as `#incidents`"
    )
    notifications: Notifications = Notifications()

    @property
    def connected(self) -> bool:
        """Whether there are tokens to serve a real workspace with."""
        return self.bot_token is not None and self.app_token is not None

    @model_validator(mode="after")
    def _both_tokens_or_none(self) -> Self:
        for mine, other, prefix in (
            ("bot_token", "app_token", "xapp-"),
            ("app_token", "bot_token", "xoxb-"),
        ):
            token: SecretStr | None = getattr(self, mine)
            words = {"mine": mine.upper(), "other": other.upper(), "prefix": prefix}
            if token is not None and token.get_secret_value().startswith(prefix):
                raise PydanticCustomError("names_itself", _SWAPPED, words)
            if token is not None and getattr(self, other) is None:
                raise PydanticCustomError("names_itself", _ONE_MISSING, words)
        return self


class Playground(Part):
    """The pretend workspace in the browser; it listens on this machine only."""

    port: int = setting(
        3333,
        "Port of the playground page; 0 takes any free one.",
        env="OPSTREAM_PORT",
        write="a port from 0 to 65535",
        ge=0,
        le=65535,
    )


class Runs(Part):
    """Limits that runs obey unless a workflow says otherwise."""

    step_timeout: Duration = setting(
        timedelta(minutes=2),
        "How long one call may take.",
        env="OPSTREAM_STEP_TIMEOUT",
        write="a length of time such as `2m`, `90s` or `1h30m`",
    )
    calls_at_once: int = setting(
        64, "Calls under way at once.", env="OPSTREAM_CALLS_AT_ONCE", write="a number above 0", ge=1
    )
    runs_at_once: int = setting(
        512,
        "Runs looked at side by side; a waiting run takes no place.",
        env="OPSTREAM_RUNS_AT_ONCE",
        write="a number above 0",
        ge=1,
    )
    per_person: int | None = setting(
        None,
        "Runs of one person active at once; further ones are queued. Without it, any number.",
        env="OPSTREAM_RUNS_PER_PERSON",
        write="a number above 0",
        ge=1,
    )
    output_bytes: int = setting(
        1_000_000,
        "Largest output of one step that is kept.",
        env="OPSTREAM_OUTPUT_BYTES",
        write="a number of bytes from 1000 on",
        ge=1000,
    )


class People(Part):
    """Who may do what: each role includes the ones before it."""

    default: Roles = setting(
        ("operator",),
        "Roles of people who are not listed.",
        write=f"a list such as `[operator]`; {_ROLES}",
    )
    workspace_admins: Roles = setting(
        ("admin",),
        "Roles that admins of the Slack workspace have.",
        write=f"a list such as `[admin]`; {_ROLES}",
    )
    people: Mapping[str, Roles] = setting(
        {}, "Roles by Slack user id.", write=f"lines such as `U0BO000001: [approver]`; {_ROLES}"
    )


class Database(Part):
    """The database with the journal of all runs: a SQLite file, or PostgreSQL by its address."""

    url: DatabaseAddress | None = setting(
        None,
        "Address of a PostgreSQL database for any number of processes; without it, a SQLite file.",
        env="OPSTREAM_DATABASE_URL",
        write="an address such as `postgresql://user:password@host:5432/opstream`",
    )
    durability: Literal["full", "normal"] = setting(
        "full",
        "`full` survives a power cut; `normal` is faster and may lose the last moments.",
        env="OPSTREAM_DURABILITY",
        write="`full` or `normal`",
    )
    busy_timeout: Duration = setting(
        timedelta(seconds=5),
        "How long a write waits while another program holds the file.",
        env="OPSTREAM_BUSY_TIMEOUT",
        write="a length of time such as `5s`",
    )


class Workers(Part):
    """How the processes of an install share the work; all but the deadline needs PostgreSQL."""

    name: str | None = setting(
        None,
        "What logs and lists call this process; without it, its machine and process id.",
        env="OPSTREAM_WORKER_NAME",
        write="a short name such as `worker-1`, at most 60 letters long",
        max_length=60,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]*$",
    )
    beside_slack: bool = setting(
        True,
        "Whether a process that serves Slack advances runs too; `false` leaves them to the workers.",
        env="OPSTREAM_WORK_BESIDE_SLACK",
        write="`true` or `false`",
    )
    lease: Duration = setting(
        timedelta(seconds=6),
        "A process that gives no sign of life for so long counts as dead: others take its runs.",
        env="OPSTREAM_LEASE",
        write="a length of time from `1s` to `5m`",
        ge=timedelta(seconds=1),
        le=timedelta(minutes=5),
    )
    stop_grace: Duration = setting(
        timedelta(seconds=20),
        "How long calls under way may still take when the process is asked to stop.",
        env="OPSTREAM_STOP_GRACE",
        write="a length of time such as `20s`",
    )


class Http(Part):
    """The door for health checks and webhooks; closed unless it has a port."""

    port: int | None = setting(
        None,
        "Port for `/health`, `/ready` and `/hooks/…`; without it nothing listens.",
        env="OPSTREAM_HTTP_PORT",
        write="a port from 0 to 65535; 0 takes any free one",
        ge=0,
        le=65535,
    )
    host: str = setting(
        "127.0.0.1",
        "Address to listen on; `0.0.0.0` lets other machines in.",
        env="OPSTREAM_HTTP_HOST",
        write="an address such as `127.0.0.1` or `0.0.0.0`",
        min_length=1,
    )


class Log(Part):
    """What the process says about itself on standard error."""

    level: Literal["debug", "info", "warning"] = setting(
        "info", "How much is logged.", env="OPSTREAM_LOG", write="`debug`, `info` or `warning`"
    )
    format: Literal["console", "json"] = setting(
        "console",
        "Lines for people, or JSON for machines.",
        env="OPSTREAM_LOG_FORMAT",
        write="`console` or `json`",
    )
