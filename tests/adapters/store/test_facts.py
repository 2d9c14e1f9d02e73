import dataclasses
import math
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.adapters.store.facts import decode, encode
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.conversation import Place
from opstream.domain.person import Role, Who
from opstream.domain.values import Json
from opstream.domain.workflow import ApprovalRule, Input, InputKind
from opstream.errors import StoreUnavailable
from tests.contracts.stories import ANA, NOON, started

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
TIMES = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis wants it naive and adds the zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)
st.register_type_strategy(datetime, TIMES)
LEAVES = {
    Json: JSON,
    str: TEXT,
    int: st.integers(),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    datetime: TIMES,
    timedelta: st.timedeltas(),
}


def values(hint):
    """Return a strategy for the values of a field, read off its annotation."""
    if hint in LEAVES:
        return LEAVES[hint]
    if dataclasses.is_dataclass(hint):
        fields = {f.name: values(f.type) for f in dataclasses.fields(hint) if f.name != "kind"}
        return st.builds(hint, **fields)
    name, args = getattr(hint, "__origin__", type(hint)).__name__, get_args(hint)
    if name == "Mapping":
        return st.dictionaries(TEXT, JSON, max_size=4)
    if name == "tuple":
        return st.lists(values(args[0]), max_size=3).map(tuple)
    if name == "UnionType":
        return st.one_of(*(st.none() if one is type(None) else values(one) for one in args))
    return st.sampled_from(hint)


FACTS = st.one_of(*(values(fact) for fact in get_args(h.Fact)))


@settings(deadline=None)
@given(FACTS)
def test_every_fact_comes_back_as_it_was(fact):
    assert decode(encode(fact)) == fact


@pytest.mark.parametrize("fact", get_args(h.Fact), ids=lambda fact: fact.__name__)
def test_no_kind_of_fact_is_left_out(fact):
    @settings(max_examples=20, deadline=None)
    @given(values(fact))
    def comes_back(one):
        assert decode(encode(one)) == one

    comes_back()


def test_times_come_back_in_utc():
    fact = decode(
        '{"kind":"run_paused","at":"2026-05-03T14:00:00+02:00","by":{"id":"U1","name":"Ana"}}'
    )

    assert fact == h.RunPaused(datetime(2026, 5, 3, 12, tzinfo=UTC), ANA)
    assert fact.at.tzinfo is UTC


def test_numbers_that_are_none_come_back_too():
    output = decode(
        encode(h.StepSucceeded(NOON, "a", [math.inf, -math.inf, math.nan], NOON))
    ).output

    assert output[:2] == [math.inf, -math.inf]
    assert math.isnan(output[2])


def test_types_within_a_fact_are_kept():
    rule = ApprovalRule(Role.ADMIN, True, timedelta(days=3, microseconds=1), "high")
    call = ProposedCall("fix", "estate.scale", {"to": 3, "by": 3.0, "deep": {"on": [True, None]}})
    fact = h.ApprovalRequested(NOON, "ask", 2, "Go?", "", rule, call, NOON)

    back = decode(encode(fact))

    assert back == fact
    assert type(back.rule.role) is Role
    assert [type(value) for value in back.call.arguments.values()] == [int, float, dict]


def test_tuples_of_fields_are_kept():
    fields = (Input("name"), Input("size", InputKind.CHOICE, choices=("s", "m")))
    fact = h.QuestionAsked(NOON, "ask", "Which?", fields, None)

    assert decode(encode(fact)) == fact


def test_what_a_newer_version_added_is_refused_with_its_name():
    newer = encode(started()).replace('"kind"', '"mood":"good","kind"')

    with pytest.raises(StoreUnavailable, match=r"run_started\.mood: .*newer version"):
        decode(newer)


def test_a_kind_that_only_a_newer_version_knows_is_refused():
    with pytest.raises(StoreUnavailable, match="a kind of fact that is not known here"):
        decode('{"kind":"run_forked","at":"2026-05-03T12:00:00+00:00"}')


def test_text_that_is_no_fact_is_refused():
    with pytest.raises(StoreUnavailable, match="damaged"):
        decode('{"kind":')


def test_a_field_that_an_older_version_did_not_have_takes_its_default():
    older = '{"kind":"run_finished","at":"2026-05-03T12:00:00Z","outcome":"succeeded"}'

    assert decode(older) == h.RunFinished(datetime(2026, 5, 3, 12, tzinfo=UTC), h.Outcome.SUCCEEDED)


def test_a_naive_time_anywhere_in_a_fact_is_refused():
    naive = datetime(2026, 5, 3)  # noqa: DTZ001 - that is what is refused

    with pytest.raises(ValueError, match="naive"):
        encode(h.WaitBegan(NOON, "nap", naive))


def test_what_is_no_json_is_refused():
    with pytest.raises(TypeError, match="is no JSON"):
        encode(h.StepSucceeded(NOON, "a", object(), NOON))


def test_people_and_places_come_back():
    fact = h.RunStarted(NOON, "w", 1, {}, Who("U9", "Zoë 🙂"), Place("C1", None))

    assert decode(encode(fact)) == fact
