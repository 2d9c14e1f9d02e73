"""Tried: shapes of outputs, ways to write a time, ties, services, lists that are none; all against brute force."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.data import data
from opstream.adapters.connectors.joining import Listed, Record, joined
from opstream.adapters.connectors.operations import AllOperations
from opstream.domain.operation import OperationCall
from opstream.errors import OperationFailed

METRICS = {
    "service": "checkout",
    "points": [["2026-11-21T09:00:00Z", 120], ["2026-11-21T09:10:00Z", 900]],
}
DEPLOYS = [
    {"app": "checkout", "startTime": 1795252080, "version": "2.1"},
    {"app": "search", "startTime": 1795252080, "version": "7"},
]


async def join(**arguments):
    operations = AllOperations([ConnectorSource(data, {})])
    return await operations.call(OperationCall("data.join", arguments, "key"), lambda _: None)


async def test_each_point_of_a_series_comes_with_what_was_near_it():
    found = await join(lists={"latency": METRICS, "deploys": DEPLOYS}, window="3m")

    first, second = found["rows"]
    assert first["deploys"] is None
    assert second["service"] == "checkout"
    assert second["time"] == "2026-11-21T09:10:00+00:00"
    assert second["latency"]["value"] == 900
    assert second["deploys"]["version"] == "2.1"
    assert second["apart_seconds"] == {"deploys": -120.0}
    assert found["matched"] == {"deploys": 1}
    assert found["text"] == "1 of 2 records of `latency` have something near them."


async def test_only_what_has_something_near_it_is_given_where_that_is_wanted():
    found = await join(
        lists={"latency": METRICS, "deploys": DEPLOYS}, window="3m", only_matched=True
    )

    assert [row["time"] for row in found["rows"]] == ["2026-11-21T09:10:00+00:00"]


async def test_fields_have_names_of_their_own_and_may_lie_inside():
    logs = {"results": [{"meta": {"svc": " Checkout "}, "t": 1795252200123, "line": "boom"}]}
    freeze = [{"from": "2026-11-21 09:08:00", "what": "freeze"}]

    found = await join(
        lists={"logs": logs, "freeze": freeze, "latency": METRICS},
        fields={
            "logs": {"service": "meta.svc", "time": "t"},
            "freeze": {"time": "from", "any_service": True},
        },
    )

    (row,) = found["rows"]
    assert (row["freeze"]["what"], row["latency"]["value"]) == ("freeze", 900)
    assert row["apart_seconds"] == {
        "freeze": pytest.approx(-120.123),
        "latency": pytest.approx(-0.123),
    }


async def test_records_without_service_or_time_are_counted_and_left_out():
    odd = [{"service": "checkout"}, {"time": "soon", "service": "checkout"}, 7, {"time": True}]

    found = await join(lists={"odd": odd, "latency": METRICS})

    assert found["rows"] == []
    assert found["skipped"] == {"odd": 4}
    assert "4 records have no service or time" in found["text"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"lists": {"a": []}}, "two lists or more"),
        ({"lists": {"a": [], "b": "text"}}, "`b` is no list of records"),
        ({"lists": {"a": [], "b": {"x": [], "y": []}}}, "`b` is no list of records"),
        ({"lists": {"a": [], "b": []}, "window": "soon"}, "write for example `window: 5m`"),
        ({"lists": {"a": [], "b": []}, "fields": {"a": {"tiem": "t"}}}, "knows no `tiem`"),
    ],
)
async def test_what_cannot_be_joined_is_said_in_a_sentence(arguments, said):
    with pytest.raises(OperationFailed, match=said) as failed:
        await join(**arguments)

    assert not failed.value.retryable


RECORDS = st.lists(
    st.builds(Record, st.sampled_from(["a", "b"]), st.integers(0, 40).map(float), st.integers()),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(RECORDS, RECORDS, st.integers(0, 10))
def test_the_nearest_is_the_one_that_looking_at_all_of_them_finds(first, others, seconds):
    ordered = tuple(sorted(others, key=lambda one: one.at))

    rows = joined(Listed(tuple(first)), {"x": Listed(ordered)}, timedelta(seconds=seconds))

    for row in rows:
        near = [
            (abs(one.at - row.first.at), one.at)
            for one in others
            if one.service == row.first.service and abs(one.at - row.first.at) <= seconds
        ]
        found = row.others["x"]
        assert (found is None) == (not near)
        if found is not None:
            assert (abs(found.at - row.first.at), found.at) == min(near)
            assert found.service == row.first.service
