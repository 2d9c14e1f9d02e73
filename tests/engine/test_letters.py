"""Steps that wait for a letter or a reply: which one they take, and when they give up."""

from datetime import timedelta

import pytest

from opstream.domain import history as h
from opstream.domain.run import StepStatus
from opstream.domain.workflow import Step, Wait
from opstream.engine.evolve import MOST_LETTERS
from tests.engine.life import Life
from tests.engine.recipes import ANA, BO, after, call, started, told, workflow

PAID = Step("paid", "Paid", Wait(topic="paid:{{ inputs.id }}"), timeout=timedelta(hours=1))
LARGE = Step("paid", "Paid", Wait(topic="paid", where="letter.body.sum > 10"))
HEAR = Step("hear", "Hear", Wait(reply=True))


def letter(topic="paid:7", key="k1", body=None, by=None, at=5):
    return h.LetterReceived(after(at), topic, key, body, by)


def test_a_step_takes_the_letter_of_its_topic():
    life = Life(workflow(PAID), id=7)

    life.tell(letter("paid:8", "k1", "not mine"))
    assert life.run.state("paid").status is StepStatus.WAITING
    life.tell(letter("paid:7", "k2", {"sum": 3}))

    assert life.run.result == {"sum": 3}
    assert [one.key for one in life.run.letters] == ["k1"]


def test_a_letter_may_come_before_the_step_waits_for_it():
    life = Life(workflow(call("a"), Step("paid", "Paid", PAID.work, ("a",))), id=7)

    life.tell(letter(body="early"))
    life.ends("a")

    assert life.run.result == "early"


def test_a_reply_that_came_before_is_none():
    life = Life(workflow(call("a"), Step("hear", "Hear", HEAR.work, ("a",))))
    life.tell(letter(h.REPLY, "k1", "Good morning!", BO, at=4))
    life.ends("a")
    assert life.run.state("hear").status is StepStatus.WAITING

    life.tell(letter(h.REPLY, "k2", "Ship it.", BO, at=6))

    assert life.run.result["text"] == "Ship it."


def test_a_reply_counts_though_the_clock_of_who_took_it_is_behind():
    life = Life(workflow(HEAR))

    life.tell(letter(h.REPLY, "k1", "Ship it.", BO, at=1))  # the step began to wait at 5

    assert life.run.result["text"] == "Ship it."


def test_letters_that_do_not_fit_are_passed_over():
    life = Life(workflow(LARGE))

    life.tell(letter("paid", "k1", {"sum": 3}))
    life.tell(letter("paid", "k2", {"sum": 30}))

    assert life.run.result == {"sum": 30}


def test_a_condition_that_cannot_be_worked_out_fails_the_step():
    life = Life(workflow(LARGE))

    life.tell(letter("paid", "k1", "three"))

    assert life.run.outcome is h.Outcome.FAILED
    assert "letter.body.sum" in life.run.reason


def test_one_letter_is_taken_by_one_step():
    life = Life(workflow(PAID, Step("too", "Too", PAID.work)), id=7)

    life.tell(letter())

    assert [one.status for one in life.run.steps.values()].count(StepStatus.SUCCEEDED) == 1
    life.tell(letter(key="k2"))
    assert life.run.outcome is h.Outcome.SUCCEEDED


def test_the_same_letter_twice_counts_once_even_after_it_was_taken():
    flow = workflow(PAID, Step("again", "Again", PAID.work, ("paid",)))
    life = Life(flow, id=7)

    life.tell(letter(body=1))
    life.tell(letter(body=1))
    assert life.run.state("again").status is StepStatus.WAITING

    life.tell(letter(key="k2", body=2))
    assert life.run.result == 2


@pytest.mark.parametrize(
    ("step", "words"), [(PAID, "“paid:7” did not come in time."), (HEAR, "Nobody replied in time.")]
)
def test_a_wait_that_was_in_vain_is_a_failure_that_says_so(step, words):
    flow = workflow(Step(step.id, step.title, step.work, timeout=timedelta(hours=1)))
    life = Life(flow, id=7)
    assert life.run.wake_at == after(3605)

    life.at(3605)

    assert life.run.state(step.id).error == words
    assert life.run.outcome is h.Outcome.FAILED


def test_a_paused_run_takes_letters_and_acts_on_them_when_it_goes_on():
    life = Life(workflow(PAID), id=7)
    life.tell(h.RunPaused(after(5), ANA))

    life.tell(letter(body="kept"))
    assert life.run.state("paid").status is StepStatus.WAITING
    life.tell(h.RunResumed(after(6), ANA))

    assert life.run.result == "kept"


def test_of_too_many_letters_that_nobody_takes_the_oldest_are_dropped():
    run = told(started(), *(letter(key=f"k{n}") for n in range(MOST_LETTERS + 2)))

    assert len(run.letters) == MOST_LETTERS
    assert run.letters[0].key == "k2"
