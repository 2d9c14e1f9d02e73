"""Secrets by name, and calls that are given them at the very last moment.

A run knows a secret only as `secret:NAME`: that is what its history, its cards and its templates hold. Just
before a call the secret takes the place of the name, and in what the tool says back the name takes the
place of the secret. Only names that were given to the run as inputs of the kind `secret` count, so that a
text from outside cannot ask for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from opstream.adapters.mcp.masking import masked
from opstream.domain.operation import Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.ports import Operations, ProgressListener

MARK = "secret:"
_VARIABLE = "OPSTREAM_SECRET_"


class Secrets:
    """The secrets of an install, from its environment: `OPSTREAM_SECRET_<NAME>`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._by_name = {
            name[len(_VARIABLE) :]: value
            for name, value in environment.items()
            if name.startswith(_VARIABLE) and value
        }

    def find(self, name: str) -> str | None:
        """Return a secret, or None when there is none of that name."""
        return self._by_name.get(name)

    def values(self) -> tuple[str, ...]:
        """Return all secrets, so that logs can mask them."""
        return tuple(self._by_name.values())


class OperationsWithSecrets:
    """Operations whose calls are given secrets by name; satisfies the port `Operations`."""

    def __init__(self, operations: Operations, secrets: Secrets) -> None:
        self._operations = operations
        self._secrets = secrets

    def find(self, name: str) -> Operation:
        """Return the operation of that name; errors as the port says."""
        return self._operations.find(name)

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name once its source is up; errors as the port says."""
        return await self._operations.ready(name)

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""
        return self._operations.sources()

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Call an operation with its secrets filled in; errors as the port says."""
        if not call.secrets:
            return await self._operations.call(call, listener)
        used: dict[str, str] = {}
        arguments = {
            name: self._filled(value, call, used) for name, value in call.arguments.items()
        }
        try:
            output = await self._operations.call(replace(call, arguments=arguments), listener)
        except OperationFailed as error:
            error.args = (masked(str(error), used.values()),)
            raise
        return _named(output, used)

    def _filled(self, value: Json, call: OperationCall, used: dict[str, str]) -> Json:
        """Return an argument with the secrets in it, and note which were used."""
        if isinstance(value, str):
            return self._secret(value, used) if value in call.secrets else value
        if isinstance(value, Mapping):
            return {name: self._filled(one, call, used) for name, one in value.items()}
        if isinstance(value, Sequence):
            return [self._filled(one, call, used) for one in value]
        return value

    def _secret(self, text: str, used: dict[str, str]) -> str:
        name = text.removeprefix(MARK)
        found = self._secrets.find(name)
        if found is None:
            raise OperationFailed(
                f"There is no secret `{name}`. Set `{_VARIABLE}{name}` where OpStream runs.",
                kind="invalid",
                retryable=False,
            )
        used[text] = found
        return found


def _named(value: Json, used: Mapping[str, str]) -> Json:
    """Return an output with names in the place of secrets."""
    if isinstance(value, str):
        for name, secret in used.items():
            value = value.replace(secret, name)
        return value
    if isinstance(value, Mapping):
        return {name: _named(one, used) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [_named(one, used) for one in value]
    return value
