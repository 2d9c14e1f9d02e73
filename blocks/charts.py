"""Charts as Slack draws them itself: lines, bars, areas and pies, within what it takes."""

import math
from collections.abc import Sequence
from typing import Final

from blocks import kit
from blocks.kit import Block
from blocks.wording import ELLIPSIS, clean, flat, line, plain
from opstream.domain.report import Chart, Series
from opstream.domain.values import Json

TYPE: Final = "data_visualization"
SERIES_LIMIT = 6
POINTS_LIMIT = 20
SEGMENTS_LIMIT = 12
LABEL_LIMIT = 20
A_MESSAGE = 2
"""How many charts a message may hold."""
_PLOTS = frozenset({"line", "bar", "area"})


def chart(one: Chart) -> Block | None:
    """Return a chart block, or None when there is nothing to draw; an unknown kind becomes a line.

    Slack wants a value for each label of each series, so labels for which a series has none are left
    out, as are points beyond the limit: evenly, the first and the last stay.
    """
    if one.kind == "pie":
        return _pie(one)
    series = [each for each in one.series[:SERIES_LIMIT] if any(map(_finite, each.values))]
    labels = one.labels[: min((len(each.values) for each in series), default=0)]
    whole = [i for i in range(len(labels)) if all(_finite(each.values[i]) for each in series)]
    if not series or not whole:
        return None
    picked = _thinned(whole)
    names = distinct([labels[i] for i in picked])
    axes: dict[str, Json] = {"categories": list(names)}
    if unit := plain(one.unit, 50):
        axes["y_label"] = unit
    kind = one.kind if one.kind in _PLOTS else "line"
    return _block(one, {"type": kind, "series": _drawn(series, picked, names), "axis_config": axes})


def _block(one: Chart, drawing: dict[str, Json]) -> Block:
    return {"type": TYPE, "title": flat(one.title, 50) or "Chart", "chart": drawing}


def _pie(one: Chart) -> Block | None:
    """Return the first series as a pie: the largest parts, and what is left of them as one."""
    values = one.series[0].values if one.series else ()
    parts = [
        (label, value)
        for label, value in zip(one.labels, values, strict=False)
        if value is not None and _finite(value) and value > 0
    ]
    if not parts:
        return None
    if len(parts) > SEGMENTS_LIMIT:
        parts.sort(key=lambda part: -part[1])
        rest = sum(value for _, value in parts[SEGMENTS_LIMIT - 1 :])
        parts = [*parts[: SEGMENTS_LIMIT - 1], ("All others", rest)]
    names = distinct([label for label, _ in parts])
    segments: list[Json] = [
        {"label": name, "value": value} for name, (_, value) in zip(names, parts, strict=True)
    ]
    return _block(one, {"type": "pie", "segments": segments})


def _drawn(series: Sequence[Series], picked: Sequence[int], names: Sequence[str]) -> list[Json]:
    titles = distinct([one.name for one in series])
    return [
        {
            "name": title,
            "data": [
                {"label": name, "value": one.values[index]}
                for name, index in zip(names, picked, strict=True)
            ],
        }
        for title, one in zip(titles, series, strict=True)
    ]


def in_full(one: Chart) -> list[Block]:
    """Return small print with those labels that Slack's charts have no room for."""
    names = [each.name for each in one.series[:SERIES_LIMIT]] if one.kind != "pie" else []
    shown = [flat(clean(name), 120) for name in (*names, *one.labels[:POINTS_LIMIT])]
    long = [line(name, 120) for name in dict.fromkeys(shown) if len(name) > LABEL_LIMIT]
    return [kit.context(f"In full: {' · '.join(long)}")] if long else []


def distinct(names: Sequence[str]) -> list[str]:
    """Return names of at most 20 characters, no two of them alike."""
    found: list[str] = []
    for name in names:
        whole = flat(clean(name), 200) or "-"
        short = whole if len(whole) <= LABEL_LIMIT else whole[: LABEL_LIMIT - 1] + ELLIPSIS
        number = 2
        while short in found:
            short = f"{whole[:15]} {number}".strip()
            number += 1
        found.append(short)
    return found


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _thinned(indices: Sequence[int]) -> list[int]:
    if len(indices) <= POINTS_LIMIT:
        return list(indices)
    step = (len(indices) - 1) / (POINTS_LIMIT - 1)
    return [indices[round(i * step)] for i in range(POINTS_LIMIT)]
