"""A language model that never sees secrets or personal data; satisfies the port `LanguageModel`.

Placeholders such as `<EMAIL_1>` stand for them in all that is sent: the instructions, what was said, the
arguments and results of calls. The same thing has the same placeholder in all of one request, and what the
model says, streams or wants called gets the data back, but for secrets.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall, ToolResult, Turn
from opstream.domain.values import Json
from opstream.governance.sanitising import Masks, Sanitiser, restored
from opstream.ports import LanguageModel, Saying

_BESIDE_THE_LOOP = 20_000  # characters; fewer take less time than handing them to a thread is worth
_UNFINISHED = re.compile(r"<[A-Z]*_?\d*\Z")


@dataclass(frozen=True, slots=True)
class ModelSanitised:
    """A language model, and what takes things out of prompts."""

    model: LanguageModel
    sanitiser: Sanitiser

    @property
    def available(self) -> bool:
        """Whether any model is set up."""
        return self.model.available

    async def answer(self, request: PromptRequest, saying: Saying | None = None) -> PromptReply:
        """Return an answer with the data put back; errors as the port says."""
        if sum(map(len, _texts(request))) < _BESIDE_THE_LOOP:
            masked, back = self._masked(request)
        else:
            masked, back = await asyncio.to_thread(self._masked, request)
        reply = await self.model.answer(masked, saying and _heard(saying, back))
        return replace(
            reply,
            output=put_back(reply.output, back),
            calls=tuple(_call_with(one, back) for one in reply.calls),
        )

    def _masked(self, request: PromptRequest) -> tuple[PromptRequest, Mapping[str, str]]:
        masks = self.sanitiser.masks(_texts(request))
        masked = replace(
            request,
            text=masks.out_of(request.text),
            system=masks.out_of(request.system),
            turns=tuple(_turn(one, masks) for one in request.turns),
        )
        return masked, masks.back


def _texts(request: PromptRequest) -> list[str]:
    """Return all texts of a request in which data may stand."""
    found = [request.system, request.text]
    for turn in request.turns:
        found.append(turn.text)
        for call in turn.calls:
            _collect(call.arguments, found)
        for result in turn.results:
            _collect(result.output, found)
    return found


def _collect(value: Json, into: list[str]) -> None:
    match value:
        case str():
            into.append(value)
        case Mapping():
            for name, one in value.items():
                into.append(name)
                _collect(one, into)
        case Sequence():
            for one in value:
                _collect(one, into)


def _turn(turn: Turn, masks: Masks) -> Turn:
    return replace(
        turn,
        text=masks.out_of(turn.text),
        calls=tuple(_call(one, masks) for one in turn.calls),
        results=tuple(_result(one, masks) for one in turn.results),
    )


def _call(call: ToolCall, masks: Masks) -> ToolCall:
    arguments = {masks.out_of(k): _json(v, masks) for k, v in call.arguments.items()}
    return replace(call, arguments=arguments)


def _result(result: ToolResult, masks: Masks) -> ToolResult:
    return replace(result, output=_json(result.output, masks))


def _json(value: Json, masks: Masks) -> Json:
    match value:
        case str():
            return masks.out_of(value)
        case Mapping():
            return {masks.out_of(name): _json(one, masks) for name, one in value.items()}
        case Sequence():
            return [_json(one, masks) for one in value]
    return value


def put_back(value: Json, back: Mapping[str, str]) -> Json:
    """Return JSON that a model said with the data put back in place of the placeholders."""
    match value:
        case str():
            return restored(value, back)
        case Mapping():
            return {restored(name, back): put_back(one, back) for name, one in value.items()}
        case Sequence():
            return [put_back(one, back) for one in value]
    return value


def _call_with(call: ToolCall, back: Mapping[str, str]) -> ToolCall:
    arguments = {restored(k, back): put_back(v, back) for k, v in call.arguments.items()}
    return replace(call, arguments=arguments)


def _heard(saying: Saying, back: Mapping[str, str]) -> Saying:
    """Return what hears a text as it comes; half a placeholder waits for its other half."""

    def heard(text: str) -> None:
        saying(restored(_UNFINISHED.sub("", text), back))

    return heard
