"""Whether an answer helped, as people say; kept in the audit trail, where statistics can be made of it."""

from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person
from opstream.errors import BadInput
from opstream.ports import AuditTrail, Clock

RATINGS = frozenset({"good", "bad"})
_DEED = "answer.rated"
_LONGEST = 64


class Ratings:
    """What people think of answers to their sentences."""

    def __init__(self, audit: AuditTrail, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    async def rate(self, sentence: str, rating: str, *, by: Person) -> None:
        """Note a rating.

        Args:
            sentence: The fingerprint of what was asked; the words themselves are not kept.
            rating: `good` or `bad`.
            by: Who thinks so.

        Raises:
            BadInput: the rating is neither, or what it is about is no fingerprint.
        """
        plain = sentence.isalnum() and len(sentence) <= _LONGEST
        if by.is_bot or rating not in RATINGS or not plain:
            raise BadInput(
                "This rating could not be read. Please press one of the two thumbs again."
            )
        entry = AuditEntry(self._clock.now(), by.who, _DEED, sentence, rating)
        await self._audit.record(entry)
