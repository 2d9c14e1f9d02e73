"""Entries for the contract suites of memory."""

from opstream.domain.memory import Audience, Entry, EntryKind
from opstream.domain.person import Person, Sight
from opstream.ports import Question
from tests.contracts.stories import NOON

ANA = Person("U1", "Ana", sight=Sight(hidden=frozenset({"C9"})))
EVERYBODY = Audience(everyone=True)


def entry(key, *passages, kind=EntryKind.FACT, audience=EVERYBODY, at=NOON, **more):
    return Entry(key, kind, more.pop("title", key), passages, at, audience, **more)


def question(text="", **more):
    more.setdefault("seen_by", ANA)
    return Question(text, **more)


async def found(memory, text="", **more):
    return [hit.entry.id for hit in await memory.find(question(text, **more))]
