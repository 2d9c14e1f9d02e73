"""Tried: old and young answers, answers of one source, too many, too large, odd texts, counters."""

from datetime import UTC, datetime, timedelta

from opstream.adapters.store.results import SqlResults, forget
from opstream.ports.results import KeptResult

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def kept(key, *, body='{"a": 1}', minutes=10, at=NOW, source="github", artifact=""):
    return KeptResult(
        key, f"{source}.list", source, at, at + timedelta(minutes=minutes), body, artifact
    )


async def test_an_answer_comes_back_as_it_was_until_its_time_is_over(database):
    answer = kept("one", body='{"text": "ü 🙂"}')
    await database.results.keep(answer)

    assert await database.results.find("one", NOW) == answer
    assert await database.results.find("one", NOW + timedelta(minutes=10)) is None
    assert await database.results.find("two", NOW) is None


async def test_a_newer_answer_takes_the_place_of_an_older_one(database):
    await database.results.keep(kept("one"))
    newer = kept("one", body="[2]", at=NOW + timedelta(minutes=1), artifact="f" * 64)
    await database.results.keep(newer)

    assert await database.results.find("one", NOW) == newer


async def test_what_no_database_can_hold_is_replaced_and_kept(database):
    await database.results.keep(kept("one", body='"a\0b \ud800"'))

    found = await database.results.find("one", NOW)

    assert found is not None
    assert found.body == '"a?b ?"'


async def test_a_write_to_a_source_takes_out_its_answers_and_no_others(database):
    await database.results.keep(kept("one"))
    await database.results.keep(kept("two"))
    await database.results.keep(kept("three", source="pets"))

    assert await database.results.forget_source("github") == 2
    assert await database.results.find("one", NOW) is None
    assert await database.results.find("three", NOW) is not None


async def test_expired_answers_are_removed_a_few_at_a_time(database):
    for number in range(3):
        await database.results.keep(kept(f"old {number}", minutes=1))
    await database.results.keep(kept("young", minutes=60))
    later = NOW + timedelta(minutes=5)

    counts = [await database.results.remove_expired(later, 2) for _ in range(3)]

    assert counts == [2, 1, 0]
    assert await database.results.find("young", later) is not None


async def test_there_are_never_many_more_than_allowed_and_the_oldest_go_first(database):
    results = SqlResults(database.writer, database.results._reader, most=5, look_every=1)

    for number in range(8):
        await results.keep(kept(f"{number}", at=NOW + timedelta(seconds=number)))

    found = [await results.find(f"{number}", NOW) is not None for number in range(8)]
    assert found == [False, False, False, True, True, True, True, True]


async def test_large_answers_make_room_as_well(database):
    results = SqlResults(database.writer, database.results._reader, most_bytes=250, look_every=1)

    for number in range(4):
        body = f'"{"x" * 98}"'
        await results.keep(kept(f"{number}", body=body, at=NOW + timedelta(seconds=number)))

    found = [await results.find(f"{number}", NOW) is not None for number in range(4)]
    assert found == [False, False, True, True]


async def test_calls_that_were_spared_are_counted_by_operation_and_day(database):
    yesterday = NOW - timedelta(days=1)
    for at in (yesterday, NOW, NOW):
        await database.results.note_saved("github.list", at)
    await database.results.note_saved("pets.list", NOW)

    assert await database.results.saved(NOW) == {"github.list": 2, "pets.list": 1}
    assert await database.results.saved(yesterday) == {"github.list": 3, "pets.list": 1}


async def test_to_forget_a_person_all_answers_go(database):
    await database.results.keep(kept("one"))

    await database.writer.change(forget)

    assert await database.results.find("one", NOW) is None
