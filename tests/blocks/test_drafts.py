"""Workflows written in the chat: the editor keeps every character, the proposal shows the difference."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from blocks import drafts, retrying, shortcuts
from blocks.schedules import Plan, listing, planned
from opstream.domain.trigger import Missed, Schedule
from opstream.errors import BadInput, Complaint
from tests.blocks.drawing import drawn, form
from tests.blocks.oracle import accepts, accepts_view
from tests.blocks.stories import ANA, NOON, PROFILING, every_state

PLACE = {"channel": "C1", "thread": "1.2"}
LONG = "\n".join(
    f"  - id: step_{number:03}\n    notify: word{' word' * 12}" for number in range(130)
)
DIFFERENCE = "--- version 3\n+++ draft\n@@ -1,2 +1,3 @@\n id: a\n-title: A\n+title: B\n+result: 1\n"


def typed(view: Any) -> dict[str, str | None]:
    """Return what stands in the fields of an editor."""
    return {
        block["block_id"]: block["element"].get("initial_value")
        for block in view["blocks"]
        if block["type"] == "input"
    }


def test_a_long_workflow_stands_in_several_fields_and_comes_back_as_it_was():
    view = drafts.editor(LONG, PLACE)
    accepts_view(view)
    assert len(typed(view)) > 3
    assert drafts.joined(typed(view)).rstrip("\n") == LONG.rstrip()


def test_spaces_at_the_beginning_of_a_field_may_get_lost():
    values = {
        name: (text or "").strip() for name, text in typed(drafts.editor(LONG, PLACE)).items()
    }
    assert drafts.joined(values).rstrip().split("\n")[1:] == LONG.rstrip().split("\n")[1:]


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=80))
)
def test_no_text_is_changed_by_the_editor(lines: list[str]):
    text = "\n".join(lines).rstrip()
    assert (
        "\n".join(drafts.parts_of(text)).replace("\n# (goes on)", "") == drafts.clean(text).rstrip()
    )


def test_a_workflow_that_no_form_can_hold_says_what_to_do_instead():
    with pytest.raises(BadInput, match="opstream import"):
        drafts.editor(LONG * 5, PLACE)


def test_each_fault_stands_under_its_field():
    values = typed(drafts.editor(LONG, PLACE))
    last = LONG.count("\n") + 1
    found = drafts.faults(
        values,
        [
            Complaint("f", 1, "There is no id.", "Write `id:`."),
            Complaint("f", last, "What is this?", "Take it out."),
            Complaint("f", last + 500, "It ends too early.", ""),
        ],
    )
    assert found["text:0"] == "Line 1: There is no id. Write `id:`."
    filled = [name for name, text in values.items() if text]
    assert found[filled[-1]].startswith(f"Line {last}: What is this? Take it out.")
    assert found.keys() == {"text:0", filled[-1]}


def test_a_proposal_shows_what_would_change():
    card = drafts.proposal("d1", PROFILING, DIFFERENCE)
    accepts(card)
    assert drawn(card) == snapshot("""\
(A draft of Application Performance Profiling)
[section] 📝 *Application Performance Profiling* · `application_profiling`
    2 lines new, 1 line taken out. Nothing is published yet.
[rich_text] --- version 3
+++ draft
@@ -1,2 +1,3 @@
 id: a
-title: A
+title: B
+result: 1
[actions] <Publish … primary draft_publish {"draft":"d1","workflow":"application_profiling"}> <Go on writing draft_edit {"draft":"d1","workflow":"application_profiling"}>\
""")


def test_a_proposal_without_a_difference_has_nothing_to_publish():
    card = drafts.proposal("d1", PROFILING, "")
    assert "nothing to do" in card.text
    assert all(block["type"] != "actions" for block in card.blocks)


def test_a_huge_difference_is_cut_and_says_so():
    card = drafts.proposal("d1", PROFILING, "+x\n" * 9_000)
    accepts(card)
    assert "characters more" in drawn(card)


def test_a_publication_and_what_all_hear_of_it():
    accepts_view(drafts.publication("d1", "deploy", PLACE))
    card = drafts.published(PROFILING, ANA, "Less <!channel> noise.")
    accepts(card)
    assert drawn(card) == snapshot("""\
(Version 3 of Application Performance Profiling is published)
[section] 📗 <@U0ANA00001> published version 3 of *Application Performance Profiling* · `application_profiling`
    > Less &lt;!channel&gt; noise.
[actions] <Start start_open {"workflow":"application_profiling"}> <Show workflow_show {"workflow":"application_profiling"}>\
""")


def test_a_workflow_seen_closely():
    lines = [
        drafts.version_line(number, NOON, ANA if number > 1 else None, "") for number in (2, 1)
    ]
    card = drafts.closeup(PROFILING, "measure ─ report", lines)
    accepts(card)
    assert drawn(card) == snapshot("""\
(The workflow Application Performance Profiling)
[section] *Application Performance Profiling* · `application_profiling` · version 3
    Finds bottlenecks of a service and proposes a fix.
[rich_text] measure ─ report
[context] Version 2 · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · <@U0ANA00001>
    Version 1 · <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · from its file
[actions] <Start primary start_open {"workflow":"application_profiling"}> <Change it workflow_edit {"workflow":"application_profiling"}>\
""")


def test_the_form_of_a_retry_offers_what_began_and_both_versions():
    view = every_state()["failed"]
    asked = retrying.form(view, view.run.workflow_version + 1, PLACE)
    accepts_view(asked)
    assert form(asked) == snapshot("""\
<Retry> <Retry> <Close>
form_retry {"run":"r4f7k2q9dx","place":{"channel":"C1","thread":"1.2"}}
[section] *Application Performance Profiling*
[input] step Where does it go on? {static_select {'options': [{'text': {'type': 'plain_text', 'text': 'Where it stopped', 'emoji': True}, 'value': 'failure'}, {'text': {'type': 'plain_text', 'text': 'From the start', 'emoji': True}, 'value': 'start'}, {'text': {'type': 'plain_text', 'text': 'From “Measure the service” (Failed after 35 s: The estate did not…)', 'emoji': True}, 'value': 'measure'}], 'initial_option': {'text': {'type': 'plain_text', 'text': 'Where it stopped', 'emoji': True}, 'value': 'failure'}}}
[input] version With which version of the workflow? {static_select {'options': [{'text': {'type': 'plain_text', 'text': 'Version 3, as before', 'emoji': True}, 'value': 'old'}, {'text': {'type': 'plain_text', 'text': 'Version 4, the newest', 'emoji': True}, 'value': 'new'}], 'initial_option': {'text': {'type': 'plain_text', 'text': 'Version 3, as before', 'emoji': True}, 'value': 'old'}}}\
""")
    same = retrying.form(view, view.run.workflow_version, PLACE)
    assert len(same["blocks"]) == len(asked["blocks"]) - 1


def test_writing_again_is_asked_once_more():
    card = retrying.confirmation("r1", "scale", "new", "`scale` would be done again.")
    accepts(card)
    assert "retry_sure" in drawn(card)


def test_a_plan_and_the_list_of_plans():
    every = Schedule("0 9 * * mon", timezone="Europe/Lisbon", inputs={"service": "web"})
    plans = [
        Plan("slo@1", "SLO", every, NOON, ANA, ""),
        Plan("slo/1", "SLO", replace(every, missed=Missed.ALL), NOON, None, "`r1` was started."),
        Plan("once@1", "Once", Schedule(at=NOON - timedelta(days=1)), None, ANA, ""),
    ]
    accepts(planned(plans[0]))
    card = listing(plans)
    accepts(card)
    assert drawn(card) == snapshot("""\
(What is planned)
[section] *What is planned* · 3 plans
[section] 🗓️ *SLO* · `slo@1`
    Every Monday at 9 in Europe/Lisbon · next <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · planned by <@U0ANA00001>
    service = web <Take out schedule_remove {"words":"slo@1"} ?Take this plan out? SLO will not start by itself then.>
[section] 🗓️ *SLO* · `slo/1`
    Every Monday at 9 in Europe/Lisbon · next <!date^1795176000^{date_short_pretty} {time}|2026-11-20 12:00 UTC> · stands in the workflow · all missed times are made up for
    service = web
    Last: `r1` was started.
[section] 🗓️ *Once* · `once@1`
    Once · never again · planned by <@U0ANA00001> <Take out schedule_remove {"words":"once@1"} ?Take this plan out? Once will not start by itself then.>\
""")
    assert "Nothing is planned" in listing([]).text
    accepts(listing(plans * 20, 10))


def test_the_form_of_the_shortcut():
    accepts_view(shortcuts.choose(("Investigate", "Make a task"), "It is slow", PLACE, "1.5"))
    nothing = shortcuts.choose((), "It is slow", PLACE, "1.5")
    accepts_view(nothing)
    assert "submit" not in nothing
