import pytest

from opstream.adapters.connectors.arguments import checked
from opstream.domain.operation import Operation
from opstream.errors import OperationFailed

SIZE = Operation(
    name="estate.set_pool_size",
    title="Set a pool size",
    description="",
    inputs={
        "type": "object",
        "properties": {
            "service": {"type": "string", "enum": ["web", "checkout"]},
            "size": {"type": "integer", "minimum": 1, "maximum": 200},
            "ratio": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "duration": {"anyOf": [{"type": "string"}, {"type": "number"}]},
            "name": {"type": "string", "pattern": "^[a-z]+$"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["service", "size"],
        "additionalProperties": False,
    },
)


def test_numbers_written_as_text_become_numbers_where_no_text_is_wanted():
    ready = checked(
        SIZE, {"service": "web", "size": "5", "ratio": "0.25", "duration": "90", "name": "five"}
    )

    assert ready == {
        "service": "web",
        "size": 5,
        "ratio": 0.25,
        "duration": "90",
        "name": "five",
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"service": "web"}, "`size` is missing; write for example `size: 1`."),
        ({"size": 3}, "`service` is missing; write for example `service: web`."),
        (
            {"service": "web", "size": "lots"},
            '`size` must be a whole number, not the text "lots"; write for example `size: 1`.',
        ),
        (
            {"service": "web", "size": True},
            "`size` must be a whole number, not `true`; write for example `size: 1`.",
        ),
        ({"service": "web", "size": 0}, "`size` must be at least 1, not `0`."),
        ({"service": "web", "size": "900"}, "`size` must be at most 200, not `900`."),
        (
            {"service": "wob", "size": 3},
            '`service` cannot be the text "wob"; write one of `web`, `checkout`.',
        ),
        (
            {"service": "web", "size": 3, "sise": 4},
            "there is no argument `sise`; did you mean `size`?",
        ),
        (
            {"service": "web", "size": 3, "color": 4},
            "there is no argument `color`; it takes `service`, `size`, `ratio`, `duration`, "
            "`name`, `tags`.",
        ),
        (
            {"service": "web", "size": 3, "name": "Ö"},
            '`name` cannot be the text "Ö"; it must match `^[a-z]+$`.',
        ),
        (
            {"service": "web", "size": 3, "tags": ["a", 1]},
            "`tags.1` must be a text, not `1`; write for example `tags.1: checkout`.",
        ),
    ],
)
def test_an_argument_that_does_not_fit_is_named_with_what_to_write(arguments, sentence):
    with pytest.raises(OperationFailed) as failed:
        checked(SIZE, arguments)

    assert str(failed.value) == f"`estate.set_pool_size` was not called: {sentence}"
    assert (failed.value.kind, failed.value.retryable) == ("invalid", False)
    assert failed.value.outcome_known


@pytest.mark.parametrize(
    "inputs", [{"type": "nonsense"}, {"properties": {"a": {"$ref": "https://example.org/a"}}}]
)
def test_a_broken_schema_is_left_for_the_tool_to_judge(inputs):
    odd = Operation(name="odd.tool", title="", description="", inputs=inputs)

    assert checked(odd, {"a": "1"}) == {"a": "1"}
