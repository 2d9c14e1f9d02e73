"""A run where its address was shared: how it stood then, for everybody who sees the message.

Nobody is mentioned, so nobody is called; what a run was given and what it found stay in its thread.
"""

from collections.abc import Mapping
from datetime import datetime

from blocks import kit, states
from blocks.kit import Block
from blocks.wording import code, flat, line, when
from opstream.domain.person import Who
from opstream.domain.run import RunStatus, RunView
from opstream.domain.values import Json, JsonObject

_PRODUCT = "OpStream"
_COLORS = {
    RunStatus.SUCCEEDED: "green",
    RunStatus.FAILED: "red",
    RunStatus.DENIED: "red",
    RunStatus.CANCELLED: "gray",
    RunStatus.PAUSED: "yellow",
    RunStatus.QUEUED: "gray",
}


def unfurl(view: RunView, thread: str, now: datetime) -> list[Block]:
    """Return what is shown below a message with the address of a run.

    Args:
        view: The run.
        thread: The permalink of its thread, '' when there is none.
        now: The moment it is looked at: what is shown does not follow the run.
    """
    run, sign = view.run, states.run_sign(view.run)
    facts = [f"{sign.emoji} *{sign.word}*", states.settled_steps(view), _time(view)]
    title = f"*{line(view.workflow.title, 200)}*"
    asked = f"Asked by {_name(run.by)} · {when(run.started_at)} · {code(run.id, 80)}"
    more = f" · <{thread}|Open its thread>" if thread else ""
    return [
        kit.section(f"{title}\n{' · '.join(one for one in facts if one)}"),
        kit.context(f"{asked}{more}", f"As of {when(now)}"),
    ]


def entity(view: RunView, url: str, now: datetime) -> JsonObject:
    """Return a run as a Work Object of Slack, a task.

    Source: https://docs.slack.dev/messaging/work-objects

    Args:
        view: The run.
        url: Its address.
        now: The moment it is looked at.
    """
    run, sign = view.run, states.run_sign(view.run)
    fields: dict[str, Json] = {
        "status": {"value": str(sign), "tag_color": _COLORS.get(run.status, "blue")},
        "created_by": {"value": run.by.name or run.by.id, "type": "string"},
        "assignee": {"value": run.responsible.name or run.responsible.id, "type": "string"},
        "date_created": {"value": int(run.started_at.timestamp())},
        "date_updated": {"value": int((run.ended_at or now).timestamp())},
    }
    return {
        "entity_type": "slack#/entities/task",
        "external_ref": {"id": run.id, "type": "run"},
        "url": url,
        "entity_payload": {
            "attributes": {
                "title": {"text": flat(view.workflow.title, 200) or run.id},
                "display_type": "Run",
                "display_id": run.id,
                "product_name": _PRODUCT,
                "metadata_last_modified": int(now.timestamp()),
            },
            "fields": fields,
            "custom_fields": [_custom("steps", "Steps", states.settled_steps(view))],
        },
    }


def shared(view: RunView, url: str, posted: str, now: datetime) -> JsonObject:
    """Return a run as the Work Object of a message.

    Args:
        view: The run.
        url: Its address.
        posted: The address as it was written in the message.
        now: The moment it is looked at.
    """
    return {**entity(view, url, now), "app_unfurl_url": posted}


def details(view: RunView, url: str, thread: str, now: datetime) -> JsonObject:
    """Return a run as its Work Object is seen by one person who may see the run."""
    found = dict(entity(view, url, now))
    payload = dict(_mapping(found["entity_payload"]))
    ended = view.run.status.ended
    shown = [
        ("steps", "Steps", states.settled_steps(view)),
        ("time", "Time" if ended else "Now", flat(_time(view))),
    ]
    why = flat(view.run.reason, 600) if ended else ""
    fields: list[Json] = [_custom(*one) for one in [*shown, ("reason", "Why", why)] if one[2]]
    if thread:
        fields.append({**_custom("thread", "Thread", "Open in Slack"), "link": thread})
    payload["custom_fields"] = fields
    return {**found, "entity_payload": payload}


def missing() -> JsonObject:
    """Return what is said of a run that is not there, or that the person may not see."""
    return {
        "status": "custom",
        "custom_title": "There is nothing to show",
        "custom_message": "There is no run at this address that you may see.",
    }


def _custom(key: str, label: str, value: str) -> JsonObject:
    return {"key": key, "label": label, "value": value, "type": "string"}


def _mapping(value: Json) -> JsonObject:
    assert isinstance(value, Mapping)
    return value


def _name(who: Who) -> str:
    return f"*{line(who.name or who.id, 80)}*"


def _time(view: RunView) -> str:
    if view.run.status.ended:
        return f"took {states.took(view.run)}"
    waits = states.waiting_for(view)
    return waits or states.left(view)
