"""Operations whose answers are masked before anybody keeps them; satisfies the port `Operations`."""

from collections.abc import Sequence
from dataclasses import dataclass

from opstream.domain.operation import Operation, OperationCall, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed
from opstream.governance.sanitising import Sanitiser
from opstream.ports import Operations, ProgressListener


@dataclass(frozen=True, slots=True)
class OperationsSanitised:
    """Operations, and what takes secrets out of their answers."""

    operations: Operations
    sanitiser: Sanitiser

    def find(self, name: str) -> Operation:
        """Return the operation of that name; errors as the port says."""
        return self.operations.find(name)

    async def ready(self, name: str) -> Operation:
        """Return the operation of that name once its source is up; errors as the port says."""
        return await self.operations.ready(name)

    def sources(self) -> Sequence[SourceHealth]:
        """Return every source with its health and operations."""
        return self.operations.sources()

    async def call(self, call: OperationCall, listener: ProgressListener) -> Json:
        """Call an operation and return its answer without secrets; errors as the port says, without any too."""
        try:
            output = await self.operations.call(call, listener)
        except OperationFailed as error:
            error.args = (self.sanitiser.masked(str(error)),)
            raise
        return await self.sanitiser.masked_in_turns(output)
