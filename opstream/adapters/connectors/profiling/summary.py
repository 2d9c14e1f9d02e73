"""A report on whatever tools returned: for workflows that name tools and nothing else.

Known shapes (objectives, alerts, metrics, log patterns) are read as what they are; of anything
else the numbers and the lists of records are shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opstream.adapters.connectors.profiling.charts import over_time, targets_table
from opstream.adapters.connectors.profiling.evidence import Evidence
from opstream.adapters.connectors.profiling.promises import told
from opstream.adapters.connectors.profiling.reading import evidence, measures, targets
from opstream.adapters.connectors.profiling.values import Fields, fields, objects
from opstream.adapters.connectors.profiling.words import amount, cut, number
from opstream.domain.report import Chart, Finding, Report, Table

_ROWS, _COLUMNS, _NUMBERS = 10, 6, 12
_MOST_TABLES, _MOST_CHARTS, _MOST_FINDINGS = 6, 3, 20


@dataclass(slots=True)
class _Draft:
    findings: list[Finding] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)


def summarize(title: str, results: object) -> Report:
    """Return a report on results by tool: an object of outputs, or a list of them."""
    draft = _Draft()
    given = list(_results(results))
    for tool, output in given:
        _add(draft, tool, output)
    serious = [one for one in draft.findings if one.severity in ("critical", "warning")]
    looked = f"{len(given)} tool" + ("" if len(given) == 1 else "s")
    if not given:
        said = "no tool returned anything"
    elif serious:
        want = "finding wants" if len(serious) == 1 else "findings want"
        said = f"{looked} looked, {len(serious)} {want} attention"
    else:
        said = f"{looked} looked, and nothing they returned wants attention"
    return Report(
        summary=f"{title}: {said}.",
        findings=tuple(draft.findings[:_MOST_FINDINGS]),
        tables=tuple(draft.tables[:_MOST_TABLES]),
        charts=tuple(draft.charts[:_MOST_CHARTS]),
    )


def _results(results: object) -> Iterator[tuple[str, object]]:
    if isinstance(results, list | tuple):
        for place, one in enumerate(results, 1):
            given = fields(one)
            name = given.get("tool") or given.get("name")
            yield (str(name), given["output"]) if name and "output" in given else (str(place), one)
        return
    given = fields(results)
    if not given and isinstance(results, str) and results:
        yield "result", results
    yield from ((str(name), output) for name, output in given.items() if output is not None)


def _add(draft: _Draft, tool: str, output: object) -> None:
    given = fields(output)
    if not given:
        _add_other(draft, tool, output)
        return
    known = [one(draft, tool, given) for one in (_objectives, _alerts, _metrics, _logs)]
    if not any(known):
        _add_fields(draft, tool, given)


def _objectives(draft: _Draft, tool: str, given: Fields) -> bool:
    found = targets(given)
    for one in found:
        if not one.met:
            service = f"{one.service}: " if one.service else ""
            draft.findings.append(
                Finding(
                    f"{service}{one.name or 'objective'} target missed",
                    f"{told(one)}.",
                    "critical",
                )
            )
    if found and all(one.met for one in found):
        count = f"All {len(found)} objectives" if len(found) > 1 else "The objective"
        verb = "are" if len(found) > 1 else "is"
        draft.findings.append(Finding("Objectives kept", f"{count} {verb} kept.", "good"))
    table = targets_table(found)
    draft.tables += [table] if table else []
    return bool(found)


def _alerts(draft: _Draft, tool: str, given: Fields) -> bool:
    for group in objects(given.get("groups")):
        services = ", ".join(str(one) for one in _list(group.get("services")))
        root, reason = group.get("root") or services, str(group.get("reason") or "")
        detail = f"{reason} It touches {services}.".strip() if services else reason
        draft.findings.append(Finding(f"Alerts that begin at {root}", detail, "critical"))
    alerts = list(objects(given.get("alerts")))
    if alerts:
        draft.tables.append(_records(f"{tool}: alerts", alerts))
    if alerts and not _list(given.get("groups")):
        draft.findings.append(Finding("Alerts", f"{_count(alerts)} in {tool}.", "warning"))
    if "alerts" in given and not alerts:
        draft.findings.append(Finding("No alerts", f"{tool} found none.", "good"))
    return "alerts" in given


def _metrics(draft: _Draft, tool: str, given: Fields) -> bool:
    found = list(measures(given))
    if not found:
        return False
    service = str(given.get("service") or tool)
    rows = [(one.name.replace("_", " "), *_figures(one.unit, one)) for one in found[:_NUMBERS]]
    draft.tables.append(Table(service, ("Metric", "Mean", "Highest", "Last"), tuple(rows)))
    for unit, name in (("ms", "Times"), ("percent", "Shares")):
        chart = over_time(f"{name} of {service}", [one for one in found if one.unit == unit])
        draft.charts += [chart] if chart else []
    return True


def _figures(unit: str, one: object) -> tuple[str, str, str]:
    mean, highest, last = (getattr(one, name) for name in ("mean", "highest", "last"))
    return amount(mean, unit), amount(highest, unit), amount(last, unit)


def _logs(draft: _Draft, tool: str, given: Fields) -> bool:
    if not _list(given.get("patterns")) and not _list(given.get("lines")):
        return False
    read: Evidence = evidence("", None, None, given, None, None)
    for one in read.patterns:
        if one.is_error:
            draft.findings.append(
                Finding(
                    "Errors in the logs",
                    f"{one.count:,} times “{cut(one.template, 120)}”.",
                    "warning",
                )
            )
    shown = list(objects(given.get("patterns"))) or [
        {"level": one.level, "template": one.template, "count": one.count} for one in read.patterns
    ]
    draft.tables.append(_records(f"{tool}: log messages", shown))
    return True


def _add_fields(draft: _Draft, tool: str, given: Fields) -> None:
    numbers = [
        (name.replace("_", " "), _cell(value))
        for name, value in given.items()
        if isinstance(value, str | bool | int | float)
    ]
    if numbers:
        draft.tables.append(Table(tool, ("What", "Value"), tuple(numbers[:_NUMBERS])))
    for name, value in given.items():
        records = list(objects(value))
        if records:
            draft.tables.append(_records(f"{tool}: {name.replace('_', ' ')}", records))


def _add_other(draft: _Draft, tool: str, output: object) -> None:
    records = list(objects(output))
    if records:
        draft.tables.append(_records(tool, records))
    elif isinstance(output, list | tuple):
        draft.findings.append(Finding(tool, f"{_count(output)} returned.", "info"))
    elif output not in (None, "", {}):
        draft.findings.append(Finding(tool, cut(str(output), 500), "info"))


def _records(title: str, records: Sequence[Fields]) -> Table:
    """Return a table of the plain fields of records, the first few of each."""
    columns = [
        name
        for name in dict.fromkeys(name for one in records for name in one)
        if any(not isinstance(one.get(name), Mapping | list | tuple) for one in records)
    ][:_COLUMNS]
    rows = tuple(tuple(_cell(one.get(name)) for name in columns) for one in records[:_ROWS])
    return Table(title, tuple(name.replace("_", " ") for name in columns), rows)


def _cell(value: object) -> str:
    if value is None or isinstance(value, Mapping | list | tuple):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if isinstance(value, int | float) else cut(str(value), 60)


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _count(many: Sequence[object]) -> str:
    return f"{len(many):,} item" + ("" if len(many) == 1 else "s")
