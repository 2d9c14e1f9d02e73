"""How somebody wants to hear of things: in words, and as a form."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.kit import Block, Message
from blocks.wording import code, count, line, listed, spent
from opstream.domain import durations
from opstream.domain.notification import (
    ALL_KINDS,
    PER,
    Frequency,
    NoticeKind,
    Preferences,
    Where,
    parse_frequency,
    parse_quiet_hours,
)
from opstream.domain.values import Json
from opstream.errors import BadInput

_KINDS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.STARTED: "starts",
    NoticeKind.MILESTONE: "milestones",
    NoticeKind.COMPLETED: "ends",
    NoticeKind.FAILED: "failures",
    NoticeKind.APPROVAL: "decisions that wait",
    NoticeKind.ESCALATION: "escalations and hand-overs",
    NoticeKind.SCHEDULE: "schedules that fail",
    NoticeKind.TROUBLE: "broken links and tools",
}
_WHERE: Final[Mapping[Where, str]] = {
    Where.DIRECT: "In a direct message",
    Where.THREAD: "In the thread it belongs to",
    Where.CHANNEL: "In the channel it belongs to",
    Where.NOWHERE: "Nowhere in Slack",
}
_NO, _YES = "no", "yes"
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=7)


def shown(owner: str, chosen: Preferences, watched: Sequence[str] = ()) -> Message:
    """Return preferences in words, with the button that opens the form."""
    is_channel = not owner.rpartition("/")[2].startswith(("U", "W"))
    whose = "What this channel hears" if is_channel else "What you hear"
    kinds = "all there is" if set(chosen.kinds) == set(ALL_KINDS) else _listed_kinds(chosen)
    lines = [
        f"🔔 *{whose}*",
        f"• About: {kinds}. What is critical comes through in any case.",
        f"• Where: {_where(chosen, is_channel=is_channel)}.",
        f"• When: {_when(chosen)}.",
    ]
    if not is_channel and chosen.follows_do_not_disturb:
        lines.append("• Direct messages wait while do-not-disturb is on in Slack.")
    if watched:
        lines.append(f"• You watch {listed([code(one, 80) for one in watched[:10]])}.")
    button = kit.button("Edit", ids.PREFS_OPEN, ids.carried(words=owner), style="primary")
    return kit.message(whose, [kit.section("\n".join(lines)), kit.actions(button)])


def _listed_kinds(chosen: Preferences) -> str:
    return listed([_KINDS[one] for one in ALL_KINDS if one in chosen.kinds]) or "nothing else"


def _where(chosen: Preferences, *, is_channel: bool) -> str:
    slack = (
        "in this channel" if is_channel else _WHERE[chosen.where].lower().replace("slack", "Slack")
    )
    if is_channel and chosen.where is Where.NOWHERE:
        slack = "nowhere in Slack"
    beyond = (
        f", and by {listed([code(one, 60) for one in chosen.outside])}" if chosen.outside else ""
    )
    return slack + beyond


def _when(chosen: Preferences) -> str:
    said = []
    if chosen.quiet:
        said.append(f"not in the quiet hours {chosen.quiet} ({line(chosen.timezone, 60)})")
    if chosen.digest:
        said.append(f"gathered into one message every {durations.show(chosen.digest)}")
    if chosen.frequency:
        said.append(f"at most {_often(chosen.frequency)}, the rest goes into the next one")
    return "; ".join(said) or "at once"


def form(
    owner: str, chosen: Preferences, outside: Sequence[str], place: Mapping[str, Json]
) -> View:
    """Return the form in which preferences are changed."""
    kinds = [(_KINDS[one].capitalize(), one.value) for one in ALL_KINDS]
    wheres = [(text, one.value) for one, text in _WHERE.items()]
    blocks = [
        _several(ids.FIELD_KINDS, "What about?", kinds, [one.value for one in chosen.kinds]),
        _choice(ids.FIELD_WHERE, "Where in Slack?", wheres, chosen.where.value),
    ]
    if outside:
        options = [(one, one) for one in outside]
        picked = [one for one in chosen.outside if one in outside]
        blocks.append(_several(ids.FIELD_OUTSIDE, "And beyond Slack?", options, picked))
    digest = durations.show(chosen.digest) if chosen.digest else ""
    texts = (
        (ids.FIELD_QUIET, "Quiet hours, such as 22:00-08:00", str(chosen.quiet or "")),
        (ids.FIELD_ZONE, "Time zone, such as Europe/Berlin", chosen.timezone),
        (ids.FIELD_FREQUENCY, "At most, such as 1/hour", str(chosen.frequency or "")),
        (ids.FIELD_DIGEST, "Gather for, such as 4h", digest),
    )
    blocks += [forms.text_block(name, label, text, required=False) for name, label, text in texts]
    follow = [("Wait while it is on", _YES), ("Tell me all the same", _NO)]
    now = _YES if chosen.follows_do_not_disturb else _NO
    blocks.append(_choice(ids.FIELD_PAUSE, "Do-not-disturb in Slack", follow, now))
    return forms.modal(
        "Notifications",
        blocks,
        callback=ids.FORM_PREFS,
        submit=kit.plain_text("Save", 24),
        private_metadata=ids.carried(words=owner, place=place),
    )


def faults(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return what is wrong with a filled-in form, by field."""
    found: dict[str, str] = {}
    quiet, rate = values.get(ids.FIELD_QUIET) or "", values.get(ids.FIELD_FREQUENCY) or ""
    if quiet and parse_quiet_hours(quiet) is None:
        found[ids.FIELD_QUIET] = "These are no quiet hours. Write for example 22:00-08:00."
    if rate and parse_frequency(rate) is None:
        found[ids.FIELD_FREQUENCY] = "This is no rate. Write for example 1/hour or 10/day."
    if not _is_zone(values.get(ids.FIELD_ZONE) or "UTC"):
        found[ids.FIELD_ZONE] = "There is no such time zone. Write for example Europe/Berlin."
    digest = values.get(ids.FIELD_DIGEST) or ""
    span = durations.parse(digest) if digest else None
    if digest and (span is None or not _SHORTEST <= span <= _LONGEST):
        found[ids.FIELD_DIGEST] = "Write a length of time from 5m to 7d, for example 4h."
    return found


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def chosen_in(values: Mapping[str, str | None]) -> Preferences:
    """Return what a filled-in form says.

    Raises:
        BadInput: something in it cannot be read.
    """
    if wrong := faults(values):
        raise BadInput(" ".join(wrong.values()))
    picked = (values.get(ids.FIELD_KINDS) or "").split(",")
    outside = (values.get(ids.FIELD_OUTSIDE) or "").split(",")
    where = values.get(ids.FIELD_WHERE) or Where.DIRECT.value
    return Preferences(
        kinds=tuple(one for one in ALL_KINDS if one.value in picked),
        where=Where(where) if where in list(Where) else Where.DIRECT,
        outside=tuple(one for one in outside if one),
        quiet=parse_quiet_hours(values.get(ids.FIELD_QUIET) or ""),
        timezone=values.get(ids.FIELD_ZONE) or "UTC",
        frequency=parse_frequency(values.get(ids.FIELD_FREQUENCY) or ""),
        digest=durations.parse(values.get(ids.FIELD_DIGEST) or ""),
        follows_do_not_disturb=values.get(ids.FIELD_PAUSE) != _NO,
    )


def watching(subject: str, told: int) -> Message:
    """Return what is said to somebody who watches something from now on."""
    button = kit.button("Stop watching", ids.RUN_UNWATCH, ids.carried(words=subject))
    others = f" {count(told, 'person', 'people')} watch it." if told > 1 else ""
    said = (
        f"👀 You watch {code(subject, 80)} now.{others} `/opstream prefs` says how you hear of it."
    )
    return kit.message("You watch it now", [kit.section(said), kit.actions(button)])


def _options(options: Sequence[tuple[str, str]]) -> list[Json]:
    return [{"text": kit.plain_text(text, 75), "value": value} for text, value in options]


def _input(name: str, label: str, element: Block) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": kit.plain_text(label, 200),
        "optional": True,
        "element": element,
    }


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], now: str) -> Block:
    found: dict[str, Json] = {
        "type": "static_select",
        "action_id": ids.INPUT_VALUE,
        "options": _options(options),
        "initial_option": _options([one for one in options if one[1] == now])[0],
    }
    return _input(name, label, found)


def _several(
    name: str, label: str, options: Sequence[tuple[str, str]], now: Sequence[str]
) -> Block:
    found: dict[str, Json] = {
        "type": "multi_static_select",
        "action_id": ids.INPUT_VALUE,
        "options": _options(options),
    }
    if picked := _options([one for one in options if one[1] in now]):
        found["initial_options"] = picked
    return _input(name, label, found)


def _often(frequency: Frequency) -> str:
    """Return a frequency in words, such as `3 messages an hour`."""
    named = {one: name for name, one in PER.items()}.get(frequency.per)
    each = f"every {spent(frequency.per)}"
    if named is not None:
        each = f"an {named}" if named == "hour" else f"a {named}"
    return f"{count(frequency.count, 'message')} {each}"
