"""What a step found: sentences, findings, tables and charts, in one message or in several."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from blocks import charts, kit, tables
from blocks.kit import Block, Message
from blocks.wording import line, safe
from opstream.domain.report import Finding, Report, Table
from opstream.domain.values import Json

FINDINGS_LIMIT = 20
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
    pages = paged(tables.reported(value))
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
        for page in paged(tables.reported(value))
    ]


def packed(messages: Sequence[Message]) -> list[Message]:
    """Return messages as fewer ones, each of which holds as many of them as fit; order is kept."""
    pages: list[_Page] = []
    texts: list[str] = []
    for one in messages:
        kinds = [_KINDS.get(str(block["type"]), "text") for block in one.blocks]
        if not pages or not pages[-1].takes_all(kinds, one.blocks):
            pages.append(_Page())
            texts.append(one.text)
        pages[-1].blocks.extend(one.blocks)
        pages[-1].kinds.extend(kinds)
    return [kit.message(text, page.blocks) for text, page in zip(texts, pages, strict=True)]


_KINDS = {charts.TYPE: "chart", "table": "table"}


@dataclass(slots=True)
class _Page:
    """A message that is being filled: it takes two charts and one table at most."""

    blocks: list[Block] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def takes(self, kind: str, blocks: Sequence[Block]) -> bool:
        return self.takes_all([kind], blocks)

    def takes_all(self, kinds: Sequence[str], blocks: Sequence[Block]) -> bool:
        weight = kit.weight(self.blocks) + kit.weight(blocks)
        full = len(self.blocks) + len(blocks) > kit.BLOCKS_LIMIT - 6 or weight > 11_000
        together = [*self.kinds, *kinds]
        return (
            not full
            and together.count("chart") <= charts.A_MESSAGE
            and together.count("table") <= 1
        )


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
        if block := charts.chart(one_chart):
            yield "chart", [block, *charts.in_full(one_chart)]
    for one_table in _tables(report):
        if block := tables.table(one_table):
            yield "table", [*_title(one_table, block), block]


def _tables(report: Report) -> tuple[Table, ...]:
    """Return the tables of a report, the last one with the findings that it has too many of."""
    more = report.findings[FINDINGS_LIMIT:]
    return (*report.tables, tables.of_findings(more)) if more else report.tables


def _title(one: Table, block: Block) -> list[Block]:
    shows_it_itself = block["type"] == tables.DATA_TABLE
    return [kit.section(f"*{line(one.title, 150)}*")] if one.title and not shows_it_itself else []


def finding(one: Finding) -> str:
    """Return a finding as mrkdwn: how grave, what, and the numbers behind it."""
    grave = _SEVERITIES.get(one.severity, _SEVERITIES["info"])
    detail = f"\n{safe(one.detail, 2_000)}" if one.detail.strip() else ""
    return f"{grave} · *{line(one.title, 300)}*{detail}"
