import re

from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.domain.prompt import ToolCall, ToolResult, Turn, Voice
from opstream.knowledge.compacting import compact, matters, size

DULL = st.sampled_from(
    ["that is nice.", "hello there.", "well well.", "what a day it was.", "thanks a lot."]
)
TELLING = st.one_of(
    st.integers(0, 9_999).map(lambda n: f"the pool has {n} connections."),
    st.sampled_from(
        [
            "we decided to wait.",
            "ask Ana about it.",
            "see https://example.com/x for more.",
            "it is r4f7k2q9dx again.",
            "we must not deploy.",
        ]
    ),
)
TEXT = st.lists(st.one_of(DULL, TELLING), min_size=1, max_size=5).map(" ".join)


@st.composite
def conversations(draw):
    turns = []
    for number in range(draw(st.integers(1, 14))):
        turns.append(Turn(Voice.USER, draw(TEXT)))
        if draw(st.booleans()):
            call = ToolCall(f"c{number}", "estate.scale", {"pool": number})
            turns.append(Turn(Voice.ASSISTANT, "", (call,)))
            result = ToolResult(call.id, call.operation, {"size": number})
            turns.append(Turn(Voice.USER, results=(result,)))
        turns.append(Turn(Voice.ASSISTANT, draw(TEXT)))
    return tuple(turns)


def sentences(text: str) -> set[str]:
    return set(re.split(r"(?<=\.)\s+|\n+", text))


@settings(max_examples=80, deadline=None)
@given(conversations(), st.integers(20, 400))
def test_the_newest_turns_stay_whole_and_nothing_is_torn_apart(turns, budget):
    found = compact(turns, budget)

    newest = turns[found.shortened :]
    assert newest
    assert found.turns[len(found.turns) - len(newest) + 1 :] == newest[1:]
    assert found.turns[len(found.turns) - len(newest)].text.endswith(newest[0].text)
    called = {call.id for turn in found.turns for call in turn.calls}
    answered = {result.call for turn in found.turns for result in turn.results}
    assert called == answered
    assert (found.shortened == 0) == (found.turns == turns)


@settings(max_examples=80, deadline=None)
@given(conversations())
def test_with_room_enough_no_name_no_number_and_no_decision_is_lost(turns):
    found = compact(turns, max(1, size(turns) - 1))

    older, newest = turns[: found.shortened], turns[found.shortened :]
    telling = [one for turn in older for one in sentences(turn.text) if matters(one)]
    needed = sum(len(one.split()) + 2 for one in telling) + 8 * len(older)  # calls and results, too
    extract = found.turns[0].text
    lost = [one for one in telling if one not in extract]
    assert not lost or size(newest) + needed > size(turns) - 1


def test_an_extract_keeps_what_matters_and_says_what_it_left_out():
    turns = (
        Turn(Voice.USER, "Hello there! The pool of checkout has 20 connections."),
        Turn(Voice.ASSISTANT, "Thanks. We decided to raise it to 40."),
        Turn(Voice.USER, "Nice weather today, is it not, and so pleasant and warm outside."),
        Turn(Voice.ASSISTANT, "It is, as warm as it can be in a month such as this one."),
        Turn(Voice.USER, "Is it done?"),
        Turn(Voice.ASSISTANT, "It is done."),
    )

    found = compact(turns, 36)

    assert found.turns[0].text == (
        "Earlier in this conversation (4 turns, shortened):\n"
        "- They: The pool of checkout has 20 connections.\n"
        "- You: We decided to raise it to 40.\n"
        "(4 sentences without names, numbers or decisions are left out.)\n\n"
        "Is it done?"
    )
    assert found.turns[1:] == turns[5:]
    assert (found.shortened, found.left_out) == (4, 4)


def test_what_tools_gave_and_were_called_with_stays_as_one_line():
    call = ToolCall("c1", "estate.scale", {"pool": 40})
    turns = (
        Turn(Voice.USER, "Make the pool larger, would you, whenever you have the time for it."),
        Turn(Voice.ASSISTANT, "", (call,)),
        Turn(Voice.USER, results=(ToolResult("c1", "estate.scale", "It has 40 now."),)),
        Turn(Voice.ASSISTANT, "Done, and all is well again, as far as anybody can see."),
        Turn(Voice.USER, "Thanks"),
    )

    found = compact(turns, 24)

    assert '- You called: estate.scale {"pool": 40}' in found.turns[0].text
    assert "- estate.scale gave: It has 40 now." in found.turns[0].text


def test_what_does_not_fit_goes_the_oldest_first_and_is_counted():
    turns = tuple(Turn(Voice.USER, f"Number {n} is called N{n}.") for n in range(30))

    found = compact(turns, 60)

    text = found.turns[0].text
    assert "Number 0 " not in text
    assert "Number 28 " in "\n".join(turn.text for turn in found.turns)
    assert f"({found.left_out} sentences are left out, {found.left_out} of them with names" in text


def test_what_fits_stays_as_it_is():
    turns = (Turn(Voice.USER, "Hello."), Turn(Voice.ASSISTANT, "Hello."))

    assert compact(turns, 2).turns == turns
    assert compact((), 0).turns == ()
