"""What models cost: in a while, today, and by a run, on a real database."""

from datetime import timedelta

import pytest

from opstream.adapters.store.database import Database
from opstream.domain.person import Person
from opstream.domain.prompt import Purpose, Usage
from opstream.domain.spending import Models, Spent
from opstream.runs.spending import Costs
from tests.runs.conftest import HeldClock

ANA = Person("U1", "Ana")
HOUSE = Models(order=("gemini",))


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(tmp_path / "data", durability="normal")
    yield opened
    await opened.close()


async def test_today_is_since_midnight_utc_for_everybody_and_for_who_asks(database):
    clock = HeldClock()
    costs = Costs(database.usage, database.results, lambda: HOUSE, clock)
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    await _took(database, "early", midnight, "U2")
    await _took(database, "late", midnight - timedelta(seconds=1), "U1")
    await _took(database, "mine", clock.now(), "U1")

    today = await costs.today(by=ANA)

    assert today.everybody == Spent(2, 200, 20, 0.02)
    assert today.mine == Spent(1, 100, 10, 0.01)
    assert (today.now, today.models) == (clock.now(), HOUSE)


async def test_a_while_adds_up_by_model_with_the_calls_that_were_saved(database):
    clock = HeldClock()
    costs = Costs(database.usage, database.results, lambda: HOUSE, clock)
    week = clock.now() - timedelta(days=7)
    await _took(database, "a", clock.now(), "U1")
    await _took(database, "b", clock.now(), "U1", "claude-sonnet-5-5")
    await _took(database, "old", week - timedelta(seconds=1), "U1")
    await database.results.note_saved("github.list", clock.now())

    found = await costs.since(week)

    assert found.by_model == {
        "claude-sonnet-5-5": Spent(1, 100, 10, 0.01),
        "gemini-3.8-flash": Spent(1, 100, 10, 0.01),
    }
    assert found.total == Spent(2, 200, 20, 0.02)
    assert found.total.tokens == 220
    assert found.calls_saved == {"github.list": 1}


async def _took(database, key, at, person, model="gemini-3.8-flash"):
    await database.usage.record(Usage(key, at, Purpose(person=person), model, 100, 10, 0.01))
