"""What Slack accepts as tables and charts.

Source: the pages of these blocks on docs.slack.dev/reference/block-kit/blocks; where Slack has raised a limit since
it published the page, the newer one counts.
"""

from collections.abc import Iterator

from opstream.playground.slack.rules.objects import SAYS_TYPE
from opstream.playground.slack.rules.richtext import RICH_TEXT
from opstream.playground.slack.rules.schema import (
    Problem,
    Rule,
    array,
    boolean,
    both,
    number,
    one_of,
    record,
    string,
    typed,
)
from opstream.playground.slack.wire import items, mapping, mappings, text

BLOCK_ID = {"block_id": string(255)}

RAW_CELLS: dict[str, Rule] = {
    "raw_text": record({"type": SAYS_TYPE, "text": string(minimum=1)}),
    "raw_number": record({"type": SAYS_TYPE, "value": number()}, {"text": string()}),
}
CELL = typed({**RAW_CELLS, "rich_text": RICH_TEXT})

TABLE = record(
    {"type": SAYS_TYPE, "rows": array(array(CELL, 20, minimum=1), 100, minimum=1)},
    {
        **BLOCK_ID,
        "column_settings": array(
            record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}), 20
        ),
    },
)


def _rectangular(value: object, pointer: str) -> Iterator[Problem]:
    rows = items(mapping(value).get("rows"))
    width = len(items(rows[0])) if rows else 0
    for index, row in enumerate(rows):
        if len(items(row)) != width:
            yield Problem("all rows must have the same number of cells", f"{pointer}/rows/{index}")


def _raw_header(value: object, pointer: str) -> Iterator[Problem]:
    rows = items(mapping(value).get("rows"))
    for index, cell in enumerate(mappings(rows[0]) if rows else []):
        if cell.get("type") == "rich_text":
            yield Problem("unsupported type: rich_text", f"{pointer}/rows/0/{index}/type")


DATA_TABLE = both(
    record(
        {
            "type": SAYS_TYPE,
            "caption": string(minimum=1),
            "rows": array(array(CELL, 20, minimum=1), 201, minimum=2),
        },
        {**BLOCK_ID, "page_size": number(1, 100), "row_header_column_index": number(0, 19)},
    ),
    _rectangular,
    _raw_header,
)

LABEL = string(20, minimum=1)
POINT = record({"label": LABEL, "value": number()})
SERIES = array(record({"name": LABEL, "data": array(POINT, 20, minimum=1)}), 12, minimum=1)


def _positive(value: object, pointer: str) -> Iterator[Problem]:
    if not isinstance(value, int | float) or value <= 0:
        yield Problem("must be greater than 0", pointer)


SEGMENTS = array(record({"label": LABEL, "value": _positive}), 12, minimum=1)


def _categories_differ(value: object, pointer: str) -> Iterator[Problem]:
    names = items(value)
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Problem(f"category `{text(name)}` already exists", f"{pointer}/{index}")


AXES = record(
    {"categories": both(array(LABEL, 20, minimum=1), _categories_differ)},
    {"x_label": string(50), "y_label": string(50)},
)
PLOT = record({"type": SAYS_TYPE, "series": SERIES, "axis_config": AXES})


def _points_match(value: object, pointer: str) -> Iterator[Problem]:
    chart = mapping(mapping(value).get("chart"))
    if chart.get("type") == "pie":
        return
    categories = items(mapping(chart.get("axis_config")).get("categories"))
    series = mappings(chart.get("series"))
    for index, one in enumerate(series):
        place = f"{pointer}/chart/series/{index}"
        labels = [point.get("label") for point in mappings(one.get("data"))]
        if sorted(map(text, labels)) != sorted(map(text, categories)):
            yield Problem("data labels must match axis_config.categories", f"{place}/data")
        if text(one.get("name")) in {text(other.get("name")) for other in series[:index]}:
            yield Problem(f"series name `{text(one.get('name'))}` already exists", f"{place}/name")


DATA_VISUALIZATION = both(
    record(
        {
            "type": SAYS_TYPE,
            "title": string(50, minimum=1),
            "chart": typed(
                {
                    "pie": record({"type": SAYS_TYPE, "segments": SEGMENTS}),
                    "bar": PLOT,
                    "line": PLOT,
                    "area": PLOT,
                }
            ),
        },
        BLOCK_ID,
    ),
    _points_match,
)
