from collections.abc import Mapping

import pytest

from opstream.engine import expressions
from opstream.engine.expressions import references, render, truthy
from opstream.errors import ExpressionError

CONTEXT = {
    "inputs": {"service": "checkout", "count": 3, "none": None},
    "steps": {
        "fetch": {
            "status": "succeeded",
            "output": {
                "items": [{"id": 7, "cost": 2.5}, {"id": 9, "cost": None}, {"id": 8, "cost": 1}],
                "total": 3,
                "tags": ["b", "a", "b"],
                "empty": [],
                "share": 0.257,
            },
        },
        "skipped": {"status": "skipped", "output": None},
    },
    "run": {"id": "run-1", "asker": "Ana"},
    "fetch_output": "older name",
}
ITEMS = CONTEXT["steps"]["fetch"]["output"]["items"]


def refusal(template, context=CONTEXT):
    with pytest.raises(ExpressionError) as caught:
        render(template, context)
    return str(caught.value)


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ inputs.count }}", 3),
        ("  {{ inputs.count }}\n", 3),
        ("{{ inputs.none }}", None),
        ("{{ steps.fetch.output.items }}", ITEMS),
        ("{{ steps.fetch.output.items[0].id }}", 7),
        ("{{ steps['fetch']['output']['total'] }}", 3),
        ("{{ steps.fetch.output.items[-1].id }}", 8),
        ("{{ steps.fetch.output.items[1:] }}", ITEMS[1:]),
        ("{{ fetch_output }}", "older name"),
        ("{{ inputs.count + 1 }}", 4),
        ("{{ inputs.count * 2 / 4 }}", 1.5),
        ("{{ 7 // 2 }}", 3),
        ("{{ -inputs.count % 2 }}", 1),
        ("{{ [1] + [2] }}", [1, 2]),
        ("{{ (1, 2) }}", [1, 2]),
        ("{{ {'a': inputs.count, 'b': [true, none]} }}", {"a": 3, "b": [True, None]}),
        ("{{ inputs.count > 2 and not inputs.none }}", True),
        ("{{ 'a' in steps.fetch.output.tags }}", True),
        ("{{ 'many' if inputs.count > 2 else 'few' }}", "many"),
        ("{{ inputs.none is none }}", True),
        ("{{ inputs.nothing is defined }}", False),
        ("{{ '1,2' }}", "1,2"),
        ("{{ 'true' }}", "true"),
    ],
)
def test_a_whole_value_keeps_its_type(template, value):
    found = render(template, CONTEXT)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ inputs.service }}: {{ inputs.count }}", "checkout: 3"),
        ("a {{ inputs.none }} b", "a  b"),
        ("is {{ true }}", "is true"),
        ("{{ 2.0 }} {{ 0.1 + 0.2 }}", "2 0.3"),
        ("{{ steps.fetch.output.items[0] }}!", '{"id": 7, "cost": 2.5}!'),
        ("{{ inputs.service ~ '-' ~ inputs.count }}", "checkout-3"),
        ("{{ 'a' + 'b' }}", "ab"),
        ("<&> {{ '<&>' }}", "<&> <&>"),
        ("{# not a comment #}{{ 1 }}", "{# not a comment #}1"),
        ("one\n{{ 'two' }}\n", "one\ntwo\n"),
    ],
)
def test_in_a_text_values_are_written_out(template, text):
    assert render(template, CONTEXT) == text


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{ inputs.nothing | default('x') }}", "x"),
        ("{{ steps.nothing.output.at[0].all | default('x') }}", "x"),
        ("{{ inputs.none | default('x') }}", "x"),
        ("{{ steps.fetch.output.tags | length }}", 3),
        ("{{ steps.fetch.output.tags | join(', ') }}", "b, a, b"),
        ("{{ steps.fetch.output.items | join('/', 'id') }}", "7/9/8"),
        ("{{ steps.fetch.output.tags | unique }}", ["b", "a"]),
        ("{{ steps.fetch.output.tags | sort }}", ["a", "b", "b"]),
        ("{{ steps.fetch.output.items | sort('cost', true) | map('id') }}", [7, 8, 9]),
        (
            "{{ steps.fetch.output.items | sort(attribute='cost') | map(attribute='id') }}",
            [8, 7, 9],
        ),
        ("{{ (steps.fetch.output.items | first).id }}", 7),
        ("{{ (steps.fetch.output.items | last).id }}", 8),
        ("{{ steps.fetch.output.items | sum('id') }}", 24),
        ("{{ (steps.fetch.output.items | max('id')).cost }}", None),
        ("{{ [3, 1, 2] | min }}", 1),
        ("{{ steps.fetch.output.items | selectattr('cost') | map('id') }}", [7, 8]),
        ("{{ steps.fetch.output.items | rejectattr('cost') | map('id') }}", [9]),
        ("{{ steps.fetch.output.items | selectattr('id', 'gt', 7) | map('id') }}", [9, 8]),
        ("{{ steps.fetch.output.items | selectattr('id', 'in', [7]) | map('id') }}", [7]),
        ("{{ 'ab' | upper }}{{ 'AB' | lower }}", "ABab"),
        ("{{ ' a b ' | trim | title }}", "A B"),
        ("{{ 2.567 | round(1) }}", 2.6),
        ("{{ 2.567 | round }}", 3),
        ("{{ 1 | round(-999999999) }}", 0),
        ("{{ 12345.678 | number(1) }}", "12,345.7"),
        ("{{ steps.fetch.output.share | percent }}", "26 %"),
        ("{{ '2.5' | float + '2' | int }}", 4.5),
        ("{{ 5 | string }}", "5"),
        ("{{ [1, {'a': none}] | tojson }}", '[1, {"a": null}]'),
        ("{{ 'a-b' | replace('-', '+') }}", "a+b"),
        ("{{ 'abcdef' | truncate(4) }}", "abc…"),
        ("{{ {'a': 1, 'b': none, 'c': ''} | given }}", {"a": 1}),
        ("{{ {'a': 1} | keys }}", ["a"]),
        ("{{ {'a': 1} | values }}", [1]),
        ("{{ (-3) | abs }}", 3),
    ],
)
def test_filters(template, value):
    assert render(template, CONTEXT) == value


def test_lists_and_mappings_are_rendered_inside():
    value = {"a": ["{{ inputs.count }}", "x"], "b": {"c": "{{ inputs.service }}!"}, "d": 1.5}

    assert render(value, CONTEXT) == {"a": [3, "x"], "b": {"c": "checkout!"}, "d": 1.5}


def test_any_mapping_serves_as_context():
    class Lazy(Mapping):
        def __getitem__(self, key):
            return {"output": CONTEXT["steps"][key]["output"]}

        def __iter__(self):
            return iter(CONTEXT["steps"])

        def __len__(self):
            return 2

    context = {"steps": Lazy()}

    assert render("{{ steps.fetch.output.total }}", context) == 3
    assert "`steps.fetsh` is not there" in refusal("{{ steps.fetsh.output }}", context)
    assert type(render("{{ steps }}", context)) is dict


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "{{ steps.fetch.output.itms }}",
            "`{{ steps.fetch.output.itms }}` cannot be worked out: `steps.fetch.output.itms` is "
            "not there; it has `items`, `total`, `tags`, `empty`, `share`; did you mean `items`?",
        ),
        (
            "for {{ inputs.servce }}.",
            "`for {{ inputs.servce }}.` cannot be worked out: `inputs.servce` is not there; it has "
            "`service`, `count`, `none`; did you mean `service`?",
        ),
        ("{{ foo }}", "`foo` is not there; a template begins with `inputs`, `steps`, `run`"),
        (
            "{{ steps.skipped.output.x }}",
            "`steps.skipped.output.x` is not there, because `steps.skipped.output` is null; "
            "add `| default('')`.",
        ),
        ("{{ steps.fetch.output.items[9].id }}", "`steps.fetch.output.items[9]` is not there; "),
        ("{{ steps.fetch.output.items.id }}", "is a list; pick one, such as `steps.fetch."),
        ("{{ inputs.service.name }}", "is a single value; write `inputs.service`."),
        ("{{ [inputs.nope] }}", "`inputs.nope` is not there"),
        ("{{ inputs.nope + 1 }}", "`inputs.nope` is not there"),
        ("{{ inputs.nope | upper }}", "`inputs.nope` is not there"),
        ("{{ inputs.nope | sort }}", "`inputs.nope` is not there"),
        ("{{ inputs.nope == 1 }}", "`inputs.nope` is not there"),
        ("{{ (inputs.other | default(1)) ~ inputs.nope }}", "`inputs.nope` is not there"),
        ("{{ run.items }}", "`run.items` is not there"),
    ],
)
def test_what_is_missing_is_named_with_what_is_there(template, said):
    assert said in refusal(template)


def test_what_was_only_read_is_handed_on_as_it_is():
    large = ["x" * 1000] * 900

    assert render("{{ large }}", {"large": large}) is large


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("{{ inputs.count > 2 }}", True),
        ("inputs.count > 2", True),
        ("output.x == 1", False),
        ("{{ inputs.none }}", False),
        ("inputs.count - 3", False),
        ("steps.fetch.output.empty", False),
        ("steps.fetch.output", True),
        ("true", True),
        ("false", False),
        ("{{ inputs.count > 2 }} ", True),
        ("'' ", False),
        ("{{ true }}{{ '' }}", True),
    ],
)
def test_conditions(condition, holds):
    assert truthy(condition, {**CONTEXT, "output": {"x": 2}}) is holds


def test_a_condition_that_gives_a_text_is_refused():
    with pytest.raises(ExpressionError) as caught:
        truthy("{{ inputs.service }}", CONTEXT)

    assert str(caught.value) == (
        "`{{ inputs.service }}` gave the text “checkout”, which is neither true nor false; "
        "compare it, such as `inputs.mode == 'fast'`."
    )


def test_references_name_what_a_template_needs():
    value = {
        "a": "{{ steps.fetch.output.items[inputs.count].id }} {{ fetch_output.x }}",
        "b": ["{{ steps['other'].output | default(run.asker) }}", "plain", 3],
        "c": "{{ steps[inputs.service] if inputs else none }}",
    }

    assert references(value) == {
        "steps.fetch",
        "inputs.count",
        "fetch_output",
        "steps.other",
        "run.asker",
        "steps",
        "inputs.service",
        "inputs",
    }
    assert references("plain") == frozenset()


def test_the_same_text_is_compiled_once():
    assert expressions.compile("{{ inputs.a }} x") is expressions.compile("{{ inputs.a }} x")
