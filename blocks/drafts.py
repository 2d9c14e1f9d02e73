"""Workflows written in the chat: the editor, the proposal with its difference, the publication."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.kit import Block, Message
from blocks.wording import clean, code, count, line, person, safe, when
from opstream.domain.person import Who
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, Complaint

PARTS_LIMIT: Final = 10
_PART_LIMIT: Final = 2_800
_DIFFERENCE_LIMIT: Final = 7_500
_GOES_ON: Final = "# (goes on)"  # a field may lose the spaces before its first word


def editor(text: str, place: Mapping[str, Json], draft: str = "") -> View:
    """Return the form in which a workflow is written, in as many fields as its text needs.

    Args:
        text: What stands in it.
        place: Where whoever fills it in hears how it went.
        draft: Id of the draft that it began with, or ''.

    Raises:
        BadInput: the text is too long for a form.
    """
    hint = "The keys are explained in docs/workflows.md; nothing is published yet."
    return forms.modal(
        "Write a workflow",
        [kit.context(hint), *fields_for(text, "Workflow")],
        callback=ids.FORM_DRAFT,
        submit=kit.plain_text("Check it", 24),
        private_metadata=ids.carried(draft=draft, place=place),
    )


def fields_for(text: str, label: str) -> list[Block]:
    """Return as many fields as a text needs, and one more; `joined` puts them together again.

    Args:
        text: What stands in them.
        label: What is written there, such as `Workflow`.

    Raises:
        BadInput: the text is too long for a form.
    """
    parts = parts_of(text)
    if len(parts) > PARTS_LIMIT:
        raise BadInput(
            f"This {label.lower()} has {len(text):,} characters, which is more than a form in Slack can "
            "hold. Change its file, or write it in a file and use `opstream import`."
        )
    return [_part(n, label, one) for n, one in enumerate([*parts, ""][:PARTS_LIMIT])]


def _part(number: int, label: str, text: str) -> Block:
    shown = label if number == 0 else "It goes on here"
    name = f"{ids.TEXT_PREFIX}{number}"
    return forms.text_block(name, shown, text, required=number == 0, multiline=True)


def parts_of(text: str) -> list[str]:
    """Return a text cut at line ends into parts that a field can hold."""
    parts: list[str] = []
    held: list[str] = []
    for one in clean(text).rstrip().split("\n"):
        if held and sum(len(other) + 1 for other in held) + len(one) > _PART_LIMIT:
            parts.append("\n".join(held))
            held = [_GOES_ON]
        held.append(one)
    return [*parts, "\n".join(held)]


def joined(values: Mapping[str, str | None]) -> str:
    """Return the text that stands in the fields of an editor."""
    return "\n".join(line for _, lines in _fields(values) for line in lines) + "\n"


def _fields(values: Mapping[str, str | None]) -> Iterator[tuple[str, list[str]]]:
    numbers = (
        int(one[len(ids.TEXT_PREFIX) :]) for one in values if one.startswith(ids.TEXT_PREFIX)
    )
    for number in sorted(numbers):
        name = f"{ids.TEXT_PREFIX}{number}"
        if text := values[name]:
            yield name, [one for one in text.split("\n") if one.strip() != _GOES_ON]


def faults(values: Mapping[str, str | None], complaints: Sequence[Complaint]) -> dict[str, str]:
    """Return what is wrong with a text, under the field that each fault stands in."""
    found: dict[str, list[str]] = {}
    for one in complaints:
        found.setdefault(_field_of(values, one.line), []).append(
            f"Line {one.line}: {one.problem} {one.remedy}".rstrip()
        )
    return {name: _few(said) for name, said in found.items()}


def _field_of(values: Mapping[str, str | None], wanted: int) -> str:
    found, seen = f"{ids.TEXT_PREFIX}0", 0
    for name, lines in _fields(values):
        found, seen = name, seen + len(lines)
        if wanted <= seen:
            break
    return found


def _few(said: Sequence[str]) -> str:
    more = f" And {len(said) - 5} more." if len(said) > 5 else ""
    return " ".join(said[:5])[:1_900] + more


def proposal(draft: str, workflow: Workflow, difference: str) -> Message:
    """Return a checked draft as it would change what there is, with the button that publishes it."""
    title = f"*{line(workflow.title, 150)}* · {code(workflow.id, 80)}"
    if not difference:
        return kit.sentence(f"{title} is published just like this already; there is nothing to do.")
    said = f"{changes(difference)} Nothing is published yet."
    value = ids.carried(draft=draft, workflow=workflow.id)
    buttons = kit.actions(*draft_buttons(value))
    blocks = [kit.section(f"📝 {title}\n{said}"), *preformatted(difference), buttons]
    return kit.message(f"A draft of {workflow.title}", blocks)


def draft_buttons(value: str) -> tuple[Block, ...]:
    """Return the buttons below a draft that can be published; `value` is what they carry."""
    return (
        kit.button("Publish …", ids.DRAFT_PUBLISH, value, style="primary"),
        kit.button("Go on writing", ids.DRAFT_EDIT, value),
    )


def changes(difference: str) -> str:
    """Return how much a difference changes, as a sentence."""
    added, taken = _changed(difference, "+"), _changed(difference, "-")
    return f"{count(added, 'line')} new, {count(taken, 'line')} taken out."


def _changed(difference: str, mark: str) -> int:
    lines = difference.split("\n")
    return sum(one.startswith(mark) and not one.startswith(mark * 3) for one in lines)


def preformatted(text: str) -> list[Block]:
    """Return text as it stands, in a fixed width; what is too long says so."""
    kept = clean(text)[:_DIFFERENCE_LIMIT].rstrip("\n")
    shown: Block = {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": kept}]}
        ],
    }
    left = len(text) - _DIFFERENCE_LIMIT
    more = kit.context(f"… and {left:,} characters more, which the form shows.")
    return [shown, more] if left > 0 else [shown]


def publication(draft: str, workflow: str, place: Mapping[str, Json]) -> View:
    """Return the form that asks why a draft is published."""
    said = "The runs under way stay on the version that they began with; new ones take this one."
    return forms.modal(
        "Publish",
        [
            kit.section(f"{code(workflow, 80)}: {said}"),
            forms.text_block(ids.FIELD_WHY, "What is different, and why?", "", multiline=True),
        ],
        callback=ids.FORM_PUBLISH,
        submit=kit.plain_text("Publish", 24),
        private_metadata=ids.carried(draft=draft, workflow=workflow, place=place),
    )


def published(workflow: Workflow, by: Who, why: str) -> Message:
    """Return what all hear of a publication."""
    title = f"*{line(workflow.title, 150)}* · {code(workflow.id, 80)}"
    value = ids.carried_start(workflow.id, {})
    text = f"📗 {person(by)} published version {workflow.version} of {title}\n> {line(why, 600)}"
    start = kit.button("Start", ids.START_OPEN, value, label=f"Start {workflow.title}")
    return kit.message(
        f"Version {workflow.version} of {workflow.title} is published",
        [kit.section(text), kit.actions(start, show_button(workflow.id))],
    )


def show_button(workflow_id: str) -> Block:
    """Return the button that shows a workflow."""
    return kit.button("Show", ids.WORKFLOW_SHOW, ids.carried(workflow=workflow_id))


def closeup(workflow: Workflow, drawing: str, versions: Sequence[str]) -> Message:
    """Return one workflow: what it does step by step, and who changed it.

    Args:
        workflow: The workflow.
        drawing: Its steps as text in a fixed width.
        versions: Its versions, newest first, as `version_line` has them.
    """
    head = f"*{line(workflow.title, 150)}* · {code(workflow.id, 80)} · version {workflow.version}"
    said = f"\n{safe(workflow.description, 600)}" if workflow.description else ""
    shown = versions[:8]
    more = [f"and {count(len(versions) - 8, 'older version')}"] if len(versions) > 8 else []
    value = ids.carried_start(workflow.id, {})
    buttons = kit.actions(
        kit.button("Start", ids.START_OPEN, value, style="primary"),
        kit.button("Change it", ids.WORKFLOW_EDIT, ids.carried(workflow=workflow.id)),
    )
    blocks = [kit.section(f"{head}{said}"), *preformatted(drawing)]
    if shown:
        blocks.append(kit.context("\n".join([*shown, *more])))
    return kit.message(f"The workflow {workflow.title}", [*blocks, buttons])


def version_line(version: int, at: datetime, by: Who | None, why: str) -> str:
    """Return a version as one line: which, when, by whom and why."""
    who = f" · {person(by)}" if by else " · from its file"
    return f"Version {version} · {when(at)}{who}{f': {line(why, 200)}' if why else ''}"
