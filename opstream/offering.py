"""What the author of an operation writes: a function, and one line above it.

    from opstream import operation

    @operation(writes=True)
    async def resize_image(url: str, width: int = 100) -> dict:
        \"\"\"Resize an image.\"\"\"

Name, title, description and the schema of the arguments come from the function; what a Google-style
docstring says of an argument goes with it. Some parameters are
filled in by us and never shown; their types say so:

    ProgressListener   hears how far the call is, and moves the progress message
    IdempotencyKey     the same for the same attempt, so that a repeated call does nothing twice
    Secrets            what the `Connector` asked for

A function that only reads may always be called again. One that writes is called again only when it
takes an `IdempotencyKey`; otherwise a person is asked what became of a call without an answer. It
returns plain data or dataclasses; what goes wrong it says as an `OperationFailed`.

Operations that share secrets belong to a `Connector`:

    github = Connector("github", secrets=("GITHUB_TOKEN",))

    @github.operation(writes=True)
    async def rerun_checks(secrets: Secrets, repo: str, pull: int) -> CheckSuite: ...
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from opstream.errors import BadInput

Function = Callable[..., object]
F = TypeVar("F", bound=Function)

_MARK = "__opstream_offer__"
_NAME = re.compile(r"(?:([A-Za-z_][\w-]*)\.)?([A-Za-z_][\w-]*)", re.ASCII)
_UNNAMED = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
_HOME = "local"  # what operations of a script or a notebook begin with


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets a connector asked for, by name."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values[name]


class IdempotencyKey(str):
    """Tells one attempt from another: the same key twice is the same call, made again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A function that is offered as the operation `<source>.<name>`."""

    source: str
    name: str
    function: Function
    writes: bool


@dataclass(frozen=True)
class Connector:
    """A set of functions against one service.

    Args:
        name: What its operations begin with: `<name>.<function>`.
        secrets: Names of the settings without which it cannot work.
    """

    name: str
    secrets: tuple[str, ...] = ()
    offers: dict[str, Offer] = field(default_factory=dict, repr=False)

    def operation(self, *, writes: bool) -> Callable[[F], F]:
        """Make a function an operation of this connector.

        Args:
            writes: Whether it changes anything outside; a write waits for a yes.
        """

        def offered(function: F) -> F:
            offer = _offer(function, self.name, function.__name__, writes)
            self.offers[offer.name] = offer
            return function

        return offered


def operation(
    function: object = None, /, *, writes: bool | None = None, name: str = ""
) -> Callable[[F], F]:
    """Make a function an operation.

    Args:
        writes: Whether it changes anything outside; a write waits for a yes. It must be said.
        name: What workflows call it, with or without what stands before the dot; if left out, the
            names of the module and of the function.

    Raises:
        BadInput: `writes` was left out, or the function cannot be one.
    """
    if function is not None or writes is None:
        raise BadInput(
            "Say whether the operation changes anything: write `@operation(writes=False)` above a "
            "function that only reads, else `@operation(writes=True)`."
        )

    def offered(function: F) -> F:
        source, own = _names(name or function.__name__)
        module = function.__module__.rpartition(".")[2]
        home = _HOME if module == "__main__" else module
        vars(function)[_MARK] = _offer(function, source or home, own, writes)
        return function

    return offered


def _names(written: str) -> tuple[str, str]:
    found = _NAME.fullmatch(written)
    if found is None:
        raise BadInput(
            f"An operation cannot be called {written!r}. Write for example `gmail.send`."
        )
    return found[1] or "", found[2]


def offer_of(thing: object) -> Offer | None:
    """Return what `@operation` made of a function; None for anything else."""
    found = getattr(thing, _MARK, None)
    return found if isinstance(found, Offer) else None


def connectors_of(things: Sequence[object]) -> list[Connector]:
    """Return the connectors among some things, and one for all offers that begin alike.

    Things of other kinds are passed over.

    Raises:
        BadInput: two functions are offered under one name.
    """
    found: dict[str, Connector] = {}
    for thing in things:
        if isinstance(thing, Connector):
            found.setdefault(thing.name, thing)
    for thing in things:
        offer = offer_of(thing)
        if offer is not None:
            home = found.setdefault(offer.source, Connector(offer.source))
            if home.offers.setdefault(offer.name, offer).function is not offer.function:
                full = f"{offer.source}.{offer.name}"
                raise BadInput(f"Two functions are called `{full}`. Rename one of them.")
    return list(found.values())


def _offer(function: Function, source: str, name: str, writes: bool) -> Offer:
    """Return the offer of a function, or say what keeps it from being one."""
    for parameter in inspect.signature(function).parameters.values():
        where = f"The parameter `{parameter.name}` of `{source}.{name}`"
        if parameter.kind in _UNNAMED:
            raise BadInput(f"{where} takes any number of arguments. Name each argument instead.")
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            raise BadInput(f"{where} has no name for its caller. Take out the `/` behind it.")
        if parameter.annotation is inspect.Parameter.empty:
            raise BadInput(f"{where} has no type. Write for example `{parameter.name}: str`.")
    return Offer(source, name, function, writes)
