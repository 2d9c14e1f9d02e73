"""Slack's limits and the few pieces that all cards share.

A block is a plain mapping as Slack's JSON has it. What is handed in as `text` of a section or context is
mrkdwn and must be harmless already (`wording.safe`); headers, buttons and labels are plain text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from blocks.wording import ELLIPSIS, Remark, line, plain
from opstream.domain.values import Json, JsonObject

Block: TypeAlias = JsonObject
Element: TypeAlias = JsonObject

BLOCKS_LIMIT: Final = 50
CHARACTERS_LIMIT: Final = 12_000
TEXT_LIMIT: Final = 3_000
SUMMARY_LIMIT: Final = 1_000
OPTIONS_LIMIT: Final = 100


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says: blocks for the eye, `text` for notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def message(text: str, blocks: Iterable[Block]) -> Message:
    """Return a message that keeps to Slack's limits; a row of buttons at its end always stays.

    Args:
        text: What notifications and screen readers say, as plain text.
        blocks: What the eye sees.
    """
    return Message(line(text, SUMMARY_LIMIT) or "OpStream", fit(tuple(blocks)))


def sentence(text: str) -> Message:
    """Return a message of one paragraph of mrkdwn, harmless already."""
    return Message(text, (section(text),))


def header(text: str) -> Block:
    """Return a title line, in plain text."""
    return {"type": "header", "text": plain_text(text, 150)}


def section(text: str, accessory: Element | None = None) -> Block:
    """Return a paragraph of mrkdwn."""
    block: dict[str, Json] = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Return lines in as few sections as hold them whole."""
    blocks: list[Block] = []
    held: list[str] = []
    for one in lines:
        if sum(len(other) + 1 for other in held) + len(one) > TEXT_LIMIT - 10:
            blocks.append(section("\n".join(held)))
            held = []
        held.append(one)
    return [*blocks, section("\n".join(held))] if held else blocks


def fields(*texts: str) -> Block:
    """Return up to 10 short texts in two columns."""
    return {"type": "section", "fields": [mrkdwn(text, 2_000) for text in texts[:10]]}


def context(*texts: str) -> Block:
    """Return small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:10]]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def actions(*elements: Element) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(elements[:25])}


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: str = "",
    confirm: Element | None = None,
    label: str = "",
) -> Element:
    """Return a button.

    Args:
        text: What stands on it.
        action_id: Who answers it, from `ids`.
        value: What it carries, from `ids.carried`.
        style: `primary`, `danger` or nothing.
        confirm: A dialog that asks once more.
        label: What a screen reader says instead of `text`.
    """
    element: dict[str, Json] = {
        "type": "button",
        "text": plain_text(text, 75),
        "action_id": action_id,
        "value": value,
    }
    if style:
        element["style"] = style
    if confirm is not None:
        element["confirm"] = confirm
    if label:
        element["accessibility_label"] = plain(label, 75)
    return element


def confirm(title: str, text: str, yes: str, no: str = "Back", *, danger: bool = False) -> Element:
    """Return a dialog that asks before a button counts."""
    dialog: dict[str, Json] = {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }
    if danger:
        dialog["style"] = "danger"
    return dialog


def plain_text(text: str, limit: int) -> Element:
    """Return a plain text object; never empty, because Slack refuses that."""
    return {"type": "plain_text", "text": plain(text, limit) or ELLIPSIS, "emoji": True}


def mrkdwn(text: str, limit: int = TEXT_LIMIT) -> Element:
    """Return a mrkdwn text object; `text` is harmless already."""
    kept = text if len(text) <= limit else text[: limit - 1].rsplit("\n", 1)[0][: limit - 1] + "…"
    return {"type": "mrkdwn", "text": kept or ELLIPSIS}


def rich(remark: Remark) -> Element:
    """Return one line of rich text, which shows text from outside as it stands."""
    pieces: list[Json] = [_rich_piece(one) for one in remark if one]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": pieces}],
    }


def _rich_piece(piece: str | datetime) -> Json:
    if isinstance(piece, str):
        return {"type": "text", "text": piece}
    return {
        "type": "date",
        "timestamp": int(piece.timestamp()),
        "format": "{date_short_pretty} {time_secs}",
        "fallback": f"{piece:%Y-%m-%d %H:%M:%S} UTC",
    }


def fit(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return blocks within Slack's count and our budget of characters.

    What is too much goes from the end, but a last row of buttons stays, and a line says that
    something was left out.
    """
    if len(blocks) <= BLOCKS_LIMIT and weight(blocks) <= CHARACTERS_LIMIT:
        return tuple(blocks)
    last = [blocks[-1]] if blocks[-1].get("type") == "actions" else []
    note = context("Something was left out here, because it would not fit into one message.")
    room = CHARACTERS_LIMIT - weight([*last, note])
    kept: list[Block] = []
    for block in blocks[: len(blocks) - len(last)]:
        room -= weight(block)
        if room < 0 or len(kept) + len(last) + 1 >= BLOCKS_LIMIT:
            break
        kept.append(block)
    return (*kept, note, *last)


def weight(value: Json) -> int:
    """Return how many characters a value has in all its texts."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(weight(one) for key, one in value.items() if key != "type")
    if isinstance(value, Sequence):
        return sum(weight(one) for one in value)
    return 0
