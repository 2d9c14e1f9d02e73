"""Taking back what a run did: in reverse order, one after the other, by the rules for all calls."""

import pytest

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.run import RunStatus
from opstream.domain.workflow import ApprovalRule, Call, ForEach, Step
from opstream.errors import TooLate
from opstream.runs import rules
from opstream.runs.journal import Loaded
from tests.engine.life import Life
from tests.engine.recipes import BO, NOON, after, call, workflow
from tests.runs.conftest import ANA

CANCEL = Call("t.cancel", {"id": "{{ output.id }}"}, unattended=True)


def booking(step_id, *needs, **more):
    return Step(step_id, f"Book {step_id}", Call("t.book"), needs, undo=CANCEL, **more)


TRIP = workflow(booking("flight"), booking("hotel", "flight"), call("pay", "hotel"))


def booked(flow=TRIP) -> Life:
    life = Life(flow)
    life.ends("flight", {"id": 1})
    life.at(6)
    life.ends("hotel", {"id": 2})
    life.at(7)
    return life


def test_a_failure_undoes_what_was_done_the_last_first_and_one_at_a_time():
    life = booked()

    life.breaks("pay")

    assert life.run.status is RunStatus.STOPPING
    assert [one.call for one in life.calls.values()] == [
        ProposedCall("hotel.undo", "t.cancel", {"id": 2})
    ]
    life.ends("hotel.undo")
    assert [one.call.arguments for one in life.calls.values()] == [{"id": 1}]
    life.ends("flight.undo")
    assert life.run.outcome is h.Outcome.FAILED
    assert life.run.reason == ("The step “Pay” failed: It broke. Undone: Book hotel, Book flight.")


def test_what_cannot_be_undone_does_not_stop_the_others_and_is_said():
    life = booked()
    life.breaks("pay")

    life.breaks("hotel.undo")
    life.ends("flight.undo")

    assert life.run.reason.endswith(
        "Undone: Book flight. Could not be undone: Book hotel (It broke.)."
    )


def test_a_run_that_ends_well_or_did_nothing_undoes_nothing():
    life = booked()
    life.ends("pay")
    assert life.run.outcome is h.Outcome.SUCCEEDED

    life = Life(TRIP)
    life.breaks("flight")
    assert life.run.outcome is h.Outcome.FAILED


def test_cancelling_undoes_and_cancelling_again_ends_it_at_once():
    life = booked()
    del life.calls["pay"]  # the turn cancels it

    life.cancelled()
    assert life.calls.keys() == {"hotel.undo"}
    life.cancelled()

    assert life.run.outcome is h.Outcome.CANCELLED
    assert life.run.reason == "Wrong town. What was not undone yet stays as it is."


def under_way() -> Life:
    """Return a run whose last booking was announced, and whose call is being made."""
    life = booked(workflow(booking("flight"), booking("hotel", "flight"), booking("car", "hotel")))
    life.tell(h.StepScheduled(after(7), "car", 1, ProposedCall("car", "t.book", {})))
    return life


def test_a_call_under_way_is_let_end_before_anything_is_undone():
    life = under_way()

    life.cancelled()
    assert life.calls.keys() == {"car"}
    life.ends("car", {"id": 3})

    assert life.calls["car.undo"].call.arguments == {"id": 3}
    life.ends("car.undo")
    assert life.calls.keys() == {"hotel.undo"}


def test_a_call_whose_process_died_is_found_out_about_before_anything_is_undone():
    life = under_way()
    del life.calls["car"]

    life.cancelled()

    assert life.calls["car"].scheduled  # the same key, or a question
    assert life.calls.keys() == {"car"}


def test_a_call_that_waits_for_its_next_try_is_found_out_about_too():
    life = under_way()
    life.breaks("car", outcome_known=False, retry_at=after(60))

    life.cancelled()
    assert (life.calls, life.run.wake_at) == ({}, after(60))
    life.at(60)
    life.breaks("car", retry_at=after(120), outcome_known=False)
    life.at(120)
    life.ends("car", {"id": 3})

    assert life.calls["car.undo"].call.arguments == {"id": 3}


def test_a_call_that_is_known_to_have_failed_is_not_made_again_in_a_run_that_is_being_undone():
    life = under_way()

    life.cancelled()
    life.breaks("car", retry_at=after(60))

    assert life.run.wake_at is None
    assert life.calls.keys() == {"hotel.undo"}


@pytest.mark.parametrize(
    ("answer", "undone"),
    [
        (h.Clarification.DONE, "Could not be undone: Book car ("),
        (h.Clarification.SKIP, "Undone: Book hotel, Book flight."),
        (h.Clarification.REPEAT, "Undone: Book hotel, Book flight."),
    ],
)
def test_what_a_person_says_about_a_call_counts_before_anything_is_undone(answer, undone):
    life = under_way()
    del life.calls["car"]
    life.cancelled()
    del life.calls["car"]
    life.tell(h.StepDoubted(after(8), "car", "Did it happen?"))
    assert not life.calls

    life.tell(*rules.clear_doubt(Loaded(life.flow, life.run), "car", answer, ANA, after(9)))
    life.ends("hotel.undo")
    life.ends("flight.undo")

    assert life.run.status is RunStatus.CANCELLED
    assert undone in life.run.reason


def test_the_order_is_that_of_the_history_though_clocks_disagree():
    life = Life(TRIP)
    life.at(60)
    life.ends("flight", {"id": 1})
    life.at(6)  # another machine, whose clock is behind
    life.ends("hotel", {"id": 2})

    life.breaks("pay")

    assert life.calls.keys() == {"hotel.undo"}


def test_a_run_that_is_being_undone_can_neither_be_paused_nor_answered():
    life = booked()
    life.breaks("pay")
    loaded = Loaded(TRIP, life.run)

    with pytest.raises(TooLate, match="being undone"):
        rules.pause(loaded, ANA, NOON)
    with pytest.raises(TooLate, match="not paused"):
        rules.resume(loaded, ANA, NOON)
    with pytest.raises(TooLate, match="being undone"):
        rules.answer(loaded, "pay", {}, ANA, NOON)


def test_an_undo_is_tried_again_after_its_wait():
    life = booked()
    life.breaks("pay")

    life.breaks("hotel.undo", retry_at=after(60))

    assert (life.run.wake_at, life.calls) == (after(60), {})
    life.at(60)
    assert life.calls["hotel.undo"].attempt == 2


def test_an_undo_that_nobody_allowed_is_asked_for_and_a_no_is_no_end():
    asking = Call("t.cancel", {"id": "{{ output.id }}"})
    flow = workflow(Step("flight", "Flight", Call("t.book"), undo=asking), call("pay", "flight"))
    life = Life(flow)
    life.ends("flight", {"id": 1})
    life.breaks("pay")
    wanted = life.calls.pop("flight.undo")
    assert not wanted.approved

    asked = h.ApprovalRequested(
        after(7), "flight.undo", 1, "?", "", ApprovalRule(), wanted.call, None
    )
    life.tell(asked)
    life.tell(h.ApprovalDenied(after(8), "flight.undo", 1, BO, "Keep it."))

    assert life.run.reason.endswith("Could not be undone: Flight (Keep it.).")


def test_what_was_done_for_items_is_undone_with_their_own_outputs():
    flow = workflow(Step("each", "Each", ForEach([1, 2], (booking("b"),))), call("pay", "each"))
    life = Life(flow)
    life.ends("each[0].b", {"id": 10})
    life.at(6)
    life.ends("each[1].b", {"id": 20})

    life.breaks("pay")

    assert life.calls["each[1].b.undo"].call.arguments == {"id": 20}
    life.ends("each[1].b.undo")
    assert life.calls["each[0].b.undo"].call.arguments == {"id": 10}


def test_what_was_undone_is_done_anew_by_a_retry_and_can_be_undone_again():
    life = booked()
    life.breaks("pay")
    life.ends("hotel.undo")
    life.breaks("flight.undo")

    life.retried()
    assert {path: one.attempt for path, one in life.calls.items()} == {"hotel": 2}
    life.ends("hotel", {"id": 3})
    life.at(9)
    life.breaks("pay")

    undo = life.calls["hotel.undo"]
    assert (undo.attempt, undo.call.arguments) == (2, {"id": 3})
    life.ends("hotel.undo")
    assert life.calls["flight.undo"].attempt > 1
