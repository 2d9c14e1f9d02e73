"""Sentences that start a workflow by its name or title: `start application profiling for checkout`. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opstream.domain.inputs import Input, InputKind
from opstream.domain.workflow import Workflow

_START = re.compile(
    r"(?:please |can you |could you |let's )*(?:start|run|launch|begin|kick off)(?: an?| the)? (.+)",
    re.IGNORECASE,
)
_REST = re.compile(
    r"(?: (?:workflow|run))?"
    r"(?: (?:for|of|on|with|about) (?P<value>\"[^\"]+\"|[\w.@/:+-]+))?"
    r"(?: (?:for|during|over) (?P<time>\d+(?:\.\d+)? ?(?:s|m|h|d|seconds?|minutes?|hours?|days?)))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Start:
    """A workflow that somebody wants to start, and the inputs that the sentence gives."""

    workflow: Workflow
    inputs: Mapping[str, str]


def wished(text: str, workflows: Sequence[Workflow]) -> Start | None:
    """Return what a sentence wants to start, or None when that is not beyond doubt."""
    found = _START.fullmatch(" ".join(text.split()).rstrip(" ?!."))
    if found is None:
        return None
    for workflow, name in _names(workflows):
        if found[1].lower().startswith(name) and (rest := _REST.fullmatch(found[1][len(name) :])):
            inputs = _inputs(workflow, rest)
            return None if inputs is None else Start(workflow, inputs)
    return None


def _names(workflows: Sequence[Workflow]) -> list[tuple[Workflow, str]]:
    """Return what workflows may be called in a sentence, the longest name first."""
    names = [
        (one, name)
        for one in workflows
        for name in dict.fromkeys((one.id.lower(), _spoken(one.id), one.title.lower()))
    ]
    return sorted(names, key=lambda one: len(one[1]), reverse=True)


def _spoken(id: str) -> str:
    return id.replace("_", " ").replace("-", " ").lower()


def _inputs(workflow: Workflow, rest: re.Match[str]) -> dict[str, str] | None:
    """Return the inputs by name; None when it is open which ones are meant."""
    given: dict[str, str] = {}
    if value := rest["value"]:
        texts = [one for one in workflow.inputs if _takes_words(one)]
        if len(texts) != 1:
            return None
        given[texts[0].name] = value.strip('"')
    if time := rest["time"]:
        times = [one for one in workflow.inputs if one.kind is InputKind.DURATION]
        if len(times) != 1:
            return None
        given[times[0].name] = time
    return given


def _takes_words(one: Input) -> bool:
    return one.required and one.default is None and one.kind is InputKind.TEXT
