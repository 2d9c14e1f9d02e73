import asyncio

from opstream.ports import PublishedWorkflow
from tests.contracts.stories import ANA, BO, NOON, later


async def test_a_new_text_is_a_new_version_and_the_same_text_is_none(database):
    archive = database.workflows

    versions = [
        await archive.publish("deploy", source, "deploy.yaml", NOON)
        for source in ("a", "a", "b", "b", "a")
    ]

    assert versions == [1, 1, 2, 2, 3]


async def test_every_version_can_be_loaded_as_it_was_published(database):
    archive = database.workflows
    await archive.publish("deploy", "über: 1\n", "deploy.yaml", NOON)
    await archive.publish("deploy", "über: 2\n", "deploy.yml", NOON)

    first, second = await archive.load("deploy", 1), await archive.load("deploy", 2)

    assert first == PublishedWorkflow("deploy", 1, first.digest, "über: 1\n", "deploy.yaml", NOON)
    assert (second.version, second.source, second.file) == (2, "über: 2\n", "deploy.yml")
    assert first.digest != second.digest
    assert await archive.load("deploy", 3) is None
    assert await archive.load("nothing", 1) is None


async def test_workflows_count_their_versions_by_themselves(database):
    archive = database.workflows

    found = await asyncio.gather(
        *(archive.publish(f"w{n % 2}", f"text {n}", "w.yaml", NOON) for n in range(10))
    )

    assert sorted(found) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


async def test_versions_are_listed_newest_first_with_who_published_them_and_why(database):
    archive = database.workflows
    await archive.publish("deploy", "a", "deploy.yaml", NOON)
    await archive.publish("deploy", "b", "", later(5), ANA, "Ask before the last step")
    await archive.publish("backup", "c", "backup.yaml", NOON)

    newest, first = await archive.versions("deploy")

    assert (newest.version, newest.by, newest.why, newest.at) == (
        2,
        ANA,
        "Ask before the last step",
        later(5),
    )
    assert (first.version, first.by, first.why) == (1, None, "")
    assert await archive.versions("nothing") == []


async def test_workflows_whose_newest_version_came_from_no_file_are_those_of_the_chat(database):
    archive = database.workflows
    await archive.publish("mine", "a", "", NOON, ANA)
    await archive.publish("mine", "b", "", NOON, BO)
    await archive.publish("filed", "a", "", NOON, ANA)
    await archive.publish("filed", "b", "filed.yaml", NOON)
    await archive.publish("taken", "a", "taken.yaml", NOON)
    await archive.publish("taken", "b", "", NOON, ANA)

    found = await archive.written_in_chat()

    assert [(one.id, one.version, one.by) for one in found] == [("mine", 2, BO), ("taken", 2, ANA)]
