import asyncio

import pytest

from opstream.adapters.store.statements import Statement
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
    await database.writer.execute(Statement(tampering, tampering), [{}])

    assert await database.audit.first_broken() == broken


async def test_a_deed_that_belongs_to_no_run_is_kept_in_the_same_trail(database, story):
    published = AuditEntry(NOON, ANA, "workflow.published", "deploy", "version 2")

    await database.audit.record(published)

    assert await database.audit.of_subject("deploy") == [published]
    assert await database.audit.first_broken() is None


async def test_the_trail_is_whole_whatever_is_written_at_once(database):
    def entry(n):
        return AuditEntry(NOON, ANA, "run.started", f"r{n}")

    await asyncio.gather(
        *(Story(database.runs, f"r{n}").tell(started(), audit=[entry(n)]) for n in range(40)),
        *(database.audit.record(entry(n)) for n in range(40)),
    )

    assert [len(await database.audit.of_subject(f"r{n}")) for n in range(40)] == [2] * 40
    assert await database.audit.first_broken() is None


async def test_what_loses_its_race_leaves_no_trace_in_the_trail(database):
    stories = [await Story(database.runs, f"r{n}").tell(started()) for n in range(10)]
    late = [story.as_told_so_far() for story in stories[::2]]
    await asyncio.gather(*(story.tell(succeeded("first")) for story in stories[::2]))

    await asyncio.gather(
        *(
            story.tell(succeeded("second"), audit=[AuditEntry(NOON, BO, "run.helped", story.id)])
            for story in [*late, *stories[1::2]]
        ),
        return_exceptions=True,
    )

    helped = [len(await database.audit.of_subject(f"r{n}")) for n in range(10)]
    assert helped == [0, 1] * 5
    assert await database.audit.first_broken() is None
