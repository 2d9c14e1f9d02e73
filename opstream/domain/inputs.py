"""What a workflow, or a question to a person, wants to know."""

from dataclasses import dataclass
from enum import StrEnum

from opstream.domain.values import Json


class InputKind(StrEnum):
    """What an input holds; decides its check and its field in a form."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DURATION = "duration"
    DATE = "date"
    PERSON = "person"
    CHANNEL = "channel"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a workflow, or a question to a person, wants to know."""

    name: str
    kind: InputKind = InputKind.TEXT
    title: str = ""
    description: str = ""
    required: bool = True
    default: Json = None
    choices: tuple[str, ...] = ()
