"""Who may see what is remembered finds it, and nothing else of them changes; on both databases alike."""

import random

import pytest

from opstream.adapters.store import memory_words
from opstream.domain.audit import AuditEntry
from opstream.domain.memory import Audience, EntryKind
from opstream.domain.person import Person, Sight
from tests.contracts.memories import ANA, EVERYBODY, entry, found
from tests.contracts.stories import BO, NOON


@pytest.fixture
def memory(database):
    return database.memory


async def test_an_entry_is_found_by_those_who_may_see_it_and_nobody_else(memory):
    people = {
        "ana": ANA,
        "bo": Person("U2", "Bo", sight=Sight()),
        "far": Person("T2/U5", "Far", sight=Sight("T2")),
        "root": Person("", "Terminal"),
    }
    near = {"vector": (1.0, 0.0), "measure": "m"}

    for audience, by, seen in (
        (EVERYBODY, "U2", "ana bo root"),
        (EVERYBODY, "T2/U5", "far root"),
        (Audience(person="U1"), "U1", "ana root"),
        (Audience(channel="C1"), "U2", "ana bo root"),
        (Audience(channel="C9"), "U2", "bo root"),
        (Audience(channel="C9", person="U1"), "U1", "ana bo root"),
        (Audience(channel="D5"), "U2", "root"),
        (Audience(channel="D5", person="U2"), "U2", "bo root"),
        (Audience(channel="T2/C1"), "T2/U5", "far root"),
        (Audience(), "", "root"),
    ):
        await memory.keep(entry("a", "A pool.", audience=audience, by=by), [[1.0, 0.0]], "m")
        by_words = [
            name for name, who in people.items() if await found(memory, "pool", seen_by=who)
        ]
        by_meaning = [
            name for name, who in people.items() if await found(memory, seen_by=who, **near)
        ]

        assert by_words == by_meaning == seen.split(), audience


async def test_what_somebody_may_not_see_takes_no_place_in_what_they_find(memory):
    chance = random.Random(7)
    vocabulary = [f"word{n}" for n in range(12)]

    async def fill(begin, audience):
        for n in range(15):
            text = " ".join(chance.choices(vocabulary, k=chance.randint(3, 20)))
            angle = (chance.random(), chance.random())
            await memory.keep(entry(f"{begin}{n}", text, audience=audience), [angle], "m")

    near = {"vector": (0.6, 0.8), "measure": "m"}
    questions = [(" ".join(chance.choices(vocabulary, k=4)), near) for _ in range(3)]
    questions += [(text, {}) for text, _ in questions]

    async def answers(limit):
        return [await found(memory, text, limit=limit, **more) for text, more in questions]

    await fill("open", EVERYBODY)
    before = await answers(50)
    await fill("secret", Audience(channel="C9"))

    assert [set(one) for one in await answers(50)] == [set(one) for one in before]
    assert {len(one) for one in await answers(3)} == {3}


async def test_a_word_that_is_rare_only_elsewhere_does_not_keep_a_common_one_from_being_found(
    memory, monkeypatch
):
    monkeypatch.setattr(memory_words, "_BUDGET", 2)
    monkeypatch.setattr(memory_words, "_ENOUGH", 2)
    for n in range(4):
        await memory.keep(entry(f"open{n}", "The pool."), [], "")
    await memory.keep(entry("secret", "A zebra.", audience=Audience(channel="C9")), [], "")
    await memory.keep(entry("rare", "A lion in the pool."), [], "")

    assert sorted(await found(memory, "pool zebra")) == ["open0", "open1", "open2", "open3", "rare"]
    assert (await found(memory, "pool lion zebra"))[0] == "rare"


async def test_who_is_forgotten_leaves_nothing_of_theirs_and_no_name_in_the_rest(database):
    memory = database.memory
    shared = Audience(channel="C1", person="U1")
    mine = {"subjects": frozenset({"U1", "checkout"}), "by": "U1"}
    await memory.keep(entry("fact", "Ana likes tea.", by="U1"), [], "")
    await memory.keep(entry("direct", "Hello.", audience=Audience(person="U1"), by="U2"), [], "")
    run = entry("run/1", "Ana <@U1> raised it.", kind=EntryKind.RUN, audience=shared, **mine)
    await memory.keep(run, [[1.0, 0.0]], "m")
    await memory.keep(entry("other", "Ask <@U1> about tea.", details={"who": "U1"}), [], "")

    gone = AuditEntry(NOON, BO, "person.forgotten", "forgotten-1")
    names = frozenset({"Ana"})
    counts = await database.oblivion.forget("U1", "forgotten-1", names, gone)

    assert counts["memory_entries"] == 4
    assert await memory.get("fact") is await memory.get("direct") is None
    other, kept = await memory.get("other"), await memory.get("run/1")
    assert (other.passages, other.details) == (
        ("Ask <@forgotten-1> about tea.",),
        {"who": "forgotten-1"},
    )
    assert kept.passages == ("Somebody <@forgotten-1> raised it.",)
    assert (kept.by, kept.subjects) == ("forgotten-1", {"forgotten-1", "checkout"})
    root = Person("", "Terminal")
    assert await found(memory, "ana", seen_by=root) == []
    assert await found(memory, "raised", seen_by=root) == ["run/1"]
