"""The card of a run, its progress, and its end."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from blocks import results, runs, thread
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.operation import Progress
from opstream.domain.workflow import Call, Step, Workflow
from tests.blocks import oracle
from tests.blocks.drawing import drawn
from tests.blocks.stories import (
    ANA,
    ENDED,
    FAILED,
    GRANTED,
    SCALING,
    at,
    every_state,
    started,
    view,
)


def test_a_card_says_what_who_where_and_how_long():
    card = runs.card(view(started(), left=timedelta(seconds=42)))

    assert drawn(card) == snapshot("""\
(🔄 Running · Application Performance Profiling)
[section] *Application Performance Profiling*
    🔄 *Running* · 0 of 6 steps · about 40 s left
[context] Asked by <@U0ANA00001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · `r4f7k2q9dx` || service = checkout · duration = 2m
[actions] <Pause run_pause {"run":"r4f7k2q9dx"}> <Cancel danger run_cancel {"run":"r4f7k2q9dx"} ?Cancel this run? Steps that are done stay done, unless they say how to undo them. Nothing new begins, and what is under way is stopped; a change that is being made right now may still take effect.> <Details run_details {"run":"r4f7k2q9dx"}> <Take over run_take {"run":"r4f7k2q9dx"}> <Watch run_watch {"run":"r4f7k2q9dx"}>\
""")


def test_a_paused_card_offers_to_resume():
    assert drawn(runs.card(every_state()["paused"])) == snapshot("""\
(⏸️ Paused · Application Performance Profiling)
[section] *Application Performance Profiling*
    ⏸️ *Paused* · 4 of 6 steps · Paused by <@U0ANA00001>
[context] Asked by <@U0ANA00001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · `r4f7k2q9dx` || service = checkout · duration = 2m
[actions] <Resume run_resume {"run":"r4f7k2q9dx"}> <Cancel danger run_cancel {"run":"r4f7k2q9dx"} ?Cancel this run? Steps that are done stay done, unless they say how to undo them. Nothing new begins, and what is under way is stopped; a change that is being made right now may still take effect.> <Details run_details {"run":"r4f7k2q9dx"}> <Take over run_take {"run":"r4f7k2q9dx"}> <Watch run_watch {"run":"r4f7k2q9dx"}>\
""")


def test_an_ended_card_offers_what_makes_sense_then():
    assert drawn(runs.card(view(*ENDED))) == snapshot("""\
(✅ Done · Application Performance Profiling)
[section] *Application Performance Profiling*
    ✅ *Done* · 6 of 6 steps · took 1 m 41 s
[context] Asked by <@U0ANA00001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · `r4f7k2q9dx` || service = checkout · duration = 2m
[actions] <Details run_details {"run":"r4f7k2q9dx"}>\
""")
    assert drawn(runs.card(view(*FAILED))) == snapshot("""\
(❌ Failed · Application Performance Profiling)
[section] *Application Performance Profiling*
    ❌ *Failed* · 0 of 6 steps · took 40 s
[context] Asked by <@U0ANA00001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · `r4f7k2q9dx` || service = checkout · duration = 2m
[section] “Measure the service” failed.
[actions] <Retry primary run_retry {"run":"r4f7k2q9dx"}> <Retry from … retry_open {"run":"r4f7k2q9dx"}> <Details run_details {"run":"r4f7k2q9dx"}>\
""")


def test_a_card_that_had_to_move_says_why():
    assert "I could not write in <#C0RANDOM01>" in drawn(runs.card(view(started()), "C0RANDOM01"))


def test_progress_shows_each_step_the_bar_and_the_time_left():
    under_way = {"measure": Progress(3, 10, "reading <!channel>")}

    shown = runs.progress(view(started(), left=timedelta(seconds=170)), under_way)

    assert drawn(shown) == snapshot("""\
(░░░░░░░░░░ 5 % · Running · Application Performance Profiling)
[plan] 🔄 Running
  step-0 in_progress: Measure the service details: ▓░░░░ 30 % reading <!channel>
  step-1 pending: Say what was found
  step-2 pending: Ask for a yes
  step-3 pending: Scale the service
  step-4 pending: Let it settle
  step-5 pending: Ask how it went
[context] ░░░░░░░░░░ 5 % · 0 of 6 steps · about 3 m left\
""")


def test_progress_says_for_whom_it_waits_and_until_when_it_rests():
    assert drawn(runs.progress(every_state()["asking"], {})) == snapshot("""\
(▓▓▓░░░░░░░ 33 % · Waiting for a decision · Application Performance Profiling)
[plan] 🙋 Waiting for a decision
  step-0 complete: Measure the service output: Done after 10 s.
  step-1 complete: Say what was found output: Done.
  step-2 in_progress: Ask for a yes details: Waiting for a decision.
  step-3 pending: Scale the service
  step-4 pending: Let it settle
  step-5 pending: Ask how it went
[context] ▓▓▓░░░░░░░ 33 % · 2 of 6 steps · an approver is asked in the thread\
""")
    assert drawn(runs.progress(every_state()["resting"], {})) == snapshot("""\
(▓▓▓▓▓▓░░░░ 66 % · Running · Application Performance Profiling)
[plan] 🔄 Running
  step-0 complete: Measure the service output: Done after 10 s.
  step-1 complete: Say what was found output: Done.
  step-2 complete: Ask for a yes output: Done after 46 s.
  step-3 complete: Scale the service output: Done after 2 s.
  step-4 in_progress: Let it settle details: Resting until <2026-11-20 12:01:33 UTC>.
  step-5 pending: Ask how it went
[context] ▓▓▓▓▓▓░░░░ 66 % · 4 of 6 steps · about 40 s left\
""")


def test_progress_of_a_retry_says_what_failed_and_when_it_is_tried_again():
    assert drawn(runs.progress(every_state()["retrying"], {})) == snapshot("""\
(░░░░░░░░░░ 0 % · Running · Application Performance Profiling)
[plan] 🔄 Running
  step-0 in_progress: Measure the service details: Attempt 1 failed (No answer); trying again at <2026-11-20 12:00:25 UTC>.
  step-1 pending: Say what was found
  step-2 pending: Ask for a yes
  step-3 pending: Scale the service
  step-4 pending: Let it settle
  step-5 pending: Ask how it went
[context] ░░░░░░░░░░ 0 % · 0 of 6 steps · about 40 s left\
""")


def test_a_call_that_is_being_made_is_in_progress_before_it_says_anything():
    reads = tuple(Step(name, name, Call("a.b"), needs=()) for name in ("one", "two", "three"))
    workflow = Workflow("reads", "Reads", reads)

    def stages(**more: object) -> list[object]:
        plan = runs.plan(view(started(), workflow=workflow, **more), {})
        return [task["status"] for task in plan["tasks"]]

    assert stages(under_way=frozenset({"two"})) == ["pending", "in_progress", "pending"]
    assert stages() == ["in_progress"] * 3  # nobody knows which, and all of them may begin


def test_a_change_that_was_under_way_when_its_run_was_cancelled_may_have_taken_effect():
    scheduled = (*GRANTED, h.StepScheduled(at(61), "scale", 1, SCALING))
    shown = view(*scheduled, h.RunFinished(at(62), h.Outcome.CANCELLED, reason="Oops.", by=ANA))

    task = runs.plan(shown, {})["tasks"][3]

    assert task["status"] == "error"
    assert "may have taken effect" in str(task["details"])
    assert "may have taken effect" in drawn(runs.card(shown))
    assert drawn(results.result(shown)) == snapshot("""\
(🚫 Cancelled: Application Performance Profiling. Oops.)
[section] 🚫 *Cancelled* by <@U0ANA00001>: “Oops.”
    _Application Performance Profiling took 1 m 2 s._
[section] ⚠️ *Scale the service* was under way when the run ended, and may have taken effect. Please check.
[section] *The call:* `estate.scale`
    • service = `checkout`
    • replicas = `4`
[actions] <Retry primary run_retry {"run":"r4f7k2q9dx"}> <Details run_details {"run":"r4f7k2q9dx"}> <Logs run_logs {"run":"r4f7k2q9dx"}> <Start again run_again {"run":"r4f7k2q9dx"}>\
""")


def test_a_step_that_was_left_out_says_so_in_the_plan():
    shown = view(started(), h.StepSkipped(at(1), "measure", "Its condition is false."))

    task = runs.plan(shown, {})["tasks"][0]

    assert (task["title"], task["status"]) == ("Measure the service (left out)", "complete")


def test_a_long_run_shows_what_is_near_and_counts_the_rest():
    steps = tuple(
        Step(f"s{n}", f"Step {n}", Call("a.b"), needs=(f"s{n - 1}",) if n else ())
        for n in range(500)
    )
    facts = [h.StepSucceeded(at(n), f"s{n}", None, at(n)) for n in range(200)]

    shown = runs.progress(view(started(), *facts, workflow=Workflow("long", "Long", steps)), {})

    tasks = shown.blocks[0]["tasks"]
    assert [one["title"] for one in (tasks[0], tasks[1], tasks[6], tasks[-1])] == snapshot(
        ["195 steps before these", "Step 195", "Step 200", "257 more steps"]
    )
    assert len(tasks) == 50
    oracle.accepts(shown)


def test_the_end_says_how_it_went_and_what_makes_sense_next():
    assert drawn(results.result(view(*ENDED))) == snapshot("""\
(✅ Done: Application Performance Profiling.)
[section] ✅ *Done.*
    _Application Performance Profiling took 1 m 41 s._
[section] p99 went from 812 ms to 190 ms.
[actions] <Details run_details {"run":"r4f7k2q9dx"}> <Start again run_again {"run":"r4f7k2q9dx"}>\
""")
    assert drawn(results.result(view(*FAILED))) == snapshot("""\
(❌ Failed: Application Performance Profiling. “Measure the service” failed.)
[section] ❌ *Failed.* “Measure the service” failed.
    _Application Performance Profiling took 40 s._
[section] • *Measure the service*: The estate did not answer.
[actions] <Retry primary run_retry {"run":"r4f7k2q9dx"}> <Details run_details {"run":"r4f7k2q9dx"}> <Logs run_logs {"run":"r4f7k2q9dx"}> <Start again run_again {"run":"r4f7k2q9dx"}>\
""")
    denied = drawn(results.result(every_state()["denied"]))
    assert denied.startswith("(✋ Denied: Application Performance Profiling. Bo said no.)")


def test_a_workflow_that_wants_no_end_in_its_thread_gets_none():
    quiet = Workflow("quiet", "Quiet", (), notices=frozenset({"errors"}))
    well = h.RunFinished(at(1), h.Outcome.SUCCEEDED, "ok")
    badly = h.RunFinished(at(1), h.Outcome.FAILED, reason="x")

    assert not results.wanted(view(started(), well, workflow=quiet))
    assert results.wanted(view(started(), badly, workflow=quiet))


def test_the_end_does_not_repeat_what_a_notice_said():
    said = h.StepSucceeded(at(2), "report", {"text": "All well.", "report": None}, at(1))
    end = h.RunFinished(at(3), h.Outcome.SUCCEEDED, "All well.")

    assert "All well." not in drawn(results.result(view(started(), said, end)))


@pytest.mark.parametrize("name", list(every_state()))
def test_slack_takes_every_message_of_every_state(name):
    shown = every_state()[name]

    for part in thread.parts(shown, Surroundings({"measure": Progress(1, 2, "…")}, "C0X")):
        oracle.accepts(part.message)


def test_keys_stay_while_a_message_is_the_same_to_a_reader():
    keys = [part.key for part in thread.parts(every_state()["sent back"], Surroundings())]
    retried = every_state()["retried"]

    assert keys == snapshot(
        ["card", "progress", "notice/report/1795176013", "approval/ask/1", "approval/ask/2"]
    )
    assert [part.key for part in thread.parts(retried, Surroundings())] == ["card", "progress"]


def test_a_message_that_is_out_of_date_keeps_its_words_and_loses_its_buttons():
    end = results.result(view(*FAILED))

    closed = thread.closed("result/0", end)

    assert "set going again after this" in drawn(closed)
    assert "run_retry" not in drawn(closed)
    assert closed.blocks[: len(end.blocks) - 1] == end.blocks[:-1]


def test_an_open_question_of_a_run_that_was_cancelled_has_no_buttons():
    cancelled = view(
        started(),
        h.QuestionAsked(at(5), "rate", "How was it?", (), None),
        h.RunFinished(at(6), h.Outcome.CANCELLED, reason="x", by=ANA),
    )

    question = thread.parts(cancelled, Surroundings())[2]

    assert "⌛ *Not answered.*" in drawn(question.message)
