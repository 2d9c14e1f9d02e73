"""The end of a call names its attempt: one that is not under way any more says nothing."""

from datetime import UTC, datetime

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.person import Who
from opstream.domain.run import StepStatus
from opstream.engine.evolve import replay

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CALL = ProposedCall("fix", "t.keyed", {})
BEGUN = h.RunStarted(NOON, "demo", 1, {}, Who("U1", "Ana"), None)


def scheduled(attempt):
    return h.StepScheduled(NOON, "fix", attempt, CALL)


def failed(attempt, known=True):
    return h.StepFailed(NOON, "fix", "No.", "down", NOON, NOON, known, attempt)


LATE = [
    failed(1),
    h.StepSucceeded(NOON, "fix", "stale", NOON, attempt=1),
    h.StepDoubted(NOON, "fix", "Did it?", 1),
]


@pytest.mark.parametrize("late", LATE, ids=lambda fact: fact.kind)
def test_the_end_of_an_earlier_attempt_changes_nothing(late):
    history = [BEGUN, scheduled(1), failed(1), scheduled(2)]
    before = replay("r1", history).steps["fix"]

    assert replay("r1", [*history, late]).steps["fix"] == before


def test_the_end_of_the_attempt_under_way_and_of_histories_without_numbers_counts():
    history = [BEGUN, scheduled(1), failed(1), scheduled(2)]

    for number in (2, None):
        end = h.StepSucceeded(NOON, "fix", "done", NOON, attempt=number)
        assert replay("r1", [*history, end]).steps["fix"].output == "done"


def test_that_a_later_try_had_no_effect_says_nothing_about_one_before_it_with_its_key():
    state = replay("r1", [BEGUN, scheduled(1), failed(1, known=False), failed(1)]).steps["fix"]

    assert (state.status, state.attempt) == (StepStatus.RETRYING, 1)
    assert state.perhaps_done
