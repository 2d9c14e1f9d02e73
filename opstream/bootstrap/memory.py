"""Puts together what OpStream remembers with."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from config.memory import Memory as MemorySettings
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person
from opstream.errors import NotAllowed
from opstream.governance import guard as governing
from opstream.governance.guard import Guard
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.rounds import Fading, Measuring, Spans
from opstream.knowledge.search import Search
from opstream.knowledge.service import Deed, Kept, Knowledge
from opstream.ports import AuditTrail, Clock, Embedder, MemoryStore


@dataclass(frozen=True, slots=True)
class Remembering:
    """What remembers, and what it does by itself; the last two are tickers."""

    knowledge: Knowledge
    measuring: Measuring
    fading: Fading


@dataclass(frozen=True, slots=True)
class Rests:
    """What memory rests on.

    Args:
        embedder: Measures meaning; None leaves it at words.
        nudge: Has the tickers looked at soon.
    """

    store: MemoryStore
    embedder: Embedder | None
    guard: Guard
    audit: AuditTrail
    sanitiser: Sanitiser
    clock: Clock
    nudge: Callable[[], None]


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


def remembering(settings: MemorySettings, rests: Rests) -> Remembering:
    """Return what remembers."""
    search = Search(rests.store, rests.embedder if settings.by_meaning else None)
    kept = Kept(
        store=rests.store,
        search=search,
        rights=_Rights(rests.guard),
        audit=rests.audit,
        clock=rests.clock,
        mask=rests.sanitiser.masked,
        mask_long=rests.sanitiser.masked_in_turns,
        new_key=lambda: secrets.token_hex(4),
        nudge=rests.nudge,
    )
    return Remembering(
        Knowledge(kept),
        Measuring(search, rests.clock),
        Fading(rests.store, _spans(settings), rests.clock),
    )


def _spans(settings: MemorySettings) -> Spans:
    wanted = {
        EntryKind.CONVERSATION: settings.conversations,
        EntryKind.RUN: settings.runs,
        EntryKind.DOCUMENT: settings.documents,
    }
    return Spans({kind: span for kind, span in wanted.items() if span is not None})
