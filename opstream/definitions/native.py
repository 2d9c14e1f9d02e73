"""Our own format: one workflow in a file, every key of it documented in docs/workflows.md."""

from enum import StrEnum

from opstream.definitions import fields, native_steps
from opstream.definitions.document import Document
from opstream.definitions.draft import Draft
from opstream.definitions.section import Section
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint

FORMAT = "opstream"


class Notice(StrEnum):
    """What of a run its thread hears."""

    START = "start"
    MILESTONES = "milestones"
    COMPLETION = "completion"
    ERRORS = "errors"


def read(document: Document, complaints: list[Complaint]) -> Draft:
    """Return the workflow of a document; what is wrong with it goes to `complaints`."""
    section = Section(document, (), complaints, "the workflow")
    placed = native_steps.read(section)
    workflow = Workflow(
        id=section.text("id", required=True),
        title=section.text("title", required=True),
        description=section.text("description").strip(),
        inputs=fields.read(section, "inputs"),
        steps=tuple(step for step, _ in placed),
        result=section.raw("result"),
        phrases=section.texts("phrases"),
        schedule=section.text("schedule") or None,
        notices=notices(section, "notices"),
        source_format=FORMAT,
    )
    section.finish()
    return Draft(document, workflow, (), tuple(path for _, path in placed))


def notices(section: Section, key: str) -> frozenset[str]:
    """Return which notices the thread hears; empty means all."""
    wanted = section.texts(key)
    for one in wanted:
        if one not in tuple(Notice):
            offered = ", ".join(f"`{notice}`" for notice in Notice)
            section.complain(key, f"There is no notice `{one}`.", f"Use some of {offered}.")
    return frozenset(one for one in wanted if one in tuple(Notice))
