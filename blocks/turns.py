"""What an agent did: its turns, what it called in each, what that gave, and what it took."""

import re
from collections.abc import Iterator
from typing import Final

from blocks import agents, kit, talk
from blocks.kit import Block
from blocks.markdown import markdown
from blocks.wording import as_text, code, count, flat, line, size
from opstream.domain import paths
from opstream.domain.artifact import referred
from opstream.domain.run import RunView, StepState, StepStatus
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Agent, Step

TURNS_A_PAGE: Final = 5
_ARGUMENTS = 160
_MARKS = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)


def finding(title: str, answer: Json) -> list[Block]:
    """Return an agent's answer with what it rests on and what it took."""
    data = agents.field(answer, "data")
    shown = [
        kit.section(f"*{line(title, 150)}*"),
        *markdown(str(agents.field(answer, "text") or "")),
    ]
    if data is not None:
        shown.append(kit.section(code(as_text(data), 1_500)))
    return [*shown, *talk.sources(answer), kit.context(agents.spent(answer))]


def of(view: RunView) -> list[Step]:
    """Return the steps of a run that are agents and have begun."""
    steps = (one for one in view.workflow.steps if isinstance(one.work, Agent))
    return [one for one in steps if one.id in view.run.steps]


def story(view: RunView) -> list[list[Block]]:
    """Return what the agents of a run did, in pages of blocks, oldest first."""
    told = [blocks for step in of(view) for blocks in _turns(view, step)]
    return [
        [block for blocks in told[at : at + TURNS_A_PAGE] for block in blocks]
        for at in range(0, len(told), TURNS_A_PAGE)
    ]


def _turns(view: RunView, step: Step) -> Iterator[list[Block]]:
    number = 0
    for turn in range(view.run.state(step.id).begun):
        thought = view.run.state(paths.inside(step.id, turn, "think"))
        if thought.status is not StepStatus.SUCCEEDED:
            why = f": {line(thought.error, 300)}" if thought.error else ""
            yield [kit.section(f"*Turn {turn + 1}* · not over{why}")]
            continue
        lines = [_head(turn, thought.output)]
        act = paths.inside(step.id, turn, "act")
        for at, wanted in enumerate(agents.mappings(agents.field(thought.output, "calls"))):
            number += 1
            state = view.run.state(paths.inside(act, at, "call"))
            lines.append(f"[{number}] {_call(wanted, state)}")
        for wanted in agents.mappings(agents.field(thought.output, "refused")):
            number += 1
            lines.append(
                f"[{number}] {_call(wanted, StepState())}: 🚫 {line(str(wanted.get('why')), 200)}"
            )
        yield kit.paragraphs(lines)


def _head(turn: int, said: Json) -> str:
    tokens = [agents.field(said, name) for name in ("tokens_in", "tokens_out")]
    counted = sum(one for one in tokens if isinstance(one, int))
    model = line(str(agents.field(said, "model") or ""), 60)
    why = line(str(agents.field(said, "why") or ""), 200)
    text = flat(_MARKS.sub("", str(agents.field(said, "text") or "")), 200)
    head = " · ".join(one for one in (f"*Turn {turn + 1}*", model, count(counted, "token")) if one)
    quoted = f"\n> {line(text, 250)}" if text else ""
    return f"{head}{f' · {why}' if why else ''}{quoted}"


def _call(wanted: JsonObject, state: StepState) -> str:
    arguments = state.call.arguments if state.call else wanted.get("arguments")
    given = as_text(arguments) if arguments else ""
    shown = f" {code(given, _ARGUMENTS)}" if given else ""
    return f"{code(str(wanted.get('operation') or ''), 80)}{shown}{_outcome(state)}"


def _outcome(state: StepState) -> str:
    match state.status:
        case StepStatus.SUCCEEDED:
            artifact = referred(state.output)
            return f" → ✅ {size(artifact.size if artifact else len(as_text(state.output)))}"
        case StepStatus.DENIED:
            return f" → ✋ denied. {line(state.error, 200)}".rstrip()
        case StepStatus.FAILED:
            return f" → ❌ {line(state.error, 200)}"
        case StepStatus.ASKING_APPROVAL:
            return " → 🙋 waits for a decision"
    return ""
