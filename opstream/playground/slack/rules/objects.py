"""What Slack accepts as composition objects: texts, options, confirm dialogs.

Source: Slack's reference of composition objects, docs.slack.dev/reference/block-kit/composition-objects.
"""

from opstream.playground.slack.rules.schema import (
    Rule,
    array,
    boolean,
    both,
    exactly_one,
    one_of,
    record,
    string,
    typed,
)

SAYS_TYPE: Rule = string()  # which type it is has been decided by `typed` already


def plain_text(maximum: int = 3000) -> Rule:
    """Accept a `plain_text` object of up to `maximum` characters."""
    fields = {"type": SAYS_TYPE, "text": string(maximum, minimum=1)}
    return typed({"plain_text": record(fields, {"emoji": boolean})})


def any_text(maximum: int = 3000) -> Rule:
    """Accept a `plain_text` or `mrkdwn` object of up to `maximum` characters."""
    fields = {"type": SAYS_TYPE, "text": string(maximum, minimum=1)}
    return typed(
        {
            "plain_text": record(fields, {"emoji": boolean}),
            "mrkdwn": record(fields, {"verbatim": boolean}),
        }
    )


CONFIRM = record(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": one_of("primary", "danger")},
)

SLACK_FILE = both(record({}, {"id": string(), "url": string()}), exactly_one("id", "url"))


def option(text: Rule) -> Rule:
    """Accept an option whose text follows `text`."""
    return record(
        {"text": text, "value": string(150, minimum=1)},
        {"description": any_text(75), "url": string(3000)},
    )


OPTION = option(plain_text(75))
RICH_OPTION = option(any_text(75))  # of checkboxes and radio buttons

OPTION_GROUP = record({"label": plain_text(75), "options": array(OPTION, 100, minimum=1)})

IMAGE_SOURCE = {"image_url": string(3000), "slack_file": SLACK_FILE}

DISPATCH = record(
    {}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2, 1)}
)

CONVERSATION_FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), minimum=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
