"""A workflow as a picture: boxes and arrows in SVG, light or dark as the reader has it.

Every text comes from a file or from chat, so all of it is escaped; the picture loads nothing.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from opstream.domain.workflow import ForEach, Step, Workflow
from opstream.drawing import graph, layout, words
from opstream.drawing.graph import Edge, Graph
from opstream.drawing.layout import Box, Layout, Size

_MARGIN = 24.0
_PAD = 14.0  # inside a box
_HEAD = 56.0  # above the drawing, for the title
_LINE = 17.0
_TITLE_LETTER, _SMALL_LETTER = 8.4, 6.9  # widths, as wide fonts have them
_LEAST, _MOST = 150.0, 280.0  # width of a box
_TITLE_LINES = 2
_BEND = 0.6  # of the way between two layers, where an arrow turns

_STYLE = """
svg { --page: #ffffff; --box: #ffffff; --ink: #1d1c1d; --soft: #616061; --line: #8b8b8d;
  --frame: #f6f6f7; --edge: #c9c9cc; --call: #2374b5; --approval: #b8600b; --ask: #b8600b;
  --wait: #6f6e70; --notify: #2b7d5b; --prompt: #7c4bb8; --workflow: #2374b5; --loop: #7c4bb8;
  --rescue: #c2334d; font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
@media (prefers-color-scheme: dark) {
  svg { --page: #1a1d21; --box: #222529; --ink: #e8e8e8; --soft: #ababad; --line: #7d7f83;
    --frame: #1e2125; --edge: #494c51; --call: #5aa9e6; --approval: #e8a14e; --ask: #e8a14e;
    --wait: #a5a5a8; --notify: #5cc295; --prompt: #b794ea; --workflow: #5aa9e6; --loop: #b794ea;
    --rescue: #f0798e; } }
.page { fill: var(--page); }
.box { fill: var(--box); stroke: var(--edge); stroke-width: 1.2; }
.loop > .box { fill: var(--frame); }
.maybe > .box { stroke-dasharray: 5 4; }
.name { fill: var(--ink); font-size: 13.5px; font-weight: 600; }
.small { fill: var(--soft); font-size: 11.5px; }
.kind { font-size: 10.5px; font-weight: 600; letter-spacing: .04em; text-transform: uppercase; }
.title { fill: var(--ink); font-size: 17px; font-weight: 700; }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.4; }
.arrow.rescue { stroke: var(--rescue); stroke-dasharray: 5 4; }
.tip { fill: var(--line); } .tip.rescue { fill: var(--rescue); }
"""
_TIPS = "".join(
    f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
    f'orient="auto"><path class="{kind}" d="M0 0L10 5L0 10z"/></marker>'
    for name, kind in (("tip", "tip"), ("tip-rescue", "tip rescue"))
)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A box with what stands in it, at its own size; `inside` are the steps of a loop."""

    step: Step
    title: tuple[str, ...]
    lines: tuple[str, ...]
    full: tuple[str, ...]
    size: Size
    inside: "_Picture | None" = None


@dataclass(frozen=True, slots=True)
class _Picture:
    """The steps of a workflow or a loop, laid out."""

    graph: Graph
    drawn: dict[str, _Drawn]
    layout: Layout


def draw(workflow: Workflow) -> str:
    """Return the picture of a workflow as the text of an SVG file."""
    picture = _picture(workflow.steps)
    title = _fitted(words.one_line(workflow.title), 70)
    width = max(picture.layout.size.width, len(title) * 10.0) + 2 * _MARGIN
    height = picture.layout.size.height + _HEAD + _MARGIN
    left = (width - picture.layout.size.width) / 2
    label = quoteattr(f"The steps of {title}")
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
            f'viewBox="0 0 {_n(width)} {_n(height)}" role="img" aria-label={label}>',
            f"<style>{_STYLE}</style>",
            f"<defs>{_TIPS}</defs>",
            '<rect class="page" width="100%" height="100%"/>',
            f'<text class="title" x="{_n(_MARGIN)}" y="34">{escape(title)}</text>',
            *_painted(picture, left, _HEAD),
            "</svg>\n",
        ]
    )


def _picture(steps: Sequence[Step]) -> _Picture:
    found = graph.of(steps)
    drawn = {step.id: _boxed(step, found) for step in found.steps}
    sizes = {step_id: one.size for step_id, one in drawn.items()}
    return _Picture(found, drawn, layout.lay_out(found, sizes))


def _boxed(step: Step, among: Graph) -> _Drawn:
    most = int((_MOST - 2 * _PAD) / _TITLE_LETTER)
    title = tuple(_wrapped(words.one_line(step.title or step.id), most, _TITLE_LINES))
    small = int((_MOST - 2 * _PAD) / _SMALL_LETTER)
    notes = tuple(words.notes(step, is_rescued=among.is_rescued(step.id)))
    full = (words.does(step.work), *notes)
    lines = tuple(_fitted(one, small) for one in full)
    wide = max(_wide(one) * _TITLE_LETTER for one in title)
    width = max(_LEAST, wide + 2 * _PAD, *(_wide(one) * _SMALL_LETTER + 2 * _PAD for one in lines))
    height = 2 * _PAD + _LINE * (1 + len(title) + len(lines)) - 4
    if not isinstance(step.work, ForEach):
        return _Drawn(step, title, lines, full, Size(width, height))
    inside = _picture(step.work.steps)
    inner = inside.layout.size
    size = Size(max(width, inner.width + 2 * _PAD), height + inner.height + _PAD)
    return _Drawn(step, title, lines, full, size, inside)


def _painted(picture: _Picture, left: float, top: float) -> Iterator[str]:
    for edge, route in picture.layout.routes.items():
        yield _arrow(edge, [(x + left, y + top) for x, y in route])
    for step_id, box in picture.layout.boxes.items():
        yield from _box(picture.drawn[step_id], box, left, top)


def _arrow(edge: Edge, points: Sequence[tuple[float, float]]) -> str:
    """Return an arrow that leaves and reaches boxes, and passes layers, straight down."""
    path = f"M{_n(points[0][0])} {_n(points[0][1])}"
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) * _BEND
        path += f"C{_n(x1)} {_n(y1 + bend)} {_n(x2)} {_n(y2 - bend)} {_n(x2)} {_n(y2)}"
    kind, tip = ("arrow rescue", "tip-rescue") if edge.rescue else ("arrow", "tip")
    return f'<path class="{kind}" marker-end="url(#{tip})" d="{path}"/>'


def _box(one: _Drawn, box: Box, left: float, top: float) -> Iterator[str]:
    x, y = box.x + left, box.y + top
    kind = words.kind(one.step.work)
    colour = "loop" if one.inside else kind
    classes = ["step"] + (["loop"] if one.inside else [])
    classes += ["maybe"] if one.step.when is not None or one.step.rescues else []
    full = "\n".join([one.step.id, *one.full])
    yield f'<g class="{" ".join(classes)}"><title>{escape(full)}</title>'
    yield (
        f'<rect class="box" x="{_n(x)}" y="{_n(y)}" width="{_n(box.size.width)}" '
        f'height="{_n(box.size.height)}" rx="8"/>'
    )
    baseline = y + _PAD + 8
    yield _text("kind", x + _PAD, baseline, kind, f' fill="var(--{colour})"')
    for line in one.title:
        baseline += _LINE
        yield _text("name", x + _PAD, baseline, line)
    for line in one.lines:
        baseline += _LINE
        yield _text("small", x + _PAD, baseline, line)
    if one.inside:
        middle = x + (box.size.width - one.inside.layout.size.width) / 2
        yield from _painted(one.inside, middle, baseline + _PAD)
    yield "</g>"


def _text(kind: str, x: float, y: float, text: str, more: str = "") -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{more}>{escape(text)}</text>'


def _wrapped(text: str, most: int, lines: int) -> Iterator[str]:
    while lines > 1 and _wide(text) > most and " " in text[:most]:
        at = text[:most].rindex(" ")
        yield text[:at]
        text, lines = text[at + 1 :], lines - 1
    yield _fitted(text, most)


def _fitted(text: str, most: int) -> str:
    if _wide(text) <= most:
        return text
    while text and _wide(text) >= most:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wide(text: str) -> int:
    """Return how many letters wide a text is; letters of East Asia count twice."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
