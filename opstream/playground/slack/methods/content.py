"""What a message is to say, out of the arguments of `chat.*` and of `response_url` bodies."""

from opstream.playground.slack import limits
from opstream.playground.slack.controls import named
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.hub import new_id
from opstream.playground.slack.messages import Content
from opstream.playground.slack.methods.call import Call
from opstream.playground.slack.rules.schema import Problem
from opstream.playground.slack.wire import Json, mapping, mappings, text

# What Slack shows in notifications when an app sends blocks and forgets the text.
NO_TEXT = "This content can't be displayed."


def content(call: Call, longest: int) -> Content:
    """Return what a message is to say, as far as Slack takes it.

    Args:
        call: With `text`, `blocks`, `attachments`, `markdown_text` and `metadata`.
        longest: How many characters `text` may have.

    Raises:
        SlackError: `no_text`, `msg_too_long`, `invalid_blocks`, ...: one for each limit.
    """
    said = call.text("text")
    blocks = _blocks(call)
    attachments = call.json("attachments", "invalid_attachments")
    limits.check_text(said, longest)
    if attachments is not None:
        limits.check_attachments(attachments)
    if not (said.strip() or blocks or attachments):
        raise SlackError("no_text")
    return Content(
        text=said or (NO_TEXT if blocks else ""),
        blocks=tuple(named(blocks, _block_id)),
        attachments=tuple(_attachments(attachments)),
        metadata=metadata_of(call),
    )


def _blocks(call: Call) -> list[Json]:
    blocks = call.json("blocks", "invalid_blocks_format")
    markdown = call.text("markdown_text")
    if markdown:
        if blocks or call.has("text"):
            raise SlackError("markdown_text_conflict")
        limits.check_text(markdown, limits.MARKDOWN_CHARACTERS)
        return [{"type": "markdown", "text": markdown}]
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    limits.check_message_blocks(blocks)
    return known_blocks(call, mappings(blocks), "invalid_blocks")


def known_blocks(
    call: Call, blocks: list[Json], error: str, pointer: str = "/blocks"
) -> list[Json]:
    """Return blocks with the addresses of the app's pictures in them.

    Raises:
        SlackError: With `error`: a type is not known in this workspace, or a picture is not there.
    """
    unknown = [
        Problem(f"unsupported type: {block.get('type')}", f"{pointer}/{place}/type")
        for place, block in enumerate(blocks)
        if block.get("type") in call.hub.unknown_blocks
    ]
    lost = [
        Problem("invalid slack file", f"{pointer}/{place}/slack_file")
        for place, block in enumerate(blocks)
        if "slack_file" in block and _picture(call, block) is None
    ]
    if unknown or lost:
        raise SlackError.about(error, [*unknown, *lost])
    return [
        block | {"slack_file": _picture(call, block)} if "slack_file" in block else block
        for block in blocks
    ]


def _picture(call: Call, block: Json) -> Json | None:
    """Return a picture that the app uploaded, with its address; None when there is none."""
    given = mapping(block.get("slack_file"))
    if given.get("id") and given.get("url"):
        return None  # Slack takes one of them
    id = text(given.get("id")) or text(given.get("url")).rpartition("/")[2]
    return {"id": id, "url": f"/files/{id}"} if call.hub.files.content(id) else None


def _attachments(attachments: object) -> list[Json]:
    found = mappings(attachments)
    return [
        one | {"id": number, "blocks": named(mappings(one.get("blocks")), _block_id)}
        if "blocks" in one
        else one | {"id": number}
        for number, one in enumerate(found, start=1)
    ]


def metadata_of(call: Call) -> Json | None:
    """Return the metadata that a message shall carry, or None."""
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None
    limits.check_metadata(metadata)
    return mapping(metadata)


def _block_id() -> str:
    return new_id(length=5)
