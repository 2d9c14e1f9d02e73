"""What a connector or MCP server can do, and one call of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from opstream.domain.values import Json, JsonObject


class Repeat(StrEnum):
    """Whether a call whose outcome is unknown may simply be made again."""

    ALWAYS = "always"  # it reads, or the same call twice has the effect of one
    WITH_KEY = "with_key"  # it takes an idempotency key and does nothing twice for the same key
    NEVER = "never"  # a person must say what happened


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a tool can do; serves as a step, an agent's tool and a remedy.

    Args:
        name: `<source>.<tool>`, unique in an install.
        inputs: JSON Schema of the arguments, an object.
        outputs: JSON Schema of the output, or None when the tool declares none.
        writes: Whether it changes anything outside; a write waits for a yes.
        source: The MCP server or connector it belongs to.
        own_yes: Whether whoever asks for it may say the yes themselves: it does in their name what they
            may do anyway.
    """

    name: str
    title: str
    description: str
    inputs: JsonObject
    outputs: JsonObject | None = None
    writes: bool = True
    repeat: Repeat = Repeat.NEVER
    source: str = ""
    own_yes: bool = False


@dataclass(frozen=True, slots=True)
class OperationCall:
    """One call: what, with which arguments, and the key that makes it one of a kind.

    Args:
        secrets: Arguments that are just one of these texts are the names of secrets: the secret goes
            in their place, out of everybody's sight.
        keep: How old an answer to the same question may be, if it reads; None leaves it to the
            settings, and zero asks anew.
    """

    operation: str
    arguments: Mapping[str, Json]
    key: str
    timeout: timedelta | None = None
    secrets: frozenset[str] = frozenset()
    keep: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a call is: `done` of `total` (None when unknown), and what it is at.

    Args:
        said: All that a model has said so far in a turn of an agent; of other calls ''.
    """

    done: float
    total: float | None = None
    message: str = ""
    said: str = ""


class Health(StrEnum):
    """How a source of operations is doing."""

    STARTING = "starting"
    READY = "ready"
    FAILING = "failing"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """An MCP server or connector and how it is doing, in one sentence.

    Args:
        details: What else there is to know of it, one line each.
    """

    name: str
    health: Health
    sentence: str
    operations: tuple[Operation, ...] = field(default_factory=tuple)
    details: tuple[str, ...] = ()
