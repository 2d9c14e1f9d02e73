import asyncio

from opstream.ports import PublishedWorkflow
from tests.contracts.stories import NOON


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

    assert first == PublishedWorkflow("deploy", 1, first.digest, "über: 1\n", "deploy.yaml")
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
