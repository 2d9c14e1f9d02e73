"""Slack's JSON at the door: what is read, and what is left out because it is no such thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import ids
from handlers import payloads
from handlers.payloads import Carried
from opstream.domain.conversation import Place

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def test_a_command_has_mentions_as_ids_and_links_as_addresses():
    body = {
        "command": "/opstream",
        "text": "start x who=<@U123|ana> where=<#C9|ops> see=<https://a.b?c=1&amp;d|a.b> a&lt;b",
        "user_id": "U1",
        "channel_id": "C1",
        "trigger_id": "t",
        "response_url": "http://r",
    }

    command = payloads.command(body)

    assert command.text == "start x who=U123 where=C9 see=https://a.b?c=1&d a<b"
    assert (command.name, command.place) == ("opstream", Place("C1"))


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ({"ts": "1.1"}, Place("C1")),
        ({"ts": "1.1", "thread_ts": "1.1"}, Place("C1")),
        ({"ts": "2.2", "thread_ts": "1.1"}, Place("C1", "1.1")),
    ],
)
def test_a_press_knows_whether_it_was_in_a_thread(message, place):
    body = {"channel": {"id": "C1"}, "message": message, "user": {"id": "U1"}, "actions": [{}]}

    assert payloads.press(body).place == place


def test_a_press_by_a_bot_says_so():
    assert payloads.press({"user": {"id": "U1"}, "bot_id": "B1", "actions": [{}]}).asker.is_bot


def test_what_a_button_carries_comes_back_typed():
    packed = ids.carried(run="r1", step="ask", revision=2, place={"channel": "C1", "thread": None})

    assert payloads.carried(packed) == Carried("r1", "ask", 2, place=Place("C1"))


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"run": 5, "revision": "x"}', "null", "7"])
def test_what_no_button_of_ours_carries_is_empty(text):
    assert payloads.carried(text) == Carried()


@given(json_values)
def test_no_payload_breaks_the_door(value):
    for body in (value, {"actions": [value], "view": value, "user": value, "message": value}):
        if isinstance(body, dict):
            payloads.command(body)
            payloads.press(body)
            payloads.submission(body)
            payloads.heard(body)


def test_a_mention_is_cut_from_what_was_said():
    heard = payloads.heard(
        {"user": "U1", "text": "<@U0BOT> <@U0BOT>: status", "channel": "C1", "ts": "1"}
    )

    assert heard.text == "status"
    assert heard.answer_place == Place("C1", "1")


@pytest.mark.parametrize("odd", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"user": ""}])
def test_bots_edits_and_nobody_are_not_heard(odd):
    assert payloads.heard({"user": "U1", "text": "hi", "channel": "C1", "ts": "1", **odd}) is None


def test_values_of_a_form_are_read_whatever_their_kind():
    values = {
        "input:a": {"value": {"type": "plain_text_input", "value": "x"}},
        "input:b": {"value": {"type": "static_select", "selected_option": {"value": "y"}}},
        "input:c": {"value": {"type": "datepicker", "selected_date": "2026-12-24"}},
        "input:d": {"value": {"type": "users_select", "selected_user": "U1"}},
        "input:e": {"value": {"type": "conversations_select", "selected_conversation": "C1"}},
        "input:f": {"value": {"type": "plain_text_input", "value": None}},
    }

    found = payloads.submission({"view": {"state": {"values": values}}, "user": {"id": "U1"}})

    assert list(found.values.values()) == ["x", "y", "2026-12-24", "U1", "C1", None]
