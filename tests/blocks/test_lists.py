"""Lists, close-ups, forms, Home and help, each compared whole."""

from datetime import timedelta

from inline_snapshot import snapshot

from blocks import closeups, help, journal, lists
from blocks.help import Entry
from opstream.domain import history as h
from opstream.domain.operation import Health, Operation, SourceHealth
from opstream.domain.run import Page, RunStatus, RunSummary
from opstream.errors import Complaint
from tests.blocks.drawing import drawn
from tests.blocks.stories import (
    ANA,
    BO,
    ENDED,
    PROFILING,
    RUN,
    SCALING,
    asked,
    at,
    every_state,
    started,
    view,
)
from tests.blocks.test_models import TODAY

SUMMARIES = (
    RunSummary(RUN, "deploy", 1, RunStatus.ACTIVE, ANA, None, at(0), None, "", True),
    RunSummary("r2", "deploy", 1, RunStatus.FAILED, BO, None, at(0), at(75), "It broke.", False),
)


def test_status_says_where_a_run_is_and_how_sure_the_estimate_is():
    sure = view(started(), left=timedelta(seconds=170), samples=12)
    span = {"left_low": timedelta(seconds=60), "left_high": timedelta(seconds=400)}
    unsure = view(started(), left=timedelta(seconds=170), samples=5, **span)

    assert drawn(closeups.status(sure)) == snapshot("""\
(🔄 Running: Application Performance Profiling, 0 of 6 steps)
[section] 🔄 *Running* · *Application Performance Profiling* · `r4f7k2q9dx`
    0 of 6 steps · about 3 m left (from 12 earlier runs)
[section] 🔄 Under way · Measure the service
    ⚪ To do · Say what was found
    ⚪ To do · Ask for a yes
    ⚪ To do · Scale the service
    ⚪ To do · Let it settle
    ⚪ To do · Ask how it went
[actions] <Pause run_pause {"run":"r4f7k2q9dx"}> <Cancel danger run_cancel {"run":"r4f7k2q9dx"} ?Cancel this run? Steps that are done stay done, unless they say how to undo them. Nothing new begins, and what is under way is stopped; a change that is being made right now may still take effect.> <Details run_details {"run":"r4f7k2q9dx"}> <Take over run_take {"run":"r4f7k2q9dx"}>\
""")
    assert "about 3 m left, nine times out of ten between 1 m and 7 m" in drawn(
        closeups.status(unsure)
    )
    assert "nobody can say yet" in drawn(closeups.status(view(started())))


def test_a_page_of_runs_tells_where_it_is_in_the_list():
    page = Page(SUMMARIES, 25, 10, 10)

    assert drawn(
        lists.page_of_runs(
            "Ended runs", page, "history", {"deploy": "Deploy a service"}, "failed mine"
        )
    ) == snapshot("""\
(Ended runs: 25 runs)
[section] *Ended runs* · 25 runs
[section] 🙋 *Waiting for a person* · Deploy a service · `r4f7k2q9dx`
    Asked by <@U0ANA00001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC>
[section] ❌ *Failed* · Deploy a service · `r2`
    Asked by <@U0BO000001> · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC>, took 1 m 15 s
    It broke.
[context] 11 to 12 of 25
[actions] <Previous page page_turn:back {"list":"history","back":1,"words":"failed mine"}> <Next page page_turn:on {"list":"history","offset":12,"words":"failed mine"}>\
""")


def test_empty_lists_say_what_can_be_done():
    nothing = Page((), 0, 0, 10)

    assert drawn(lists.page_of_runs("x", nothing, "list", {})) == snapshot("""\
(Nothing is running. `/opstream workflows` shows what can be started.)
[section] Nothing is running. `/opstream workflows` shows what can be started.\
""")
    assert drawn(lists.page_of_runs("x", nothing, "history", {})) == snapshot("""\
(No run has ended yet. `/opstream workflows` shows what can be started.)
[section] No run has ended yet. `/opstream workflows` shows what can be started.\
""")
    assert drawn(lists.page_of_runs("x", nothing, "history", {}, "failed")) == snapshot("""\
(No run matches `failed`. `/opstream history` shows all.)
[section] No run matches `failed`. `/opstream history` shows all.\
""")


def test_details_are_each_finding_once_what_people_were_told_first():
    shown = view(*ENDED)

    assert drawn(closeups.details(shown, 0)) == snapshot("""\
(Say what was found)
[section] ✅ *Done* · *Application Performance Profiling* · `r4f7k2q9dx`
    6 of 6 steps · took 1 m 41 s
[section] *Say what was found*
[section] checkout spends 62 % of its time waiting for a database connection.
[section] 🔴 Critical · *The connection pool is too small*
    8 of 8 connections are in use; 41 requests wait.
[data_visualization] p99 latency {'type': 'line', 'series': [{'name': 'checkout', 'data': [{'label': '12:00', 'value': 210.0}, {'label': '12:02', 'value': 812.5}]}], 'axis_config': {'categories': ['12:00', '12:02'], 'y_label': 'ms'}}
[section] *Latency by operation*
[table] \n\
operation | p99
pay | 812 ms
list | 95 ms
[context] 🧪 These figures come from a simulation, not from real systems.
[section] *Measure the service*
[section] p99 = 812.5
[section] *Scale the service*
[section] replicas = 4
[section] *Ask how it went*
[section] stars = 5\
""")
    assert drawn(closeups.details(shown, 1)) == snapshot("""\
(Say what was found)
[section] ✅ *Done* · *Application Performance Profiling* · `r4f7k2q9dx`
    6 of 6 steps · took 1 m 41 s
[section] *Say what was found*
[section] checkout spends 62 % of its time waiting for a database connection.
[section] 🔴 Critical · *The connection pool is too small*
    8 of 8 connections are in use; 41 requests wait.
[data_visualization] p99 latency {'type': 'line', 'series': [{'name': 'checkout', 'data': [{'label': '12:00', 'value': 210.0}, {'label': '12:02', 'value': 812.5}]}], 'axis_config': {'categories': ['12:00', '12:02'], 'y_label': 'ms'}}
[section] *Latency by operation*
[table] \n\
operation | p99
pay | 812 ms
list | 95 ms
[context] 🧪 These figures come from a simulation, not from real systems.
[section] *Measure the service*
[section] p99 = 812.5
[section] *Scale the service*
[section] replicas = 4
[section] *Ask how it went*
[section] stars = 5\
""")


def test_status_in_the_thread_of_a_run_is_short():
    assert drawn(closeups.brief_status(every_state()["asking"])) == snapshot("""\
(🙋 Waiting for a decision: Application Performance Profiling, 2 of 6 steps)
[section] 🙋 *Waiting for a decision* · *Application Performance Profiling* · `r4f7k2q9dx`
    2 of 6 steps · an approver is asked in the thread
[section] 🙋 Waiting for a decision · Ask for a yes\
""")


def test_a_tool_is_told_by_its_first_sentence():
    long = Operation(
        "a.b", "B", "Reads e.g. metrics of 1.5 hours. Returns one series. And more.", {}
    )

    message = lists.source(SourceHealth("a", Health.READY, "Ready.", (long,)))

    assert "metrics of 1.5 hours." in drawn(message)
    assert "Returns" not in drawn(message)


def test_a_log_says_each_fact_in_a_sentence():
    facts = (
        started(),
        h.StepFailed(at(3), "measure", "No answer.", "timeout", at(1), at(5), outcome_known=False),
        h.StepSucceeded(at(12), "measure", {"p99": 1}, at(5)),
        h.StepSkipped(at(13), "healthy", "Its condition is false."),
        asked(14),
        h.ChangesRequested(at(15), "ask", 1, BO, "Less.", {"replicas": 3}),
        h.ApprovalDenied(at(16), "ask", 2, BO, "No."),
        h.ApprovalExpired(at(17), "ask", 3),
        h.ApprovalGranted(at(18), "ask", 4, BO),
        h.StepScheduled(at(19), "scale", 1, SCALING),
        h.StepDoubted(at(20), "scale", "Did it happen?"),
        h.DoubtCleared(at(21), "scale", h.Clarification.DONE, BO),
        h.WaitBegan(at(22), "settle", at(52)),
        h.QuestionAsked(at(53), "rate", "How was it?", (), None),
        h.QuestionAnswered(at(54), "rate", {"stars": 5}, ANA),
        h.RunPaused(at(55), ANA),
        h.RunResumed(at(56), ANA),
        h.RunFinished(at(57), h.Outcome.FAILED, reason="It broke."),
        h.RunRetried(at(58), ANA, ("measure",)),
    )

    log = closeups.logs(RUN, facts, [journal.sentence(fact) for fact in facts], 0)

    assert drawn(log) == snapshot("""\
(Log of r4f7k2q9dx)
[section] *Log of `r4f7k2q9dx`* · 19 entries
[section] <!date^1795176000^{time_secs}|12:00:00 UTC> <@U0ANA00001> started `application_profiling`, version 3.
    <!date^1795176003^{time_secs}|12:00:03 UTC> `measure` failed: No answer. It may have taken effect. It is tried again at <!date^1795176005^{time_secs}|12:00:05 UTC>.
    <!date^1795176012^{time_secs}|12:00:12 UTC> `measure` is done after 7 s and gave 10 characters.
    <!date^1795176013^{time_secs}|12:00:13 UTC> `healthy` is left out. Its condition is false.
    <!date^1795176014^{time_secs}|12:00:14 UTC> `ask` asks for a yes, revision 1: Scale checkout to 4 replicas?
    <!date^1795176015^{time_secs}|12:00:15 UTC> <@U0BO000001> sent `ask` back: “Less.” (replicas = `3`).
    <!date^1795176016^{time_secs}|12:00:16 UTC> <@U0BO000001> denied `ask`: No.
    <!date^1795176017^{time_secs}|12:00:17 UTC> Nobody answered `ask` in time, so it counts as a no.
    <!date^1795176018^{time_secs}|12:00:18 UTC> <@U0BO000001> approved `ask`, revision 4.
    <!date^1795176019^{time_secs}|12:00:19 UTC> `scale` is about to change something, attempt 1.
    <!date^1795176020^{time_secs}|12:00:20 UTC> `scale` may or may not have happened: Did it happen?
    <!date^1795176021^{time_secs}|12:00:21 UTC> <@U0BO000001> said about `scale`: done.
    <!date^1795176022^{time_secs}|12:00:22 UTC> `settle` rests until <!date^1795176052^{date_short_pretty} {time}|2026-11-20 12:00 UTC>.
    <!date^1795176053^{time_secs}|12:00:53 UTC> `rate` asks: How was it?
    <!date^1795176054^{time_secs}|12:00:54 UTC> <@U0ANA00001> answered `rate`: stars = 5.
    <!date^1795176055^{time_secs}|12:00:55 UTC> <@U0ANA00001> paused the run.
    <!date^1795176056^{time_secs}|12:00:56 UTC> <@U0ANA00001> let the run go on.
    <!date^1795176057^{time_secs}|12:00:57 UTC> The run ended: failed. It broke.
    <!date^1795176058^{time_secs}|12:00:58 UTC> <@U0ANA00001> set the run going again; done anew: `measure`.\
""")


def test_workflows_are_listed_with_what_they_need_and_files_that_do_not_load():
    faults = [Complaint("odd.yaml", 3, "There is no step `x`.", "Did you mean `y`?")]

    assert drawn(lists.workflows([PROFILING], faults)) == snapshot("""\
(What can be started)
[section] *What can be started* · 1 workflow
[section] *Application Performance Profiling* · `application_profiling`
    Finds bottlenecks of a service and proposes a fix.
    Needs `service`, `duration` (optional)
    Or say: `profile {service} for {duration}` <Start start_open {"workflow":"application_profiling"}>
[section] ⚠️ *These files cannot be used yet*
    • odd.yaml:3: There is no step `x`. Did you mean `y`?\
""")


def test_tools_are_listed_with_their_health():
    tool = Operation("estate.scale", "Scale", "Changes how many replicas there are.", {})
    look = Operation("estate.look", "Look", "Looks around.", {}, writes=False)
    ready = SourceHealth("estate", Health.READY, "2 tools.", (tool, look))
    missing = SourceHealth("github", Health.MISSING, "Set GITHUB_TOKEN.")

    assert drawn(lists.tools([ready, missing], TODAY)) == snapshot("""\
(Tools and models, and how they are doing)
[section] *Tools*
[section] ✅ Ready · *estate*
    2 tools.
    `scale`, `look`
[section] ⚪ Missing · *github*
    Set GITHUB_TOKEN.
[context] `/opstream tools &lt;name&gt;` shows one of them with all it can do.
[section] *Models*
    ✅ Ready · *gemini* · `gemini-3.8-flash` · answered 12 times since I was started
    ⏸️ Rests until <!date^1795176020^{time_secs}|12:00:20 UTC> · *claude* · `claude-sonnet-5-5`: it gets too many requests and asks to wait 20 s
    ✅ Ready · *claude-small* · `claude-haiku-5-5` · only where a step names it
    ⚪ *OpenAI* needs a key: put `OPENAI_API_KEY` in the environment or in `.env`, and start me again. Then I can ask `gpt-6.1-sol`.
[section] *Who is asked* · `gemini`, and `claude` where that cannot answer.
    • `claude` first where a prompt has more than 500 words.
    • `openai` first for summaries and where a prompt would cost more than $0.50 elsewhere, once there is a key.
[context] Spent since midnight UTC: $0.12 of $25.00 (34,000 tokens) for everybody, under $0.0001 of $10.00 (420 tokens) for you. || At most, one prompt may take $1.00 and one run may take $5.00 and 90,000 tokens; see `budgets` in `config/models.yaml`.\
""")
    assert drawn(lists.source(ready)) == snapshot("""\
(estate: 2 tools.)
[section] ✅ Ready · *estate*
    2 tools.
[section] • `estate.scale` · ✏️ changes things · Changes how many replicas there are.
    • `estate.look` · 👁️ only reads · Looks around.\
""")


def test_help_tells_what_works_from_what_is_planned():
    start = Entry("start", "start <workflow>", "Starts a workflow.", ("start deploy",))
    planned = Entry("brief", "brief", "Gives you a briefing.", planned=True)

    assert drawn(help.overview([start, planned], ["profile {service}"])) == snapshot("""\
(What I can do, and how to ask for it)
[section] *I run your workflows and come back with what they found.* Mention me, write to me directly, or write one of these after `/opstream`:
[section] • `start &lt;workflow&gt;` · Starts a workflow.
[section] *In a thread of a run* you can say `status`, `pause it`, `cancel` or `show me the details`.
    *Sentences that start a workflow:*
    • `profile {service}`
[context] Not built yet: `brief`.\
""")
    assert drawn(help.one(start)) == snapshot("""\
(`/opstream start &lt;workflow&gt;`
Starts a workflow.
*For example*
• `/opstream start deploy`)
[section] `/opstream start &lt;workflow&gt;`
    Starts a workflow.
    *For example*
    • `/opstream start deploy`\
""")
    assert drawn(help.planned(planned, [start])) == snapshot("""\
(`brief` is not built yet. It will do this: Gives you a briefing.
What works today: `/opstream start &lt;workflow&gt;`.)
[section] `brief` is not built yet. It will do this: Gives you a briefing.
    What works today: `/opstream start &lt;workflow&gt;`.\
""")
    assert drawn(help.greeting("Ana", [])) == snapshot("""\
(Hello. Say `help` to see what I can do.)
[section] Hello Ana. I start workflows and tell you how they go. You can say `status`, `list`, `workflows` or `help`.
[actions] <What can be started home_verb:workflows {"verb":"workflows"}> <Help home_verb:help {"verb":"help"}>\
""")
