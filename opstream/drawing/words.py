"""What a step does, in a few words, and what else has to be known of it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import assert_never

from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    ForEach,
    Notify,
    OnError,
    Prompt,
    RequestApproval,
    RunWorkflow,
    Step,
    Think,
    Wait,
    Work,
)


def kind(work: Work) -> str:
    """Return the word for a kind of step."""
    return _KINDS[type(work)]


_KINDS: Mapping[type, str] = {
    Agent: "agent",
    Call: "call",
    RequestApproval: "approval",
    Wait: "wait",
    AskPerson: "ask",
    Notify: "notify",
    Prompt: "prompt",
    RunWorkflow: "workflow",
    ForEach: "for each",
    Think: "turn",
}


def does(work: Work) -> str:
    """Return what a step does, as a phrase of one line that begins with a verb."""
    return one_line(_does(work))


def _does(work: Work) -> str:
    match work:
        case Call():
            return f"call {work.operation}"
        case RequestApproval() | AskPerson() | Prompt() | Agent() | Think():
            return _asks(work)
        case Wait():
            return _waits(work)
        case Notify():
            return f"say: {work.text}" if work.text else "report"
        case RunWorkflow():
            return f"run {work.workflow}"
        case ForEach():
            return f"for each of {_written(work.items)}, {work.at_once} at once"
        case _:
            assert_never(work)


def notes(step: Step, *, is_rescued: bool = False) -> list[str]:
    """Return under which conditions a step is done, and what follows when it fails.

    Args:
        is_rescued: Other steps answer its failure; they say so themselves.
    """
    said: list[str] = []
    if step.rescues:
        said.append(f"if {step.rescues} fails")
    if step.when is not None:
        said.append(f"when {_written(step.when)}")
    if step.timeout is not None:
        said.append(f"within {_length(step.timeout)}")
    if step.undo is not None:
        said.append(f"undone by {step.undo.operation}")
    if step.on_error is OnError.GO_ON and not is_rescued:
        said.append("goes on when it fails")
    return [one_line(one) for one in said]


def one_line(text: str) -> str:
    """Return a text in one line, without characters that move the cursor or end an XML file."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _asks(work: RequestApproval | AskPerson | Prompt | Agent | Think) -> str:
    match work:
        case RequestApproval():
            return f"ask for a yes to {work.covers}" if work.covers else "ask for a yes"
        case AskPerson():
            return f"ask: {work.question}"
        case Prompt(template=name) if name:
            return f"ask {work.model or 'a model'} as {name} says"
        case Prompt():
            return f"ask {work.model or 'a model'}: {work.text}"
        case Agent():
            return f"let {work.model or 'a model'} work on: {work.task}"
        case Think():
            return "ask a model what comes next"


def _waits(work: Wait) -> str:
    if work.reply:
        return "wait for a reply"
    if work.topic is not None:
        return f"wait for {work.topic}"
    if work.until is not None:
        return f"wait until {_written(work.until)}"
    return f"wait {_written(work.duration)}"


def _written(value: Json) -> str:
    """Return a template as it reads without its braces, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = text.strip()
    whole = text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1
    return text[2:-2].strip() if whole else text


def _length(duration: timedelta) -> str:
    seconds = duration.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
