"""What Slack accepts as rich text.

Source: docs.slack.dev/reference/block-kit/blocks/rich-text-block.
"""

from opstream.playground.slack.rules.objects import SAYS_TYPE
from opstream.playground.slack.rules.schema import (
    Rule,
    array,
    boolean,
    number,
    one_of,
    record,
    string,
    typed,
)

STYLE = {
    "style": record(
        {},
        dict.fromkeys(
            (
                "bold",
                "italic",
                "strike",
                "code",
                "underline",
                "highlight",
                "client_highlight",
                "unlink",
            ),
            boolean,
        ),
    )
}


def _part(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return record({"type": SAYS_TYPE, **required}, {**STYLE, **(optional or {})})


PART = typed(
    {
        "text": _part({"text": string(minimum=1)}),
        "link": _part({"url": string(minimum=1)}, {"text": string(), "unsafe": boolean}),
        "emoji": _part({"name": string()}, {"unicode": string(), "skin_tone": number()}),
        "user": _part({"user_id": string()}),
        "usergroup": _part({"usergroup_id": string()}),
        "channel": _part({"channel_id": string()}),
        "team": _part({"team_id": string()}),
        "broadcast": _part({"range": one_of("here", "channel", "everyone")}),
        "color": _part({"value": string()}),
        "date": _part(
            {"timestamp": number(), "format": string()}, {"url": string(), "fallback": string()}
        ),
    }
)

PARTS = array(PART)
BORDER = {"border": number(0, 1)}
SECTION = record({"type": SAYS_TYPE, "elements": PARTS})

RICH_TEXT = record(
    {
        "type": SAYS_TYPE,
        "elements": array(
            typed(
                {
                    "rich_text_section": SECTION,
                    "rich_text_preformatted": record(
                        {"type": SAYS_TYPE, "elements": PARTS}, {**BORDER, "language": string()}
                    ),
                    "rich_text_quote": record({"type": SAYS_TYPE, "elements": PARTS}, BORDER),
                    "rich_text_list": record(
                        {
                            "type": SAYS_TYPE,
                            "style": one_of("bullet", "ordered"),
                            "elements": array(typed({"rich_text_section": SECTION})),
                        },
                        {**BORDER, "indent": number(0, 8), "offset": number(0)},
                    ),
                }
            )
        ),
    },
    {"block_id": string(255)},
)
