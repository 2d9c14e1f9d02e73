"""What Slack's own client checks in a form before it lets a person submit it."""

import re
from collections.abc import Iterable

from opstream.playground.slack.controls import Control, controls, is_empty
from opstream.playground.slack.wire import Json, mapping, text, truth

MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
URL = re.compile(r"https?://[^\s/$.?#].[^\s]*", re.IGNORECASE)


def complaints(blocks: Iterable[Json], values: Json) -> dict[str, str]:
    """Return a sentence for each block that cannot be submitted so, by block id; {} when all is well."""
    found: dict[str, str] = {}
    for control in controls(blocks):
        if control.block.get("type") != "input":
            continue
        value = mapping(mapping(values.get(control.block_id)).get(control.action_id))
        problem = _complaint(control, value)
        if problem:
            found[control.block_id] = problem
    return found


def _complaint(control: Control, value: Json) -> str:
    if is_empty(value, control.kind):
        optional = truth(control.block.get("optional"))
        return "" if optional else "Please complete this required field."
    said = text(value.get("value"))
    match control.kind:
        case "plain_text_input":
            return _length(said, control.element)
        case "number_input":
            return _number(said, control.element)
        case "email_text_input":
            return (
                "" if MAIL.fullmatch(said) else "Enter an e-mail address, such as ana@example.com."
            )
        case "url_text_input":
            return (
                "" if URL.fullmatch(said) else "Enter a link that begins with https:// or http://."
            )
        case _:
            return ""


def _length(said: str, element: Json) -> str:
    shortest, longest = element.get("min_length"), element.get("max_length")
    if isinstance(shortest, int) and len(said) < shortest:
        return f"Enter at least {shortest} characters."
    if isinstance(longest, int) and len(said) > longest:
        return f"Enter at most {longest} characters; this has {len(said)}."
    return ""


def _number(said: str, element: Json) -> str:
    whole = not truth(element.get("is_decimal_allowed"))
    try:
        number = int(said) if whole else float(said)
    except ValueError:
        return "Enter a whole number." if whole else "Enter a number."
    lowest, highest = text(element.get("min_value")), text(element.get("max_value"))
    if lowest and number < float(lowest):
        return f"Enter a number of at least {lowest}."
    if highest and number > float(highest):
        return f"Enter a number of at most {highest}."
    return ""
