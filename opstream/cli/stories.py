"""What the terminal shows of runs, rehearsals and lists, as lines of at most 80 columns. Pure."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from opstream.domain import durations
from opstream.domain.rehearsal import Certainty, Rehearsal, RehearsedStep
from opstream.domain.run import Page, RunView, StepState
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow

_WIDTH = 80
_SHOWN = 300  # letters of an output


def workflows(found: Sequence[Workflow]) -> list[str]:
    """Return a line for each workflow: id, version, title."""
    rows = [(one.id, f"v{one.version}", one.title) for one in found]
    return _table(rows) or ["There are no workflows. Put files into `config/workflows/`."]


def runs(page: Page) -> list[str]:
    """Return a line for each run, and how many more there are."""
    rows = [
        (one.id[:8], one.status.value, one.workflow_id, _moment(one.started_at), one.by.name)
        for one in page.runs
    ]
    left = page.total - page.offset - len(page.runs)
    more = [f"… and {left} more; `--limit` shows them."] if left > 0 else []
    return [*_table(rows), *more] or ["There are no such runs."]


def run(view: RunView) -> list[str]:
    """Return the story of a run: its state, its inputs, what every step did."""
    one = view.run
    lines = [
        f"{view.workflow.title} ({view.workflow.id}, version {one.workflow_version})",
        f"run       {one.id}",
        f"status    {one.status.value}{_because(one.reason)}",
        f"started   {_moment(one.started_at)} by {one.by.name}",
    ]
    if one.ended_at is not None:
        lines.append(f"ended     {_moment(one.ended_at)}, {_took(one.started_at, one.ended_at)}")
    if one.inputs:
        lines += _wrapped(f"inputs    {_data(one.inputs)}", 10)
    if one.result is not None:
        lines += _wrapped(f"result    {_data(one.result)}", 10)
    names = max((len(name) for name in one.steps), default=0)
    lines.append("")
    for name, state in one.steps.items():
        lines += _step(name.ljust(names), state)
    return lines


def rehearsal(found: Rehearsal) -> list[str]:
    """Return what every step of a run would do."""
    version = f" version {found.version}" if found.version else ""
    lines = [f"`{found.workflow_id}`{version}, thought through. Nothing was called.", ""]
    for step in found.steps:
        lines += _rehearsed(step)
    calls = [one for one in found.steps if one.operation and one.certainty is not Certainty.NO]
    writes = [one for one in calls if one.writes]
    return [*lines, "", f"{_count(len(calls), 'call')}; {len(writes)} would change things."]


def _rehearsed(step: RehearsedStep) -> Iterator[str]:
    sign = {Certainty.YES: "●", Certainty.PERHAPS: "○", Certainty.NO: "·"}[step.certainty]
    marks = [
        said for said, holds in (("changes things", step.writes), ("asks", step.asks)) if holds
    ]
    tail = f"  [{', '.join(marks)}]" if marks and step.certainty is not Certainty.NO else ""
    yield from _wrapped(f"{sign} {step.step}: {_data(step.does)}{tail}", 4)
    if step.because:
        yield from _wrapped(f"    {step.because}", 6)
    if step.operation and isinstance(step.arguments, dict):
        for name, value in step.arguments.items():
            yield from _wrapped(f"    {name} = {_data(value)}", 8)


def _step(name: str, state: StepState) -> Iterator[str]:
    took = ""
    if state.started_at is not None and state.ended_at is not None:
        took = f", {_took(state.started_at, state.ended_at)}"
    yield f"{name}  {state.status.value}{took}{f', try {state.tries + 1}' if state.tries else ''}"
    indent = len(name) + 4
    said = state.error or (_data(state.output) if state.output is not None else "")
    if said:
        yield from _wrapped(f"{'':<{indent - 2}}{said}", indent)


def _wrapped(line: str, indent: int) -> list[str]:
    """Return a text in lines that keep its own indent first, and another one after that."""
    first = " " * (len(line) - len(line.lstrip()))
    text = line.strip()
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=" " * indent)


def _table(rows: Iterable[Sequence[str]]) -> list[str]:
    listed = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*listed, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in listed
    ]


def _data(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S")


def _took(start: datetime, end: datetime) -> str:
    return f"after {durations.show(max(end - start, timedelta()))}"


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
