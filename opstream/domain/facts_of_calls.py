"""Facts of calls that ask people before they go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from opstream.domain.call_question import CallQuestion, Reply
from opstream.domain.inputs import Input
from opstream.domain.person import Who
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class CallAsked:
    """A call that is under way asks; `number` counts the questions of its step, from 1."""

    at: datetime
    step: str
    number: int
    question: CallQuestion
    fields: tuple[Input, ...]
    expires_at: datetime | None
    kind: Literal["call_asked"] = "call_asked"


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """A person answered, or declined to; `by` is None where it was settled without anybody."""

    at: datetime
    step: str
    number: int
    reply: Reply
    values: Mapping[str, Json]
    by: Who | None
    kind: Literal["call_answered"] = "call_answered"
