"""Charts and tables of a report, small enough to read on a phone."""

from collections.abc import Sequence
from datetime import datetime

from opstream.adapters.connectors.profiling.evidence import Evidence, Measure, Span, Target
from opstream.adapters.connectors.profiling.promises import actual
from opstream.adapters.connectors.profiling.words import cut, ms, share
from opstream.domain.report import Chart, Series, Table

LABELS = 20
SERIES = 6

_UNITS = {"percent": "%"}


def over_time(
    title: str, measures: Sequence[Measure | None], target: Target | None = None
) -> Chart | None:
    """Return a line chart of metrics that share a unit, with a promise as a level line."""
    shown = [one for one in measures if one is not None and len(one.points) > 1][: SERIES - 1]
    if not shown:
        return None
    groups = _groups(len(shown[0].points))
    times = [at for at, _ in shown[0].points]
    lines = [Series(_line_name(one), _sampled(one.values, groups)) for one in shown]
    if target is not None and target.target is not None:
        lines.append(Series("target", tuple(target.target for _ in groups)))
    return Chart(
        title=title,
        kind="line",
        labels=_labels([times[group[0]] for group in groups]),
        series=tuple(lines),
        unit=_UNITS.get(shown[0].unit, shown[0].unit),
    )


def where_time_goes(evidence: Evidence) -> Chart | None:
    """Return a bar chart of the parts of the mean request, largest first."""
    spans = sorted(evidence.spans, key=lambda one: -one.mean_ms)[:8]
    if not spans:
        return None
    return Chart(
        title=f"Where the time of a request to {evidence.service} goes",
        kind="bar",
        labels=_short(spans),
        series=(Series("mean", tuple(round(one.mean_ms, 1) for one in spans)),),
        unit="ms",
    )


def parts_table(evidence: Evidence) -> Table | None:
    """Return the parts of a request with their figures, largest first."""
    spans = sorted(evidence.spans, key=lambda one: -one.mean_ms)
    if not spans:
        return None
    return Table(
        "Where the time goes",
        ("Part", "Share", "Mean", "p99"),
        tuple(
            (
                cut(_part(one.kind, one.service, one.operation), 60),
                share(one.share),
                ms(one.mean_ms),
                ms(one.p99_ms),
            )
            for one in spans
        ),
    )


def targets_table(targets: Sequence[Target]) -> Table | None:
    """Return the promises and how they are kept."""
    if not targets:
        return None
    return Table(
        "Service level objectives",
        ("Service", "Objective", "Actual", "Kept"),
        tuple(
            (
                one.service,
                cut(one.objective, 60),
                actual(one),
                "yes" if one.met else "no",
            )
            for one in targets
        ),
    )


def logs_table(evidence: Evidence) -> Table | None:
    """Return the loudest warnings and errors in the logs."""
    loud = [one for one in evidence.patterns if one.level.upper() != "INFO"]
    if not loud:
        return None
    loudest = sorted(loud, key=lambda one: (not one.is_error, -one.count))[:5]
    return Table(
        "Loudest log messages",
        ("Level", "Lines", "Message"),
        tuple((one.level, f"{one.count:,}", cut(one.template, 100)) for one in loudest),
    )


def _groups(count: int) -> Sequence[range]:
    """Cut `count` points into at most as many neighbouring groups as a chart has labels."""
    size = -(-count // LABELS)
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def _sampled(values: Sequence[float], groups: Sequence[range]) -> tuple[float | None, ...]:
    return tuple(_highest([values[i] for i in group if i < len(values)]) for group in groups)


def _highest(values: Sequence[float]) -> float | None:
    return round(max(values), 2) if values else None


def _labels(times: Sequence[datetime | None]) -> tuple[str, ...]:
    known = [at for at in times if at is not None]
    if len(known) < len(times):
        return tuple(str(number) for number in range(1, len(times) + 1))
    gap = (known[-1] - known[0]).total_seconds() / max(len(known) - 1, 1)
    form = "%H:%M:%S" if gap < 60 else "%H:%M" if gap < 3_600 else "%d %b %H:%M"
    return tuple(at.strftime(form) for at in known)


def _line_name(one: Measure) -> str:
    short = one.name.removesuffix("_ms").removeprefix("latency_")
    return short.replace("_utilization", "").replace("_", " ")


def _short(spans: Sequence[Span]) -> tuple[str, ...]:
    """Return a short name for each part: a called service by its name alone where it has one part."""
    called = [one.service for one in spans if one.kind == "call"]
    return tuple(
        one.service
        if one.kind == "call" and called.count(one.service) == 1
        else cut(_part(one.kind, one.service, one.operation), 28)
        for one in spans
    )


def _part(kind: str, service: str, operation: str) -> str:
    return f"{service}: {operation}" if kind == "call" else operation
