"""What starts a workflow besides people, as our own format writes it: the list `triggers`."""

from collections.abc import Callable, Mapping

from opstream.definitions import times
from opstream.definitions.native_retry import one_of
from opstream.definitions.native_work import values
from opstream.definitions.section import Section
from opstream.definitions.yaml_events import Path
from opstream.domain.outcome import Outcome
from opstream.domain.trigger import (
    AfterRun,
    ChannelMessage,
    Missed,
    OnSignal,
    Reaction,
    Schedule,
    Shortcut,
    Trigger,
    Webhook,
)
from opstream.errors import BadInput

Placed = tuple[Trigger, Path]

_EXAMPLE = 'Write for example `- schedule: "every monday at 9"`.'


def read(workflow: Section) -> list[Placed]:
    """Return the triggers of a workflow, each with the place where it stands.

    A `schedule` beside the list, as workflows had before there was one, is a trigger too.
    """
    found = single(workflow)
    for number in range(workflow.items("triggers", _EXAMPLE)):
        what = f"trigger {number + 1}"
        section = workflow.inner("triggers", number, what=what, hint=_EXAMPLE)
        trigger = _trigger(section)
        if trigger is not None:
            found.append((trigger, section.path))
    return found


def single(owner: Section) -> list[Placed]:
    """Return the trigger that the key `schedule` of a workflow means, if it is there."""
    text = owner.text("schedule")
    schedule = _schedule_of(owner, text, "UTC") if text else None
    return [(schedule, (*owner.path, "schedule"))] if schedule else []


def _trigger(section: Section) -> Trigger | None:
    found = [kind for kind in _TRIGGERS if section.raw(kind) is not None]
    listed = ", ".join(f"`{kind}`" for kind in _TRIGGERS)
    if not found:
        if section.data:
            section.complain(None, "This trigger is none.", f"Give it one of {listed}.")
        return None
    if len(found) > 1:
        both = " and ".join(f"`{kind}`" for kind in found)
        section.complain(found[1], f"This trigger has {both}.", "Make one of its own for each.")
    section.what = f"the trigger `{found[0]}`"
    trigger = _TRIGGERS[found[0]](section)
    section.finish()
    return trigger


def _schedule(section: Section) -> Schedule | None:
    timezone = section.text("timezone", default="UTC")
    missed = section.choice("missed", Missed, Missed.ONCE)
    inputs = values(section, "inputs")
    try:
        times.zone_of(timezone)
    except BadInput as error:
        section.complain("timezone", str(error), "")
        timezone = "UTC"
    found = _schedule_of(section, section.text("schedule", required=True), timezone)
    if found is None:
        return None
    return Schedule(found.cron, found.at, timezone, missed, inputs)


def _schedule_of(section: Section, text: str, timezone: str) -> Schedule | None:
    try:
        return times.read_when(text, None, timezone)
    except BadInput as error:
        section.complain("schedule", str(error), "")
        return None


def _webhook(section: Section) -> Webhook:
    name = section.text("webhook", required=True)
    return Webhook(name, section.text("secret", required=True), values(section, "inputs"))


def _reaction(section: Section) -> Reaction:
    emoji = section.text("reaction", required=True).strip().strip(":")
    if section.raw("reaction") == 1:  # so YAML reads `+1` without quotes
        emoji = "+1"
    return Reaction(emoji, _channel(section) or None, values(section, "inputs"))


def _message(owner: Section) -> ChannelMessage:
    hint = 'Write `message: {channel: "#ops", contains: help}`.'
    section = owner.inner("message", what="`message`", hint=hint)
    channel = _channel(section)
    if section.is_mapping and not channel and "channel" not in section.data:
        section.complain(None, "`message` has no `channel`.", hint)
    message = ChannelMessage(channel, section.text("contains"), values(owner, "inputs"))
    section.finish()
    return message


def _channel(section: Section) -> str:
    if "channel" in section.data and section.raw("channel") is None:
        # Without quotes, `#ops` is a comment.
        section.complain("channel", "`channel` is empty.", 'Put it in quotes: `channel: "#ops"`.')
    return section.text("channel").strip()


def _shortcut(section: Section) -> Shortcut:
    return Shortcut(section.text("shortcut", required=True).strip(), values(section, "inputs"))


def _after(section: Section) -> AfterRun:
    name = section.text("after", required=True)
    outcomes = one_of(section, "outcomes", tuple(Outcome)) or AfterRun(name).outcomes
    return AfterRun(name, tuple(map(str, dict.fromkeys(outcomes))), values(section, "inputs"))


def _signal(section: Section) -> OnSignal:
    return OnSignal(section.text("signal", required=True).strip(), values(section, "inputs"))


_TRIGGERS: Mapping[str, Callable[[Section], Trigger | None]] = {
    "schedule": _schedule,
    "webhook": _webhook,
    "reaction": _reaction,
    "message": _message,
    "shortcut": _shortcut,
    "after": _after,
    "signal": _signal,
}
