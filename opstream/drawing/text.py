"""A workflow as lines for a terminal: one line a step, with its branches to the left of it.

    ●      metrics   call cloudwatch_metrics
    │ ●    traces    call trace_analysis
    ●─╯    analyse   call profiling.find_bottlenecks
    ├─○    fix       call restart_service
    │                when steps.analyse.output.fix

Every step has a lane that leads down to the steps that need it; dashed ones lead to those that answer
its failure. A hollow circle is a step that may be skipped. The steps of a loop stand in a frame.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opstream.domain.workflow import ForEach, Step, Workflow
from opstream.drawing import graph, words
from opstream.drawing.graph import Graph

WIDTH = 80
_LEAST_TEXT = 30


@dataclass(slots=True)
class _Lane:
    """A way down from a step: to whom it still leads."""

    targets: set[str]
    rescue: bool = False

    @property
    def mark(self) -> str:
        return "╎" if self.rescue else "│"


_Lanes = list[_Lane | None]


def draw(workflow: Workflow, width: int = WIDTH) -> list[str]:
    """Return the lines of a workflow; the same workflow gives the same lines."""
    version = f" · version {workflow.version}" if workflow.version else ""
    lines = [_cut(f"{words.one_line(workflow.title)} ({workflow.id}){version}", width)]
    if workflow.description:
        lines += textwrap.wrap(words.one_line(workflow.description), width)
    if workflow.inputs:
        takes = ", ".join(one.name if one.required else f"{one.name}?" for one in workflow.inputs)
        lines.append(_cut(f"takes {takes}", width))
    return [*lines, "", *_steps(workflow.steps, width)]


def _steps(steps: Sequence[Step], width: int) -> list[str]:
    """Return the lines of the steps of a workflow or a loop."""
    drawn = graph.of(steps)
    rows = list(_rows(drawn))
    rail = min(max((len(row) for _, row, _ in rows), default=0) + 2, max(width - _LEAST_TEXT, 4))
    name = min(max((len(step.id) for step in drawn.steps), default=0), width // 4)
    lines: list[str] = []
    for step, row, below in rows:
        lines.append(_cut(f"{row:<{rail}}{step.id:<{name}}  {words.does(step.work)}", width))
        indent = f"{below:<{rail}}{'':<{name}}  "
        said = words.notes(step, is_rescued=drawn.is_rescued(step.id))
        lines += [_cut(indent + note, width) for note in said]
        if isinstance(step.work, ForEach):
            lines += _frame(step.work.steps, f"{below:<{rail}}", width)
    return [line.rstrip() for line in lines]


def _frame(steps: Sequence[Step], indent: str, width: int) -> Iterator[str]:
    inner = _steps(steps, max(width - len(indent) - 2, 2 * _LEAST_TEXT))
    yield f"{indent}╭─"
    yield from (f"{indent}│ {line}" for line in inner)
    yield f"{indent}╰─"


def _rows(drawn: Graph) -> Iterator[tuple[Step, str, str]]:
    """Yield each step with the lanes in its line, and the lanes below it."""
    lanes: _Lanes = []
    for step in drawn.steps:
        before = list(lanes)
        joined = [at for at, lane in enumerate(lanes) if lane and step.id in lane.targets]
        dashed = any(lane.rescue for at in joined if (lane := lanes[at]))
        ending = {at for at in joined if (lane := lanes[at]) and lane.targets == {step.id}}
        at = min(ending) if ending else _free(lanes, max(joined, default=-1) + 1)
        for one in joined:
            lane = lanes[one]
            if lane is not None:
                lane.targets.discard(step.id)
            if one in ending:
                lanes[one] = None
        lanes += [None] * (at + 1 - len(lanes))
        line = _line(before, lanes, joined, at, "○" if _may_be_skipped(step) else "●", dashed)
        _begin(drawn, step, lanes, at)
        while lanes and lanes[-1] is None:
            lanes.pop()
        yield step, line, " ".join(lane.mark if lane else " " for lane in lanes)


def _may_be_skipped(step: Step) -> bool:
    return step.when is not None or step.rescues is not None


def _begin(drawn: Graph, step: Step, lanes: _Lanes, at: int) -> None:
    """Begin the lanes that lead down from a step."""
    firm = {edge.target for edge in drawn.out_of(step.id) if not edge.rescue}
    rescues = {edge.target for edge in drawn.out_of(step.id) if edge.rescue}
    if firm:
        lanes[at] = _Lane(firm)
    if rescues:
        place = _free(lanes, at + 1) if firm else at
        lanes += [None] * (place + 1 - len(lanes))
        lanes[place] = _Lane(rescues, rescue=True)


def _free(lanes: _Lanes, start: int) -> int:
    return next((at for at in range(start, len(lanes)) if lanes[at] is None), len(lanes))


def _line(
    before: _Lanes, after: _Lanes, joined: Sequence[int], at: int, dot: str, dashed: bool
) -> str:
    """Return a step's line: its circle at `at`, tied to the lanes that it joins."""
    ends = [*joined, at]
    first, last = min(ends), max(ends)
    bar = "╌" if dashed else "─"
    cells: list[str] = []
    for here in range(max(len(before), len(after), at + 1)):
        there = before[here] if here < len(before) else None
        stays = after[here] if here < len(after) else None
        if here == at:
            cell = dot
        elif here in joined:
            cell = _tie(here, first, last, stays=stays is not None)
        elif there is not None:
            cell = there.mark
        else:
            cell = bar if first < here < last else " "
        cells.append(cell + (bar if first <= here < last else " "))
    return "".join(cells).rstrip()


def _tie(here: int, first: int, last: int, *, stays: bool) -> str:
    """Return the sign where a lane meets the line of a step."""
    if here == first:
        return "├" if stays else "╰"
    if here == last:
        return "┤" if stays else "╯"
    return "┼" if stays else "┴"


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
