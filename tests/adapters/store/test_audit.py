import pytest

from opstream.domain.audit import AuditEntry
from tests.contracts.stories import ANA, BO, NOON, Story, later, started, succeeded

STARTED = AuditEntry(NOON, ANA, "run.started", "r1", "deploy service=api")
PAUSED = AuditEntry(later(5), BO, "run.paused", "r1", outcome="refused")


@pytest.fixture
async def story(database):
    story = await Story(database.runs, "r1").tell(started(), audit=[STARTED])
    return await story.tell(succeeded("build"), audit=[PAUSED, STARTED])


async def test_deeds_are_kept_with_the_facts_they_tell_about(database, story):
    assert await database.audit.of_subject("r1") == [STARTED, PAUSED, STARTED]
    assert await database.audit.of_subject("r2") == []


async def test_an_untouched_trail_is_whole(database, story):
    assert await database.audit.first_broken() is None


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET by_name = 'Eve' WHERE seq = 2", 2),
        ("UPDATE audit SET hash = 'x' WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 1", 2),
        ("UPDATE audit SET seq = 9 WHERE seq = 3", 9),
    ],
)
async def test_tampering_shows_at_the_first_entry_that_does_not_fit(
    database, story, tampering, broken
):
    await database.writer.execute(tampering, [{}])

    assert await database.audit.first_broken() == broken
