"""Puts together what OpStream remembers with."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from config.memory import Memory as MemorySettings
from opstream.adapters.models.hashing import HashingEmbedder
from opstream.adapters.stores import Stores
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person
from opstream.errors import NotAllowed
from opstream.governance import guard as governing
from opstream.governance.guard import Guard
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.rounds import Fading, Measuring, Spans
from opstream.knowledge.search import Search
from opstream.knowledge.service import Deed, Kept, Knowledge
from opstream.ports import Embedder, Timetable

_TRUST_IN_HASHES = 0.2  # they hardly know more than words do; see docs/memory.md
_ALIKE_BY_HASHES = 0.2  # texts that have nothing to do with each other stay below that
_SOON = timedelta(seconds=0.5)  # several at once are one look


@dataclass(frozen=True, slots=True)
class Rests:
    """What memory rests on.

    Args:
        embedder: Measures meaning; None leaves it at words.
        timetable: Calls the tickers.
    """

    stores: Stores
    embedder: Embedder | None
    guard: Guard
    timetable: Timetable


@dataclass(frozen=True, slots=True)
class _Rights:
    """The guard, as knowledge asks it."""

    guard: Guard

    async def require(self, by: Person, deed: Deed, subject: str = "") -> None:
        """Refuse a deed to who lacks its role; errors as the guard."""
        await self.guard.require(by, governing.Deed(*deed), subject)

    async def refuse(self, by: Person, deed: Deed, subject: str, error: NotAllowed) -> NoReturn:
        """Note that a deed was refused, and raise the error."""
        await self.guard.refuse(by, governing.Deed(*deed), subject, error)


def knowledge(settings: MemorySettings, sanitiser: Sanitiser, rests: Rests) -> Knowledge:
    """Return what remembers; its `rounds` are tickers."""
    database, clock = rests.stores.database, rests.stores.clock
    embedder = rests.embedder if settings.by_meaning else None
    search = Search(database.memory, embedder)
    if isinstance(embedder, HashingEmbedder):
        search = Search(database.memory, embedder, _TRUST_IN_HASHES, _ALIKE_BY_HASHES)
    fading = Fading(database.memory, _spans(settings), clock)
    return Knowledge(
        Kept(
            store=database.memory,
            search=search,
            rights=_Rights(rests.guard),
            audit=database.audit,
            clock=clock,
            mask=sanitiser.masked,
            mask_long=sanitiser.masked_in_turns,
            new_key=lambda: secrets.token_hex(4),
            nudge=lambda: rests.timetable.wake_at(clock.now() + _SOON),
            rounds=(Measuring(search, clock), fading),
        )
    )


def _spans(settings: MemorySettings) -> Spans:
    wanted = {
        EntryKind.CONVERSATION: settings.conversations,
        EntryKind.RUN: settings.runs,
        EntryKind.DOCUMENT: settings.documents,
    }
    return Spans({kind: span for kind, span in wanted.items() if span is not None})
