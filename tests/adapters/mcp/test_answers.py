"""What libraries of servers put around a plain value is taken off again, and nothing else."""

import pytest
from mcp_types import CallToolResult, TextContent

from opstream.adapters.mcp.answers import output


def answer(structured, *texts):
    content = [TextContent(type="text", text=text) for text in texts]
    return CallToolResult(content=content, structured_content=structured)


@pytest.mark.parametrize(
    ("structured", "texts", "expected"),
    [
        ({"result": "2 mails."}, ["2 mails."], "2 mails."),
        ({"result": 7}, ["7"], 7),
        ({"result": [{"a": 1}, {"a": 2}]}, ['{"a": 1}', '{"a": 2}'], [{"a": 1}, {"a": 2}]),
        ({"result": ""}, [""], ""),
        ({"result": "ok"}, ['{"result": "ok"}'], {"result": "ok"}),
        ({"result": "ok"}, [], {"result": "ok"}),
        ({"result": 1, "more": 2}, ["1"], {"result": 1, "more": 2}),
        ({"value": 1}, ["1"], {"value": 1}),
    ],
)
def test_a_wrapped_value_comes_without_its_wrapper(structured, texts, expected):
    assert output(answer(structured, *texts)) == expected
