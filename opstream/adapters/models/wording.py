"""What we ask, as the library that talks to providers takes it, and what they answer, as we take it.

The library takes a second to import, so this is imported on first use only (see `providers.py`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelRequestPart,
    ModelResponse,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition

from opstream.adapters.models import names
from opstream.domain.prompt import PromptRequest, ToolCall, Turn, Voice
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider answered.

    Args:
        complete: Whether the provider said that this is all of it.
        blocked: Whether the provider's own rules kept it from answering.
        cut: Whether the answer was longer than it may be.
    """

    text: str
    calls: tuple[ToolCall, ...]
    tokens_in: int
    tokens_out: int
    complete: bool = True
    blocked: bool = False
    cut: bool = False


def messages(request: PromptRequest) -> list[ModelMessage]:
    """Return a conversation in the library's words, the instructions with what comes last."""
    said: list[ModelMessage] = []
    for voice, turns in _by_voice(request):
        if voice is Voice.ASSISTANT:
            said.append(ModelResponse(parts=[part for one in turns for part in _answered(one)]))
        else:
            parts = [part for one in turns for part in _asked(one)]
            said.append(ModelRequest(parts=parts, instructions=request.system or None))
    return said


def _by_voice(request: PromptRequest) -> Iterator[tuple[Voice, list[Turn]]]:
    """Yield what was said, contributions of one voice in a row together."""
    first = [Turn(Voice.USER, request.text)] if request.text or not request.turns else []
    together: list[Turn] = []
    for turn in (*first, *request.turns):
        if together and together[0].voice is not turn.voice:
            yield together[0].voice, together
            together = []
        together.append(turn)
    if together:
        yield together[0].voice, together


def _asked(turn: Turn) -> Iterator[ModelRequestPart]:
    for result in turn.results:
        yield ToolReturnPart(
            tool_name=names.wire(result.operation),
            content=result.output,
            tool_call_id=result.call,
            outcome="failed" if result.failed else "success",
        )
    if turn.text or not turn.results:
        yield UserPromptPart(content=turn.text)


def _answered(turn: Turn) -> Iterator[Any]:
    if turn.text or not turn.calls:
        yield TextPart(content=turn.text)
    for call in turn.calls:
        yield ToolCallPart(
            tool_name=names.wire(call.operation),
            args=dict(call.arguments),
            tool_call_id=call.id,
        )


def parameters(request: PromptRequest, schema: Json, *, native: bool) -> ModelRequestParameters:
    """Return what may be called, and what the answer has to look like.

    Args:
        schema: Of the answer, an object at its top; None for free text.
        native: Whether the provider itself sees to it that the answer obeys.
    """
    tools = [
        ToolDefinition(
            name=names.wire(one.name),
            description=one.description,
            parameters_json_schema=_inputs(one.inputs),
            strict=False,
        )
        for one in request.tools
    ]
    if not isinstance(schema, Mapping):
        return ModelRequestParameters(function_tools=tools)
    return ModelRequestParameters(
        function_tools=tools,
        output_mode="native" if native else "prompted",
        output_object=OutputObjectDefinition(json_schema=dict(schema), name="answer"),
    )


def _inputs(schema: Mapping[str, Json]) -> dict[str, Any]:
    return {"properties": {}, **schema, "type": "object"}


def heard(response: ModelResponse, request: PromptRequest) -> Heard:
    """Return an answer in our words."""
    known = names.table(_names(request))
    calls = (part for part in response.parts if isinstance(part, ToolCallPart))
    reason = response.finish_reason
    return Heard(
        text="".join(part.content for part in response.parts if isinstance(part, TextPart)),
        calls=tuple(
            ToolCall(one.tool_call_id, names.ours(one.tool_name, known), _arguments(one.args))
            for one in calls
        ),
        tokens_in=response.usage.input_tokens,
        tokens_out=response.usage.output_tokens,
        complete=reason is not None,
        blocked=reason == "content_filter",
        cut=reason == "length",
    )


def _names(request: PromptRequest) -> Sequence[str]:
    called = (call.operation for turn in request.turns for call in turn.calls)
    return [*(tool.name for tool in request.tools), *called]


def _arguments(args: str | Mapping[str, Any] | None) -> Mapping[str, Json]:
    """Return the arguments of a call; what is no JSON object stands under `text`, to be refused there."""
    if isinstance(args, str):
        try:
            read = json.loads(args) if args.strip() else {}
        except ValueError:
            read = None
        return read if isinstance(read, dict) else {"text": args}
    return dict(args or {})
