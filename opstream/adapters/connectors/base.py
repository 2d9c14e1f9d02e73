"""A connector as a source of operations: described by its functions, called with typed arguments."""

import inspect
from collections.abc import Mapping
from functools import cached_property, partial

import structlog

from opstream.adapters.connectors import signatures, threads
from opstream.adapters.connectors.plain import plain
from opstream.adapters.connectors.signatures import Given
from opstream.domain.operation import Health, Operation, OperationCall, Repeat, SourceHealth
from opstream.domain.values import Json
from opstream.errors import BadInput, OperationFailed
from opstream.offering import Connector, IdempotencyKey, Offer, Secrets
from opstream.ports import ProgressListener

_LONGEST_REASON = 300

log = structlog.get_logger(__name__)


class ConnectorSource:
    """A connector with the secrets it asked for."""

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
        """Whether it has the secrets it needs, and its functions can be called."""
        try:
            operations = tuple(_operation(offer) for offer in self._connector.offers.values())
        except BadInput as error:
            return SourceHealth(self.name, Health.FAILING, str(error))
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
        in_loop = inspect.iscoroutinefunction(function)
        tell = listener if in_loop else threads.from_thread(listener)
        given = Given(self._secrets, tell, IdempotencyKey(call.key))
        arguments = signatures.typed(function, call.arguments)
        ready = partial(function, **arguments, **signatures.injected(function, given))
        try:
            output = ready() if in_loop else await threads.in_thread(ready)
            return plain(await output if inspect.isawaitable(output) else output)
        except OperationFailed:
            raise
        except OSError as error:
            raise OperationFailed(
                f"`{operation.name}` could not reach its service: {error.strerror or error}.",
                kind="unavailable",
                outcome_known=not operation.writes,
            ) from error
        except (Exception, SystemExit) as error:  # whatever a function raises is a failed call
            log.warning("operation_raised", operation=operation.name, exc_info=True)
            raise OperationFailed(
                f"`{operation.name}` failed: {self._reason(error)}.",
                retryable=False,
                outcome_known=not operation.writes,
            ) from error

    def _reason(self, error: BaseException) -> str:
        """Return the first line of an exception, free of the connector's secrets."""
        said = (str(error).splitlines() or [""])[0]
        for secret in self._secrets.values.values():
            said = said.replace(secret, "•••")
        said = said[:_LONGEST_REASON].rstrip(".")
        return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _operation(offer: Offer) -> Operation:
    documented = signatures.documentation(offer.function)
    inputs = signatures.inputs(offer.function)
    return Operation(
        name=f"{offer.source}.{offer.name}",
        title=offer.name.replace("_", " ").capitalize(),
        description=documented.text,
        inputs=inputs,
        outputs=None,
        writes=offer.writes,
        repeat=_repeat(offer),
        source=offer.source,
    )


def _repeat(offer: Offer) -> Repeat:
    if not offer.writes:
        return Repeat.ALWAYS
    return Repeat.WITH_KEY if signatures.takes_key(offer.function) else Repeat.NEVER
