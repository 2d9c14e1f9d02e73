"""What Slack accepts as block elements: buttons, menus, inputs.

Source: Slack's reference of block elements, docs.slack.dev/reference/block-kit/block-elements.
"""

from collections.abc import Mapping

from opstream.playground.slack.rules.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IMAGE_SOURCE,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    SAYS_TYPE,
    plain_text,
)
from opstream.playground.slack.rules.schema import (
    Rule,
    anything,
    array,
    boolean,
    both,
    exactly_one,
    number,
    one_of,
    record,
    string,
)

ACTION_ID = {"action_id": string(255)}
PLACEHOLDER = {"placeholder": plain_text(150), "focus_on_load": boolean}
MANY = {"max_selected_items": number(1)}


def element(required: Mapping[str, Rule], optional: Mapping[str, Rule]) -> Rule:
    """Accept an interactive element with these fields."""
    return record({"type": SAYS_TYPE, **required}, {**ACTION_ID, **optional})


BUTTON = element(
    {"text": plain_text(75)},
    {
        "url": string(3000),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
    },
)

FEEDBACK = record(
    {"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)}
)

OPTIONS = {"options": array(OPTION, 100, minimum=1), "option_groups": array(OPTION_GROUP, 100, 1)}


def static(extra: Mapping[str, Rule]) -> Rule:
    """Accept a menu of options or of groups of them."""
    fields = {**OPTIONS, **PLACEHOLDER, "confirm": CONFIRM, **extra}
    return both(element({}, fields), exactly_one("options", "option_groups"))


def menu(extra: Mapping[str, Rule]) -> Rule:
    """Accept a menu whose options Slack or the app fills in."""
    return element({}, {**PLACEHOLDER, "confirm": CONFIRM, **extra})


def choices(maximum: int, initial: Mapping[str, Rule]) -> Rule:
    """Accept checkboxes or radio buttons."""
    fields = {"confirm": CONFIRM, "focus_on_load": boolean, **initial}
    return element({"options": array(RICH_OPTION, maximum, minimum=1)}, fields)


def entry(extra: Mapping[str, Rule], required: Mapping[str, Rule] | None = None) -> Rule:
    """Accept a field to type in."""
    fields = {**PLACEHOLDER, "dispatch_action_config": DISPATCH, **extra}
    return element(required or {}, fields)


IDS = array(string())
CONVERSATIONS = {
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
}
ANSWER_URL = {"response_url_enabled": boolean}

MENUS: dict[str, Rule] = {
    "static_select": static({"initial_option": OPTION}),
    "multi_static_select": static({"initial_options": array(OPTION, 100), **MANY}),
    "external_select": menu({"initial_option": OPTION, "min_query_length": number(0)}),
    "multi_external_select": menu(
        {"initial_options": array(OPTION, 100), "min_query_length": number(0), **MANY}
    ),
    "users_select": menu({"initial_user": string()}),
    "multi_users_select": menu({"initial_users": IDS, **MANY}),
    "channels_select": menu({"initial_channel": string(), **ANSWER_URL}),
    "multi_channels_select": menu({"initial_channels": IDS, **MANY}),
    "conversations_select": menu({"initial_conversation": string(), **CONVERSATIONS, **ANSWER_URL}),
    "multi_conversations_select": menu({"initial_conversations": IDS, **CONVERSATIONS, **MANY}),
}

PICKERS: dict[str, Rule] = {
    "checkboxes": choices(10, {"initial_options": array(RICH_OPTION, 10)}),
    "radio_buttons": choices(10, {"initial_option": RICH_OPTION}),
    "datepicker": menu({"initial_date": string(10)}),
    "timepicker": menu({"initial_time": string(5), "timezone": string()}),
    "datetimepicker": element(
        {}, {"initial_date_time": number(0), "confirm": CONFIRM, "focus_on_load": boolean}
    ),
}

BUTTONS: dict[str, Rule] = {
    "button": BUTTON,
    "overflow": element({"options": array(OPTION, 5, minimum=1)}, {"confirm": CONFIRM}),
    "workflow_button": element(
        {"text": plain_text(75), "workflow": anything},
        {"style": one_of("primary", "danger"), "accessibility_label": string(75)},
    ),
}

ENTRIES: dict[str, Rule] = {
    "plain_text_input": entry(
        {
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        }
    ),
    "email_text_input": entry({"initial_value": string()}),
    "url_text_input": entry({"initial_value": string()}),
    "number_input": entry(
        {"initial_value": string(), "min_value": string(), "max_value": string()},
        {"is_decimal_allowed": boolean},
    ),
    "rich_text_input": entry(
        {"initial_value": anything, "min_lines": number(1, 100), "max_lines": number(1, 100)}
    ),
    "file_input": element({}, {"filetypes": IDS, "max_files": number(1, 10)}),
}

IMAGE: Rule = both(
    record({"type": SAYS_TYPE, "alt_text": string(2000)}, IMAGE_SOURCE),
    exactly_one("image_url", "slack_file"),
)

CONTEXT_ACTIONS: dict[str, Rule] = {
    "feedback_buttons": element({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {}),
    "icon_button": element(
        {"icon": string(), "text": plain_text(75)},
        {
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(string(), 10),
        },
    ),
}

IN_ACTIONS: dict[str, Rule] = {
    **BUTTONS,
    **MENUS,
    **PICKERS,
    "rich_text_input": ENTRIES["rich_text_input"],
}
IN_SECTION: dict[str, Rule] = {**BUTTONS, **MENUS, **PICKERS, "image": IMAGE}
IN_INPUT: dict[str, Rule] = {**ENTRIES, **MENUS, **PICKERS}

INTERACTIVE = frozenset({*IN_ACTIONS, *IN_INPUT, *CONTEXT_ACTIONS})
"""Element types that send `block_actions` and get an `action_id`."""
