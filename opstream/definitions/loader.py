"""Text -> workflows, in our own format or an older one; every complaint with file and line."""

import json
from dataclasses import dataclass

from opstream.definitions import checks, native, prompt_steps, steps_json, tools_yaml
from opstream.definitions.document import Document, decode, read
from opstream.definitions.draft import Draft
from opstream.definitions.prompt_steps import Templates
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors


@dataclass(frozen=True, slots=True)
class Loaded:
    """A workflow that can be used.

    Args:
        workflow: As read; its version is 0.
        source: The text to publish: that of the file, or this workflow's part of it.
    """

    workflow: Workflow
    source: str
    draft: Draft


def load(text: str, file: str, templates: Templates | None = None) -> list[Loaded]:
    """Return the workflows in a text.

    Args:
        text: YAML or JSON.
        file: Its name in complaints; `.json` tells how to read it.
        templates: What its prompts may name; without them such a prompt is not looked into, and no run
            can come of it.

    Raises:
        DefinitionErrors: something is wrong with it; the error has all complaints.
    """
    drafts, complaints = _drafts(read(text, file))
    if templates is not None:
        found = [prompt_steps.filled(draft, templates) for draft in drafts]
        drafts = [draft for draft, _ in found]
        complaints += [complaint for _, said in found for complaint in said]
    complaints += [complaint for draft in drafts for complaint in checks.complaints(draft)]
    if complaints:
        raise DefinitionErrors(sorted(dict.fromkeys(complaints), key=lambda one: one.line))
    only = len(drafts) == 1
    return [Loaded(d.workflow, text if only else _part(d), d) for d in drafts]


def load_bytes(raw: bytes, file: str, templates: Templates | None = None) -> list[Loaded]:
    """Return the workflows in a file's content; as `load`.

    Raises:
        DefinitionErrors: something is wrong with it; the error has all complaints.
    """
    return load(decode(raw, file), file, templates)


def only(text: str, file: str, templates: Templates | None = None) -> Loaded:
    """Return the one workflow in a text; as `load`.

    Raises:
        DefinitionErrors: something is wrong with it, or it holds more than one.
    """
    found = load_bytes(text.encode(), file, templates)
    if len(found) != 1:
        problem = f"This holds {len(found)} workflows."
        raise DefinitionErrors([Complaint(file, 1, problem, "Write one at a time.")])
    return found[0]


def reload(
    source: str, file: str, workflow_id: str, templates: Templates | None = None
) -> Draft | None:
    """Return a workflow from its published text, or None when that has no such workflow.

    Only what the text needs to be read is checked: a check that came later than the version does
    not stop its runs.

    Args:
        templates: As the version uses them; without them a prompt that names one is not looked into.

    Raises:
        DefinitionErrors: the text cannot be read at all, or a template of it is lost.
    """
    drafts, _ = _drafts(read(source, file))
    found = next((draft for draft in drafts if draft.workflow.id == workflow_id), None)
    if found is None or templates is None:
        return found
    return prompt_steps.restored(found, templates)


def _drafts(document: Document) -> tuple[list[Draft], list[Complaint]]:
    complaints: list[Complaint] = []
    if tools_yaml.fits(document):
        return tools_yaml.read(document, complaints), complaints
    if steps_json.fits(document):
        return [steps_json.read(document, complaints)], complaints
    return [native.read(document, complaints)], complaints


def _part(draft: Draft) -> str:
    """Return the text of one workflow of many, so that it has a version of its own."""
    data = {"workflows": {draft.workflow.id: draft.document.at(draft.at)}}
    return json.dumps(data, ensure_ascii=False, indent=2)
