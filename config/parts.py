"""The branches of the settings: what can be set, what it means, and what holds when it is not."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from config.values import DatabaseAddress, Duration

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
        ("viewer",),
        "Roles of people who are not listed: to change something they need more.",
        write=f"a list such as `[viewer]`; {_ROLES}",
    )
    workspace_admins: Roles = setting(
        ("admin",),
        "Roles that admins of the Slack workspace have.",
        write=f"a list such as `[admin]`; {_ROLES}",
    )
    people: Mapping[str, Roles] = setting(
        {}, "Roles by Slack user id.", write=f"lines such as `U0BO000001: [approver]`; {_ROLES}"
    )
    groups: Mapping[str, Roles] = setting(
        {},
        "Roles by Slack user group, by its id or handle; members have them besides their own.",
        write=f"lines such as `'@oncall': [operator]`; {_ROLES}",
    )
    workflows: Mapping[str, Mapping[RoleName, Words]] = setting(
        {},
        "Who holds a role in certain workflows, by name or pattern; a role that is named there is theirs "
        "alone, and the admins'.",
        write="lines such as `'pay_*': {operator: [U0ANA00001, '@payments']}`",
    )
    operations: Mapping[str, RoleName] = setting(
        {},
        "The role it takes to start a workflow that calls certain operations, by name or pattern.",
        write=f"lines such as `estate.rollback: approver`; {_ROLES}",
    )


SensitiveKind = Literal["secret", "email", "phone", "card"]


class Sanitising(Part):
    """What is taken out of texts from people and tools."""

    stored: tuple[SensitiveKind, ...] = setting(
        ("secret",),
        "What is masked for good before inputs, replies and answers of tools are kept.",
        write="a list of `secret`, `email`, `phone` and `card`",
    )
    models: tuple[SensitiveKind, ...] = setting(
        ("secret", "email", "phone", "card"),
        "What a model sees a placeholder of; the answer has it back, but for secrets.",
        write="a list of `secret`, `email`, `phone` and `card`",
    )


class Retention(Part):
    """How long data is kept, by kind; without a time, for ever."""

    runs: Duration | None = setting(
        timedelta(days=365),
        "How long ended runs are kept, with their histories, approvals and what their messages said.",
        env="OPSTREAM_KEEP_RUNS",
        write="a length of time such as `365d`",
        ge=timedelta(days=1),
    )
    artifacts: Duration | None = setting(
        timedelta(days=90),
        "How long large outputs are kept; those that runs under way may need stay.",
        env="OPSTREAM_KEEP_ARTIFACTS",
        write="a length of time such as `90d`",
        ge=timedelta(days=1),
    )
    deliveries: Duration | None = setting(
        timedelta(days=7),
        "How long a delivery from outside is known again when it comes twice.",
        env="OPSTREAM_KEEP_DELIVERIES",
        write="a length of time such as `7d`",
        ge=timedelta(days=3),
    )
    usage: Duration | None = setting(
        timedelta(days=400),
        "How long it is known what each answer of a model took.",
        env="OPSTREAM_KEEP_USAGE",
        write="a length of time such as `400d`",
        ge=timedelta(days=2),
    )
    audit: Duration | None = setting(
        timedelta(days=1095),
        "How long the audit trail is kept; what is left of it still proves itself.",
        env="OPSTREAM_KEEP_AUDIT",
        write="a length of time such as `1095d`",
        ge=timedelta(days=30),
    )
    every: Duration = setting(
        timedelta(hours=6),
        "How often it is looked for what is too old.",
        env="OPSTREAM_RETENTION_EVERY",
        write="a length of time such as `6h`",
        ge=timedelta(minutes=1),
    )


class Database(Part):
    """The database with the journal of all runs: a SQLite file, or PostgreSQL by its address."""

    url: DatabaseAddress | None = setting(
        None,
        "Address of a PostgreSQL database for any number of processes; without it, a SQLite file.",
        env="OPSTREAM_DATABASE_URL",
        write="an address such as `postgresql://user:password@host:5432/opstream`",
    )
    key: SecretStr | None = setting(
        None,
        "Key of the encrypted store; without it, a file `key` in the data folder.",
        env="OPSTREAM_KEY",
        write="32 bytes in URL-safe Base64; several, divided by commas, to change it",
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
    in_playground: bool = setting(
        False,
        "Whether a worker without Slack tokens belongs to the playground, and starts its estate.",
        env="OPSTREAM_WORKER_IN_PLAYGROUND",
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
