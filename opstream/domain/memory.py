"""What is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from opstream.domain.values import Json


class EntryKind(StrEnum):
    """Where something remembered comes from."""

    FACT = "fact"  # a person asked to keep it
    CONVERSATION = "conversation"  # what was said in a thread
    RUN = "run"  # a run that ended, and how
    INCIDENT = "incident"
    DOCUMENT = "document"  # a person added it


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may see an entry; whoever fits one of these may.

    Args:
        everyone: All people of the workspace.
        person: Id of one person.
        channel: Id of a channel: its members (as for runs, see `governance/sight.py`).
    """

    everyone: bool = False
    person: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something remembered.

    Args:
        id: Unique; replacing an entry keeps it, such as `run/run-4f7k2q9d` or `thread/C1/171.5`.
        subjects: What it is about, such as a thread, a service, a workflow, a person.
        passages: Its text in pieces that are found one by one.
        link: Where it can be read whole; a permalink or an address, '' for none.
        by: Id of whom it comes from, '' for nobody in particular.
    """

    id: str
    kind: EntryKind
    title: str
    passages: tuple[str, ...]
    at: datetime
    audience: Audience
    subjects: frozenset[str] = frozenset()
    link: str = ""
    by: str = ""
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    Args:
        score: Higher is better; only good for comparing hits of one question.
    """

    entry: Entry
    passage: str
    score: float
