import pytest
from jsonschema import Draft202012Validator

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
    Input("token", InputKind.SECRET, required=False),
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
        "token": None,
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
        ("duration", "100000.5s", "100000.5s"),
        ("token", "API_TOKEN", "secret:API_TOKEN"),
        ("token", "secret:API_TOKEN", "secret:API_TOKEN"),
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
            "`day`, `who`, `where`, `token`.",
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


def test_a_secret_that_was_given_itself_is_not_said_again():
    with pytest.raises(BadInput) as caught:
        inputs.read(WORKFLOW, {"service": "x", "token": "xoxb-hunter2"})

    assert str(caught.value) == (
        "`token` cannot be that: it is no name of a secret. "
        "Write its name, never the secret, as in `API_TOKEN`."
    )


def test_the_schema_of_inputs_says_what_may_be_given():
    assert inputs.schema_of(WORKFLOW) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Profile",
        "type": "object",
        "properties": {
            "service": {"title": "service", "type": "string", "maxLength": 10_000},
            "duration": {
                "title": "duration",
                "type": ["string", "null"],
                "examples": ["2m", "1h30m", "2 hours"],
                "default": "2h",
            },
            "count": {"title": "count", "type": ["number", "null"]},
            "mode": {"title": "mode", "enum": ["Fast", "thorough", None]},
            "day": {
                "title": "day",
                "type": ["string", "null"],
                "examples": ["2026-12-24", "2026-12-24T09:00:00+01:00"],
            },
            "who": {"title": "who", "type": ["string", "null"], "examples": ["U012ABCDEF"]},
            "where": {
                "title": "where",
                "type": ["string", "null"],
                "examples": ["#ops-alerts", "C012ABCDEF"],
            },
            "token": {
                "title": "token",
                "type": ["string", "null"],
                "pattern": "^(secret:)?[A-Z][A-Z0-9_]{0,63}$",
                "examples": ["API_TOKEN"],
            },
        },
        "required": ["service"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "given",
    [
        {"service": "x"},
        {"service": "x", "duration": "2m", "count": 2.5, "mode": "Fast", "token": "API_TOKEN"},
        {"service": "x", "mode": None, "day": "2026-12-24", "who": "U123", "where": "#ops"},
    ],
)
def test_what_fits_the_schema_can_be_read(given):
    schema = inputs.schema_of(WORKFLOW)
    Draft202012Validator.check_schema(schema)

    assert Draft202012Validator(schema).is_valid(given)
    assert inputs.read(WORKFLOW, given)["service"] == "x"


@pytest.mark.parametrize("given", [{}, {"service": 3}, {"service": "x", "other": 1}])
def test_what_does_not_fit_the_schema_is_refused_by_it(given):
    assert not Draft202012Validator(inputs.schema_of(WORKFLOW)).is_valid(given)
