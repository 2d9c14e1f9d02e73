"""The verdict on a service as a report that cards can show, and that steps can use."""

from dataclasses import asdict, replace

from opstream.adapters.connectors.profiling import charts
from opstream.adapters.connectors.profiling.causes import Bottleneck, Kind, measure
from opstream.adapters.connectors.profiling.diagnosis import Diagnosis
from opstream.adapters.connectors.profiling.evidence import Evidence, Target
from opstream.adapters.connectors.profiling.fixes import Fix, NoFix
from opstream.adapters.connectors.profiling.promises import compared
from opstream.adapters.connectors.profiling.words import amount, percent, sentence
from opstream.domain.report import Chart, Finding, Report

_TITLES = {
    Kind.RELEASE: "A release broke {service}",
    Kind.MEMORY: "The memory of {service} keeps growing",
    Kind.LOCKS: "Requests to {service} wait for locks",
    Kind.CPU: "The processors of {service} are saturated",
    Kind.POOL: "The connection pool of {service} is too small",
    Kind.QUEUE: "Requests wait for a free worker of {service}",
    Kind.DOWNSTREAM: "{service} is slow to answer",
    Kind.OWN: "{service} itself takes most of the time",
    Kind.TIMEOUTS: "Requests of {service} time out",
}
_CALM_TITLES = {
    Kind.DOWNSTREAM: "Most of the time goes to {service}",
    Kind.OWN: "Most of the time goes to {service} itself",
}


def of(diagnosis: Diagnosis) -> Report:
    """Return the report of a diagnosis."""
    evidence = diagnosis.evidence
    tables = (
        charts.targets_table(evidence.targets),
        charts.parts_table(evidence),
        charts.logs_table(evidence),
    )
    return Report(
        summary=_summary(diagnosis),
        findings=(*_targets(evidence), *_causes(diagnosis), *_last(diagnosis)),
        tables=tuple(one for one in tables if one is not None),
        charts=_charts(diagnosis),
    )


def fix_data(fix: Fix | NoFix | None, evidence: Evidence, tools: str) -> dict[str, object] | None:
    """Return a fix as data; None when nothing is proposed.

    Its operation goes by the name that the evidence has for it, else by that of the source `tools`.
    """
    if not isinstance(fix, Fix):
        return None
    known = evidence.remedies is not None or not tools
    name = fix.operation if known else f"{tools}.{fix.operation}"
    return asdict(replace(fix, operation=name)) | {"arguments": dict(fix.arguments)}


def _summary(diagnosis: Diagnosis) -> str:
    evidence, found = diagnosis.evidence, diagnosis.bottlenecks
    if not diagnosis.measured:
        return f"Nothing was measured of `{evidence.service}`, so there is no verdict on it."
    state = _state(evidence, healthy=diagnosis.healthy)
    if diagnosis.healthy:
        busy = f" For the record: {found[0].evidence}." if found else ""
        return f"{state} There is nothing to fix.{busy}"
    if not found:
        return f"{state} What was measured does not say why."
    why = f"{state} {sentence(found[0].evidence)}"
    if isinstance(diagnosis.fix, Fix):
        return f"{why} Proposed: {diagnosis.fix.title}."
    return f"{why} No fix is proposed."


def _state(evidence: Evidence, *, healthy: bool) -> str:
    name = f"`{evidence.service}`"
    if evidence.missed:
        broken = " and ".join(compared(one) for one in evidence.missed)
        return f"{name} misses its objectives: {broken}."
    if evidence.own_targets:
        kept = " and ".join(compared(one) for one in evidence.own_targets)
        return f"{name} {'is healthy' if healthy else 'still keeps its objectives'}: {kept}."
    p99, errors = measure(evidence, "latency_p99_ms"), measure(evidence, "error_rate")
    figures = [f"p99 {amount(p99.mean, p99.unit or 'ms')} on average"] if p99 else []
    figures += [f"{percent(errors.mean)} of the requests fail"] if errors else []
    state = "looks healthy" if healthy else "is in trouble"
    return f"{name} {state}{': ' if figures else ''}{' and '.join(figures)}."


def _targets(evidence: Evidence) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            f"{one.name.capitalize() or 'Objective'} target missed",
            f"{_kept(one)}{_burn(one)}.",
            "critical",
        )
        for one in evidence.missed
    )


def _kept(target: Target) -> str:
    if target.actual is None:
        return compared(target)
    return f"{target.objective}: {compared(target)}"


def _burn(target: Target) -> str:
    if target.burn_rate is None or target.burn_rate <= 1:
        return ""
    return f"; the error budget burns {amount(target.burn_rate, '')} times too fast"


def _causes(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    findings = []
    for place, one in enumerate(diagnosis.bottlenecks):
        calm = diagnosis.healthy or (place > 0 and _is_usual(one, diagnosis.evidence))
        title = (_CALM_TITLES if calm else _TITLES).get(one.kind, _TITLES[one.kind])
        severity = "info" if calm else "critical" if place == 0 else "warning"
        findings.append(
            Finding(title.format(service=one.service), sentence(one.evidence), severity)
        )
    return tuple(findings)


def _is_usual(one: Bottleneck, evidence: Evidence) -> bool:
    """Return whether the time merely has to go somewhere."""
    return one.kind is Kind.OWN or (
        one.kind is Kind.DOWNSTREAM and not evidence.unwell(one.service)
    )


def _last(diagnosis: Diagnosis) -> tuple[Finding, ...]:
    match diagnosis.fix:
        case Fix() as fix:
            return (Finding(f"Proposed: {fix.title}", fix.why, "info"),)
        case NoFix() as none:
            return (Finding("No fix proposed", none.why, "info"),)
        case None:
            kept = "Every objective that was checked is kept."
            calm = "Nothing that was measured points to trouble."
            detail = kept if diagnosis.evidence.own_targets else calm
            return (Finding("Healthy", detail, "good"),)


def _charts(diagnosis: Diagnosis) -> tuple[Chart, ...]:
    evidence = diagnosis.evidence
    latency = next((one for one in evidence.own_targets if one.unit == "ms"), None)
    p99, p50 = (measure(evidence, f"latency_{one}_ms") for one in ("p99", "p50"))
    used = [measure(evidence, f"{one}_utilization") for one in ("pool", "cpu", "memory")]
    drawn = (
        charts.over_time(f"Latency of {evidence.service}", [p99, p50], latency),
        charts.where_time_goes(evidence),
        charts.over_time(f"What {evidence.service} uses", used),
    )
    return tuple(one for one in drawn if one is not None)
