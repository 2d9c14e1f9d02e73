"""A form with one input of each kind."""

from typing import Any

from tests.playground.page.gallery import OPTIONS, Block, plain


def field(name: str, element: Block, **more: Any) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name.capitalize()),
        "element": {"action_id": name, **element},
        **more,
    }


FORM = {
    "id": "V1",
    "type": "modal",
    "callback_id": "start_run",
    "title": plain("Start a run"),
    "submit": plain("Start"),
    "close": plain("Not now"),
    "blocks": [
        field(
            "service", {"type": "static_select", "options": OPTIONS}, hint=plain("What to profile.")
        ),
        field(
            "duration", {"type": "plain_text_input", "placeholder": plain("2m"), "max_length": 10}
        ),
        field(
            "samples",
            {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"},
            optional=True,
        ),
        field("notify", {"type": "multi_users_select"}, optional=True),
        field("reads", {"type": "checkboxes", "options": OPTIONS}, optional=True),
        field("mode", {"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[1]}),
        field("day", {"type": "datepicker"}, optional=True),
        field("hour", {"type": "timepicker", "initial_time": "09:30"}, optional=True),
        field("room", {"type": "channels_select"}, optional=True),
        field("mail", {"type": "email_text_input"}, optional=True),
        field("link", {"type": "url_text_input"}, optional=True),
        field("why", {"type": "plain_text_input", "multiline": True}, optional=True),
    ],
}
