"""What people do with what is remembered."""

from dataclasses import replace

import pytest

from opstream.domain.conversation import Place
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person, Role, Sight
from opstream.domain.prompt import Turn, Voice
from opstream.errors import BadInput, NotAllowed, NotFound
from opstream.knowledge.library import Document
from tests.knowledge.conftest import ANA, BO, CY

OPS, PRIVATE, DIRECT = Place("C1", "17.5"), Place("C9", "3.1"), Place("D1")


async def texts(house, question, by=ANA, place=None):
    hits = await house.knowledge.look_up(question, by=by, place=place)
    return [hit.passage for hit in hits]


async def test_a_fact_is_found_at_once_with_who_said_it_and_stands_in_the_audit_trail(house):
    kept = await house.knowledge.remember(" Checkout owns the cart db. ", by=ANA, place=OPS)

    [hit] = await house.knowledge.look_up("Who owns the cart db?", by=BO, place=OPS)

    assert (hit.passage, hit.entry.by) == ("Checkout owns the cart db.", ANA.id)
    assert hit.entry.at == house.clock.now()
    [noted] = await house.database.audit.of_subject(kept.id)
    assert (noted.deed, noted.by.id, noted.detail) == ("memory.kept", ANA.id, "")


async def test_who_may_read_where_it_was_said_may_find_it(house):
    await house.knowledge.remember("The pool is public.", by=ANA, place=OPS)
    await house.knowledge.remember("The pool is private.", by=ANA, place=PRIVATE)
    await house.knowledge.remember("The pool is mine.", by=ANA, place=DIRECT)

    assert len(await texts(house, "pool", by=ANA)) == 3
    assert await texts(house, "pool", by=BO) == ["The pool is public."]


async def test_where_others_read_along_only_what_all_of_them_may_see_is_told(house):
    ana = replace(ANA, sight=Sight(private=frozenset({"C9"})))
    for text, place in (("public", OPS), ("private", PRIVATE), ("mine", DIRECT)):
        await house.knowledge.remember(f"The pool is {text}.", by=ana, place=place)

    assert await texts(house, "pool", by=ana, place=OPS) == ["The pool is public."]
    assert sorted(await texts(house, "pool", by=ana, place=PRIVATE)) == [
        "The pool is private.",
        "The pool is public.",
    ]
    assert len(await texts(house, "pool", by=ana, place=DIRECT)) == 3


async def test_secrets_are_not_remembered(house):
    key = "AKIA" + "IOSFODNN7EXAMPLQ"
    document = Document("keys.md", f"The key is {key}.")

    await house.knowledge.remember(f"The key is {key}.", by=ANA)
    await house.knowledge.add(document, by=ANA)
    await house.knowledge.note_exchange(OPS, ANA.who, f"Use {key}.", f"I use {key}.")

    everything = " ".join(await texts(house, "key use"))
    assert "•••" in everything
    assert key not in everything


async def test_nothing_and_too_much_are_refused_kindly(house):
    with pytest.raises(BadInput, match="Say what I should remember"):
        await house.knowledge.remember("  ", by=ANA)
    with pytest.raises(BadInput, match="has 2,001 characters, and a fact may have 2,000"):
        await house.knowledge.remember("x" * 2_001, by=ANA)
    with pytest.raises(BadInput, match=r"There is no text in 'a\.md'"):
        await house.knowledge.add(Document("a.md", "\n# Title\n"), by=ANA)
    viewer = Person("U8", "Vi", frozenset({Role.VIEWER}))
    with pytest.raises(NotAllowed, match="You may not add documents"):
        await house.knowledge.add(Document("a.md", "Text."), by=viewer)


async def test_who_said_it_may_have_it_forgotten_and_an_admin_and_nobody_else(house):
    first = await house.knowledge.remember("One pool.", by=ANA, place=OPS)
    second = await house.knowledge.remember("Two pools.", by=ANA, place=OPS)
    hidden = await house.knowledge.remember("Three pools.", by=ANA, place=PRIVATE)

    with pytest.raises(NotAllowed, match="Only who said it, or an admin"):
        await house.knowledge.forget(first.id, by=BO)
    with pytest.raises(NotFound):
        await house.knowledge.forget(hidden.id, by=BO)
    await house.knowledge.forget(first.id.partition("/")[2], by=ANA)
    await house.knowledge.forget(second.id, by=CY)

    assert house.rights.refused == [f"U2 memory.forgotten {first.id}"]
    assert await texts(house, "pool") == ["Three pools."]
    assert len(await house.database.audit.of_subject(first.id)) == 2


async def test_a_document_is_refreshed_not_added_twice(house):
    link = "https://example.com/a"
    await house.knowledge.add(Document("services.csv", "service,owner\ncart,ana\n", link), by=ANA)
    await house.knowledge.add(Document("services.csv", "service,owner\ncart,bo\n", link), by=ANA)

    assert await texts(house, "Who is owner of cart?") == ["service: cart; owner: bo"]
    assert (await house.knowledge.saved()).entries == {EntryKind.DOCUMENT: 1}


async def test_only_the_few_passages_that_matter_are_recalled_with_their_sources(house):
    filler = "Nothing of interest stands here, and it goes on for a while. " * 40
    text = f"{filler}\n\nThe cart pool has 40 connections.\n\n{filler}"
    await house.knowledge.add(Document("Handbook", text, "https://example.com/h"), by=ANA)
    await house.knowledge.remember("The cart pool was 20 before.", by=ANA)

    found = await house.knowledge.recall("cart pool", by=ANA, budget_words=220)

    assert {one.title for one in found.sources} == {"Handbook", ""}
    assert found.words <= 220
    assert found.spared > 500
    saved = await house.knowledge.saved()
    assert (saved.recalls, saved.words_given, saved.words_spared) == (
        1,
        found.words,
        found.spared,
    )


async def test_what_was_said_in_a_thread_is_recalled_elsewhere_and_not_in_the_thread(house):
    await house.knowledge.note_exchange(OPS, ANA.who, "Is the pool small?", "It has 20.")
    await house.knowledge.note_exchange(OPS, BO.who, "And now?", "We decided on 40.")

    there = await house.knowledge.recall("pool", by=ANA, place=OPS)
    elsewhere = await house.knowledge.recall("What was decided?", by=BO, place=Place("C1", "99.9"))

    assert there.sources == ()
    [source] = elsewhere.sources
    assert source.text == "Bo: And now?\nOpStream: We decided on 40."
    assert (source.title, source.kind) == ("Is the pool small?", EntryKind.CONVERSATION)


async def test_the_same_exchange_twice_is_kept_once_and_a_long_talk_keeps_what_matters(house):
    for _ in range(2):
        await house.knowledge.note_exchange(OPS, ANA.who, "The pool is 20.", "Noted.")
    entry = await house.database.memory.get("thread/C1/17.5")
    assert len(entry.passages) == 1

    for n in range(80):
        said = f"Number {n}." if n % 2 else "well well" + " well" * n
        await house.knowledge.note_exchange(OPS, replace(ANA.who, name="ana"), said, "fine")

    entry = await house.database.memory.get("thread/C1/17.5")
    assert len(entry.passages) == 60
    assert sum("Number" in one for one in entry.passages) == 40


async def test_what_is_measured_later_is_found_by_its_meaning(house):
    house.embedder.broken = True
    await house.knowledge.remember("The pool is small.", by=ANA)
    assert await texts(house, "pool") == ["The pool is small."]
    now = house.clock.now()
    assert await house.measuring.next_at() <= now
    await house.measuring.tick(now)
    assert await house.measuring.next_at() > now

    house.embedder.broken = False
    house.clock.go(minutes=5)
    await house.measuring.tick(house.clock.now())

    assert await house.measuring.next_at() is None
    assert await house.database.memory.unmeasured("counting", 9) == []


async def test_conversations_fade_and_facts_stay(house):
    await house.knowledge.note_exchange(OPS, ANA.who, "The pool is 20.", "Noted.")
    await house.knowledge.remember("The pool is 40.", by=ANA)
    assert await house.fading.next_at() > house.clock.now()

    house.clock.go(days=8)
    await house.fading.tick(house.clock.now())
    assert len(await texts(house, "pool")) == 2
    house.clock.go(days=2)
    await house.fading.tick(house.clock.now())

    assert await texts(house, "pool") == ["The pool is 40."]


async def test_what_compacting_spares_is_counted(house):
    turns = tuple(Turn(Voice.USER, "well " * 30) for _ in range(9))

    found = await house.knowledge.compacted(turns, 60)

    assert found.shortened
    assert (await house.knowledge.saved()).words_compacted == found.saved > 100
