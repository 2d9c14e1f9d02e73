"""Our own format: one workflow in a file, every key of it documented in docs/workflows.md."""

from enum import StrEnum

from opstream.definitions import fields, native_steps, native_triggers
from opstream.definitions.document import Document
from opstream.definitions.draft import Draft
from opstream.definitions.section import Section
from opstream.domain.workflow import Limits, Overlap, Workflow
from opstream.errors import Complaint

FORMAT = "opstream"
MOST_AT_ONCE = 1_000


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
    triggers = native_triggers.read(section)
    workflow = Workflow(
        id=section.text("id", required=True),
        title=section.text("title", required=True),
        description=section.text("description").strip(),
        inputs=fields.read(section, "inputs"),
        steps=tuple(one.step for one in placed),
        result=section.raw("result"),
        phrases=section.texts("phrases"),
        notices=notices(section, "notices"),
        source_format=FORMAT,
        triggers=tuple(trigger for trigger, _ in triggers),
        limits=_limits(section),
        conversation=section.flag("conversation"),
    )
    section.finish()
    return Draft(document, workflow, placed=placed, triggers_at=tuple(path for _, path in triggers))


def notices(section: Section, key: str) -> frozenset[str]:
    """Return which notices the thread hears; empty means all."""
    wanted = section.texts(key)
    for one in wanted:
        if one not in tuple(Notice):
            offered = ", ".join(f"`{notice}`" for notice in Notice)
            section.complain(key, f"There is no notice `{one}`.", f"Use some of {offered}.")
    return frozenset(one for one in wanted if one in tuple(Notice))


def _limits(owner: Section) -> Limits:
    """Return the limits; whoever names only one of `at_once` and `overlap` means what is usual."""
    if owner.raw("limits") is None:
        return Limits()
    hint = "Write `limits: {at_once: 1, overlap: queue}`."
    section = owner.inner("limits", what="`limits`", hint=hint)
    bounded = section.has("at_once") or section.has("overlap")
    at_once = section.whole("at_once", 1, 1, MOST_AT_ONCE)
    usual = Overlap.QUEUE if bounded else Overlap.ALLOW
    overlap = section.choice("overlap", Overlap, usual)
    limits = Limits(
        at_once=at_once if bounded else None,
        overlap=overlap,
        priority=section.whole("priority", 0, -10, 10),
    )
    section.finish()
    return limits
