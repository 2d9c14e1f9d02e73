"""Which operations an agent may use: those that a workflow names, or else those that whoever asks may use."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase

from opstream.domain.operation import Health, Operation, SourceHealth
from opstream.domain.person import Person, Role
from opstream.domain.prompt import ModelTool
from opstream.errors import NotFound, OperationFailed
from opstream.governance import permissions
from opstream.governance.permissions import About, Rules
from opstream.ports import Operations

_LONGEST_DESCRIPTION = 1_000


class Toolbox:
    """Finds what an agent may use.

    Args:
        operations: All there are.
        rules: What is not the same for every operation.
    """

    def __init__(self, operations: Operations, rules: Rules) -> None:
        self._operations = operations
        self._rules = rules

    async def settled(self) -> None:
        """Wait while tools are starting, for as long as their sources let anybody wait."""
        for source in self._operations.sources():
            if source.health is Health.STARTING:
                with suppress(NotFound, OperationFailed):
                    await self._operations.ready(f"{source.name}.")

    def open(self, person: Person, wanted: Sequence[str]) -> Mapping[str, Operation]:
        """Return operations by their names.

        Args:
            person: For whom the agent works.
            wanted: Names and patterns out of a workflow: what it names, it may use whoever started it,
                because publishing it took an admin. Nothing means all that the person may use.
        """
        ready = (one for one in self._operations.sources() if one.health is Health.READY)
        found = (operation for source in ready for operation in source.operations)
        return {one.name: one for one in found if self._fits(one, person, wanted)}

    def down(self, wanted: Sequence[str]) -> Sequence[SourceHealth]:
        """Return the sources that would be used and are down; each says why in its sentence."""
        down = (one for one in self._operations.sources() if one.health is not Health.READY)
        return [one for one in down if _may_be_meant(one.name, wanted)]

    def _fits(self, operation: Operation, person: Person, wanted: Sequence[str]) -> bool:
        if wanted:
            return any(fnmatchcase(operation.name, pattern) for pattern in wanted)
        role = Role.OPERATOR if operation.writes else Role.VIEWER
        role, _ = permissions.needed(role, (operation.name,), self._rules)
        return permissions.holds(person, role, About().workflow, self._rules)


def _may_be_meant(source: str, wanted: Sequence[str]) -> bool:
    begins = [one.partition(".")[0] for one in wanted]
    return not begins or any(fnmatchcase(source, one) for one in begins)


def shown(operation: Operation) -> ModelTool:
    """Return an operation as a model is told of it."""
    asks = " It changes something: a person is asked first." if operation.writes else ""
    described = operation.description.strip()
    if len(described) > _LONGEST_DESCRIPTION:
        described = f"{described[:_LONGEST_DESCRIPTION].rstrip()}…"
    return ModelTool(operation.name, f"{described}{asks}", operation.inputs)
