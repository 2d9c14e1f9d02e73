"""What Slack refuses of messages and views, and the error it answers with.

Sources: the reference pages under docs.slack.dev/reference; `msg_blocks_too_long` is not documented, its size is
what people have measured (slackapi/bolt-js issue 2509).
"""

from collections import Counter
from collections.abc import Iterator

from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.rules.blocks import BLOCKS, Surface
from opstream.playground.slack.rules.objects import plain_text
from opstream.playground.slack.rules.schema import (
    Problem,
    Rule,
    anything,
    array,
    boolean,
    distinct,
    one_of,
    record,
    string,
    typed,
)
from opstream.playground.slack.wire import Json, dump, items, mapping, mappings, text

POST_TEXT = 40_000
UPDATE_TEXT = 4_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
BLOCK_CHARACTERS = 13_000
MARKDOWN_CHARACTERS = 12_000
TABLE_CHARACTERS = 20_000
METADATA_BYTES = 16_000
ATTACHMENTS = 100

AT_MOST = {"table": 1, "data_visualization": 2}
"""Block types of which a message or view may hold only so many."""

_DATES_AND_IDS = frozenset({"type", "block_id", "action_id", "value", "url", "image_url", "style"})

METADATA = record({"event_type": string(minimum=1), "event_payload": anything})

VIEW_FIELDS: dict[str, Rule] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
    "clear_on_close": boolean,
    "notify_on_close": boolean,
    "submit_disabled": boolean,
    "submit": plain_text(24),
    "close": plain_text(24),
}


def blocks_rule(surface: Surface) -> Rule:
    """Accept the array of blocks of a surface."""
    return array(typed(BLOCKS[surface]), MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS)


def block_problems(blocks: object, surface: Surface, pointer: str = "/blocks") -> list[Problem]:
    """Return everything Slack complains about in an array of blocks, in its order."""
    return [
        *blocks_rule(surface)(blocks, pointer),
        *distinct("block_id", "`block_id`")(blocks, pointer),
        *_too_many(blocks, pointer),
        *_too_much_text(blocks, pointer),
    ]


def _too_many(blocks: object, pointer: str) -> Iterator[Problem]:
    count: Counter[str] = Counter()
    for place, block in _all_blocks(blocks, pointer):
        kind = text(block.get("type"))
        count[kind] += 1
        if count[kind] == AT_MOST.get(kind, 0) + 1 and kind in AT_MOST:
            yield Problem(f"no more than {AT_MOST[kind]} {kind} blocks allowed", place)


def _too_much_text(blocks: object, pointer: str) -> Iterator[Problem]:
    found = [block for _, block in _all_blocks(blocks, pointer)]
    markdown = sum(len(text(one.get("text"))) for one in found if one.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        yield Problem(
            f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters", pointer
        )
    tables = sum(len_of_text(one.get("rows")) for one in found if one.get("type") == "data_table")
    if tables > TABLE_CHARACTERS:
        yield Problem(f"data tables must be less than {TABLE_CHARACTERS + 1} characters", pointer)


def _all_blocks(blocks: object, pointer: str) -> Iterator[tuple[str, Json]]:
    for index, block in enumerate(items(blocks)):
        if isinstance(block, dict):
            yield f"{pointer}/{index}", block
            yield from _all_blocks(block.get("child_blocks"), f"{pointer}/{index}/child_blocks")


def len_of_text(value: object) -> int:
    """Count the characters of JSON that people get to read."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len_of_text(item) for key, item in value.items() if key not in _DATES_AND_IDS)
    return sum(len_of_text(item) for item in items(value))


def check_message_blocks(blocks: object) -> None:
    """Refuse the blocks of a message as Slack would.

    Raises:
        SlackError: `invalid_blocks`, naming each place, or `msg_blocks_too_long`.
    """
    problems = block_problems(blocks, "message")
    if problems:
        raise SlackError.about("invalid_blocks", problems)
    if len_of_text(blocks) > BLOCK_CHARACTERS:
        raise SlackError("msg_blocks_too_long")


def check_attachments(attachments: object) -> None:
    """Refuse attachments that are no array of objects, are too many, or hold refused blocks.

    Raises:
        SlackError: `invalid_attachments`, `too_many_attachments` or `invalid_blocks`.
    """
    if not isinstance(attachments, list) or len(mappings(attachments)) != len(attachments):
        raise SlackError("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackError("too_many_attachments")
    problems = [
        problem
        for index, one in enumerate(mappings(attachments))
        for problem in block_problems(
            one.get("blocks", []), "message", f"/attachments/{index}/blocks"
        )
    ]
    if problems:
        raise SlackError.about("invalid_blocks", problems)


def check_text(said: str, maximum: int) -> None:
    """Refuse a text that is too long.

    Raises:
        SlackError: `msg_too_long`.
    """
    if len(said) > maximum:
        raise SlackError("msg_too_long")


def check_metadata(metadata: object) -> None:
    """Refuse metadata that is not an event type and its payload.

    Raises:
        SlackError: `invalid_metadata_format`, `invalid_metadata_schema` or `metadata_too_large`.
    """
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    problems = list(METADATA(metadata, "/metadata"))
    if not isinstance(metadata.get("event_payload"), dict):
        problems.append(Problem("must be an object", "/metadata/event_payload"))
    if problems:
        raise SlackError.about("invalid_metadata_schema", problems)
    if len(dump(metadata).encode()) > METADATA_BYTES:
        raise SlackError("metadata_too_large")


def check_view(view: object, *, home: bool = False) -> Json:
    """Return a view that Slack would take, refuse any other.

    Raises:
        SlackError: `invalid_arguments`, naming each place, or `view_too_large`.
    """
    surface: Surface = "home" if home else "modal"
    content = mapping(view)
    required: dict[str, Rule] = {"type": one_of(surface), "blocks": blocks_rule(surface)}
    if not home:
        required["title"] = plain_text(24)
    problems = list(record(required, {"title": plain_text(24), **VIEW_FIELDS})(view, "/view"))
    problems += distinct("block_id", "`block_id`")(content.get("blocks"), "/view/blocks")
    problems += _too_many(content.get("blocks"), "/view/blocks")
    if not home and _has_input(content) and not content.get("submit"):
        problems.append(Problem("missing required field: submit", "/view"))
    if problems:
        raise SlackError.about("invalid_arguments", problems)
    if len(dump(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    return content


def _has_input(content: Json) -> bool:
    return any(block.get("type") == "input" for block in mappings(content.get("blocks")))
