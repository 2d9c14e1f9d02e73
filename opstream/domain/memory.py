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


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with where it comes from, so that whoever repeats it can say so."""

    entry_id: str
    kind: EntryKind
    title: str
    text: str
    at: datetime
    by: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known about a question.

    Args:
        sources: The best first; together they keep to the budget.
        words: How many words they have.
        spared: How many more words the entries have that they were taken from.
    """

    sources: tuple[Source, ...] = ()
    words: int = 0
    spared: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A run that failed as another one did, and what helped then.

    Args:
        error: What it said, in short.
        helped: What was different when it worked, '' while nobody knows.
        helped_by: Id of the run that worked.
    """

    run: str
    title: str
    at: datetime
    error: str
    helped: str = ""
    helped_by: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What memory has spared so far.

    Args:
        recalls: How often passages were looked up to answer something.
        words_given: How many words these passages had.
        words_spared: How many more words the entries have that they were taken from.
        words_compacted: How many words long conversations were shortened by.
        cases: How often a similar case was shown.
        entries: How many entries there are, by kind.
    """

    recalls: int = 0
    words_given: int = 0
    words_spared: int = 0
    words_compacted: int = 0
    cases: int = 0
    entries: Mapping[EntryKind, int] = field(default_factory=dict)
