"""What tools gave, as a model is shown it: large outputs cut in the middle, calls made twice pointed out. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pydantic_core import to_json

from opstream.domain import paths
from opstream.domain.artifact import referred
from opstream.domain.prompt import ToolCall, ToolResult, Turn, Voice
from opstream.domain.values import Json

READ: Final = "opstream.read_output"
LONGEST: Final = 8_000
_HEAD, _TAIL = 5_500, 1_500
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0e\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def shown(turns: Sequence[Turn], agent: str, *, readable: bool) -> tuple[Turn, ...]:
    """Return a conversation whose results are short enough for a model.

    Args:
        turns: As the engine made them: what was wanted, then what came of it, turn after turn.
        agent: Path of the agent.
        readable: Whether the model has a tool that reads what is left out.
    """
    made: list[ToolCall] = []
    kept: list[Turn] = []
    for number, turn in enumerate(turns):
        if turn.voice is Voice.ASSISTANT:
            made.extend(turn.calls)
            kept.append(turn)
            continue
        act = paths.inside(agent, number // 2, "act")
        first = len(made) - len(turn.results)
        results = (
            _shown(one, paths.inside(act, at, "call") if readable else "", made, first + at)
            for at, one in enumerate(turn.results)
        )
        kept.append(replace(turn, results=tuple(results)))
    return tuple(kept)


def _shown(result: ToolResult, path: str, made: Sequence[ToolCall], at: int) -> ToolResult:
    output = _seen(result.output) if result.failed else cut(result.output, path)
    same = [number for number in range(at) if is_same(made[number], made[at])]
    if same and not result.failed:
        note = f"This is the same call as [{same[-1] + 1}]: do not make it again."
        return replace(result, output={"note": note, "output": output})
    return replace(result, output=output)


def is_same(one: ToolCall, other: ToolCall) -> bool:
    """Return whether two calls want the same of the same operation."""
    return one.operation == other.operation and _plain(one.arguments) == _plain(other.arguments)


def _plain(arguments: Mapping[str, Json]) -> str:
    return json.dumps(arguments, sort_keys=True, default=str)


def cut(output: Json, path: str) -> Json:
    """Return an output as it is where it is small, else its head and tail with what was left out.

    Args:
        path: Of the step whose output it is, where the rest can be read; '' where it cannot.
    """
    if artifact := referred(output):
        return _note(seen(artifact.preview), "", artifact.size - len(artifact.preview), path)
    output = _seen(output)
    text = output if isinstance(output, str) else to_json(output, fallback=str).decode()
    if len(text) <= LONGEST:
        return output
    return _note(text[:_HEAD], text[-_TAIL:], len(text) - _HEAD - _TAIL, path)


def seen(text: str) -> str:
    """Return text without letters that no person sees, by which words are smuggled past readers."""
    return _UNSEEN.sub("", text)


def _seen(value: Json) -> Json:
    match value:
        case str():
            return seen(value)
        case Mapping():
            return {seen(name): _seen(one) for name, one in value.items()}
        case Sequence():
            return [_seen(one) for one in value]
    return value


def _note(head: str, tail: str, left_out: int, path: str) -> Json:
    more = f" Read on with `{READ}`, step `{path}`, from {len(head)}." if path else ""
    note = f"{left_out:,} characters were left out after the head.{more}"
    return {"note": note, "head": head, **({"tail": tail} if tail else {})}


def made_before(turns: Sequence[Turn]) -> Iterator[ToolCall]:
    """Yield every call of a conversation, in order."""
    for turn in turns:
        yield from turn.calls
