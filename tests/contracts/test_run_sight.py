"""Who may see which runs: the store and the rule agree."""

import itertools

import pytest

from opstream.domain.conversation import Place
from opstream.domain.person import Person, Sight, Who
from opstream.governance import sight
from opstream.ports import RunFilter
from tests.contracts.stories import Story, started

PLACES = [
    None,
    Place("C1"),
    Place("C2", "1.2"),
    Place("D1"),
    Place("U9"),
    Place("T2/C1"),
    Place("T2/D1"),
    Place("T20/C1"),
    Place("T2_/C1"),
]
STARTERS = [Who("U1", "Ana"), Who("T2/U1", "Ann")]
VIEWERS = [
    Person("U1", "Ana", sight=Sight()),
    Person("U2", "Bo", sight=Sight(hidden=frozenset({"C2", "C3"}))),
    Person("T2/U1", "Ann", sight=Sight("T2")),
    Person("T2/U2", "Ben", sight=Sight("T2", frozenset({"T2/C1"}))),
    Person("terminal", "Terminal"),
]


@pytest.fixture
async def runs(database):
    """A run of each starter at each place."""
    for number, (by, place) in enumerate(itertools.product(STARTERS, PLACES)):
        await Story(database.runs, f"r{number:02}").tell(started(by=by, place=place))
    return database.runs


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda one: one.id)
async def test_lists_counts_and_ids_leave_out_what_a_person_may_not_see(runs, viewer):
    everything = await runs.summaries(RunFilter(limit=100))
    wanted = RunFilter(limit=100, seen_by=viewer)
    may = [one.id for one in everything if sight.sees(viewer, one.by, one.place)]

    assert [one.id for one in await runs.summaries(wanted)] == may
    assert await runs.count(wanted) == len(may)
    found = [await runs.find(one.id, viewer) for one in everything]
    assert [one for ids in found for one in ids] == may


def test_what_each_may_see():
    seen = {
        viewer.id: [place for place in PLACES if sight.sees(viewer, Who("U7", "Cy"), place)]
        for viewer in VIEWERS
    }

    assert seen == {
        "U1": [None, Place("C1"), Place("C2", "1.2")],
        "U2": [None, Place("C1")],
        "T2/U1": [Place("T2/C1")],
        "T2/U2": [],
        "terminal": PLACES,
    }
