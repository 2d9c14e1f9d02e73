"""`fromjson` finds the data in a text that was written for people."""

import pytest

from opstream.engine.expressions import render
from opstream.errors import ExpressionError


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": [1, 2]}', {"a": [1, 2]}),
        ('[MCP-SLO] Audit\n\n{"a": null}\n\nDone. {"b": 1}', {"a": None}),
        ("items: [1, 2] and more", [1, 2]),
    ],
)
def test_the_first_json_in_a_text_is_read(text, found):
    assert render("{{ inputs.text | fromjson }}", {"inputs": {"text": text}}) == found


def test_what_was_read_can_be_reached_into():
    context = {"inputs": {"text": 'Found: {"rows": [{"id": 7}]}'}}

    assert render("{{ (inputs.text | fromjson).rows[0].id }}", context) == 7


@pytest.mark.parametrize("text", ["", "no data", "[not json} {either]", "{" * 5000, "[" * 100_000])
def test_a_text_without_json_is_an_error_that_says_so(text):
    with pytest.raises(ExpressionError, match="finds no JSON"):
        render("{{ inputs.text | fromjson }}", {"inputs": {"text": text}})


def test_an_attribute_may_be_a_place_in_a_list():
    rows = [{"r": [{"s": "LOW"}]}, {"r": [{"s": "HIGH"}]}, {"r": []}]

    found = render("{{ inputs.rows | map('r.0.s') }}", {"inputs": {"rows": rows}})

    assert found == ["LOW", "HIGH", None]
