"""Tables, and what a step's output shows as tables and charts when it is no report."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from blocks import kit
from blocks.kit import Block
from blocks.wording import as_text, flat, size
from opstream.domain.artifact import Artifact, referred
from opstream.domain.report import Chart, Finding, Report, Series, Table, parse
from opstream.domain.values import Json

ROWS_LIMIT = 100
COLUMNS_LIMIT = 20
DATA_TABLE: Final = "data_table"
_LONG = 10  # rows; a longer table sorts and turns its pages by itself
_CHARACTERS = 7_000
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?")
_TIMES = frozenset({"time", "at", "date", "day", "hour", "minute", "timestamp", "ts", "month"})
_POINTS_FOR_A_CHART = 3
_CELL = 300


def table(one: Table) -> Block | None:
    """Return a table block, or None when there is nothing to show; a very long one is cut.

    One with more than ten rows becomes a `data_table`, which sorts and turns its pages by itself.
    """
    width = min(COLUMNS_LIMIT, max([len(one.columns), *(len(row) for row in one.rows)]))
    if not width or not one.rows:
        return None
    long = bool(one.columns) and len(one.rows) > _LONG
    numeric = _numeric(one, width) if long else frozenset()
    rows: list[Json] = [_cells(one.columns, width, frozenset())] if one.columns else []
    room = _CHARACTERS - kit.weight(rows)
    for row in one.rows[: ROWS_LIMIT - len(rows)]:
        cells = _cells(row, width, numeric)
        room -= kit.weight(cells)
        if room < 0:
            break
        rows.append(cells)
    if long and len(rows) > 1:
        caption = flat(one.title, 150) or "Table"
        return {"type": DATA_TABLE, "caption": caption, "page_size": _LONG, "rows": rows}
    return {"type": "table", "rows": rows} if rows else None


def _cells(row: Sequence[str], width: int, numeric: frozenset[int]) -> list[Json]:
    padded = [*row[:width], *[""] * (width - len(row))]
    return [_cell(cell, number=at in numeric) for at, cell in enumerate(padded)]


def _cell(text: str, *, number: bool) -> Json:
    shown = flat(text, _CELL) or "-"
    if number and _NUMBER.fullmatch(shown):
        return {"type": "raw_number", "value": float(shown), "text": shown}
    return {"type": "raw_text", "text": shown}


def _numeric(one: Table, width: int) -> frozenset[int]:
    """Return the columns that hold nothing but numbers, so that they sort as such."""
    return frozenset(
        at
        for at in range(width)
        if all(len(row) > at and _NUMBER.fullmatch(row[at].strip()) for row in one.rows)
    )


def plain(block: Block) -> Block:
    """Return a data table as a table, for a workspace that does not know the former."""
    rows = block.get("rows")
    cells = [
        [{"type": "raw_text", "text": _text_of(cell)} for cell in row]
        for row in (rows if isinstance(rows, Sequence) and not isinstance(rows, str) else ())
        if isinstance(row, Sequence) and not isinstance(row, str)
    ]
    return {"type": "table", "rows": [*cells]}


def _text_of(cell: Json) -> str:
    found = cell.get("text") if isinstance(cell, Mapping) else None
    return found if isinstance(found, str) and found else "-"


def reported(value: Json) -> Report:
    """Return what a step's output shows: the report that it is, or else its lists and numbers."""
    if artifact := referred(value):
        return _of_artifact(artifact)
    report = parse(value)
    return report if report != Report() else _guessed(value)


def _of_artifact(artifact: Artifact) -> Report:
    return Report(
        summary=f"This is too large to be shown whole: {size(artifact.size)}, kept as artifact "
        f"`{artifact.id[:12]}`. It begins:\n{artifact.preview}"
    )


def _guessed(value: Json) -> Report:
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _of_list("", value)
    return Report()


def _of_mapping(value: Mapping[str, Json]) -> Report:
    lists = {name: one for name, one in value.items() if _is_list(one)}
    single = [(name, one) for name, one in value.items() if name not in lists and one is not None]
    parts = [_of_list(name, one) for name, one in lists.items() if isinstance(one, Sequence)]
    return Report(
        summary="\n".join(
            f"{flat(name, 60)} = {flat(as_text(one), _CELL)}" for name, one in single
        ),
        tables=tuple(table for part in parts for table in part.tables),
        charts=tuple(chart for part in parts for chart in part.charts),
    )


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0


def _of_list(title: str, values: Sequence[Json]) -> Report:
    rows = [one for one in values if isinstance(one, Mapping)]
    if len(rows) < len(values) or not rows:
        cells = tuple((as_text(one),) for one in values)
        return Report(tables=(Table(title, (title or "value",), cells),)) if cells else Report()
    columns = tuple(dict.fromkeys(name for row in rows for name in row))[:COLUMNS_LIMIT]
    texts = tuple(tuple(_text(row.get(name)) for name in columns) for row in rows)
    return Report(tables=(Table(title, columns, texts),), charts=_charts(title, columns, rows))


def _text(value: Json) -> str:
    return "" if value is None else as_text(value)


def _charts(
    title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Json]]
) -> tuple[Chart, ...]:
    """Return a line for each column of numbers, where another one says when they were measured."""
    times = [name for name in columns if name.lower() in _TIMES]
    if not times or len(rows) < _POINTS_FOR_A_CHART:
        return ()
    series = [
        Series(name, numbers)
        for name in columns
        if name != times[0] and all(map(_is_number, numbers := _values(rows, name)))
    ]
    labels = tuple(_text(row.get(times[0])) for row in rows)
    return (Chart(title or ", ".join(one.name for one in series), "line", labels, tuple(series)),)


def _values(rows: Sequence[Mapping[str, Json]], name: str) -> tuple[float | None, ...]:
    found = [row.get(name) for row in rows]
    return tuple(
        float(one)
        if isinstance(one, int | float) and abs(one) < 1e15 and one is not True and one is not False
        else None
        for one in found
    )


def _is_number(value: float | None) -> bool:
    return value is not None


def of_findings(findings: Sequence[Finding]) -> Table:
    """Return findings as a table, for as many as would make a message too long."""
    rows = tuple((one.severity, one.title, one.detail) for one in findings)
    return Table("More findings", ("severity", "finding", "detail"), rows)
