"""What a tool answered, as plain data: structured where it is, else read from its texts."""

import json
from collections.abc import Mapping, Sequence

from mcp_types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
)

from opstream.domain.values import Json


def output(result: CallToolResult) -> Json:
    """Return the output of a call.

    Structured content as it is, but for the wrapper `{"result": …}` that some server libraries put
    around a plain value; a single text parsed when it is a JSON object or array; several
    texts that all are, as a list of them; other texts joined by line breaks. Pictures and
    resources become descriptions, without their bytes.
    """
    if result.structured_content is not None:
        return _unwrapped(result)
    if not result.content:
        return None
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    if len(texts) < len(result.content):
        return [described(block) for block in result.content]
    parsed = [_parsed(one) for one in texts]
    if len(texts) > 1 and all(not isinstance(one, str) for one in parsed):
        return parsed
    return parsed[0] if len(texts) == 1 else "\n".join(texts)


def words(content: Sequence[ContentBlock]) -> str:
    """Return all that is said in words."""
    return "\n".join(block.text for block in content if isinstance(block, TextContent))


def _unwrapped(result: CallToolResult) -> Json:
    """Return structured content; a value that was wrapped to become an object, without its wrapper.

    A tool that answers with such an object itself says so: its text is the whole object, too.
    """
    given = result.structured_content
    if not isinstance(given, dict) or list(given) != ["result"] or not result.content:
        return _plain(given)
    is_own = len(result.content) == 1 and _parsed(words(result.content)) == given
    return _plain(given if is_own else given["result"])


def _parsed(text: str) -> Json:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value


def described(block: ContentBlock) -> Mapping[str, Json]:
    """Return a piece of an answer as plain data, without its bytes."""
    match block:
        case TextContent():
            return {"type": "text", "text": block.text}
        case ImageContent() | AudioContent():
            return {
                "type": block.type,
                "mime_type": block.mime_type,
                "bytes": _decoded_size(block.data),
            }
        case ResourceLink():
            return {
                "type": "resource_link",
                "uri": block.uri,
                "name": block.name,
                "description": block.description or "",
                "mime_type": block.mime_type or "",
            }
        case EmbeddedResource():
            return _resource(block)


def _resource(block: EmbeddedResource) -> Mapping[str, Json]:
    inside = block.resource
    described: dict[str, Json] = {
        "type": "resource",
        "uri": inside.uri,
        "mime_type": inside.mime_type or "",
    }
    if isinstance(inside, BlobResourceContents):
        return {**described, "bytes": _decoded_size(inside.blob)}
    return {**described, "text": inside.text}


def _decoded_size(base64: str) -> int:
    return len(base64.rstrip("=")) * 3 // 4


def _plain(value: object) -> Json:
    # Structured content was parsed from JSON by the transport, so this only tells the type checker.
    return value  # type: ignore[return-value]
