"""Figures in a text: where JSON or lines with separators hold a table, and what its columns tell. Pure.

A trend is told where Mann and Kendall's test finds one at the level of 5 % (Mann 1945; Kendall 1975).
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

_FEWEST_ROWS = 3
_FEWEST_FOR_A_TREND = 6
_MOST_FOR_A_TREND = 400
_MOST_COLUMNS = 12
_CERTAIN = 1.96
_SEPARATORS = ("\t", ";", "|", ",")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_UNIT = re.compile(r"\s*(?:%|[A-Za-zµ/]{1,4})?")
_RULER = re.compile(r"[\s|:+-]+")
_OPENS = re.compile(r"[\[{]")
_MOST_TRIES = 1_000

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """What the numbers of one column tell, in the order of the rows."""

    name: str
    values: Sequence[float]

    def __str__(self) -> str:
        low, high = min(self.values), max(self.values)
        said = f"`{self.name}`: {len(self.values)} values, {show(low)} to {show(high)}"
        said += f", mean {show(fmean(self.values))}, total {show(math.fsum(self.values))}"
        first, last = show(self.values[0]), show(self.values[-1])
        match trend(self.values):
            case 0:
                return f"{said}; no clear trend"
            case 1:
                return f"{said}; rising, from {first} to {last}"
            case -1:
                return f"{said}; falling, from {first} to {last}"
        return said


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a table, and those of its columns that hold numbers."""

    rows: int
    columns: Sequence[Column]


def tables(text: str) -> list[Table]:
    """Return the tables with figures in a text, in their order."""
    found = [table(rows) for rows in (*_in_json(text), *_in_lines(text))]
    return [one for one in found if one is not None]


def table(rows: Sequence[Row]) -> Table | None:
    """Return what rows tell, None where they hold no column of numbers."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = []
    for name in names:
        values = [number for row in rows if (number := _number(row.get(name))) is not None]
        if len(values) >= _FEWEST_ROWS and len(values) * 2 > len(rows):
            columns.append(Column(name, values))
    return Table(len(rows), columns[:_MOST_COLUMNS]) if columns else None


def trend(values: Sequence[float]) -> int | None:
    """Return 1 for rising, -1 for falling, 0 for neither, None for too few values to tell."""
    if len(values) < _FEWEST_FOR_A_TREND:
        return None
    step = max(1, len(values) // _MOST_FOR_A_TREND)
    some = values[::step]
    pairs = ((one, other) for at, one in enumerate(some) for other in some[at + 1 :])
    score = sum((other > one) - (other < one) for one, other in pairs)
    count = len(some)
    deviation = math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    certainty = (abs(score) - 1) / deviation
    return 0 if certainty < _CERTAIN else (1 if score > 0 else -1)


def show(number: float) -> str:
    """Return a number as people write it: whole ones with their thousands, others short."""
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:,.2f}" if abs(number) >= 1 else f"{number:.3g}"


def _in_json(text: str) -> Iterator[Sequence[Row]]:
    """Yield the lists of objects, or of numbers, that stand as JSON in a text."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_MOST_TRIES):
        begins = _OPENS.search(text, at)
        if begins is None:
            return
        try:
            found, at = decoder.raw_decode(text, begins.start())
        except (ValueError, RecursionError):
            at = begins.end()
            continue
        yield from _lists(found, "value")


def _lists(value: object, name: str) -> Iterator[Sequence[Row]]:
    match value:
        case [dict(), *_]:
            rows = [_flat(one) for one in value if isinstance(one, dict)]
            if len(rows) >= _FEWEST_ROWS:
                yield rows
        case [_, *_] if sum(_number(one) is not None for one in value) >= _FEWEST_ROWS:
            yield [{name: one} for one in value]
        case dict():
            for key, one in value.items():
                yield from _lists(one, key)


def _flat(row: Mapping[str, object]) -> Row:
    """Return a row with the fields of objects in it beside its own: `cpu.used`."""
    found: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found.update({f"{name}.{inner}": one for inner, one in value.items()})
        else:
            found[name] = value
    return found


def _in_lines(text: str) -> Iterator[Sequence[Row]]:
    """Yield tables of lines that hold the same separator equally often, the first of them names."""
    lines = [line for line in text.splitlines() if not _RULER.fullmatch(line) or not line.strip()]
    at = 0
    while at < len(lines):
        block, separator = _block(lines, at)
        if len(block) > _FEWEST_ROWS:
            names, *rows = [_cells(line, separator) for line in block]
            if not any(_number(name) is not None for name in names):
                yield [dict(zip(names, row, strict=False)) for row in rows]
        at += max(1, len(block))


def _block(lines: Sequence[str], at: int) -> tuple[Sequence[str], str]:
    """Return the lines from one on that belong to the same table, with their separator."""
    for separator in _SEPARATORS:
        count = lines[at].count(separator)
        end = at
        while end < len(lines) and count and lines[end].count(separator) == count:
            end += 1
        if end - at > _FEWEST_ROWS:
            return lines[at:end], separator
    return [], ""


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.strip().strip("|").split(separator)]


def _number(value: object) -> float | None:
    """Return what a cell says as a number; None for anything else."""
    match value:
        case bool():
            return None
        case int() | float():
            return float(value) if math.isfinite(value) else None
        case str():
            return _read(value.strip().lstrip("$€£"))
    return None


def _read(said: str) -> float | None:
    """Return the number that a text is; a percent sign or a short unit may follow."""
    thousands = _THOUSANDS.match(said)
    if thousands is not None and _UNIT.fullmatch(said[thousands.end() :]):
        return float(thousands[0].replace(",", ""))
    found = _NUMBER.match(said)
    if found is None or not _UNIT.fullmatch(said[found.end() :]):
        return None
    return float(found[0].replace(",", "."))
