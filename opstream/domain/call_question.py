"""What a tool asks people in the middle of a call, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from opstream.domain.inputs import Input
from opstream.domain.person import Who
from opstream.domain.values import Json, JsonObject


class Wanted(StrEnum):
    """What a question is for."""

    ANSWER = "answer"  # a form to fill in
    VISIT = "visit"  # a page to go to
    MODEL = "model"  # a yes to asking a language model


class Reply(StrEnum):
    """What became of a question."""

    OPEN = "open"
    GIVEN = "given"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CallQuestion:
    """What a tool wants to know, go for, or have asked, before it goes on.

    Args:
        source: Who asks: the name of an MCP server.
        text: The question in its own words; for a model, exactly what would be asked.
        schema: JSON schema of the answer, an object with plain values; empty where nothing is to be filled in.
        url: The page to go to.
        resume: What the call goes on with after a restart of this process, as its adapter wrote it; empty
            where it cannot.
    """

    source: str
    wanted: Wanted
    text: str
    schema: JsonObject = field(default_factory=dict)
    url: str = ""
    resume: str = ""

    def is_same(self, other: "CallQuestion") -> bool:
        """Return whether both ask for the same thing, so that one answer does for both."""
        return _gist(self) == _gist(other)


def _gist(one: CallQuestion) -> tuple[object, ...]:
    return (one.source, one.wanted, one.text, one.schema, one.url)


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What a person said, or that nobody did."""

    reply: Reply
    values: Mapping[str, Json] = field(default_factory=dict)
    by: Who | None = None


@dataclass(frozen=True, slots=True)
class AskedInCall:
    """A question of a call, as it stands in a run.

    Args:
        number: Counts the questions of a step, from 1.
        attempt: Of the call, with `tries` before it: another call asks anew.
        fields: What the form has.
    """

    number: int
    attempt: int
    tries: int
    question: CallQuestion
    fields: tuple[Input, ...]
    asked_at: datetime
    expires_at: datetime | None = None
    reply: Reply = Reply.OPEN
    values: Mapping[str, Json] = field(default_factory=dict)
    by: Who | None = None
    settled_at: datetime | None = None


def unanswered(asked: Sequence[AskedInCall], attempt: int, tries: int) -> tuple[AskedInCall, ...]:
    """Return those questions of one call that are open."""
    mine = (one for one in asked if (one.attempt, one.tries) == (attempt, tries))
    return tuple(one for one in mine if one.reply is Reply.OPEN)
