"""What could grow, run long or break out of the language is refused at once."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.engine.expressions import references, render
from opstream.errors import ExpressionError

CONTEXT = {
    "inputs": {"service": "checkout", "count": 3, "big": "x" * 60_000},
    "steps": {"fetch": {"output": {"empty": []}}},
    "numbers": list(range(10_000)),
    "many": list(range(10_001)),
}


def refusal(template, context=CONTEXT):
    with pytest.raises(ExpressionError) as caught:
        render(template, context)
    return str(caught.value)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ 'a' * 10**9 }}", "`**` is not part of the language"),
        ("{{ 'a' * 1000000000 }}", "`*` works on numbers, not on a text"),
        ("{{ [1] * 1000000000 }}", "`*` works on numbers, not on a list"),
        ("{{ '%1000000000d' % 1 }}", "`%` works on numbers, not on a text"),
        ("{{ 10**9**9 }}", "`**` is not part of the language"),
        ("{{ 999999999999999999 * 999 }}", "its number is out of range"),
        ("{{ " + "9" * 5000 + " }}", "too long a number"),
        ("{{ 1e999 }}", "its number is out of range"),
        ("{{ 1 / 0 }}", "it divides by zero"),
        ("{{ range(10**9) }}", "calls are not part of the language"),
        ("{{ inputs.service.upper() }}", "calls are not part of the language"),
        ("{{ ''.join(['a']) }}", "calls are not part of the language"),
        (
            "{% for x in numbers %}{% for y in numbers %}{{ x }}{% endfor %}{% endfor %}",
            "statements",
        ),
        ("{% set x = 1 %}{{ x }}", "statements such as `{% for %}` are not part of the language"),
        ("{% if true %}{{ 1 }}", "statements such as `{% for %}` are not part of the language"),
        ("{{ inputs.__class__ }}", "`__class__` is no key"),
        ("{{ inputs['__class__'] }}", "`__class__` is no key"),
        ("{{ ''.format }}", "cannot be worked out"),
        ("{{ inputs | attr('__class__') }}", "there is no filter `attr`"),
        ("{{ self }}", "`self` is no name of this language"),
        ("{{ cycler }}", "`cycler` is not there"),
        ("{{ " + "(" * 500 + "1" + ")" * 500 + " }}", "nested too deep"),
        ("{{ " + "not " * 2000 + "1 }}", "cannot be read"),
        ("{{ " + "-" * 2000 + "1 }}", "cannot be read"),
        ("{{ " + "1 + " * 1000 + "1 }}", "it does too much at once"),
        ("{{ numbers" + " | sort" * 21 + " }}", "it does too much at once"),
        ("{{ 1 }}" + "x" * 20_000, "it is longer than 20,000 characters"),
        ("{{ inputs.big }}{{ inputs.big }}", "its text is longer than 100,000 characters"),
        ("{{ inputs.big ~ inputs.big }}", "its text is longer than 100,000 characters"),
        ("{{ inputs.big + inputs.big }}", "its text is longer than 100,000 characters"),
        ("{{ [inputs.big, inputs.big] | join }}", "its text is longer than 100,000 characters"),
        ("{{ [inputs.big, inputs.big] | tojson }}", "its value grows too large"),
        ("{{ inputs.big | replace('x', 'xxx') }}", "its text is longer than 100,000 characters"),
        ("{{ [" + "inputs.big," * 90 + "] }}", "its value grows too large"),
        ("{{ many | sort }}", "its list has more than 10,000 items"),
        ("{{ many + many }}", "its list has more than 10,000 items"),
        ("{{ 1 < 'a' }}", "check of which kind its values are"),
        ("{{ 1 + 'a' }}", "`+` works on numbers, not on a text; join texts with `~`"),
        ("{{ 'abc' | float }}", "`abc` is no number"),
        ("{{ 'nan' | float }}", "its number is out of range"),
        ("{{ steps.fetch.output.empty | first }}", "`first` finds the list empty"),
        ("{{ inputs.service | sort }}", "a list is wanted here, not a text"),
        ("{{ inputs.service | uper }}", "there is no filter `uper`; did you mean `upper`?"),
        ("{{ 1[0:2] }}", "a number has no parts"),
        ("{{ 1 is odd }}", "there is no test `odd`"),
        ("{{ 'x' if inputs.count }}", "`if` needs an `else` here"),
        ("{{ inputs.service", "it is not closed; end it with `}}`"),
        ("{{ }}", "expected an expression, got `}}`"),
        ("{{ inputs.count | selectattr }}", "cannot be worked out"),
    ],
)
def test_what_could_grow_run_long_or_break_out_is_refused_at_once(template, said):
    began = time.perf_counter()

    found = refusal(template)

    assert said in found
    assert found.startswith("`{")
    assert len(found) < 400
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "template",
    [
        "{{ numbers" + " | sort" * 20 + " }}",
        "{{ numbers" + " | unique" * 20 + " }}",
        "{{ " + " + ".join(["(numbers | sum)"] * 20) + " }}",
    ],
)
def test_even_the_longest_allowed_work_is_soon_done(template):
    began = time.perf_counter()

    render(template, CONTEXT)

    assert time.perf_counter() - began < 2


def test_deep_values_are_refused():
    value = "x"
    for _ in range(10_000):
        value = [value]

    assert "nested more than 50 deep" in refusal(value)
    assert "nested more than 50 deep" in refusal("{{ [deep] }}", {"deep": value})
    with pytest.raises(ExpressionError):
        references(value)


NAMES = ["inputs", "steps", "run", "a", "x", "items", "self", "range", "__class__", "none", "'a'"]
NUMBERS = ["1", "2.5", "-1", "10**9", "[0]", "[1:2]", "[::-1]"]
SIGNS = [*".[](){}|~+-*/%<,:", "//", "**", "==", "{%", "%}", "{#", "#}", "{{", "}}"]
WORDS = ["if", "else", "and", "not", "in", "is", "defined", "sort", "first", "join", "map('x')"]


@settings(max_examples=300, deadline=1000)
@given(st.lists(st.sampled_from([*NAMES, *NUMBERS, *SIGNS, *WORDS]), min_size=1, max_size=9))
def test_whatever_stands_in_braces_gives_a_value_or_one_sentence(pieces):
    template = f"{{{{ {' '.join(pieces)} }}}}"

    said = _said(template, {"inputs": {"a": 1, "x": [1, {"a": 2}]}, "a": "b", "x": None})

    assert said is None or said[-1] in ".?"


def _said(template, context):
    try:
        render(template, context)
    except ExpressionError as error:
        return str(error)
    return None
