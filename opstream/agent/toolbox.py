"""Which operations an agent may use: those that a workflow names, or else those that whoever asks may use."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from opstream.domain.operation import Health, Operation
from opstream.domain.person import Person, Role
from opstream.domain.prompt import ModelTool
from opstream.governance import permissions
from opstream.governance.permissions import About, Rules
from opstream.ports import Operations


class Toolbox:
    """Finds what an agent may use.

    Args:
        operations: All there are.
        rules: What is not the same for every operation.
    """

    def __init__(self, operations: Operations, rules: Rules) -> None:
        self._operations = operations
        self._rules = rules

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

    def _fits(self, operation: Operation, person: Person, wanted: Sequence[str]) -> bool:
        if wanted:
            return any(fnmatchcase(operation.name, pattern) for pattern in wanted)
        role = Role.OPERATOR if operation.writes else Role.VIEWER
        role, _ = permissions.needed(role, (operation.name,), self._rules)
        return permissions.holds(person, role, About().workflow, self._rules)


def shown(operation: Operation) -> ModelTool:
    """Return an operation as a model is told of it."""
    asks = " It changes something: a person is asked first." if operation.writes else ""
    return ModelTool(operation.name, f"{operation.description}{asks}", operation.inputs)
