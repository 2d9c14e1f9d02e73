import pytest

from opstream.definitions import inputs
from opstream.domain.workflow import Input, InputKind, Workflow
from opstream.errors import BadInput, MissingInputs

FIELDS = (
    Input("service"),
    Input("duration", InputKind.DURATION, required=False, default="2h"),
    Input("count", InputKind.NUMBER, required=False),
    Input("mode", InputKind.CHOICE, required=False, choices=("Fast", "thorough")),
    Input("day", InputKind.DATE, required=False),
    Input("who", InputKind.PERSON, required=False),
    Input("where", InputKind.CHANNEL, required=False),
)
WORKFLOW = Workflow("profile", "Profile", (), inputs=FIELDS)


def test_defaults_fill_what_was_left_out():
    assert inputs.read(WORKFLOW, {"service": " checkout "}) == {
        "service": "checkout",
        "duration": "2h",
        "count": None,
        "mode": None,
        "day": None,
        "who": None,
        "where": None,
    }


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("service", "<http://shop.example|shop.example>", "shop.example"),
        ("service", 7, "7"),
        ("duration", "2 hours", "2h"),
        ("duration", "1h30m", "90m"),
        ("duration", "PT2M", "2m"),
        ("duration", "500ms", "0.5s"),
        ("duration", "1m 20 milliseconds", "60.02s"),
        ("duration", "90s", "90s"),
        ("duration", 120, "2m"),
        ("duration", "1.5s", "1.5s"),
        ("count", "3", 3),
        ("count", "-2.5", -2.5),
        ("count", 4, 4),
        ("mode", "fast", "Fast"),
        ("day", "2026-12-24", "2026-12-24"),
        ("day", "2026-12-24T09:00:00+01:00", "2026-12-24T09:00:00+01:00"),
        ("who", "<@U123|ana>", "U123"),
        ("who", "W42X", "W42X"),
        ("where", "<#C123|ops>", "C123"),
        ("where", "#ops-alerts", "#ops-alerts"),
        ("count", "", None),
    ],
)
def test_values_come_in_many_spellings(name, given, kept):
    assert inputs.read(WORKFLOW, {"service": "x", name: given})[name] == kept


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (
            "duration",
            "2 parsecs",
            "`duration` cannot be `2 parsecs`: it is no duration of up to a year. "
            "Write for example `2m`, `1h30m` or `2h`.",
        ),
        (
            "duration",
            "0s",
            "`duration` cannot be `0s`: it is no duration of up to a year. "
            "Write for example `2m`, `1h30m` or `2h`.",
        ),
        (
            "count",
            "many",
            "`count` cannot be `many`: it is no number. Write for example `3` or `2.5`.",
        ),
        (
            "mode",
            "thorogh",
            "`mode` cannot be `thorogh`: it is no choice. Did you mean `thorough`? "
            "Write one of `Fast`, `thorough`.",
        ),
        (
            "day",
            "tomorrow",
            "`day` cannot be `tomorrow`: it is no date. Write for example `2026-12-24`.",
        ),
        (
            "who",
            "ana",
            "`who` cannot be `ana`: it is no person. "
            "Mention them with `@` and pick the name from the list.",
        ),
        (
            "where",
            "ops alerts",
            "`where` cannot be `ops alerts`: it is no channel. Write for example `#ops-alerts`.",
        ),
        (
            "service",
            ["a"],
            "`service` cannot be `['a']`: it is no text. Write for example `checkout`.",
        ),
        (
            "servce",
            "x",
            "`profile` has no input `servce`. Did you mean `service`?",
        ),
        (
            "zzz",
            "x",
            "`profile` has no input `zzz`. It takes `service`, `duration`, `count`, `mode`, "
            "`day`, `who`, `where`.",
        ),
    ],
)
def test_a_value_that_cannot_be_used_says_what_to_write(name, given, said):
    with pytest.raises(BadInput) as caught:
        inputs.read(WORKFLOW, {"service": "x", name: given})

    assert str(caught.value) == said


@pytest.mark.parametrize("given", ["inf", "nan", float("inf"), True, "9" * 5000, {}])
def test_odd_numbers_are_refused(given):
    with pytest.raises(BadInput, match="it is no number"):
        inputs.read(WORKFLOW, {"service": "x", "count": given})


@pytest.mark.parametrize("given", ["a\x00b", "x" * 10_001])
def test_odd_texts_are_refused(given):
    with pytest.raises(BadInput):
        inputs.read(WORKFLOW, {"service": given})


def test_required_inputs_that_are_missing_are_named():
    with pytest.raises(MissingInputs) as caught:
        inputs.read(WORKFLOW, {"duration": "5m", "service": "  "})

    assert caught.value.names == ("service",)
    assert caught.value.workflow_id == "profile"


def test_a_bad_value_is_told_before_a_missing_one():
    with pytest.raises(BadInput, match="no duration"):
        inputs.read(WORKFLOW, {"duration": "soon"})


def test_answers_are_checked_like_inputs():
    assert inputs.answers(FIELDS[:2], {"service": "x"}) == {"service": "x", "duration": "2h"}
    with pytest.raises(BadInput, match="`service` is empty"):
        inputs.answers(FIELDS[:2], {})
    with pytest.raises(BadInput, match="no field `x`"):
        inputs.answers(FIELDS[:2], {"x": 1})
