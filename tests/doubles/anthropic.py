"""Anthropic's language: the Messages API."""

import json
from itertools import count

from aiohttp import web

from tests.doubles.script import Asked, Reply, pieces_of

_REASONS = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}
_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_numbers = count(1)


def asked(body) -> Asked:
    """Return what a body asks."""
    said, last_results, last_text = [], [], ""
    for message in body.get("messages", ()):
        results, texts = [], []
        last_results = [] if message["role"] == "assistant" else last_results
        for block in _blocks(message["content"]):
            if block["type"] == "text":
                texts.append(block["text"])
                said.append((message["role"], block["text"]))
            elif block["type"] == "tool_use":
                said.append(("call", block["name"]))
            elif block["type"] == "tool_result":
                inner = _blocks(block.get("content") or "")
                results.append("".join(one.get("text", "") for one in inner))
                said.append(("result", results[-1]))
        if message["role"] == "user":
            last_results = [*last_results, *results]
            last_text = "\n".join(texts) or last_text
    shape = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return Asked(
        "claude",
        body["model"],
        bool(body.get("stream")),
        "\n".join(one.get("text", "") for one in _blocks(body.get("system") or "")),
        last_text,
        said,
        last_results,
        [one["name"] for one in body.get("tools") or ()],
        shape.get("schema"),
        body.get("max_tokens"),
        body,
    )


def _blocks(content):
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def whole(asked: Asked, reply: Reply):
    """Return a whole answer."""
    content = [{"type": "text", "text": reply.text}] if reply.text else []
    content += [_call(one.theirs, one.arguments) for one in reply.calls]
    return {**_head(asked, reply), "content": content, "stop_reason": _reason(reply)}


def _reason(reply: Reply) -> str:
    return "tool_use" if reply.calls and reply.finish == "stop" else _REASONS[reply.finish]


def _call(name: str, arguments):
    return {"type": "tool_use", "id": f"toolu_{next(_numbers)}", "name": name, "input": arguments}


def _head(asked: Asked, reply: Reply):
    used_in, used_out = reply.used(asked)
    return {
        "id": f"msg_{next(_numbers)}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": used_in, "output_tokens": used_out},
    }


def pieces(asked: Asked, reply: Reply) -> list[str]:
    """Return an answer as the events of a stream."""
    head = _head(asked, reply)
    events = [{"type": "message_start", "message": head}]
    index = 0
    if reply.text:
        events.append(_begin(index, {"type": "text", "text": ""}))
        for text in pieces_of(reply.text):
            events.append(_delta(index, {"type": "text_delta", "text": text}))
        events.append({"type": "content_block_stop", "index": index})
        index += 1
    for one in reply.calls:
        events.append(_begin(index, _call(one.theirs, {})))
        written = one.arguments if isinstance(one.arguments, str) else json.dumps(one.arguments)
        for at in range(0, len(written), 12):
            piece = {"type": "input_json_delta", "partial_json": written[at : at + 12]}
            events.append(_delta(index, piece))
        events.append({"type": "content_block_stop", "index": index})
        index += 1
    ending = {"stop_reason": _reason(reply), "stop_sequence": None}
    events.append({"type": "message_delta", "delta": ending, "usage": head["usage"]})
    events.append({"type": "message_stop"})
    return [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in events]


def _begin(index: int, block):
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta):
    return {"type": "content_block_delta", "index": index, "delta": delta}


def refused(status: int, message: str) -> web.Response:
    """Return an error."""
    error = {"type": _TYPES.get(status, "api_error"), "message": message}
    return web.json_response({"type": "error", "error": error}, status=status)
