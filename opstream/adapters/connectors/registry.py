"""The connectors of an install: ours, as an explicit tuple, and those that others bring.

Others bring one by an entry point in the group `opstream.connectors`, by a module that the settings
name, or in Python. What they name is a `Connector`, a function with `@operation`, or a module with
any of these.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import structlog

from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.data import data
from opstream.adapters.connectors.operations import Source
from opstream.adapters.connectors.profiling.connector import profiling
from opstream.domain.operation import Health, Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import BadInput, OperationFailed
from opstream.offering import Connector, connectors_of
from opstream.ports import ProgressListener

BUILT_IN: tuple[Connector, ...] = (profiling, data)

_GROUP = "opstream.connectors"
_EMPTY = "It offers nothing: write `@operation(writes=…)` above a function in it."

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Brought:
    """What an install gets beside what is built in and what packages bring.

    Args:
        modules: Names of modules with operations.
        beside: The folder in which they are looked for first.
        things: Connectors and functions with `@operation`.
    """

    modules: Sequence[str] = ()
    beside: Path | None = None
    things: Sequence[object] = ()


def installed(secrets: Mapping[str, str], brought: Brought = Brought()) -> Sequence[Source]:
    """Return every connector with the secrets it asked for; the first of a name stays.

    What cannot be loaded is there too, and says why.

    Args:
        secrets: All that the settings know; each connector gets only its own.

    Raises:
        BadInput: a thing is neither a connector nor an operation, or its name is taken.
    """
    found: dict[str, Source] = {one.name: ConnectorSource(one, secrets) for one in BUILT_IN}
    for connector in _given(brought.things):
        if connector.name in found:
            raise BadInput(
                f"There are operations `{connector.name}.…` already. "
                "Give yours a name of their own, such as `@operation(name='my_tools.send', …)`."
            )
        found[connector.name] = ConnectorSource(connector, secrets)
    for name, load in _loaders(brought):
        for source in _loaded(name, load, secrets):
            if source.name in found:
                log.warning("connector_left_out", connector=source.name, brought_by=name)
            found.setdefault(source.name, source)
    return list(found.values())


def _given(things: Sequence[object]) -> list[Connector]:
    for thing in things:
        if not _connectors(thing):
            raise BadInput(f"{thing!r} is no operation. Write `@operation(writes=…)` above it.")
    return connectors_of([part for thing in things for part in _parts(thing)])


def _loaders(brought: Brought) -> Iterator[tuple[str, Callable[[], object]]]:
    for module in brought.modules:
        yield module, partial(_module, module, brought.beside)
    for entry in entry_points(group=_GROUP):
        yield entry.value, entry.load


def _module(name: str, beside: Path | None) -> ModuleType:
    """Import a module: the file of that name beside the settings, or whatever goes by that name."""
    file = beside / f"{name}.py" if beside is not None else None
    if file is None or not file.is_file():
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no module")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _loaded(name: str, load: Callable[[], object], secrets: Mapping[str, str]) -> Sequence[Source]:
    try:
        found = _connectors(load())
    except (Exception, SystemExit) as error:  # a stranger's module may raise anything
        log.warning("connector_not_loaded", brought_by=name, exc_info=True)
        return [Unloaded(name, f"{type(error).__name__}: {error}")]
    if not found:
        return [Unloaded(name, _EMPTY)]
    return [ConnectorSource(one, secrets) for one in found]


def _connectors(thing: object) -> list[Connector]:
    return connectors_of(_parts(thing))


def _parts(thing: object) -> list[object]:
    return list(vars(thing).values()) if isinstance(thing, ModuleType) else [thing]


class Unloaded:
    """What should bring operations and could not be loaded: a source of nothing that says why."""

    timeout: float | None = None

    def __init__(self, name: str, reason: str) -> None:
        self.name = name.partition(":")[0].rpartition(".")[2]
        sentence = f"`{name}` cannot be used: {reason.rstrip('.')}. Mend it and start again."
        self.health = SourceHealth(self.name, Health.FAILING, sentence)

    async def settled(self) -> SourceHealth:
        """Return what is wrong; nothing changes by waiting."""
        return self.health

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Refuse; there is nothing to call."""
        raise OperationFailed(self.health.sentence, kind="unavailable")
