"""What is remembered is found again, on both databases alike."""

from math import cos, sin

import pytest

from opstream.adapters.store import memory_meanings
from opstream.domain.memory import Audience, EntryKind
from opstream.errors import BadInput
from tests.contracts.memories import entry, found, question
from tests.contracts.stories import later


@pytest.fixture
def memory(database):
    return database.memory


FULL = entry(
    "run/1",
    "The pool was too small.",
    "It was raised from 20 to 40 📈.",
    kind=EntryKind.RUN,
    audience=Audience(person="U1", channel="C1"),
    title="Checkout is slow",
    subjects=frozenset({"checkout", "C1/17.5"}),
    link="https://example.com/1",
    by="U2",
    details={"ended": "failed", "tries": [1, 2], "name": "Zoë\0"},
)


async def test_an_entry_comes_back_as_it_was_kept(memory):
    await memory.keep(FULL, [], "")

    assert await memory.get("run/1") == FULL
    assert await memory.get("run/2") is None
    assert await memory.count() == {EntryKind.RUN: 1}


async def test_an_entry_is_found_at_once_by_its_words_with_the_passage_that_fits(memory):
    await memory.keep(FULL, [], "")
    await memory.keep(entry("other", "The printer is out of paper."), [], "")

    [hit] = await memory.find(question("Was the pool raised from 20?", limit=1))

    assert (hit.entry, hit.passage) == (FULL, "It was raised from 20 to 40 📈.")
    assert hit.score > 0


async def test_words_are_found_in_other_forms(memory):
    await memory.keep(FULL, [], "")

    for text in ("pools raising", "POOL", "checkouts", "pöol"):
        assert await found(memory, text) == ["run/1"], text


async def test_names_numbers_and_other_scripts_are_found(memory):
    said = {
        "api": "The service checkout-api failed.",
        "hump": "It says ConnectionPool.",
        "id": "ID r4f7k2q9dx is lost.",
        "address": "From 10.2.3.4 on.",
        "japanese": "データベースが遅い",
        "german": "Die Größe der Straße",
        "russian": "База данных медленная",
    }
    for key, text in said.items():
        await memory.keep(entry(f"{key}0", text, title=""), [], "")

    for text, key in (
        ("checkout", "api"),
        ("checkoutapi", "api"),
        ("checkout_api", "api"),
        ("connection pool", "hump"),
        ("r4f7k2q9dx", "id"),
        ("10.2.3.4", "address"),
        ("データベース", "japanese"),
        ("strasse", "german"),
        ("БАЗА", "russian"),
    ):
        assert await found(memory, text) == [f"{key}0"], text


async def test_no_text_breaks_a_search(memory):
    await memory.keep(FULL, [[1.0, 0.0]] * 2, "m")
    near = {"vector": (1.0, 0.0), "measure": "m"}

    for text in (
        '"',
        "'; DROP TABLE memory_texts; --",
        "a AND OR NOT NEAR(b, 5)",
        "words: ^pool* {x} -y + (z",
        "\0\ud800pool\0",
        "🙂🙂🙂",
        "'a' & !b | c <-> d:*",
        "pool " * 2_000,
        "".join(chr(one) for one in range(1, 3_000)),
        " ".join(f"w{n}" for n in range(3_000)),
        "%s %(x)s :x {where} \\",
        "",
    ):
        await memory.keep(entry("own words", text or "-"), [], "")
        await memory.find(question(text))
        await memory.find(question(text, subject=text, limit=50, **near))

    assert await found(memory, "pool size", subject="checkout") == ["run/1"]


async def test_nothing_is_found_for_nothing(memory):
    await memory.keep(FULL, [], "")

    assert await found(memory) == []
    assert await found(memory, "zebra") == []


async def test_an_entry_that_is_kept_again_takes_the_place_of_the_old_one(memory):
    await memory.keep(FULL, [[1.0, 0.0]] * 2, "m")
    await memory.keep(entry("run/1", "A zebra did it."), [[0.0, 1.0]], "m")

    assert await found(memory, "pool") == []
    assert await found(memory, "zebra") == ["run/1"]
    assert [hit.passage for hit in await memory.find(question(vector=(1.0, 0.0), measure="m"))] == [
        "A zebra did it."
    ]


async def test_an_entry_that_is_removed_is_gone(memory):
    await memory.keep(FULL, [[1.0, 0.0]] * 2, "m")
    assert await found(memory, vector=(1.0, 0.0), measure="m") == ["run/1"]

    assert await memory.remove("run/1")

    assert not await memory.remove("run/1")
    assert await found(memory, "pool", vector=(1.0, 0.0), measure="m") == []
    assert await memory.about("checkout", frozenset(), 5) == []


async def test_meaning_finds_what_no_word_does_and_both_together_come_first(memory):
    await memory.keep(entry("both", "The pool is small."), [[0.8, 0.6]], "m")
    await memory.keep(entry("meaning", "Too few connections."), [[1.0, 0.0]], "m")
    await memory.keep(entry("words", "A pool to swim in."), [[0.0, 1.0]], "m")
    await memory.keep(entry("neither", "Cake."), [[-1.0, 0.0]], "m")

    near = {"vector": (1.0, 0.0), "measure": "m"}

    assert await found(memory, **near) == ["meaning", "both", "words", "neither"]
    assert (await found(memory, "small pool", **near))[0] == "both"
    assert await found(memory, "small pool", vector=(1.0, 0.0), measure="another") == [
        "both",
        "words",
    ]
    assert await found(memory, vector=(1.0, 0.0, 0.0), measure="m") == []


async def test_many_are_compared_by_meaning_and_those_that_are_gone_are_left_out(
    memory, monkeypatch
):
    monkeypatch.setattr(memory_meanings, "_BLOCK", 3)
    monkeypatch.setattr(memory_meanings, "_FIRST", 2)
    near = {"vector": (1.0, 0.0), "measure": "m", "limit": 20}
    for n in range(8):
        angle = n / 10
        vectors = [[cos(angle), sin(angle)], [cos(angle + 0.05), sin(angle + 0.05)]]
        await memory.keep(entry(f"e{n}", "One.", "Two."), vectors, "m")
    assert await found(memory, **near) == [f"e{n}" for n in range(8)]

    await memory.remove("e0")
    await memory.keep(entry("e3", "Three."), [[1.0, 0.0]], "m")

    assert await found(memory, **near) == ["e3", "e1", "e2", "e4", "e5", "e6", "e7"]


async def test_vectors_that_came_later_are_found_at_once(memory):
    await memory.keep(entry("a", "One."), [], "")
    await memory.keep(entry("b", "Two.", at=later(-9)), [[0.6, 0.8]], "old")
    await memory.keep(entry("c", "Three."), [[1.0, 0.0]], "m")
    near = {"vector": (1.0, 0.0), "measure": "m"}
    assert await found(memory, **near) == ["c"]

    todo = await memory.unmeasured("m", 5)
    for one in todo:
        await memory.keep(one, [[0.0, 1.0]], "m")

    assert [one.id for one in todo] == ["b", "a"]
    assert sorted(await found(memory, **near)) == ["a", "b", "c"]
    assert await memory.unmeasured("m", 5) == []


async def test_vectors_that_are_too_few_are_refused(memory):
    with pytest.raises(BadInput, match="'run/1' has 2 passages and 1 vectors"):
        await memory.keep(FULL, [[1.0]], "m")

    assert await memory.get("run/1") is None


async def test_only_wanted_kinds_and_subjects_are_found(memory):
    near = {"vector": (1.0, 0.0), "measure": "m"}
    for kind in (EntryKind.FACT, EntryKind.RUN, EntryKind.DOCUMENT):
        for subject in ("checkout", "search"):
            one = entry(f"{kind}/{subject}", "A pool.", kind=kind, subjects=frozenset({subject}))
            await memory.keep(one, [[1.0, 0.0]], "m")

    kinds = frozenset({EntryKind.RUN, EntryKind.FACT})

    for text, more in (("pool", {}), ("", near), ("pool", near)):
        ids = await found(memory, text, kinds=kinds, subject="search", **more)
        assert sorted(ids) == ["fact/search", "run/search"]
    about = await memory.about("search", kinds, 5)
    assert sorted(one.id for one in about) == ["fact/search", "run/search"]


async def test_what_is_about_something_comes_newest_first(memory):
    for n in range(4):
        one = entry(f"e{n}", "Text.", at=later(n * 60 % 180), subjects=frozenset({"checkout"}))
        await memory.keep(one, [], "")

    assert [one.id for one in await memory.about("checkout", frozenset(), 3)] == ["e2", "e1", "e3"]


async def test_what_is_old_goes_the_oldest_first(memory):
    for n in range(4):
        await memory.keep(entry(f"e{n}", "Pool.", at=later(n)), [], "")
    await memory.keep(entry("run", "Pool.", kind=EntryKind.RUN, at=later(0)), [], "")

    assert await memory.outdated(EntryKind.FACT, later(3), 2) == 2
    assert await memory.outdated(EntryKind.FACT, later(3), 2) == 1

    assert sorted(await found(memory, "pool")) == ["e3", "run"]


async def test_what_is_counted_adds_up(memory):
    assert await memory.tallies() == {}

    await memory.tally({"recalls": 1, "words": 20})
    await memory.tally({"recalls": 2})
    await memory.keep(FULL, [], "")

    assert await memory.tallies() == {"recalls": 3, "words": 20}
