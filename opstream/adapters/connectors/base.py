"""What a connector is: a name, the secrets it needs, and functions that become operations.

    github = Connector("github", secrets=("GITHUB_TOKEN",))

    @github.operation(writes=True)
    async def rerun_checks(secrets: Secrets, repo: str, pull: int) -> CheckSuite:
        \"\"\"Rerun the failed checks of a pull request.

Args:
            pull: Its number.
        \"\"\"

Name, title, description and the schema of the arguments come from the function. A parameter of
type `Secrets` or `ProgressListener` is filled in by us and never shown. What a function returns is
plain data or dataclasses; what goes wrong it says as an `OperationFailed`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from opstream.adapters.connectors import signatures
from opstream.adapters.connectors.plain import plain
from opstream.adapters.connectors.signatures import Secrets
from opstream.domain.operation import Health, Operation, OperationCall, Repeat, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import ProgressListener

Function = Callable[..., Awaitable[object]]
F = TypeVar("F", bound=Function)


@dataclass(frozen=True, slots=True)
class _Offer:
    function: Function
    writes: bool
    repeat: Repeat


@dataclass(frozen=True)
class Connector:
    """A set of functions against one service.

    Args:
        name: What its operations begin with: `<name>.<function>`.
        secrets: Names of the settings without which it cannot work.
    """

    name: str
    secrets: tuple[str, ...] = ()
    offers: dict[str, _Offer] = field(default_factory=dict, repr=False)

    def operation(self, *, writes: bool, repeat: Repeat | None = None) -> Callable[[F], F]:
        """Make an async function an operation.

        Args:
            writes: Whether it changes anything outside; a write waits for a yes.
            repeat: Whether a call whose outcome is unknown may be made again; what only reads
                always may.
        """

        def offered(function: F) -> F:
            again = repeat or (Repeat.NEVER if writes else Repeat.ALWAYS)
            self.offers[function.__name__] = _Offer(function, writes, again)
            return function

        return offered


class ConnectorSource:
    """A connector as a source of operations, with the secrets it asked for."""

    timeout: float | None = None

    def __init__(self, connector: Connector, secrets: Mapping[str, str]) -> None:
        self._connector = connector
        self._secrets = Secrets(
            {name: secrets[name] for name in connector.secrets if secrets.get(name)}
        )

    @property
    def name(self) -> str:
        """What its operations begin with."""
        return self._connector.name

    @cached_property
    def health(self) -> SourceHealth:
        """Whether it has the secrets it needs."""
        operations = tuple(self._operation(name) for name in self._connector.offers)
        lacking = [name for name in self._connector.secrets if name not in self._secrets.values]
        if lacking:
            names = " and ".join(f"`{name}`" for name in lacking)
            sentence = f"`{self.name}` needs {names}. Set it in the environment and start again."
            return SourceHealth(self.name, Health.MISSING, sentence, operations)
        count = len(operations)
        sentence = f"`{self.name}` is ready with {count} operation{'' if count == 1 else 's'}."
        return SourceHealth(self.name, Health.READY, sentence, operations)

    async def settled(self) -> SourceHealth:
        """Return its health; a connector needs no start."""
        return self.health

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Call the function; the arguments fit its schema already."""
        function = self._connector.offers[operation.name.removeprefix(f"{self.name}.")].function
        given = signatures.injected(function, self._secrets, listener)
        arguments = signatures.typed(function, call.arguments)
        try:
            return plain(await function(**arguments, **given))
        except OSError as error:
            raise OperationFailed(
                f"`{operation.name}` could not reach its service: {error.strerror or error}.",
                kind="unavailable",
                outcome_known=not operation.writes,
            ) from error

    def _operation(self, name: str) -> Operation:
        offer = self._connector.offers[name]
        documented = signatures.documentation(offer.function)
        return Operation(
            name=f"{self.name}.{name}",
            title=name.replace("_", " ").capitalize(),
            description=documented.text,
            inputs=signatures.inputs(offer.function),
            outputs=None,
            writes=offer.writes,
            repeat=offer.repeat,
            source=self.name,
        )
