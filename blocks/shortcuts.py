"""The forms that shortcuts open: from anywhere, and on a message."""

from collections.abc import Mapping, Sequence

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.kit import Block
from blocks.wording import plain
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow


def anything(workflows: Sequence[Workflow]) -> View:
    """Return the form that asks what to start, and in which conversation."""
    if not workflows:
        return forms.notice(
            "Start a workflow", "There is no workflow yet: `/opstream new` makes one."
        )
    options: list[Json] = [
        {"text": kit.plain_text(one.title, 75), "value": one.id[:150]}
        for one in workflows[: kit.OPTIONS_LIMIT]
    ]
    where: Block = {
        "type": "input",
        "block_id": ids.FIELD_CHANNEL,
        "label": kit.plain_text("Where shall it tell how it goes?", 200),
        "element": {
            "type": "conversations_select",
            "action_id": ids.INPUT_VALUE,
            "default_to_current_conversation": True,
            "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
        },
        "optional": False,
    }
    return forms.modal(
        "Start a workflow",
        [_which(options), where],
        callback=ids.FORM_ANYTHING,
        submit=kit.plain_text("Next", 24),
    )


def choose(titles: Sequence[str], text: str, place: Mapping[str, Json], ts: str) -> View:
    """Return the form that asks which workflow a message starts, and with which words.

    Args:
        titles: What the workflows that can be started so call it.
        text: What the message says; it may be changed before the start.
        place: Where the message stands.
        ts: What tells it from all others there.
    """
    if not titles:
        how = "A workflow that wants to be started so declares a trigger `shortcut`."
        return forms.notice("Start a workflow", f"No workflow is started from messages yet. {how}")
    options: list[Json] = [
        {"text": kit.plain_text(one, 75), "value": one[:150]} for one in titles[: kit.OPTIONS_LIMIT]
    ]
    words = plain(text, forms.TEXT_INPUT_LIMIT)
    said = forms.text_block(ids.FIELD_COMMENT, "With these words", words, multiline=True)
    return forms.modal(
        "Start a workflow",
        [_which(options), said],
        callback=ids.FORM_CHOOSE,
        submit=kit.plain_text("Start", 24),
        private_metadata=ids.carried(place=place, words=ts),
    )


def _which(options: list[Json]) -> Block:
    element: dict[str, Json] = {
        "type": "static_select",
        "action_id": ids.INPUT_VALUE,
        "options": options,
    }
    if len(options) == 1:
        element["initial_option"] = options[0]
    return {
        "type": "input",
        "block_id": ids.FIELD_WORKFLOW,
        "label": kit.plain_text("What shall be started?", 200),
        "element": element,
        "optional": False,
    }
