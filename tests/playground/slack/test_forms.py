"""What the client checks before a form is sent, and what it says of it."""

from typing import Any

import pytest

from opstream.playground.slack.controls import state
from opstream.playground.slack.forms import complaints


def field(kind: str, optional: bool = False, **element: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": "b",
        "optional": optional,
        "label": {"type": "plain_text", "text": "L"},
        "element": {"type": kind, "action_id": "a", **element},
    }


def said(block: dict[str, Any], **value: Any) -> str:
    values = state([block], {"b": {"a": value}})
    return complaints([block], values).get("b", "")


@pytest.mark.parametrize(
    ("block", "value", "sentence"),
    [
        (field("plain_text_input"), "", "Please complete this required field."),
        (field("plain_text_input", optional=True), "", ""),
        (field("plain_text_input", min_length=3), "ab", "Enter at least 3 characters."),
        (
            field("plain_text_input", max_length=3),
            "abcd",
            "Enter at most 3 characters; this has 4.",
        ),
        (field("number_input", is_decimal_allowed=False), "1.5", "Enter a whole number."),
        (field("number_input", is_decimal_allowed=True), "many", "Enter a number."),
        (
            field("number_input", is_decimal_allowed=False, max_value="10"),
            "11",
            "Enter a number of at most 10.",
        ),
        (
            field("email_text_input"),
            "ana",
            "Enter an e-mail address, such as ana@example.com.",
        ),
        (field("url_text_input"), "example", "Enter a link that begins with https:// or http://."),
        (field("url_text_input"), "https://example.com/a", ""),
    ],
)
def test_field(block: dict[str, Any], value: str, sentence: str) -> None:
    assert said(block, value=value) == sentence


def test_choice_that_was_not_made_is_asked_for() -> None:
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    block = field("static_select", options=[option])

    assert said(block) == "Please complete this required field."
    assert said(block, selected_option={"value": "2"}) == "Please complete this required field."
    assert said(block, selected_option={"value": "1"}) == ""


def test_untouched_field_sends_what_the_app_put_there() -> None:
    block = field("plain_text_input", initial_value="checkout")

    assert state([block], {}) == {"b": {"a": {"type": "plain_text_input", "value": "checkout"}}}
