"""What a change did: the same metrics before and after it, and whether it helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opstream.adapters.connectors.profiling.evidence import Measure, Target
from opstream.adapters.connectors.profiling.promises import told
from opstream.adapters.connectors.profiling.reading import measures, targets
from opstream.adapters.connectors.profiling.values import Fields, fields
from opstream.adapters.connectors.profiling.words import amount, change, percent
from opstream.domain.report import Chart, Finding, Report, Series, Table

_ORDER = (
    "latency_p99_ms",
    "latency_p95_ms",
    "latency_p50_ms",
    "error_rate",
    "pool_wait_ms",
    "pool_utilization",
    "queue_depth",
    "cpu_utilization",
    "memory_utilization",
    "throughput",
    "request_rate",
)
_LEADING = ("latency_p99_ms", "latency_p95_ms", "latency_p50_ms")
_NOTICEABLE = 0.10  # a smaller change of the latency is noise
_ERROR_POINTS = 0.5  # of the requests, in percent
_WORSE_ERRORS = 1.5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before and after; `summary` is one sentence with the numbers."""

    improved: bool
    summary: str
    report: Report


def compare(service: str, before: object, after: object, slos: object) -> Comparison:
    """Return what changed; both sides are metrics, or objects that hold them under `metrics`."""
    was, now = _metrics(before), _metrics(after)
    both = [name for name in _ordered(was) if name in now]
    if not both:
        sentence = f"Before and after have no metric of `{service}` in common to compare."
        return Comparison(improved=False, summary=sentence, report=Report(summary=sentence))
    kept = _latest_targets(after, slos, service)
    better, worse = _judged(was, now)
    improved = better and not worse
    summary = _summary(service, was, now, kept, improved=improved, worse=worse)
    report = Report(
        summary=summary,
        findings=_findings(kept, improved=improved, worse=worse),
        tables=(_table(was, now, both),),
        charts=tuple(_charts(service, was, now, both)),
    )
    return Comparison(improved, summary, report)


def _metrics(side: object) -> Mapping[str, Measure]:
    given = fields(side)
    inner: object = given if "series" in given or "summary" in given else given.get("metrics")
    return {one.name: one for one in measures(inner)}


def _latest_targets(after: object, slos: object, service: str) -> Sequence[Target]:
    given: Fields = fields(after)
    found = targets(slos) or targets(given.get("slos")) or targets(given)
    return [one for one in found if one.service in ("", service)]


def _ordered(was: Mapping[str, Measure]) -> list[str]:
    known = [name for name in _ORDER if name in was]
    return known + sorted(name for name in was if name not in _ORDER)


def _judged(was: Mapping[str, Measure], now: Mapping[str, Measure]) -> tuple[bool, bool]:
    """Return whether anything that people feel got better, and whether anything got worse."""
    better = worse = False
    leading = next((name for name in _LEADING if name in was and name in now), None)
    if leading is not None and was[leading].mean > 0:
        ratio = now[leading].mean / was[leading].mean
        better, worse = ratio <= 1 - _NOTICEABLE, ratio >= 1 + _NOTICEABLE
    if "error_rate" in was and "error_rate" in now:
        points = now["error_rate"].mean - was["error_rate"].mean
        grew = now["error_rate"].mean > was["error_rate"].mean * _WORSE_ERRORS
        better = better or points <= -_ERROR_POINTS
        worse = worse or (points >= _ERROR_POINTS and grew)
    return better, worse


def _summary(
    service: str,
    was: Mapping[str, Measure],
    now: Mapping[str, Measure],
    kept: Sequence[Target],
    *,
    improved: bool,
    worse: bool,
) -> str:
    verdict = "is better" if improved else "got worse" if worse else "did not change noticeably"
    parts = [
        f"{label} {_moved(was[name], now[name])}"
        for name, label in (("latency_p99_ms", "p99"), ("error_rate", "the error rate"))
        if name in was and name in now
    ]
    missed = [one for one in kept if not one.met]
    if missed:
        first = missed[0]
        parts.append(f"the {first.name or 'objective'} target{_wanted(first)} is still missed")
    elif kept:
        parts.append("every objective is kept" if len(kept) > 1 else "its objective is kept")
    return f"`{service}` {verdict}{': ' if parts else ''}{'; '.join(parts)}."


def _wanted(target: Target) -> str:
    return "" if target.target is None else f" of {amount(target.target, target.unit)}"


def _moved(was: Measure, now: Measure) -> str:
    changed = change(was.mean, now.mean)
    if changed == "same":
        return f"stayed at {_shown(now, now.mean)}"
    verb = "fell" if now.mean < was.mean else "rose"
    how = "" if changed == "new" else f" ({changed})"
    return f"{verb} from {_shown(was, was.mean)} to {_shown(now, now.mean)}{how}"


def _shown(one: Measure, value: float) -> str:
    return percent(value) if one.unit == "percent" else amount(value, one.unit)


def _findings(kept: Sequence[Target], *, improved: bool, worse: bool) -> tuple[Finding, ...]:
    title = "It helped" if improved else "It got worse" if worse else "No noticeable change"
    severity = "good" if improved else "critical" if worse else "warning"
    return (
        Finding(title, "", severity),  # the summary above it has the numbers
        *(
            Finding(
                f"{one.name.capitalize() or 'Objective'} target still missed",
                f"{told(one)}.",
                "warning",
            )
            for one in kept
            if not one.met
        ),
    )


def _table(was: Mapping[str, Measure], now: Mapping[str, Measure], names: Sequence[str]) -> Table:
    return Table(
        "Before and after",
        ("Metric", "Before", "After", "Change"),
        tuple(
            (
                _label(name),
                _shown(was[name], was[name].mean),
                _shown(now[name], now[name].mean),
                change(was[name].mean, now[name].mean),
            )
            for name in names
        ),
    )


def _charts(
    service: str, was: Mapping[str, Measure], now: Mapping[str, Measure], names: Sequence[str]
) -> Sequence[Chart]:
    drawn = []
    for unit, title in (("ms", "Times"), ("percent", "Shares")):
        shown = [name for name in names if was[name].unit == unit][:6]
        if shown:
            drawn.append(
                Chart(
                    title=f"{title} of {service}, before and after",
                    kind="bar",
                    labels=tuple(_label(name) for name in shown),
                    series=(
                        Series("before", tuple(round(was[name].mean, 2) for name in shown)),
                        Series("after", tuple(round(now[name].mean, 2) for name in shown)),
                    ),
                    unit="ms" if unit == "ms" else "%",
                )
            )
    return drawn


def _label(name: str) -> str:
    words = name.removesuffix("_ms").replace("latency_", "").replace("_", " ")
    return words.replace("utilization", "used").replace("cpu", "CPU")
