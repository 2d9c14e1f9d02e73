import asyncio

from opstream.domain.audit import AuditEntry
from opstream.ports.templates import PublishedTemplate
from tests.contracts.stories import ANA, BO, NOON, later


async def test_a_new_text_is_a_new_version_and_the_same_text_is_none(database):
    archive = database.prompts

    versions = [
        await archive.publish("greet", source, "greet.yaml", NOON)
        for source in ("a", "a", "b", "b", "a")
    ]

    assert versions == [1, 1, 2, 2, 3]
    assert await archive.newest() == {"greet": 3}


async def test_every_version_is_kept_as_it_was_published_with_who_and_why(database):
    archive = database.prompts
    await archive.publish("greet", "über: 1\n", "greet.yaml", NOON)
    await archive.publish("greet", "über: 2\n", "", later(5), ANA, "Shorter\0")
    await archive.publish("bye", "x", "bye.yaml", NOON)

    bye, first, second = await archive.all()

    assert bye.id == "bye"
    assert first == PublishedTemplate("greet", 1, "über: 1\n", "greet.yaml", NOON)
    assert second == PublishedTemplate("greet", 2, "über: 2\n", "", later(5), ANA, "Shorter?")
    assert await archive.load("greet", 2) == second
    assert await archive.load("greet", 3) is None


async def test_versions_are_counted_once_each_whoever_publishes_at_the_same_time(database):
    archive = database.prompts

    found = await asyncio.gather(
        *(archive.publish(f"t{n % 2}", f"text {n}", "t.yaml", NOON) for n in range(10))
    )

    assert sorted(found) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


async def test_a_workflow_has_a_new_version_when_its_templates_have(database):
    archive = database.workflows

    versions = [
        await archive.publish("hello", "text", "", NOON, ANA, "", pins)
        for pins in ({}, {"greet": 1}, {"greet": 1}, {"greet": 2}, {})
    ]

    assert versions == [1, 2, 2, 3, 4]
    assert (await archive.load("hello", 3)).templates == {"greet": 2}
    assert [one.templates for one in await archive.written_in_chat()] == [{}]


async def test_who_is_forgotten_has_published_nothing_by_name(database):
    await database.prompts.publish("greet", "a", "", NOON, ANA, f"Asked for by {ANA.id}")
    entry = AuditEntry(later(9), BO, "person.forgotten", "forgotten-1")

    counts = await database.oblivion.forget(ANA.id, "forgotten-1", frozenset({ANA.name}), entry)

    [kept] = await database.prompts.all()
    assert (kept.by.id, kept.why) == ("forgotten-1", "Asked for by forgotten-1")
    assert ANA.name != kept.by.name
    assert counts["prompt_versions"] == 1
