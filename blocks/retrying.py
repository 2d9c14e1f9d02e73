"""Setting an ended run going again: from where, with which version, and once more to be sure."""

from collections.abc import Mapping
from typing import Final

from blocks import explaining, forms, ids, kit
from blocks.forms import View
from blocks.kit import Block, Message
from blocks.wording import flat, line, safe
from opstream.domain.run import RunStatus, RunView
from opstream.domain.values import Json

FROM_START: Final = "start"
FROM_FAILURE: Final = "failure"
OLD: Final = "old"
NEW: Final = "new"
_STEPS_LIMIT = 97


def form(view: RunView, newest: int, place: Mapping[str, Json]) -> View:
    """Return the form that asks where a run goes on, and with which version.

    Args:
        view: The run.
        newest: The newest version of its workflow.
        place: Where whoever fills it in hears how it went.
    """
    blocks = [kit.section(f"*{line(view.workflow.title, 200)}*"), _where(view)]
    if newest != view.run.workflow_version:
        blocks.append(_which(view.run.workflow_version, newest))
    return forms.modal(
        "Retry",
        blocks,
        callback=ids.FORM_RETRY,
        submit=kit.plain_text("Retry", 24),
        private_metadata=ids.carried(run=view.run.id, place=place),
    )


def _where(view: RunView) -> Block:
    options: list[tuple[str, str]] = []
    if view.run.status is not RunStatus.SUCCEEDED:
        options.append(("Where it stopped", FROM_FAILURE))
    options.append(("From the start", FROM_START))
    for step in view.workflow.steps[:_STEPS_LIMIT]:
        if view.run.state(step.id).started_at is not None:
            took = explaining.explain(view, step)
            said = f" ({flat(str(took[0]), 40)})" if took and isinstance(took[0], str) else ""
            options.append((f"From “{flat(step.title or step.id, 40)}”{said}", step.id))
    return _choice(ids.FIELD_STEP, "Where does it go on?", options)


def _which(old: int, newest: int) -> Block:
    options = [(f"Version {old}, as before", OLD), (f"Version {newest}, the newest", NEW)]
    return _choice(ids.FIELD_VERSION, "With which version of the workflow?", options)


def _choice(name: str, label: str, options: list[tuple[str, str]]) -> Block:
    shown: list[Json] = [
        {"text": kit.plain_text(text, 75), "value": value} for text, value in options
    ]
    return {
        "type": "input",
        "block_id": name,
        "label": kit.plain_text(label, 200),
        "optional": False,
        "element": {
            "type": "static_select",
            "action_id": ids.INPUT_VALUE,
            "options": shown,
            "initial_option": shown[0],
        },
    }


def confirmation(run_id: str, step: str, version: str, why: str) -> Message:
    """Return what asks once more before finished writes are made again; `why` names them."""
    value = ids.carried(run=run_id, step=step, words=version)
    again = kit.button("Do them again", ids.RETRY_SURE, value, style="danger")
    return kit.message("Sure?", [kit.section(f"⚠️ {safe(why, 2_500)}"), kit.actions(again)])
