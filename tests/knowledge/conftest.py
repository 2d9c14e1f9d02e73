"""Knowledge on a real store, with a measure of meaning that is quick and the same each time."""

import shutil
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from math import sqrt

import pytest

from opstream.adapters import detectors
from opstream.adapters.store import migrate
from opstream.adapters.store.database import FILE, Database
from opstream.domain.memory import EntryKind
from opstream.domain.person import Person, Role, Sight
from opstream.domain.sensitive import Sensitive
from opstream.domain.terms import terms
from opstream.errors import NotAllowed, OperationFailed
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.rounds import Fading, Measuring, Spans
from opstream.knowledge.search import Search
from opstream.knowledge.service import Kept, Knowledge

ANA = Person("U1", "Ana", frozenset({Role.OPERATOR}), sight=Sight())
BO = Person("U2", "Bo", frozenset({Role.OPERATOR}), sight=Sight(hidden=frozenset({"C9"})))
CY = Person("U3", "Cy", frozenset({Role.ADMIN}), sight=Sight())


class Counting:
    """Counts terms by their hashes; may be out of order."""

    name = "counting"
    length = 64
    broken = False

    async def embed(self, texts, *, question=False):
        if self.broken:
            raise OperationFailed("It is out of order.", retryable=True)
        return [self._vector(text) for text in texts]

    def _vector(self, text):
        found = [0.001] * self.length
        for term in terms(text):
            found[zlib.crc32(term.encode()) % self.length] += 1
        long = sqrt(sum(one * one for one in found))
        return [one / long for one in found]


@dataclass
class Hands:
    """A clock in somebody's hands."""

    at: datetime = datetime(2026, 5, 3, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def go(self, **more: float) -> None:
        self.at += timedelta(**more)


@dataclass
class Rights:
    """Lets people in by their roles, and remembers whom it refused."""

    refused: list[str] = field(default_factory=list)

    async def require(self, by, deed, subject=""):
        if not by.has(deed[2]):
            raise NotAllowed(f"You may not {deed[1]}.")

    async def refuse(self, by, deed, subject, error):
        self.refused.append(f"{by.id} {deed[0]} {subject}")
        raise error


@dataclass
class House:
    """Knowledge, and all that it rests on."""

    knowledge: Knowledge
    database: Database
    embedder: Counting
    clock: Hands
    rights: Rights
    measuring: Measuring
    fading: Fading


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """An empty database with all tables; to copy it is faster than to make one."""
    path = tmp_path_factory.mktemp("migrated") / FILE
    migrate.to_head(path, timedelta(seconds=5))
    return path


@pytest.fixture
async def house(tmp_path, migrated):
    shutil.copy(migrated, tmp_path / FILE)
    database, clock, rights, numbers = await Database.open(tmp_path), Hands(), Rights(), count(1)
    embedder = Counting()
    search = Search(database.memory, embedder)
    mask = Sanitiser(detectors.find, frozenset({Sensitive.SECRET}), frozenset())
    measuring = Measuring(search, clock)
    spans = Spans({EntryKind.CONVERSATION: timedelta(days=9)})
    fading = Fading(database.memory, spans, clock)
    kept = Kept(
        store=database.memory,
        search=search,
        rights=rights,
        audit=database.audit,
        clock=clock,
        mask=mask.masked,
        mask_long=mask.masked_in_turns,
        new_key=lambda: f"k{next(numbers)}",
        nudge=lambda: None,
        rounds=(measuring, fading),
    )
    yield House(Knowledge(kept), database, embedder, clock, rights, measuring, fading)
    await database.close()
