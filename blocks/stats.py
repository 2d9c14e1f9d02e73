"""How well it all runs: sentences, charts and a table, of figures that were really measured."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from blocks import charts, kit, memory, models, tables
from blocks.kit import Block, Message
from blocks.wording import code, count, line, listed, person, spent
from opstream.domain.approval import Verdict
from opstream.domain.memory import Saved
from opstream.domain.report import Chart, Series, Table
from opstream.domain.run import RunStatus
from opstream.domain.spending import Spending
from opstream.domain.statistics import Approvals, Statistics

_OUTCOMES = {
    RunStatus.SUCCEEDED: "Done",
    RunStatus.FAILED: "Failed",
    RunStatus.CANCELLED: "Cancelled",
    RunStatus.DENIED: "Denied",
}
_ANSWERS = {
    Verdict.GRANTED: "approved",
    Verdict.DENIED: "denied",
    Verdict.CHANGES: "sent back for changes",
    Verdict.EXPIRED: "not answered in time",
    Verdict.WITHDRAWN: "withdrawn, because the run ended first",
}
_ROWS = 8


def report(
    found: Statistics,
    titles: Mapping[str, str],
    spared: Saved | None = None,
    spending: Spending | None = None,
) -> Message:
    """Return the figures of a while.

    Args:
        found: The figures.
        titles: What workflows are called, by id.
        spared: What memory has spared; None leaves that out.
        spending: What models took meanwhile; None leaves that out.
    """
    more = models.costs(spending) if spending else []
    more += memory.saved(spared) if spared else []
    about = _about(found, titles)
    head = kit.section(f"*How it runs*{about}")
    text = f"How it runs: {count(found.total, 'run')} ended"
    if not found.total and not found.approvals.verdicts:
        return kit.message(text, [head, kit.section(_nothing(found)), *more])
    blocks = [
        head,
        *_paragraph(_of_runs(found)),
        *drawings(found),
        *_by_workflow(found, titles),
        *_paragraph(_of_approvals(found.approvals)),
        *_paragraph(_of_failures(found, titles)),
        *more,
    ]
    return kit.message(text, blocks)


def _paragraph(words: str) -> list[Block]:
    return [kit.section(words)] if words else []


def _about(found: Statistics, titles: Mapping[str, str]) -> str:
    workflow = found.span.workflow_id
    of = f" · *{line(titles.get(workflow, workflow), 150)}*" if workflow else ""
    days = round((found.span.until - found.span.since) / timedelta(days=1))
    return f"{of} · {'today' if days <= 1 else f'the last {days} days'}"


def _nothing(found: Statistics) -> str:
    of = " of it" if found.span.workflow_id else ""
    more = code("/opstream stats 90d")
    return (
        f"No run{of} ended in that time, so there is nothing to count. {more} looks back further."
    )


def summary(found: Statistics) -> str:
    """Return the figures of runs in one line of mrkdwn."""
    rate = found.success_rate
    parts = [f"*{count(found.total, 'run')}* ended"]
    if rate is not None:
        parts.append(f"*{percent(rate)}* went well")
    if found.took is not None:
        parts.append(f"half took at most *{spent(found.took.median)}*")
    return " · ".join(parts)


def _of_runs(found: Statistics) -> str:
    if not found.total:
        return ""
    ends = [
        f"{found.count(status):,} {word.lower()}"
        for status, word in _OUTCOMES.items()
        if found.count(status)
    ]
    lines = [f"{count(found.total, 'run')} ended: {listed(ends)}."]
    if found.success_rate is not None:
        left_out = (
            "" if _by_themselves(found) == found.total else ", not counting what people ended"
        )
        lines.append(f"*{percent(found.success_rate)}* went well{left_out}.")
    if found.took is not None:
        half, most = spent(found.took.median), spent(found.took.p95)
        lines.append(f"Of those that went well, half took at most *{half}*, 95 % at most *{most}*.")
    return " ".join(lines)


def _by_themselves(found: Statistics) -> int:
    return found.count(RunStatus.SUCCEEDED) + found.count(RunStatus.FAILED)


def percent(share: float) -> str:
    """Return a share as whole percents; neither 0 nor 100 is said of what is only close to it."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        return "over 99\u00a0%"
    return "under 1\u00a0%" if whole == 0 and share > 0 else f"{whole}\u00a0%"


def drawings(found: Statistics) -> list[Block]:
    """Return the charts: runs by outcome over time, and how they ended where they ended differently."""
    labels = part_names(found.span.edges)
    series = tuple(
        Series(word, tuple(float(part.get(status, 0)) for part in found.parts))
        for status, word in _OUTCOMES.items()
        if found.count(status)
    )
    over_time = charts.chart(Chart("Runs that ended", "bar", labels, series, "runs"))
    whole = tuple(float(found.count(status)) for status in _OUTCOMES)
    pie = Chart("How they ended", "pie", tuple(_OUTCOMES.values()), (Series("runs", whole),))
    shares = charts.chart(pie) if len(series) > 1 else None
    shown = over_time if len(labels) > 1 else None
    return [block for block in (shown, shares) if block is not None]


def part_names(edges: Sequence[datetime]) -> tuple[str, ...]:
    """Return what the parts of a span are called: by their day, or by their first day."""
    return tuple(f"{begin.day} {begin:%b}" for begin, _ in pairwise(edges))


def _by_workflow(found: Statistics, titles: Mapping[str, str]) -> list[Block]:
    if len(found.by_workflow) < 2:
        return []
    most = sorted(found.by_workflow.items(), key=lambda one: (-one[1].count, one[0]))
    rows = tuple(
        (titles.get(id, id), f"{took.count:,}", spent(took.median), spent(took.p95))
        for id, took in most[:_ROWS]
    )
    columns = ("workflow", "went well", "half took at most", "95 % took at most")
    block = tables.table(Table("", columns, rows))
    more = len(most) - _ROWS
    rest = [kit.context(f"and {count(more, 'more workflow')}")] if more > 0 else []
    return [block, *rest] if block else []


def _of_approvals(found: Approvals) -> str:
    if not found.verdicts:
        return ""
    ends = [
        f"{found.verdicts[verdict]:,} {words}"
        for verdict, words in _ANSWERS.items()
        if found.verdicts.get(verdict)
    ]
    lines = [f"*Approvals*\n{listed(ends).capitalize()}."]
    if found.waited is not None:
        half, most = spent(found.waited.median), spent(found.waited.p95)
        lines.append(f"Half were answered within *{half}*, 95 % within *{most}*.")
    if found.answers:
        people = [f"{person(one.by)} ({one.count:,})" for one in found.answers]
        lines.append(f"Answered most by {listed(people)}.")
    return " ".join(lines)


def _of_failures(found: Statistics, titles: Mapping[str, str]) -> str:
    if not found.failing:
        return ""
    rows = [
        f"• {code(one.step, 100)} of {line(titles.get(one.workflow_id, one.workflow_id), 150)}: "
        f"{count(one.count, 'time')}"
        for one in found.failing
    ]
    return "\n".join(["*Steps that failed most*", *rows])
