"""What is wrong with this process, as people should hear of it. Pure."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from opstream.domain.notification import Severity
from opstream.domain.operation import Health, SourceHealth
from opstream.errors import Complaint
from opstream.ports import ChatVitals, Vitals

LASTS = timedelta(minutes=1)
"""So long something has to be wrong before people hear of it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """How one thing is doing.

    Args:
        subject: What tells it from other things, such as `tool/estate`.
        name: What people call it.
        trouble: What is wrong with it, as a sentence; '' while it is fine.
        fine: What to say when it is fine again.
        severity: Of the trouble: critical where it does not mend itself, or where nobody is heard.
    """

    subject: str
    name: str
    trouble: str
    fine: str
    severity: Severity = Severity.NORMAL


def signs(vitals: Vitals, now: datetime) -> Iterator[Sign]:
    """Yield how each thing is doing; what is starting is neither fine nor in trouble, and left out."""
    for source in vitals.sources:
        if source.health is not Health.STARTING:
            yield _tool(source)
    yield _looks(vitals, now)
    if vitals.chat is not None and vitals.chat.sockets:
        yield _sockets(vitals.chat)


def _tool(source: SourceHealth) -> Sign:
    name = f"`{source.name}`"
    trouble, severity = "", Severity.NORMAL
    if source.health is Health.MISSING:
        trouble = f"The tool {name} cannot be used before somebody sets it right: {source.sentence}"
        severity = Severity.CRITICAL
    elif source.health is Health.FAILING:
        trouble = f"The tool {name} does not work; it is tried again and again: {source.sentence}"
    fine = f"The tool {name} works again."
    return Sign(f"tool/{source.name}", f"Tool {source.name}", trouble, fine, severity)


def _looks(vitals: Vitals, now: datetime) -> Sign:
    silence, trouble = now - vitals.last_look_at, ""
    if vitals.waiting and silence >= LASTS:
        trouble = (
            f"Runs stand still: {vitals.waiting} wait to be looked at, and no look has ended for "
            f"{silence.total_seconds():.0f} s. Look into the log; a restart loses nothing."
        )
    return Sign("looks", "Runs", trouble, "Runs go on again.", Severity.CRITICAL)


def _sockets(chat: ChatVitals) -> Sign:
    trouble = (
        ""
        if chat.connected
        else (
            "No socket to Slack is open, so nobody is heard. They are opened again by themselves; if this "
            "lasts, check SLACK_APP_TOKEN and the network."
        )
    )
    fine = "The sockets to Slack are open again, so everybody is heard."
    return Sign("sockets", "Connection to Slack", trouble, fine, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps workflows of one file out; another fault of the file has another `subject`."""

    subject: str
    file: str
    text: str


def faults(complaints: Sequence[Complaint]) -> Iterator[Fault]:
    """Yield what is wrong with workflow files, each file by itself."""
    for file in dict.fromkeys(one.file for one in complaints):
        found = [str(one) for one in complaints if one.file == file]
        more = f" And {len(found) - 3} more." if len(found) > 3 else ""
        text = f"The workflow file {file} cannot be used. {' '.join(found[:3])}{more}"
        mark = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
        yield Fault(f"file/{file}/{mark}", file, text)


def ago(since: datetime, now: datetime) -> str:
    """Return how long something lasted, and since when."""
    minutes = max(1, round((now - since) / timedelta(minutes=1)))
    return f"{minutes} min, since {since:%H:%M} UTC"
