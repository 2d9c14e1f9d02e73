"""What a step found, in a form that cards can show: sentences, a table, a chart, a proposal.

An operation returns it as plain data (`{"summary": …, "findings": […], …}`); `parse` makes it typed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, with the numbers that show it."""

    title: str
    detail: str
    severity: str = "info"  # info, good, warning, critical


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under column titles; cells are text, ready to show."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: a value for each of the chart's labels, or None for a gap."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A line or bar chart over labels, in order; `unit` names the y axis."""

    title: str
    kind: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that a step has to show."""

    summary: str = ""
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


def parse(value: Json) -> Report:
    """Return the report in a value; what does not fit is left out, so hostile data shows nothing."""
    if not isinstance(value, Mapping):
        return Report(summary=value if isinstance(value, str) else "")
    return Report(
        summary=_text(value, "summary"),
        findings=tuple(
            Finding(_text(one, "title"), _text(one, "detail"), _text(one, "severity") or "info")
            for one in _objects(value.get("findings"))
        ),
        tables=tuple(
            Table(
                _text(one, "title"),
                tuple(str(cell) for cell in _list(one.get("columns"))),
                tuple(tuple(str(cell) for cell in _list(row)) for row in _list(one.get("rows"))),
            )
            for one in _objects(value.get("tables"))
        ),
        charts=tuple(_chart(one) for one in _objects(value.get("charts"))),
    )


def _chart(value: Mapping[str, Json]) -> Chart:
    return Chart(
        title=_text(value, "title"),
        kind=_text(value, "kind") or "line",
        labels=tuple(str(label) for label in _list(value.get("labels"))),
        series=tuple(
            Series(_text(one, "name"), tuple(_number(v) for v in _list(one.get("values"))))
            for one in _objects(value.get("series"))
        ),
        unit=_text(value, "unit"),
    )


def _text(value: Mapping[str, Json], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _objects(value: Json) -> Sequence[Mapping[str, Json]]:
    return [one for one in _list(value) if isinstance(one, Mapping)]


def _number(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of some hundred digits
        return None
    return number if math.isfinite(number) else None
