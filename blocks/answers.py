"""What a step found: sentences, findings, tables and charts, in one message or in several."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from blocks import kit
from blocks.kit import Block, Message
from blocks.wording import ELLIPSIS, clean, flat, line, plain, safe
from opstream.domain.report import Chart, Finding, Report, Series, Table, parse
from opstream.domain.values import Json

SERIES_LIMIT = 6
POINTS_LIMIT = 20
LABEL_LIMIT = 20
CHARTS_LIMIT = 2
ROWS_LIMIT = 100
COLUMNS_LIMIT = 20
FINDINGS_LIMIT = 20
_TABLE_CHARACTERS = 7_000
_SEVERITIES = {
    "info": "🔹 Note",
    "good": "✅ Good",
    "warning": "⚠️ Warning",
    "critical": "🔴 Critical",
}
SIMULATED = "🧪 These figures come from a simulation, not from real systems."


def is_simulation(value: Json) -> bool:
    """Return whether a step's output says of itself that it is simulated."""
    return isinstance(value, Mapping) and value.get("simulation") is True


def blocks_of(value: Json) -> list[Block]:
    """Return a report as blocks of one message; what one message cannot hold is counted."""
    pages = paged(parse(value))
    if not pages:
        return []
    rest = len(pages) - 1
    note = [kit.context("There is more; press Details or ask me for `details`.")] if rest else []
    return [*pages[0], *note, *([kit.context(SIMULATED)] if is_simulation(value) else [])]


def pages_of(title: str, value: Json) -> list[Message]:
    """Return a report as messages, all of it, each within what one message may hold."""
    mark = [kit.context(SIMULATED)] if is_simulation(value) else []
    return [
        kit.message(title, [kit.section(f"*{line(title, 150)}*"), *page, *mark])
        for page in paged(parse(value))
    ]


@dataclass(slots=True)
class _Page:
    """A message that is being filled: it takes two charts and one table at most."""

    blocks: list[Block] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def takes(self, kind: str, blocks: Sequence[Block]) -> bool:
        weight = kit.weight(self.blocks) + kit.weight(blocks)
        full = len(self.blocks) + len(blocks) > kit.BLOCKS_LIMIT - 6 or weight > 11_000
        few = {"chart": CHARTS_LIMIT, "table": 1}.get(kind, kit.BLOCKS_LIMIT)
        return not full and self.kinds.count(kind) < few


def paged(report: Report) -> list[list[Block]]:
    """Return a report as blocks, message by message."""
    pages: list[_Page] = []
    for kind, blocks in _pieces(report):
        if not pages or not pages[-1].takes(kind, blocks):
            pages.append(_Page())
        pages[-1].blocks.extend(blocks)
        pages[-1].kinds.append(kind)
    return [page.blocks for page in pages]


def _pieces(report: Report) -> Iterator[tuple[str, list[Block]]]:
    if report.summary.strip():
        yield "text", [kit.section(safe(report.summary))]
    for one in report.findings[:FINDINGS_LIMIT]:
        yield "text", [kit.section(finding(one))]
    for one_chart in report.charts:
        if block := chart(one_chart):
            yield "chart", [block, *_in_full(one_chart)]
    for one_table in report.tables:
        if block := table(one_table):
            title = [kit.section(f"*{line(one_table.title, 150)}*")] if one_table.title else []
            yield "table", [*title, block]


def _in_full(one: Chart) -> list[Block]:
    """Return small print with those labels that Slack's charts have no room for."""
    names = [one_series.name for one_series in one.series[:SERIES_LIMIT]]
    shown = [flat(clean(name), 120) for name in (*names, *one.labels[:POINTS_LIMIT])]
    long = [line(name, 120) for name in dict.fromkeys(shown) if len(name) > LABEL_LIMIT]
    return [kit.context(f"In full: {' · '.join(long)}")] if long else []


def finding(one: Finding) -> str:
    """Return a finding as mrkdwn: how grave, what, and the numbers behind it."""
    grave = _SEVERITIES.get(one.severity, _SEVERITIES["info"])
    detail = f"\n{safe(one.detail, 2_000)}" if one.detail.strip() else ""
    return f"{grave} · *{line(one.title, 300)}*{detail}"


def table(one: Table) -> Block | None:
    """Return a table block, or None when there is nothing to show; long tables are cut."""
    width = min(COLUMNS_LIMIT, max([len(one.columns), *(len(row) for row in one.rows)]))
    if not width or not one.rows:
        return None
    rows: list[Json] = []
    room = _TABLE_CHARACTERS
    for row in (one.columns, *one.rows[: ROWS_LIMIT - 1]) if one.columns else one.rows[:ROWS_LIMIT]:
        cells = _cells(row, width)
        room -= kit.weight(cells)
        if room < 0:
            break
        rows.append(cells)
    return {"type": "table", "rows": rows} if rows else None


def _cells(row: Sequence[str], width: int) -> list[Json]:
    padded = [*row[:width], *[""] * (width - len(row))]
    return [{"type": "raw_text", "text": flat(cell, 300) or "-"} for cell in padded]


def chart(one: Chart) -> Block | None:
    """Return a chart block, or None when there is nothing to draw.

    Slack wants a value for each label of each series, so labels for which a series has none are left
    out, as are points beyond the limit: evenly, the first and the last stay.
    """
    series = [one_series for one_series in one.series[:SERIES_LIMIT] if _drawable(one_series)]
    labels = one.labels[: min((len(each.values) for each in series), default=0)]
    whole = [i for i in range(len(labels)) if all(_finite(each.values[i]) for each in series)]
    if not series or not whole:
        return None
    picked = _thinned(whole)
    names = _distinct([labels[i] for i in picked])
    axes: dict[str, Json] = {"categories": list(names)}
    if unit := plain(one.unit, 50):
        axes["y_label"] = unit
    return {
        "type": "data_visualization",
        "title": flat(one.title, 50) or "Chart",
        "chart": {
            "type": "bar" if one.kind == "bar" else "line",
            "series": _drawn(series, picked, names),
            "axis_config": axes,
        },
    }


def _drawn(series: Sequence[Series], picked: Sequence[int], names: Sequence[str]) -> list[Json]:
    titles = _distinct([one.name for one in series])
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


def _drawable(series: Series) -> bool:
    return sum(_finite(value) for value in series.values) > 0


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _thinned(indices: Sequence[int]) -> list[int]:
    if len(indices) <= POINTS_LIMIT:
        return list(indices)
    step = (len(indices) - 1) / (POINTS_LIMIT - 1)
    return [indices[round(i * step)] for i in range(POINTS_LIMIT)]


def _distinct(names: Sequence[str]) -> list[str]:
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
