"""Where the boxes of a graph stand and which way its arrows take: layers from top to bottom.

Four steps, after Sugiyama, Tagawa and Toda (1981): each box gets the layer that its longest way from a
beginning needs; an arrow that passes a layer gets a point there; the boxes of each layer are ordered by
the mean place of their neighbours until fewer arrows cross no more; then each is moved as near to its
neighbours as the order allows (a least-squares fit by pooling, as for isotonic regression).
The same graph gives the same picture.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from opstream.drawing import graph
from opstream.drawing.graph import Edge, Graph

_SWEEPS = 8
_GAP = 28.0  # between two boxes of a layer
_PASS = 14.0  # between an arrow that passes and its neighbours
_LAYER_GAP = 48.0
_POINT = 8.0  # the width that a passing arrow takes


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a box."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box stands: its upper left corner."""

    x: float
    y: float
    size: Size


@dataclass(frozen=True, slots=True)
class Layout:
    """A laid out graph.

    Args:
        routes: By arrow the points it passes, the first at the lower side of a box, the last at the
            upper side of another.
    """

    boxes: Mapping[str, Box]
    routes: Mapping[Edge, tuple[tuple[float, float], ...]]
    size: Size


_Node = str | tuple[Edge, int]  # a step, or an arrow where it passes a layer


@dataclass(frozen=True, slots=True)
class _Net:
    """The graph with its points: every line leads from one layer to the next."""

    rows: list[list[_Node]]
    above: dict[_Node, list[_Node]]
    below: dict[_Node, list[_Node]]


def lay_out(drawn: Graph, sizes: Mapping[str, Size]) -> Layout:
    """Return where everything stands.

    Args:
        drawn: A graph without circles.
        sizes: Of every step of it.
    """
    if not drawn.steps:
        return Layout({}, {}, Size(0, 0))
    net = _net(drawn)
    _order(net)
    centres = _centres(net, sizes)
    tops, heights = _tops(net, sizes)
    left = min(centres[node] - _width(node, sizes) / 2 for row in net.rows for node in row)
    boxes = {
        node: Box(centres[node] - sizes[node].width / 2 - left, tops[at], sizes[node])
        for at, row in enumerate(net.rows)
        for node in row
        if isinstance(node, str)
    }
    middles = {node: x - left for node, x in centres.items()}
    routes = {edge: _route(edge, boxes, middles, tops, heights) for edge in drawn.edges}
    width = max(middles[node] + _width(node, sizes) / 2 for row in net.rows for node in row)
    return Layout(boxes, routes, Size(width, tops[-1] + heights[-1]))


def _net(drawn: Graph) -> _Net:
    depth = graph.layers(drawn)
    rows: list[list[_Node]] = [[] for _ in range(max(depth.values()) + 1)]
    for step in drawn.steps:
        rows[depth[step.id]].append(step.id)
    net = _Net(rows, {}, {})
    for edge in drawn.edges:
        before: _Node = edge.source
        for at in range(depth[edge.source] + 1, depth[edge.target]):
            point = (edge, at)
            rows[at].append(point)
            _tie(net, before, point)
            before = point
        _tie(net, before, edge.target)
    return net


def _tie(net: _Net, upper: _Node, lower: _Node) -> None:
    net.below.setdefault(upper, []).append(lower)
    net.above.setdefault(lower, []).append(upper)


def _order(net: _Net) -> None:
    """Order each layer so that few arrows cross; of orders that cross alike the first one stays."""
    best, fewest = [list(row) for row in net.rows], _crossings(net)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = net.above if down else net.below
        for at in range(1, len(net.rows)) if down else range(len(net.rows) - 2, -1, -1):
            beside = {
                node: place for place, node in enumerate(net.rows[at - 1 if down else at + 1])
            }
            own = {node: float(place) for place, node in enumerate(net.rows[at])}
            net.rows[at].sort(key=_by_mean(near, beside, own))
        found = _crossings(net)
        if found < fewest:
            best, fewest = [list(row) for row in net.rows], found
    net.rows[:] = best


def _by_mean(
    near: Mapping[_Node, Sequence[_Node]], beside: Mapping[_Node, int], own: Mapping[_Node, float]
) -> Callable[[_Node], float]:
    def mean(node: _Node) -> float:
        places = [beside[one] for one in near.get(node, ())]
        return sum(places) / len(places) if places else own[node]

    return mean


def _crossings(net: _Net) -> int:
    return sum(_crossed(upper, lower, net) for upper, lower in pairwise(net.rows))


def _crossed(upper: Sequence[_Node], lower: Sequence[_Node], net: _Net) -> int:
    place = {node: at for at, node in enumerate(lower)}
    ends = [sorted(place[one] for one in net.below.get(node, ())) for node in upper]
    return sum(
        right < left
        for at, lefts in enumerate(ends)
        for rights in ends[at + 1 :]
        for left in lefts
        for right in rights
    )


def _centres(net: _Net, sizes: Mapping[str, Size]) -> dict[_Node, float]:
    """Return the middle of every box and point, left to right."""
    centres: dict[_Node, float] = {}
    for row in net.rows:
        offsets = _offsets(row, sizes)
        centres |= {node: x - offsets[-1] / 2 for node, x in zip(row, offsets, strict=True)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        near = net.above if down else net.below
        for row in net.rows if down else reversed(net.rows):
            wanted = [_mean(node, near, centres) for node in row]
            centres |= dict(zip(row, _settled(wanted, _offsets(row, sizes)), strict=True))
    return centres


def _mean(
    node: _Node, near: Mapping[_Node, Sequence[_Node]], centres: Mapping[_Node, float]
) -> float:
    places = [centres[one] for one in near.get(node, ())]
    return sum(places) / len(places) if places else centres[node]


def _offsets(row: Sequence[_Node], sizes: Mapping[str, Size]) -> list[float]:
    """Return how far the middles of a row are from its first one at least."""
    offsets = [0.0]
    for left, right in pairwise(row):
        gap = _GAP if isinstance(left, str) and isinstance(right, str) else _PASS
        offsets.append(offsets[-1] + (_width(left, sizes) + _width(right, sizes)) / 2 + gap)
    return offsets


def _settled(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """Return places as near to the wanted ones as the least distances allow."""
    pools: list[tuple[float, int]] = []  # each a mean and how many share it
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean = (mean * count + other * others) / (count + others)
            count += others
        pools.append((mean, count))
    level = [mean for mean, count in pools for _ in range(count)]
    return [base + offset for base, offset in zip(level, offsets, strict=True)]


def _tops(net: _Net, sizes: Mapping[str, Size]) -> tuple[list[float], list[float]]:
    """Return where each layer begins, and how high it is."""
    heights = [
        max((sizes[node].height for node in row if isinstance(node, str)), default=0.0)
        for row in net.rows
    ]
    tops = [0.0]
    for height in heights[:-1]:
        tops.append(tops[-1] + height + _LAYER_GAP)
    return tops, heights


def _width(node: _Node, sizes: Mapping[str, Size]) -> float:
    return sizes[node].width if isinstance(node, str) else _POINT


def _route(
    edge: Edge,
    boxes: Mapping[str, Box],
    middles: Mapping[_Node, float],
    tops: Sequence[float],
    heights: Sequence[float],
) -> tuple[tuple[float, float], ...]:
    source, target = boxes[edge.source], boxes[edge.target]
    points = [(middles[edge.source], source.y + source.size.height)]
    for at in range(tops.index(source.y) + 1, tops.index(target.y)):
        x = middles[edge, at]
        points += [(x, tops[at]), (x, tops[at] + heights[at])]
    return (*points, (middles[edge.target], target.y))
