"""What models took, as each database keeps count of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from opstream.domain.audit import AuditEntry
from opstream.domain.person import Who
from opstream.domain.prompt import Purpose, Usage
from opstream.ports import Kind, Spent
from tests.contracts.stories import NOON, later

ADMIN = Who("U0ADM00001", "Ada")


def used(key="k1", at=NOON, run="r1", person="U1", model="gemini-3.8-flash", **more):
    purpose = Purpose("prompt", run, "ask", person)
    return Usage(**{"tokens_in": 100, "tokens_out": 20, "cost": 0.1, **more}, key=key, at=at,
                 purpose=purpose, model=model)  # fmt: skip


@pytest.fixture
def usage(database):
    return database.usage


async def test_an_answer_that_is_noted_twice_counts_once(usage):
    await usage.record(used())
    await usage.record(used(tokens_in=999))
    await usage.record(used("k2"))

    assert await usage.spent() == Spent(2, 200, 40, 0.2, 0)


async def test_nothing_was_spent_before_anybody_asked(usage):
    assert await usage.spent() == Spent()
    assert await usage.by_model(NOON) == {}


async def test_sums_are_of_a_time_a_run_and_a_person(usage):
    await usage.record(used("k1"))
    await usage.record(used("k2", at=later(60), run="r2"))
    await usage.record(used("k3", at=later(120), run="", person="U2", saved=7))

    assert (await usage.spent(since=later(60))).answers == 2
    assert (await usage.spent(run="r2")).answers == 1
    assert (await usage.spent(person="U1")).answers == 2
    assert (await usage.spent(person="U1", since=later(1))).answers == 1
    assert (await usage.spent(run="r2", person="U2")).answers == 0
    assert (await usage.spent(person="U2")).saved == 7


async def test_many_small_sums_of_money_add_up_exactly(usage):
    for n in range(30):
        await usage.record(used(f"k{n}", cost=0.000_1))

    assert (await usage.spent()).cost == 0.003


async def test_an_answer_without_a_known_price_counts_by_its_tokens(usage):
    await usage.record(used(cost=None))
    await usage.record(used("k2"))

    assert await usage.spent() == Spent(2, 200, 40, 0.1, 0)


async def test_each_model_has_a_sum_of_its_own(usage):
    await usage.record(used("old", at=NOON - timedelta(days=1)))
    await usage.record(used("k1"))
    await usage.record(used("k2", model="gpt-6-luna", tokens_in=5_000_000_000))

    assert await usage.by_model(NOON) == {
        "gemini-3.8-flash": Spent(1, 100, 20, 0.1, 0),
        "gpt-6-luna": Spent(1, 5_000_000_000, 20, 0.1, 0),
    }


async def test_what_a_person_spent_stays_when_they_are_forgotten_but_not_who_they_were(
    database, usage
):
    await usage.record(used())
    entry = AuditEntry(NOON, ADMIN, "person.forgotten", "somebody-1", "")

    counts = await database.oblivion.forget("U1", "somebody-1", frozenset({"Ana"}), entry)

    assert counts["usage"] == 1
    assert (await usage.spent(person="U1")).answers == 0
    assert (await usage.spent(person="somebody-1")).answers == 1


async def test_what_is_older_than_its_time_goes_a_few_at_a_time(database, usage):
    for n in range(3):
        await usage.record(used(f"k{n}", at=later(n)))

    assert await database.retained.outdated(Kind.USAGE, later(2)) == 2
    assert await database.retained.remove(Kind.USAGE, later(2), 1, NOON) == 1
    assert await database.retained.remove(Kind.USAGE, later(2), 9, NOON) == 1
    assert (await usage.spent()).answers == 1


async def test_text_that_no_database_can_hold_is_kept_all_the_same(usage):
    await usage.record(replace(used("odd\0key"), model="a\ud800b"))

    assert list(await usage.by_model(NOON)) == ["a?b"]
