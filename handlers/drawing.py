"""A chart block as a picture, for workspaces in which Slack does not draw charts itself. Pure.

The library is large, and most installs never need it: it is imported with the first picture.
"""

import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from blocks.kit import Block

_INCHES = (7.2, 3.4)
_DPI = 110
_COLORS = ("#1d9bd1", "#e01e5a", "#ecb22e", "#2eb67d", "#7c5cff", "#8c8c8c")


def png(block: Block) -> bytes:
    """Return a `data_visualization` block as a PNG that reads well on light and on dark."""
    figure = import_module("matplotlib.figure").Figure(
        figsize=_INCHES, dpi=_DPI, layout="constrained", facecolor="white"
    )
    axes, chart = figure.subplots(), _mapping(block.get("chart"))
    # A dollar sign would begin a formula.
    axes.set_title(_plain(block.get("title")), fontsize=11, loc="left", fontweight="bold")
    if chart.get("type") == "pie":
        _pie(axes, chart)
    else:
        _plot(axes, chart)
    held = io.BytesIO()
    figure.savefig(held, format="png")
    return held.getvalue()


def _pie(axes: Any, chart: Mapping[str, Any]) -> None:  # noqa: ANN401  # matplotlib's own
    parts = chart["segments"]
    labels = [f"{_plain(one['label'])} ({one['value']:g})" for one in parts]
    colors = [_COLORS[at % len(_COLORS)] for at in range(len(parts))]
    wedges, *_ = axes.pie(
        [one["value"] for one in parts], colors=colors, startangle=90, counterclock=False
    )
    axes.legend(wedges, labels, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)


def _plot(axes: Any, chart: Mapping[str, Any]) -> None:  # noqa: ANN401  # matplotlib's own
    series = chart["series"]
    names = [_plain(one) for one in chart["axis_config"]["categories"]]
    places = range(len(names))
    for number, one in enumerate(series):
        values = [point["value"] for point in one["data"]]
        _draw(axes, chart["type"], places, values, (number, len(series)), _plain(one["name"]))
    slanted = sum(map(len, names)) > 70
    turned = {"rotation": 35, "ha": "right"} if slanted else {}
    axes.set_xticks(list(places), names, fontsize=8, **turned)
    axes.set_ylabel(_plain(chart["axis_config"].get("y_label", "")))
    axes.grid(axis="y", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    if len(series) > 1:
        axes.legend(fontsize=8, frameon=False, ncols=3, loc="upper left", bbox_to_anchor=(0, 1.0))


def _draw(  # what a series is drawn from
    axes: Any,  # noqa: ANN401  # matplotlib's own
    kind: str,
    places: Sequence[int],
    values: Sequence[float],
    number: tuple[int, int],
    name: str,
) -> None:
    at, count = number
    color = _COLORS[at % len(_COLORS)]
    if kind == "bar":
        wide = 0.8 / count
        axes.bar(
            [x - 0.4 + wide * (at + 0.5) for x in places], values, wide, color=color, label=name
        )
        return
    axes.plot(places, values, color=color, label=name, marker="o", markersize=3, linewidth=1.8)
    if kind == "area":
        axes.fill_between(places, values, color=color, alpha=0.25)


def words(block: Block) -> str:
    """Return what a chart shows in words: for those who cannot see its picture."""
    chart = _mapping(block.get("chart"))
    if chart.get("type") == "pie":
        said = ", ".join(f"{one['label']} {one['value']:g}" for one in chart["segments"])
    else:
        said = "; ".join(
            f"{one['name']}: "
            + ", ".join(f"{point['label']} {point['value']:g}" for point in one["data"])
            for one in chart["series"]
        )
    return f"{block.get('title')}: a {chart.get('type')} chart. {said}."


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _plain(text: object) -> str:
    return str(text).replace("$", r"\$")
