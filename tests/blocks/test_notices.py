"""Notices and preferences, each compared whole; and Slack takes them whatever stands in them."""

from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from blocks import ids, notices, preferences
from opstream.domain.conversation import Place
from opstream.domain.notification import (
    Dispatch,
    Frequency,
    Notice,
    NoticeKind,
    Preferences,
    QuietHours,
    Severity,
    Standing,
    Target,
    Where,
)
from tests.blocks import oracle
from tests.blocks.drawing import drawn, form
from tests.blocks.stories import at

LINK = "https://example.com/archives/C0OPS00001/p1"
DONE = Notice("r1/ended/0", NoticeKind.COMPLETED, "“Weekly review” is done.", run="r4f7k2q9dx")
DOWN = Notice(
    "tool/estate/1/down",
    NoticeKind.TROUBLE,
    "The tool `estate` cannot be used before somebody sets it right.",
    severity=Severity.CRITICAL,
)
CHOSEN = Preferences(
    kinds=(NoticeKind.FAILED, NoticeKind.APPROVAL),
    where=Where.THREAD,
    outside=("oncall",),
    quiet=QuietHours(time(22), time(8)),
    timezone="Europe/Lisbon",
    frequency=Frequency(3, timedelta(hours=1)),
    digest=timedelta(hours=4),
)


def test_one_notice_is_a_sentence_with_the_way_to_its_thread():
    assert drawn(notices.told([DONE], {DONE.key: LINK})) == snapshot("""\
(“Weekly review” is done.)
[section] “Weekly review” is done. · `r4f7k2q9dx` · <https://example.com/archives/C0OPS00001/p1|Open the thread>\
""")


def test_in_a_thread_the_one_it_is_for_is_named_and_what_is_critical_is_marked():
    assert drawn(notices.told([DOWN], {}, "U0BO000001")) == snapshot("""\
(The tool `estate` cannot be used before somebody sets it right.)
[section] <@U0BO000001> 🚨 The tool `estate` cannot be used before somebody sets it right.\
""")


def test_what_waited_comes_as_one_list():
    many = [DONE, DOWN, *[DONE] * 22]

    assert drawn(notices.told(many, {DONE.key: LINK})).replace(LINK, "…")[:700] == snapshot("""\
(While you were away: 24 notices)
[section] *While you were away:* 24 notices
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • 🚨 The tool `estate` cannot be used before somebody sets it right.
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • “Weekly review” is done. · `r4f7k2q9dx` · <…|Open the thread>
    • \
""")


def test_who_was_told_is_said_by_name_and_number():
    def sent(owner, standing=Standing.SENT, outside=""):
        target = Target(owner, None if outside else Place(owner), outside)
        return Dispatch(DONE, target, standing, at(0), at(0))

    told = [
        sent("U0BO000001"),
        sent("U0BO000001"),
        sent("U0BO000001", Standing.HELD),
        sent("U0ANA00001", Standing.DROPPED),
        sent("C0OPS00001"),
        sent("#incidents", Standing.GIVEN_UP),
        sent("@oncall"),
        sent("U0ANA00001", outside="mail"),
    ]

    assert notices.heard(told) == snapshot(
        "🔔 *Told:* <@U0BO000001> (2 told, 1 still to come), <#C0OPS00001> (1 told), `#incidents` (1 not taken), `@oncall` (1 told), `mail` (1 told)"
    )
    assert notices.heard(told[3:4]) == ""


def test_preferences_are_said_in_words():
    assert drawn(preferences.shown("U0BO000001", Preferences())) == snapshot("""\
(What you hear)
[section] 🔔 *What you hear*
    • About: all there is. What is critical comes through in any case.
    • Where: in a direct message.
    • When: at once.
    • Direct messages wait while do-not-disturb is on in Slack.
[actions] <Edit primary prefs_open {"words":"U0BO000001"}>\
""")
    assert drawn(preferences.shown("U0BO000001", CHOSEN, ["r1", "deploy"])) == snapshot("""\
(What you hear)
[section] 🔔 *What you hear*
    • About: failures and decisions that wait. What is critical comes through in any case.
    • Where: in the thread it belongs to, and by `oncall`.
    • When: not in the quiet hours 22:00-08:00 (Europe/Lisbon); gathered into one message every 4 h; at most 3 messages an hour, the rest goes into the next one.
    • Direct messages wait while do-not-disturb is on in Slack.
    • You watch `r1` and `deploy`.
[actions] <Edit primary prefs_open {"words":"U0BO000001"}>\
""")
    assert drawn(preferences.shown("C0OPS00001", CHOSEN)) == snapshot("""\
(What this channel hears)
[section] 🔔 *What this channel hears*
    • About: failures and decisions that wait. What is critical comes through in any case.
    • Where: in this channel, and by `oncall`.
    • When: not in the quiet hours 22:00-08:00 (Europe/Lisbon); gathered into one message every 4 h; at most 3 messages an hour, the rest goes into the next one.
[actions] <Edit primary prefs_open {"words":"C0OPS00001"}>\
""")


def test_the_form_asks_for_all_of_them():
    view = preferences.form("U0BO000001", CHOSEN, ["oncall", "mail"], {"channel": "C0OPS00001"})

    assert form(view) == snapshot("""\
<Notifications> <Save> <Close>
form_prefs {"words":"U0BO000001","place":{"channel":"C0OPS00001"}}
[input] optional kinds What about? {multi_static_select {'options': [{'text': {'type': 'plain_text', 'text': 'Starts', 'emoji': True}, 'value': 'started'}, {'text': {'type': 'plain_text', 'text': 'Milestones', 'emoji': True}, 'value': 'milestone'}, {'text': {'type': 'plain_text', 'text': 'Ends', 'emoji': True}, 'value': 'completed'}, {'text': {'type': 'plain_text', 'text': 'Failures', 'emoji': True}, 'value': 'failed'}, {'text': {'type': 'plain_text', 'text': 'Decisions that wait', 'emoji': True}, 'value': 'approval'}, {'text': {'type': 'plain_text', 'text': 'Escalations and hand-overs', 'emoji': True}, 'value': 'escalation'}, {'text': {'type': 'plain_text', 'text': 'Schedules that fail', 'emoji': True}, 'value': 'schedule'}, {'text': {'type': 'plain_text', 'text': 'Broken links and tools', 'emoji': True}, 'value': 'trouble'}], 'initial_options': [{'text': {'type': 'plain_text', 'text': 'Failures', 'emoji': True}, 'value': 'failed'}, {'text': {'type': 'plain_text', 'text': 'Decisions that wait', 'emoji': True}, 'value': 'approval'}]}}
[input] optional where Where in Slack? {static_select {'options': [{'text': {'type': 'plain_text', 'text': 'In a direct message', 'emoji': True}, 'value': 'direct'}, {'text': {'type': 'plain_text', 'text': 'In the thread it belongs to', 'emoji': True}, 'value': 'thread'}, {'text': {'type': 'plain_text', 'text': 'In the channel it belongs to', 'emoji': True}, 'value': 'channel'}, {'text': {'type': 'plain_text', 'text': 'Nowhere in Slack', 'emoji': True}, 'value': 'nowhere'}], 'initial_option': {'text': {'type': 'plain_text', 'text': 'In the thread it belongs to', 'emoji': True}, 'value': 'thread'}}}
[input] optional outside And beyond Slack? {multi_static_select {'options': [{'text': {'type': 'plain_text', 'text': 'oncall', 'emoji': True}, 'value': 'oncall'}, {'text': {'type': 'plain_text', 'text': 'mail', 'emoji': True}, 'value': 'mail'}], 'initial_options': [{'text': {'type': 'plain_text', 'text': 'oncall', 'emoji': True}, 'value': 'oncall'}]}}
[input] optional quiet Quiet hours, such as 22:00-08:00 {plain_text_input {'max_length': 3000, 'initial_value': '22:00-08:00'}}
[input] optional zone Time zone, such as Europe/Berlin {plain_text_input {'max_length': 3000, 'initial_value': 'Europe/Lisbon'}}
[input] optional frequency At most, such as 1/hour {plain_text_input {'max_length': 3000, 'initial_value': '3/hour'}}
[input] optional digest Gather for, such as 4h {plain_text_input {'max_length': 3000, 'initial_value': '4 h'}}
[input] optional pause Do-not-disturb in Slack {static_select {'options': [{'text': {'type': 'plain_text', 'text': 'Wait while it is on', 'emoji': True}, 'value': 'yes'}, {'text': {'type': 'plain_text', 'text': 'Tell me all the same', 'emoji': True}, 'value': 'no'}], 'initial_option': {'text': {'type': 'plain_text', 'text': 'Wait while it is on', 'emoji': True}, 'value': 'yes'}}}\
""")
    oracle.accepts_view(view)


def test_who_watches_may_stop_at_once():
    assert drawn(preferences.watching("r4f7k2q9dx", 3)) == snapshot("""\
(You watch it now)
[section] 👀 You watch `r4f7k2q9dx` now. 3 people watch it. `/opstream prefs` says how you hear of it.
[actions] <Stop watching run_unwatch {"words":"r4f7k2q9dx"}>\
""")


def test_what_the_form_gave_is_what_was_chosen():
    given_ = {
        ids.FIELD_KINDS: "failed,approval",
        ids.FIELD_WHERE: "thread",
        ids.FIELD_OUTSIDE: "oncall",
        ids.FIELD_QUIET: "22:00-08:00",
        ids.FIELD_ZONE: "Europe/Lisbon",
        ids.FIELD_FREQUENCY: "3 per hour",
        ids.FIELD_DIGEST: "4h",
        ids.FIELD_PAUSE: "yes",
    }

    assert preferences.chosen_in(given_) == CHOSEN


PIECES = ("a", "é", "🚨", "\u202e", "<!channel>", "&", "*", "`", "_", "|", "\n", "\x00", " ")
TEXTS = st.lists(st.sampled_from(PIECES), max_size=300).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=30), st.booleans(), st.lists(TEXTS, max_size=12))
def test_slack_takes_them_whatever_stands_in_them_and_nobody_else_is_called(texts, loud, names):
    how = Severity.CRITICAL if loud else Severity.NORMAL
    told = [Notice(f"k{n}", NoticeKind.TROUBLE, one, severity=how) for n, one in enumerate(texts)]
    chosen = Preferences(outside=tuple(names))

    for message in (
        notices.told(told, {}),
        preferences.shown("U0BO000001", chosen, names),
        preferences.watching((names or ["x"])[0], 2),
    ):
        oracle.accepts(message)
        shown = [one["text"]["text"] for one in message.blocks if one["type"] == "section"]
        assert "<!channel>" not in f"{message.text} {shown}"
