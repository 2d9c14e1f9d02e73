"""Gemini's language: `generateContent` and `streamGenerateContent` of `v1beta`."""

import json
from itertools import count

from aiohttp import web

from tests.doubles.script import Asked, Reply, pieces_of

_REASONS = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
_numbers = count(1)


def asked(body, model: str, streamed: bool) -> Asked:
    """Return what a body asks."""
    said, last_results, last_text = [], [], ""
    for content in body.get("contents", ()):
        voice = "assistant" if content.get("role") == "model" else "user"
        results, texts = [], []
        last_results = [] if voice == "assistant" else last_results
        for part in content.get("parts", ()):
            if "functionCall" in part:
                said.append(("call", part["functionCall"]["name"]))
            elif "functionResponse" in part:
                results.append(_result(part["functionResponse"]["response"]))
                said.append(("result", results[-1]))
            elif "text" in part:
                texts.append(part["text"])
                said.append((voice, part["text"]))
        if voice == "user":
            last_results = [*last_results, *results]
            last_text = "\n".join(texts) or last_text
    config = body.get("generationConfig") or {}
    instructions = (body.get("systemInstruction") or {}).get("parts", ())
    tools = [
        one["name"]
        for tool in body.get("tools") or ()
        for one in tool.get("functionDeclarations") or ()
    ]
    return Asked(
        "gemini",
        model,
        streamed,
        "\n".join(one.get("text", "") for one in instructions),
        last_text,
        said,
        last_results,
        tools,
        config.get("responseJsonSchema") or config.get("responseSchema"),
        config.get("maxOutputTokens"),
        body,
    )


def _result(response) -> str:
    inner = response.get("return_value", response) if isinstance(response, dict) else response
    return inner if isinstance(inner, str) else json.dumps(inner)


def whole(asked: Asked, reply: Reply):
    """Return a whole answer."""
    parts = [*_texts([reply.text] if reply.text else []), *_calls(reply)]
    return _answer(asked, reply, parts, True, _new_id())


def _new_id() -> str:
    return f"response-{next(_numbers)}"


def pieces(asked: Asked, reply: Reply) -> list[str]:
    """Return an answer as the events of a stream."""
    parts = [[one] for one in _texts(pieces_of(reply.text))]
    if reply.calls or not parts:
        parts.append(_calls(reply))
    last = len(parts) - 1
    id = _new_id()  # one for the whole stream: another one would mean that it was resumed
    answers = [_answer(asked, reply, one, at == last, id) for at, one in enumerate(parts)]
    return [f"data: {json.dumps(one)}\r\n\r\n" for one in answers]


def _texts(texts):
    return [{"text": one} for one in texts]


def _calls(reply: Reply):
    return [
        {
            "functionCall": {
                "id": f"call-{next(_numbers)}",
                "name": one.theirs,
                "args": one.arguments,
            }
        }
        for one in reply.calls
    ]


def _answer(asked: Asked, reply: Reply, parts, last: bool, id: str):
    used_in, used_out = reply.used(asked)
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0}
    if last:
        candidate["finishReason"] = _REASONS[reply.finish]
    return {
        "candidates": [candidate],
        "usageMetadata": {
            "promptTokenCount": used_in,
            "candidatesTokenCount": used_out,
            "totalTokenCount": used_in + used_out,
        },
        "modelVersion": asked.model,
        "responseId": id,
    }


def refused(status: int, message: str) -> web.Response:
    """Return an error."""
    said = {"code": status, "message": message, "status": _STATUS.get(status, "UNKNOWN")}
    return web.json_response({"error": said}, status=status)
