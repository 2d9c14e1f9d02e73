"""Triggers and limits as our own format writes them."""

from opstream.definitions.writing_fields import filled
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
from opstream.domain.values import Json
from opstream.domain.workflow import Limits


def write(trigger: Trigger) -> Json:
    """Return a trigger as an item of the list `triggers`."""
    return filled({**_write(trigger), "inputs": trigger.inputs})


def _write(trigger: Trigger) -> dict[str, Json]:
    match trigger:
        case Schedule() as schedule:
            return _schedule(schedule)
        case Webhook(name=name, secret=secret):
            return {"webhook": name, "secret": secret}
        case Reaction(emoji=emoji, channel=channel):
            return {"reaction": emoji, "channel": channel}
        case ChannelMessage(channel=channel, contains=contains):
            return {"message": filled({"channel": channel, "contains": contains})}
        case Shortcut(title=title):
            return {"shortcut": title}
        case AfterRun(workflow=name, outcomes=outcomes):
            usual = outcomes == AfterRun(name).outcomes
            return {"after": name, "outcomes": None if usual else list(outcomes)}
        case OnSignal(signal=name):
            return {"signal": name}


def _schedule(schedule: Schedule) -> dict[str, Json]:
    when = schedule.cron if schedule.at is None else schedule.at.isoformat()
    return {
        "schedule": when,
        "timezone": None if schedule.timezone == "UTC" else schedule.timezone,
        "missed": None if schedule.missed is Missed.ONCE else schedule.missed.value,
    }


def limits(limits: Limits) -> Json:
    """Return limits as they are written; `at_once` and `overlap` stand together or not at all."""
    bounded = limits.at_once is not None
    return filled(
        {
            "at_once": limits.at_once,
            "overlap": limits.overlap.value if bounded else None,
            "priority": limits.priority or None,
        }
    )
