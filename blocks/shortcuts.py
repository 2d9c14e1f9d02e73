"""The form that a shortcut on a message opens."""

from collections.abc import Mapping, Sequence

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.kit import Block
from blocks.wording import plain
from opstream.domain.values import Json


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
    element: dict[str, Json] = {
        "type": "static_select",
        "action_id": ids.INPUT_VALUE,
        "options": options,
    }
    if len(options) == 1:
        element["initial_option"] = options[0]
    which: Block = {
        "type": "input",
        "block_id": ids.FIELD_WORKFLOW,
        "label": kit.plain_text("What shall be started?", 200),
        "element": element,
        "optional": False,
    }
    words = plain(text, forms.TEXT_INPUT_LIMIT)
    said = forms.text_block(ids.FIELD_COMMENT, "With these words", words, multiline=True)
    return forms.modal(
        "Start a workflow",
        [which, said],
        callback=ids.FORM_CHOOSE,
        submit=kit.plain_text("Start", 24),
        private_metadata=ids.carried(place=place, words=ts),
    )
