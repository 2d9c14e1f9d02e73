"""Documents that people added, so that what stands in them is found."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from opstream.domain.conversation import Place
from opstream.domain.memory import Audience, Entry, EntryKind
from opstream.domain.person import Person
from opstream.domain.values import Json
from opstream.errors import BadInput
from opstream.knowledge.passages import cut
from opstream.ports import Clock, MemoryStore

_LONGEST = 1_000_000
_MOST_PASSAGES = 2_000
_TITLE = 150


@dataclass(frozen=True, slots=True)
class Document:
    """Something to be remembered whole.

    Args:
        title: What people call it; a file's name tells its form, such as `services.csv`.
        text: What stands in it: text, Markdown, CSV or JSON.
        link: Where it can be read, such as a permalink; the same link is the same document.
    """

    title: str
    text: str
    link: str = ""


class Library:
    """Adds and refreshes documents.

    Args:
        mask: Takes secrets out of a text, however long, and lets others have a turn meanwhile.
    """

    def __init__(
        self, store: MemoryStore, mask: Callable[[Json], Awaitable[Json]], clock: Clock
    ) -> None:
        self._store = store
        self._mask = mask
        self._clock = clock

    async def add(self, document: Document, audience: Audience, by: Person) -> Entry:
        """Keep a document, in place of an earlier version of it; return its entry.

        Args:
            document: A document of the same link, or without one of the same title, is replaced.
            audience: Who may see it.
            by: Who adds it.

        Raises:
            BadInput: there is nothing in it, or too much.
        """
        title = " ".join(document.title.split())[:_TITLE] or "Untitled"
        if len(document.text) > _LONGEST:
            raise BadInput(
                f"{title!r} has {len(document.text):,} characters, and I can take {_LONGEST:,}. Give me "
                "the part that matters, or several documents."
            )
        passages = cut(str(await self._mask(document.text)), title)
        if not passages:
            raise BadInput(f"There is no text in {title!r} that I could remember.")
        if len(passages) > _MOST_PASSAGES:
            raise BadInput(
                f"{title!r} gives {len(passages):,} passages, and I can take {_MOST_PASSAGES:,}. Give me "
                "the part that matters, or several documents."
            )
        entry = Entry(
            id=_id_of(document.link or title, audience),
            kind=EntryKind.DOCUMENT,
            title=str(await self._mask(title)),
            passages=passages,
            at=self._clock.now(),
            audience=audience,
            subjects=frozenset({title.lower()}),
            link=document.link,
            by=by.id,
        )
        await self._store.keep(entry, (), "")
        return entry


def audience_at(by: Person, place: Place | None) -> Audience:
    """Return who may see what a person says in a place: who reads there; in a direct message, they alone."""
    if place is None:
        return Audience(everyone=True, person=by.id)
    if place.is_direct:
        return Audience(person=by.id)
    return Audience(person=by.id, channel=place.channel)


def _id_of(what: str, audience: Audience) -> str:
    """Return the id of a document: the same for the same thing where the same people see it."""
    whose = audience.channel or audience.person
    named = f"{whose}\n{what}".encode()
    return f"{EntryKind.DOCUMENT}/{sha256(named).hexdigest()[:10]}"
