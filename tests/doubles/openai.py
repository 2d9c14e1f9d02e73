"""OpenAI's language: the Responses API."""

import json
from itertools import count

from aiohttp import web

from tests.doubles.script import Asked, Reply, pieces_of

_numbers = count(1)


def asked(body) -> Asked:
    """Return what a body asks."""
    said, results, last_text, system = [], [], "", body.get("instructions") or ""
    given = body.get("input") or ()
    for item in [{"role": "user", "content": given}] if isinstance(given, str) else given:
        kind = item.get("type", "message")
        if kind == "function_call":
            said.append(("call", item["name"]))
            results = []
        elif kind == "function_call_output":
            results.append(_text(item["output"]))
            said.append(("result", results[-1]))
        elif kind == "message":
            text, role = _text(item["content"]), item["role"]
            if role in ("system", "developer"):
                system += text
                continue
            if role == "user":
                last_text = text
                results = results if said and said[-1][0] == "result" else []
            said.append((role, text))
    shape = (body.get("text") or {}).get("format") or {}
    return Asked(
        "openai",
        body["model"],
        bool(body.get("stream")),
        system,
        last_text,
        said,
        results,
        [one["name"] for one in body.get("tools") or () if one.get("type") == "function"],
        shape.get("schema"),
        body.get("max_output_tokens"),
        body,
    )


def _text(content) -> str:
    return content if isinstance(content, str) else "".join(one.get("text", "") for one in content)


def whole(asked: Asked, reply: Reply):
    """Return a whole answer."""
    return _response(asked, reply, _output(reply), _status(reply))


def _status(reply: Reply) -> str:
    return "completed" if reply.finish == "stop" else "incomplete"


def _output(reply: Reply):
    items = [_message(reply.text)] if reply.text else []
    return items + [_call(one) for one in reply.calls]


def _message(text: str):
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "type": "message",
        "id": f"msg_{next(_numbers)}",
        "role": "assistant",
        "status": "completed",
        "content": content,
    }


def _call(call):
    written = call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments)
    number = next(_numbers)
    return {
        "type": "function_call",
        "id": f"fc_{number}",
        "call_id": f"call_{number}",
        "name": call.theirs,
        "arguments": written,
        "status": "completed",
    }


def _response(asked: Asked, reply: Reply, output, status: str):
    used_in, used_out = reply.used(asked)
    reason = {"length": "max_output_tokens", "filter": "content_filter"}.get(reply.finish)
    return {
        "id": f"resp_{next(_numbers)}",
        "object": "response",
        "created_at": 1_763_600_000,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": reason} if status == "incomplete" else None,
        "model": asked.model,
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": used_in,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": used_out,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used_in + used_out,
        },
    }


def pieces(asked: Asked, reply: Reply) -> list[str]:
    """Return an answer as the events of a stream."""
    output = _output(reply)
    created = _response(asked, reply, [], "in_progress")
    events = [{"type": "response.created", "response": created}]
    for index, item in enumerate(output):
        events += _said(index, item) if item["type"] == "message" else _called(index, item)
    finished = {**created, "output": output, "status": _status(reply)}
    finished["incomplete_details"] = whole(asked, reply)["incomplete_details"]
    ending = "response.completed" if reply.finish == "stop" else "response.incomplete"
    events.append({"type": ending, "response": finished})
    numbered = [{**one, "sequence_number": at} for at, one in enumerate(events)]
    return [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in numbered]


def _said(index: int, item):
    place = {"item_id": item["id"], "output_index": index, "content_index": 0}
    [part] = item["content"]
    begun = {**item, "content": [], "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    yield {"type": "response.content_part.added", "part": {**part, "text": ""}, **place}
    for piece in pieces_of(part["text"]):
        delta = {"type": "response.output_text.delta", "delta": piece, "logprobs": []}
        yield {**delta, **place}
    yield {"type": "response.output_text.done", "text": part["text"], "logprobs": [], **place}
    yield {"type": "response.content_part.done", "part": part, **place}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def _called(index: int, item):
    place = {"item_id": item["id"], "output_index": index}
    begun = {**item, "arguments": "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": index, "item": begun}
    written = item["arguments"]
    for at in range(0, len(written), 12):
        delta = {"type": "response.function_call_arguments.delta", "delta": written[at : at + 12]}
        yield {**delta, **place}
    yield {
        "type": "response.function_call_arguments.done",
        "arguments": written,
        "name": item["name"],
        **place,
    }
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def refused(status: int, message: str) -> web.Response:
    """Return an error."""
    error = {"message": message, "type": "error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status)
