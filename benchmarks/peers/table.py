"""What was found, as one table: medians, best rounds, and how many times better we are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.measure import context, tell
from benchmarks.peers.contenders import OURS, Contender

Found = tuple[str, float | str]
# Below this a difference is what the clock of the system rounds to.
_SMALLEST = 0.01


@dataclass(frozen=True, slots=True)
class Column:
    """A figure that every engine has."""

    key: str
    title: str
    unit: str
    more_is_better: bool = False


COLUMNS = (
    Column("W1", "W1 runs", "/s", more_is_better=True),
    Column("W1 p99", "W1 p99", "s"),
    Column("W2", "W2 steps", "/s", more_is_better=True),
    Column("W2 paused", "W2 paused", "/s", more_is_better=True),
    Column("W3 park", "W3 park", "s"),
    Column("W3 memory", "W3 each", "KiB"),
    Column("W3 idle", "W3 idle", "%"),
    Column("W3 recover", "W3 recover", "s"),
    Column("W3 wake", "W3 wake", "s"),
    Column("W4 p50", "W4 p50", "ms"),
    Column("W4 p99", "W4 p99", "ms"),
)


class Results:
    """Figures by contender and column, a value a round."""

    def __init__(self, contenders: Sequence[Contender]) -> None:
        self._contenders = contenders
        self._values: dict[tuple[str, str], dict[str, list[float]]] = {}
        self._said: dict[tuple[str, str], str] = {}

    def note(self, one: Contender, found: Iterable[Found]) -> None:
        """Keep what a round found."""
        for name, value in found:
            if isinstance(value, str):
                self._said[one.database, one.name] = value
            else:
                mine = self._values.setdefault((one.database, one.name), {})
                mine.setdefault(name, []).append(value)

    def last(self, one: Contender) -> str:
        """Return what a contender's last round found, in one line."""
        mine = self._values.get((one.database, one.name), {})
        columns = (column for column in COLUMNS if mine.get(column.key))
        told = (f"{c.title} {_number(mine[c.key][-1])} {c.unit}" for c in columns)
        return f"{one.database}, {one.name}: {', '.join(told)}"

    def report(self) -> None:
        """Write the table, the ratios, and what each connection said of its durability."""
        tell("\nmedian [best round]")
        tell(_row(["on", "engine", *(f"{one.title} {one.unit}" for one in COLUMNS)]))
        tell(_row(["---"] * (len(COLUMNS) + 2)))
        for one in self._contenders:
            mine = self._values.get((one.database, one.name), {})
            cells = [_cell(column, mine.get(column.key, [])) for column in COLUMNS]
            tell(_row([one.database, one.name, *cells]))
        tell("\nOpStream, times better than: median [lowest to highest round]")
        tell(_row(["on", "engine", *(one.title for one in COLUMNS)]))
        tell(_row(["---"] * (len(COLUMNS) + 2)))
        for one in self._contenders:
            if one.name != OURS and (one.database, OURS) in self._values:
                tell(_row([one.database, one.name, *self._ratios(one)]))
        tell("\nas read back from a connection of each")
        for (database, name), said in self._said.items():
            tell(f"  {database}, {name}: {said}")

    def _ratios(self, other: Contender) -> Iterable[str]:
        ours = self._values[other.database, OURS]
        theirs = self._values.get((other.database, other.name), {})
        for column in COLUMNS:
            pairs = zip(ours.get(column.key, []), theirs.get(column.key, []), strict=False)
            yield _ratio(column, list(pairs))

    def as_data(self) -> dict[str, Any]:
        """Return everything, for machines."""
        found = [
            {
                "database": database,
                "engine": name,
                "durability": self._said.get((database, name), ""),
                "rounds": values,
            }
            for (database, name), values in self._values.items()
        ]
        return {"context": context(), "found": found}


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(column: Column, values: Sequence[float]) -> str:
    if not values:
        return ""
    best = max(values) if column.more_is_better else min(values)
    middle = _number(median(values))
    return middle if len(values) == 1 else f"{middle} [{_number(best)}]"


def _ratio(column: Column, pairs: Sequence[tuple[float, float]]) -> str:
    if not pairs:
        return ""
    times = [
        max(ours, _SMALLEST) / max(theirs, _SMALLEST)
        if column.more_is_better
        else max(theirs, _SMALLEST) / max(ours, _SMALLEST)
        for ours, theirs in pairs
    ]
    if len(times) == 1:
        return _number(times[0])
    return f"{_number(median(times))} [{_number(min(times))} to {_number(max(times))}]"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
