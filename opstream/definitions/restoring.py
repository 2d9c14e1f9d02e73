"""Published versions -> workflows again, each with the versions of prompt templates that it uses."""

from collections.abc import Iterable
from dataclasses import replace

import structlog

from opstream.definitions import loader
from opstream.definitions.draft import Draft
from opstream.definitions.prompt_steps import Pinned, Templates
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors
from opstream.ports import PublishedWorkflow

Ready = tuple[Workflow, Draft]

log = structlog.get_logger(__name__)


def one(published: PublishedWorkflow, templates: Templates) -> Ready | None:
    """Return a version as it was published, or None when its text has no such workflow.

    Raises:
        DefinitionErrors: its text cannot be read, or a template of it is lost.
    """
    pinned = Pinned(templates, published.templates)
    draft = loader.reload(published.source, published.file, published.id, pinned)
    return (replace(draft.workflow, version=published.version), draft) if draft else None


def several(
    published: Iterable[PublishedWorkflow], templates: Templates
) -> tuple[list[Ready], list[Complaint]]:
    """Return versions from their texts, and what is wrong with those that cannot be read any more."""
    ready: list[Ready] = []
    complaints: list[Complaint] = []
    for version in published:
        try:
            found = one(version, templates)
        except DefinitionErrors as error:
            log.warning("workflow_unreadable", workflow=version.id, problem=str(error))
            said = error.complaints
            complaints += (replace(fault, file=fault.file or version.id) for fault in said)
        else:
            ready += [found] if found else []
    return ready, complaints
