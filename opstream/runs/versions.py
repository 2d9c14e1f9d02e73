"""Versions of workflows: publishing one, and the one that a run goes on with."""

from typing import Literal, TypeAlias

from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, MissingInputs
from opstream.governance import permissions
from opstream.governance.guard import Deed, Guard
from opstream.ports import AuditTrail, Clock
from opstream.runs.journal import Loaded
from opstream.runs.schedules import Scheduler

_PUBLISH = Deed("workflow.published", "publish a workflow", permissions.PUBLISHER)

Version: TypeAlias = Literal["old", "new"] | int
"""The one a run began with, the newest one, or one by its number."""


class Versions:
    """Publishes workflows; every version is kept, with who and why."""

    def __init__(
        self,
        catalog: Catalog,
        schedules: Scheduler,
        audit: AuditTrail,
        clock: Clock,
        guard: Guard,
    ) -> None:
        self._catalog = catalog
        self._schedules = schedules
        self._audit = audit
        self._clock = clock
        self._guard = guard

    async def publish(self, text: str, by: Person, why: str) -> Workflow:
        """Publish the text of a workflow as its newest version; runs under way keep theirs.

        Raises:
            NotAllowed: the person may not publish.
            DefinitionErrors: something is wrong with the text; the error has all complaints.
        """
        await self._guard.require(by, _PUBLISH)
        workflow = await self._catalog.publish(text, by.who, why)
        detail = f"version {workflow.version}: {why}"
        entry = AuditEntry(self._clock.now(), by.who, "workflow.published", workflow.id, detail)
        await self._audit.record(entry)
        await self._schedules.sync()
        return workflow


async def going_on(loaded: Loaded, version: Version, catalog: Catalog) -> Loaded:
    """Return a run with the version of its workflow that it is to go on with.

    Raises:
        NotFound: there is no such version.
        BadInput: that version needs inputs which the run does not have.
    """
    run = loaded.run
    if version == "old" or version == run.workflow_version:
        return loaded
    if version == "new":
        workflow = catalog.latest(run.workflow_id)
    else:
        workflow = await catalog.version(run.workflow_id, int(version))
    known = {field.name: run.inputs.get(field.name) for field in workflow.inputs}
    try:
        given_inputs.read(workflow, known)
    except MissingInputs as error:
        lacking = ", ".join(f"`{name}`" for name in error.names)
        raise BadInput(
            f"Version {workflow.version} of `{workflow.id}` needs {lacking}, which this run does not "
            "have. Retry it with the old version, or start a new run."
        ) from error
    return Loaded(workflow, run)
