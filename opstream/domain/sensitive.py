"""What may have to be taken out of texts."""

from dataclasses import dataclass
from enum import StrEnum


class Sensitive(StrEnum):
    """What may have to be taken out."""

    SECRET = "secret"
    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Found:
    """Where something sensitive stands in a text."""

    kind: Sensitive
    start: int
    end: int
