"""App Home and statistics, each compared whole."""

from dataclasses import replace
from datetime import timedelta

from inline_snapshot import snapshot

from blocks import home, stats
from blocks.home import Offsets, Shown
from blocks.schedules import Plan
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.person import Role
from opstream.domain.run import Page, RunStatus
from opstream.domain.trigger import Schedule
from tests.blocks import oracle
from tests.blocks.drawing import drawn, form
from tests.blocks.figures import EMPTY, FIGURES, summary
from tests.blocks.stories import ANA, BO, OPS, PROFILING, SCALING, at

NONE = Page((), 0, 0, 5)
TITLES = {PROFILING.id: PROFILING.title, "slo_monitoring": "SLO monitoring"}
WAITING = summary("r4f7k2q9dx", RunStatus.ACTIVE, -600, waits=True)
GOING = summary("rh2m8p4tze", RunStatus.ACTIVE, -70)
LATE = summary("rk9c1w6bnu", RunStatus.ACTIVE, -400)
PAUSED = summary("rq2s4d6fgh", RunStatus.PAUSED, -1_200)
QUEUED = summary("rj5k7l9mnb", RunStatus.QUEUED, -1_300)
BROKEN = summary("rz3v5x7yqa", RunStatus.FAILED, -9_000, reason="“Measure” failed.", took=41)
WEEKLY = Plan(
    "application_profiling@1",
    PROFILING.title,
    Schedule(cron="0 9 * * 1", timezone="Europe/Lisbon", inputs={"service": "checkout"}),
    at(200_000),
    ANA,
    "Started `rz3v5x7yqa`.",
)
ASKED = OpenApproval(
    run="rt8v2w4xyz",
    workflow=PROFILING.id,
    step="ask",
    revision=1,
    title="Scale checkout to 4 replicas?",
    asker=BO,
    place=OPS,
    role=Role.APPROVER,
    risk="medium",
    call=SCALING,
    likeness="",
    asked_at=at(-300),
    expires_at=at(86_000),
)
BUSY = Shown(
    name="Ana Silva",
    approvals=ApprovalPage((ASKED,), 1, 0, 5),
    waiting=Page((WAITING,), 1, 0, 5),
    active=Page((WAITING, GOING, LATE, PAUSED, QUEUED), 8, 0, 5),
    failed=Page((BROKEN,), 1, 0, 5),
    plans=[WEEKLY],
    statistics=FIGURES,
    usual={PROFILING.id: timedelta(seconds=131)},
    workflows=[PROFILING],
    now=at(0),
)
FRESH = Shown(
    "Cleo", ApprovalPage((), 0, 0, 5), NONE, NONE, NONE, [], EMPTY, {}, [PROFILING], at(0)
)


def test_home_shows_what_waits_what_is_mine_and_how_it_all_runs():
    assert form(home.home(BUSY)) == snapshot("""\

[header] Hello Ana Silva
[section] *1 run* waits for a person · *8* of yours are active.
[actions] <▶️ Start something home_verb:workflows {"verb":"workflows"}> <🔄 Everything active home_verb:list {"verb":"list"}> <📜 History home_verb:history {"verb":"history"}> <📊 Statistics home_verb:stats {"verb":"stats 30d"}> <🔔 Preferences prefs_open {}> <❓ Help home_verb:help {"verb":"help"}>
[divider]
[section] *✋ For me to decide* · 1
[section] *Scale checkout to 4 replicas?*
    🟠 Medium · Application Performance Profiling · asked by <@U0BO000001> · a yes calls `estate.scale` · open until <!date^1795262000^{date_short_pretty} {time}|2026-11-21 11:53 UTC> <Look at it run_details {"run":"rt8v2w4xyz"}>
[section] *🙋 Waiting for a decision or an answer* · 1
[section] 🙋 *Waiting for a person* · Application Performance Profiling · `r4f7k2q9dx`
    Asked by <@U0ANA00001> · <!date^1795175400^{date_short_pretty} {time}|2026-11-20 11:50 UTC> <Details run_details {"run":"r4f7k2q9dx"}>
[section] *🔄 My runs* · 8
[section] 🙋 *Waiting for a person* · Application Performance Profiling · `r4f7k2q9dx`
    Asked by <@U0ANA00001> · <!date^1795175400^{date_short_pretty} {time}|2026-11-20 11:50 UTC> <Details run_details {"run":"r4f7k2q9dx"}>
[section] 🔄 *Running* · Application Performance Profiling · `rh2m8p4tze`
    Asked by <@U0ANA00001> · <!date^1795175930^{date_short_pretty} {time}|2026-11-20 11:58 UTC> · about 1 m left, as usual <Details run_details {"run":"rh2m8p4tze"}>
[section] 🔄 *Running* · Application Performance Profiling · `rk9c1w6bnu`
    Asked by <@U0ANA00001> · <!date^1795175600^{date_short_pretty} {time}|2026-11-20 11:53 UTC> · longer than usual, which is 2 m 11 s <Details run_details {"run":"rk9c1w6bnu"}>
[section] ⏸️ *Paused* · Application Performance Profiling · `rq2s4d6fgh`
    Asked by <@U0ANA00001> · <!date^1795174800^{date_short_pretty} {time}|2026-11-20 11:40 UTC> <Details run_details {"run":"rq2s4d6fgh"}>
[section] ⏳ *Queued* · Application Performance Profiling · `rj5k7l9mnb`
    Asked by <@U0ANA00001> · <!date^1795174700^{date_short_pretty} {time}|2026-11-20 11:38 UTC> <Details run_details {"run":"rj5k7l9mnb"}>
[context] 1 to 5 of 8
[actions] <Next home_turn:active:next {"words":"active=5"}>
[section] *❌ Mine that failed lately* · 1
[section] ❌ *Failed* · Application Performance Profiling · `rz3v5x7yqa`
    Asked by <@U0ANA00001> · <!date^1795167000^{date_short_pretty} {time}|2026-11-20 09:30 UTC>, took 41 s
    “Measure” failed. <Retry run_retry {"run":"rz3v5x7yqa"}>
[section] *🗓️ My schedules* · 1
[section] 🗓️ *Application Performance Profiling* · `application_profiling@1`
    At `0 9 * * 1` in Europe/Lisbon · next <!date^1795376000^{date_short_pretty} {time}|2026-11-22 19:33 UTC> · planned by <@U0ANA00001>
    service = checkout
    Last: Started `rz3v5x7yqa`. <Take out schedule_remove {"words":"application_profiling@1"} ?Take this plan out? Application Performance Profiling will not start by itself then.>
[divider]
[section] *📊 How it runs* · all that you may see, the last 14 days
    *83 runs* ended · *90\xa0%* went well · half took at most *1 m 50 s*
[data_visualization] Runs that ended {'type': 'bar', 'series': [{'name': 'Done', 'data': [{'label': '7 Nov', 'value': 4.0}, {'label': '8 Nov', 'value': 6.0}, {'label': '9 Nov', 'value': 5.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 7.0}, {'label': '13 Nov', 'value': 9.0}, {'label': '14 Nov', 'value': 8.0}, {'label': '15 Nov', 'value': 6.0}, {'label': '16 Nov', 'value': 7.0}, {'label': '17 Nov', 'value': 1.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 9.0}, {'label': '20 Nov', 'value': 11.0}]}, {'name': 'Failed', 'data': [{'label': '7 Nov', 'value': 1.0}, {'label': '8 Nov', 'value': 0.0}, {'label': '9 Nov', 'value': 2.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 1.0}, {'label': '13 Nov', 'value': 0.0}, {'label': '14 Nov', 'value': 0.0}, {'label': '15 Nov', 'value': 3.0}, {'label': '16 Nov', 'value': 0.0}, {'label': '17 Nov', 'value': 0.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 1.0}, {'label': '20 Nov', 'value': 0.0}]}, {'name': 'Denied', 'data': [{'label': '7 Nov', 'value': 0.0}, {'label': '8 Nov', 'value': 0.0}, {'label': '9 Nov', 'value': 0.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 1.0}, {'label': '13 Nov', 'value': 0.0}, {'label': '14 Nov', 'value': 0.0}, {'label': '15 Nov', 'value': 0.0}, {'label': '16 Nov', 'value': 1.0}, {'label': '17 Nov', 'value': 0.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 0.0}, {'label': '20 Nov', 'value': 0.0}]}], 'axis_config': {'categories': ['7 Nov', '8 Nov', '9 Nov', '10 Nov', '11 Nov', '12 Nov', '13 Nov', '14 Nov', '15 Nov', '16 Nov', '17 Nov', '18 Nov', '19 Nov', '20 Nov'], 'y_label': 'runs'}}
[data_visualization] How they ended {'type': 'pie', 'segments': [{'label': 'Done', 'value': 73.0}, {'label': 'Failed', 'value': 8.0}, {'label': 'Denied', 'value': 2.0}]}
[divider]
[section] *▶️ What you can start* · 1
[section] *Application Performance Profiling*
    Finds bottlenecks of a service and proposes a fix. <Start start_open {"workflow":"application_profiling"}>
[context] `/opstream help` shows all that I can do.\
""")


def test_an_empty_home_teaches():
    assert form(home.home(FRESH)) == snapshot("""\

[header] Hello Cleo
[section] Nothing waits for anybody, and nothing of yours is active.
[actions] <▶️ Start something home_verb:workflows {"verb":"workflows"}> <🔄 Everything active home_verb:list {"verb":"list"}> <📜 History home_verb:history {"verb":"history"}> <📊 Statistics home_verb:stats {"verb":"stats 30d"}> <🔔 Preferences prefs_open {}> <❓ Help home_verb:help {"verb":"help"}>
[divider]
[section] *🙋 Waiting for a decision or an answer*
[context] Nothing waits for anybody. When a run wants a yes or an answer, it stands here.
[section] *🔄 My runs*
[context] Nothing of yours is active. Start something below, or write `/opstream start application_profiling` in any channel.
[section] *🗓️ My schedules*
[context] You have planned nothing. `/opstream schedule slo_monitoring every weekday at 9` starts something by the clock.
[divider]
[section] *📊 How it runs*
[context] As soon as runs have ended, this shows how well they went and how long they took.
[divider]
[section] *▶️ What you can start* · 1
[section] *Application Performance Profiling*
    Finds bottlenecks of a service and proposes a fix. <Start start_open {"workflow":"application_profiling"}>
[context] `/opstream help` shows all that I can do.\
""")


def test_statistics_are_sentences_charts_and_a_table():
    assert drawn(stats.report(FIGURES, TITLES)) == snapshot("""\
(How it runs: 83 runs ended)
[section] *How it runs* · the last 14 days
[section] 83 runs ended: 73 done, 8 failed and 2 denied. *90\xa0%* went well, not counting what people ended. Of those that went well, half took at most *1 m 50 s*, 95 % at most *7 m 5 s*.
[data_visualization] Runs that ended {'type': 'bar', 'series': [{'name': 'Done', 'data': [{'label': '7 Nov', 'value': 4.0}, {'label': '8 Nov', 'value': 6.0}, {'label': '9 Nov', 'value': 5.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 7.0}, {'label': '13 Nov', 'value': 9.0}, {'label': '14 Nov', 'value': 8.0}, {'label': '15 Nov', 'value': 6.0}, {'label': '16 Nov', 'value': 7.0}, {'label': '17 Nov', 'value': 1.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 9.0}, {'label': '20 Nov', 'value': 11.0}]}, {'name': 'Failed', 'data': [{'label': '7 Nov', 'value': 1.0}, {'label': '8 Nov', 'value': 0.0}, {'label': '9 Nov', 'value': 2.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 1.0}, {'label': '13 Nov', 'value': 0.0}, {'label': '14 Nov', 'value': 0.0}, {'label': '15 Nov', 'value': 3.0}, {'label': '16 Nov', 'value': 0.0}, {'label': '17 Nov', 'value': 0.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 1.0}, {'label': '20 Nov', 'value': 0.0}]}, {'name': 'Denied', 'data': [{'label': '7 Nov', 'value': 0.0}, {'label': '8 Nov', 'value': 0.0}, {'label': '9 Nov', 'value': 0.0}, {'label': '10 Nov', 'value': 0.0}, {'label': '11 Nov', 'value': 0.0}, {'label': '12 Nov', 'value': 1.0}, {'label': '13 Nov', 'value': 0.0}, {'label': '14 Nov', 'value': 0.0}, {'label': '15 Nov', 'value': 0.0}, {'label': '16 Nov', 'value': 1.0}, {'label': '17 Nov', 'value': 0.0}, {'label': '18 Nov', 'value': 0.0}, {'label': '19 Nov', 'value': 0.0}, {'label': '20 Nov', 'value': 0.0}]}], 'axis_config': {'categories': ['7 Nov', '8 Nov', '9 Nov', '10 Nov', '11 Nov', '12 Nov', '13 Nov', '14 Nov', '15 Nov', '16 Nov', '17 Nov', '18 Nov', '19 Nov', '20 Nov'], 'y_label': 'runs'}}
[data_visualization] How they ended {'type': 'pie', 'segments': [{'label': 'Done', 'value': 73.0}, {'label': 'Failed', 'value': 8.0}, {'label': 'Denied', 'value': 2.0}]}
[table] \n\
workflow | went well | half took at most | 95 % took at most
Application Performance Profiling | 51 | 2 m 11 s | 7 m 40 s
SLO monitoring | 22 | 12 s | 31 s
[section] *Approvals*
    41 approved, 2 denied and 1 not answered in time. Half were answered within *1 m 36 s*, 95 % within *30 m 40 s*. Answered most by <@U0BO000001> (39) and <@U0ANA00001> (4).
[section] *Steps that failed most*
    • `measure` of Application Performance Profiling: 6 times
    • `read` of SLO monitoring: 2 times\
""")


def test_statistics_of_one_workflow_without_runs_say_so():
    nothing = replace(EMPTY, span=replace(EMPTY.span, workflow_id=PROFILING.id))

    assert drawn(stats.report(nothing, TITLES)) == snapshot("""\
(How it runs: 0 runs ended)
[section] *How it runs* · *Application Performance Profiling* · the last 14 days
[section] No run of it ended in that time, so there is nothing to count. `/opstream stats 90d` looks back further.\
""")


def test_turning_one_part_leaves_the_others_where_they_are():
    shown = replace(BUSY, active=Page((GOING,) * 5, 23, 5, 5), offsets=Offsets(active=5, failed=10))

    buttons = [
        one
        for block in home.home(shown)["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if one["action_id"].startswith("home_turn")
    ]

    assert [home.offsets(one["value"].split('"')[3]) for one in buttons] == [
        Offsets(active=0, failed=10),
        Offsets(active=10, failed=10),
    ]


def test_what_a_page_button_never_carried_is_the_first_page():
    assert home.offsets("active=-5 failed=x plans=10 evil=1 waiting=99999999") == Offsets(plans=10)


def test_a_rate_that_is_nearly_whole_is_not_called_whole():
    assert [stats.percent(one) for one in (1, 0.999, 0.5, 0.001, 0)] == [
        "100\u00a0%",
        "over 99\u00a0%",
        "50\u00a0%",
        "under 1\u00a0%",
        "0\u00a0%",
    ]


def test_a_full_home_is_taken():
    full = Page((GOING,) * 5, 500, 10, 5)
    plans = [WEEKLY] * 30
    shown = replace(
        BUSY, waiting=full, active=full, failed=full, plans=plans, workflows=[PROFILING] * 40
    )

    view = home.home(replace(shown, offsets=Offsets(0, 10, 10, 10, 10)))

    oracle.accepts_view(view)
    assert len(view["blocks"]) < home.BLOCKS_LIMIT
