"""Whatever stands in names, inputs and outputs: Slack takes the message, and nobody is mentioned."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks import closeups, forms, home, kit, lists, stats, thread
from blocks.home import Shown
from blocks.schedules import Plan
from blocks.thread import Surroundings
from blocks.wording import about, bar, clean, line, plain, safe
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.operation import Health, Operation, Progress, SourceHealth
from opstream.domain.person import Role
from opstream.domain.run import Page, RunStatus, RunSummary
from opstream.domain.spending import Models, ModelStanding, ModelsToday, Preference, Spending, Spent
from opstream.domain.statistics import Approvals, FailingStep
from opstream.domain.trigger import Schedule
from opstream.domain.workflow import ApprovalRule, Input, InputKind, Notify
from tests.blocks import oracle
from tests.blocks.figures import FIGURES
from tests.blocks.stories import ANA, BO, PROFILING, at, started, view

EVIL = "<!channel> <!here|x> <@U0BO000001> <https://evil.example|click> & ```x``` *b* \u202eevil\u202c "
evil_texts = st.sampled_from([EVIL, EVIL * 40, "😀" * 3_500, "مرحبا " * 900, "\x00\x1b[31m", ""])
texts = st.text(max_size=400) | evil_texts
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
MENTION = re.compile(r"<(!channel|!here|!everyone|@U0BO000001|https://evil)")


def harmless(blocks: object) -> None:
    found = json.dumps(mrkdwn(blocks), ensure_ascii=False)
    assert not MENTION.search(found), found
    assert "\u202e" not in found


def mrkdwn(value: object) -> list[str]:
    """Return every text that Slack would read for mentions and links."""
    value = oracle.plain(value)
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            return [value["text"]]
        return [text for one in value.values() for text in mrkdwn(one)]
    return [text for one in value for text in mrkdwn(one)] if isinstance(value, list) else []


def hostile_view(text: str, value: object):
    call = ProposedCall("scale", text, {text: value, "b": value})
    steps = tuple(replace(step, title=text) for step in PROFILING.steps)
    workflow = replace(PROFILING, title=text, description=text, steps=steps)
    run = (
        replace(started(), inputs={text: value, "x": text}),
        h.StepFailed(at(2), "measure", text, "x", at(1), at(9)),
        h.StepSucceeded(at(3), "report", {"text": text, "report": value}, at(1)),
        h.ApprovalRequested(at(4), "ask", 1, text, text, ApprovalRule(risk=text), call, None),
        h.ChangesRequested(at(5), "ask", 1, replace(BO, name=text), text, {text: value}),
        h.ApprovalRequested(at(6), "ask", 2, text, text, ApprovalRule(), call, at(99)),
        h.StepDoubted(at(7), "scale", text),
        h.QuestionAsked(at(8), "rate", text, (Input(text or "x", title=text),), at(99)),
    )
    return run, workflow


@settings(max_examples=60, deadline=None)
@given(texts, values)
def test_every_message_of_a_run_is_taken_and_mentions_nobody(text, value):
    facts, workflow = hostile_view(text, value)
    end = h.RunFinished(at(9), h.Outcome.FAILED, reason=text)
    for shown in (view(*facts, workflow=workflow), view(*facts, end, workflow=workflow)):
        around = Surroundings({"measure": Progress(1, 3, text)}, moved_from=text)
        for part in thread.parts(shown, around):
            oracle.accepts(part.message)
            if not part.key.startswith("approval/ask/1"):  # who sent it back is mentioned there
                words = [one for one in mrkdwn(part.message.blocks) if "asked for by" not in one]
                assert not MENTION.search(" ".join(words))
        for page in range(4):
            oracle.accepts(closeups.details(shown, page))


def _models(text: str, other: str) -> ModelsToday:
    one = ModelStanding(text, other, text, other, has_key=True, trouble=other, rests_until=at(9))
    keyless = replace(one, has_key=False)
    preference = Preference((text, other), (text, other), 1, 2, 0.1)
    models = Models([one] * 40 + [keyless] * 9, (text,) * 9, (preference,) * 9)
    return ModelsToday(at(0), models, Spent(1, 2, 3, 0.1), Spent())


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_lists_are_taken_and_mention_nobody(text, other):
    run = RunSummary(
        "r1", text, 1, RunStatus.FAILED, replace(ANA, id=text), None, at(0), at(5), other, False
    )
    tool = Operation(text, text, other, {})
    shown = [
        lists.page_of_runs("Runs", Page((run,) * 10, 55, 10, 10), "history", {text: other}, text),
        lists.workflows([replace(PROFILING, title=text, description=other)] * 12, (), 0),
        lists.tools(
            [SourceHealth(text, Health.READY, other, (tool,) * 30)] * 60, _models(text, other)
        ),
        lists.source(SourceHealth(text, Health.FAILING, other, (tool,) * 60)),
    ]
    for message in shown:
        oracle.accepts(message)
        harmless(message.blocks)


@settings(max_examples=15, deadline=None)
@given(texts, texts)
def test_home_and_statistics_are_taken_and_mention_nobody(text, other):
    run = RunSummary(
        "r1", text, 1, RunStatus.FAILED, replace(ANA, id=text), None, at(0), at(5), other, False
    )
    page = Page((run,) * 10, 20, 0, 10)
    plan = Plan(
        "x@1", other, Schedule(cron=text, timezone=text, inputs={text: other}), at(9), ANA, other
    )
    figures = replace(FIGURES, span=replace(FIGURES.span, workflow_id=text))
    recipe = replace(PROFILING, title=text, description=other)
    asked = OpenApproval(
        "r1", text, "ask", 1, other, ANA, None, Role.ADMIN, text, None, "", at(0), at(9)
    )
    mine = Shown(
        text,
        ApprovalPage((asked,) * 5, 9, 0, 5),
        page,
        page,
        page,
        [plan] * 9,
        figures,
        {},
        [recipe] * 20,
        at(0),
    )
    oracle.accepts_view(home.home(mine))
    harmless(home.home(mine)["blocks"])
    failing = (FailingStep(text, other, 3),) * 5
    nobody = replace(figures, failing=failing, approvals=Approvals())
    spending = Spending({text: Spent(1, 2), other: Spent(3)}, {text: 4, other: 5})
    report = stats.report(nobody, {text: other}, None, spending)
    oracle.accepts(report)
    harmless(report.blocks)


@settings(max_examples=60, deadline=None)
@given(texts, values)
def test_forms_are_taken(text, value):
    fields = tuple(
        Input(f"i{kind}", kind, text, text, default=value, choices=(text or "x", "b"))
        for kind in InputKind
    )
    workflow = replace(PROFILING, title=text, description=text, inputs=fields)
    facts, _ = hostile_view(text, value)
    run = view(*facts).run
    approval = run.state("ask").approval
    place = {"channel": "C1", "thread": None}
    shown = [
        forms.start(workflow, {"itext": text, "inumber": value}, place, "key"),
        forms.deny("r1", approval, place),
        forms.ask_changes("r1", approval, place),
        forms.answer("r1", replace(PROFILING.steps[5], title=text), run.state("rate"), place),
        forms.loading("One moment"),
        forms.notice("No", text),
    ]
    for one in shown:
        oracle.accepts_view(one)


def test_a_notice_of_five_hundred_findings_fits():
    report = {"summary": EVIL * 100, "findings": [{"title": EVIL, "detail": EVIL * 50}] * 500}
    step = replace(PROFILING.steps[1], work=Notify("x"))
    facts = (started(), h.StepSucceeded(at(3), step.id, {"text": "x", "report": report}, at(1)))

    for part in thread.parts(view(*facts), Surroundings()):
        oracle.accepts(part.message)


@given(st.text(), st.integers(2, 200))
def test_cut_text_is_never_longer_than_its_limit(text, limit):
    assert len(safe(text, limit)) <= limit
    assert len(plain(text, limit)) <= limit
    assert "\n" not in line(text, limit)
    assert not set(clean(text)) & set("\x00\u202e\ud800")


def test_cut_text_keeps_whole_words():
    assert safe("one two three four", 12) == "one two…"
    assert safe("a & b", 6) == "a…"
    assert safe("a & b") == "a &amp; b"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (2, "a few seconds"),
        (12, "about 10 s"),
        (42, "about 40 s"),
        (58, "about 1 m"),
        (170, "about 3 m"),
        (1_900, "about 30 m"),
        (7_300, "about 2 h"),
        (200_000, "about 2 d 7 h"),
    ],
)
def test_time_left_is_said_roughly(seconds, words):
    assert about(timedelta(seconds=seconds)) == words


def test_a_bar_says_its_number():
    assert [bar(one) for one in (-5, 0, 62.4, 100, 300)] == [
        "░░░░░░░░░░ 0 %",
        "░░░░░░░░░░ 0 %",
        "▓▓▓▓▓▓░░░░ 62 %",
        "▓▓▓▓▓▓▓▓▓▓ 100 %",
        "▓▓▓▓▓▓▓▓▓▓ 100 %",
    ]


def test_too_many_blocks_are_cut_but_the_buttons_stay():
    buttons = kit.actions(kit.button("Go", "go", "1"))

    fitted = kit.fit([*[kit.section("x" * 400)] * 80, buttons])

    assert fitted[-1] == buttons
    assert len(fitted) <= kit.BLOCKS_LIMIT
    assert kit.weight(fitted) <= kit.CHARACTERS_LIMIT
