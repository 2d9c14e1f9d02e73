"""Which runs a letter of a topic is for."""

import pytest

from opstream.domain import history as h
from tests.contracts.stories import ANA, NOON, Story, later, started, succeeded


@pytest.fixture
def runs(database):
    return database.runs


def waits(step="hear", topic="paid") -> h.WaitBegan:
    return h.WaitBegan(NOON, step, None, topic)


async def test_runs_with_a_step_that_waits_for_a_topic_are_found(runs):
    await Story(runs, "r1").tell(started(), waits())
    await Story(runs, "r2").tell(started(), waits(), waits("also"))
    await Story(runs, "r3").tell(started(), waits(topic="shipped"))
    await Story(runs, "r4").tell(started(), h.WaitBegan(NOON, "nap", later(5)))

    assert await runs.waiting_for("paid") == ["r1", "r2"]
    assert await runs.waiting_for("shipped") == ["r3"]
    assert await runs.waiting_for("lost") == []


@pytest.mark.parametrize(
    "end",
    [
        succeeded("hear"),
        h.StepFailed(later(5), "hear", "It did not come.", "timeout", NOON),
        h.StepSkipped(later(5), "hear", "No."),
        h.RunStopping(later(5), h.Outcome.CANCELLED, "Enough."),
        h.RunFinished(later(5), h.Outcome.CANCELLED),
    ],
    ids=lambda fact: fact.kind,
)
async def test_a_step_that_does_not_wait_any_more_gets_no_letters(runs, end):
    story = await Story(runs, "r1").tell(started(), waits(), waits("other", "shipped"))

    await story.tell(end)

    assert await runs.waiting_for("paid") == []
    others = [] if isinstance(end, h.RunStopping | h.RunFinished) else ["r1"]
    assert await runs.waiting_for("shipped") == others


async def test_a_paused_run_still_gets_letters(runs):
    story = await Story(runs, "r1").tell(started(), waits())

    await story.tell(h.RunPaused(NOON, ANA))

    assert await runs.waiting_for("paid") == ["r1"]


async def test_a_step_may_wait_again_for_another_topic(runs):
    story = await Story(runs, "r1").tell(started(), waits())
    await story.tell(h.StepFailed(NOON, "hear", "Late.", "timeout", NOON, later(5)))

    await story.tell(waits(topic="shipped"))

    assert await runs.waiting_for("paid") == []
    assert await runs.waiting_for("shipped") == ["r1"]


async def test_a_retried_run_waits_only_for_what_it_waits_for_anew(runs):
    story = await Story(runs, "r1").tell(started(), waits(), waits("other", "shipped"))
    ended = h.RunFinished(later(5), h.Outcome.FAILED, reason="No.")

    await story.tell(ended, h.RunRetried(later(6), ANA, ("hear",)), waits("hear", "shipped"))

    assert await runs.waiting_for("paid") == []
    assert await runs.waiting_for("shipped") == ["r1"]


async def test_a_topic_from_a_tool_may_be_any_text(runs):
    strange = "pa\ud800id\0"
    await Story(runs, "r1").tell(started(), waits(topic=strange))

    assert await runs.waiting_for(strange) == ["r1"]
