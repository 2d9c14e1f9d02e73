"""Who may see what is remembered finds it, and nothing else of them changes; on both databases alike."""

import random
from datetime import timedelta

import pytest

from opstream.domain.audit import AuditEntry
from opstream.domain.memory import Audience, EntryKind
from opstream.domain.person import Person, Sight
from tests.contracts.memories import ANA, EVERYBODY, entry, found, question
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


async def test_what_somebody_may_not_see_changes_nothing_in_what_they_find(memory):
    chance = random.Random(7)
    vocabulary = [f"word{n}" for n in range(40)]

    async def fill(begin, audience):
        for n in range(60):
            text = " ".join(chance.choices(vocabulary, k=chance.randint(3, 60)))
            angle = (chance.random(), chance.random())
            one = entry(f"{begin}{n}", text, audience=audience, at=NOON + timedelta(n))
            await memory.keep(one, [angle], "m")

    questions = [" ".join(chance.choices(vocabulary, k=4)) for _ in range(12)]

    async def answers():
        near = {"vector": (0.6, 0.8), "measure": "m", "limit": 50}
        return [
            [(hit.entry.id, hit.score) for hit in await memory.find(question(text, **near))]
            for text in questions
        ]

    await fill("open", EVERYBODY)
    before = await answers()
    await fill("secret", Audience(channel="C9"))

    assert await answers() == before
    assert before[0]


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
