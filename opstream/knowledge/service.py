"""Everything that an edge or an agent may do with what OpStream remembers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol

from opstream.domain.audit import AuditEntry
from opstream.domain.conversation import Place
from opstream.domain.memory import Case, Entry, EntryKind, Hit, Recalled, Saved, Source
from opstream.domain.person import Person, Role, Who
from opstream.domain.prompt import Turn
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, NotAllowed, NotFound
from opstream.knowledge import compacting
from opstream.knowledge.compacting import Compacted
from opstream.knowledge.library import Document, Library, audience_at
from opstream.knowledge.masking import Mask
from opstream.knowledge.memory import Memory
from opstream.knowledge.search import Search, audience_of, sees
from opstream.ports import AuditTrail, Clock, MemoryStore, Ticker

REMEMBER = ("memory.kept", "have something remembered", Role.VIEWER)
ADD = ("memory.document_added", "add documents", Role.OPERATOR)
FORGET = ("memory.forgotten", "have something forgotten", Role.VIEWER)
"""Deeds: how the audit calls each, in words, and the role that it takes."""
_LONGEST_FACT = 2_000
_CONSIDERED = 8
_KINDS_THAT_HAVE_AUTHORS = frozenset({EntryKind.FACT, EntryKind.DOCUMENT, EntryKind.CONVERSATION})


Deed = tuple[str, str, Role]


class Rights(Protocol):
    """Lets people in, or refuses and notes it."""

    async def require(self, by: Person, deed: Deed, subject: str = "") -> None:
        """Refuse a deed to who lacks its role.

        Raises:
            NotAllowed: they do, or they are a bot.
        """

    async def refuse(self, by: Person, deed: Deed, subject: str, error: NotAllowed) -> NoReturn:
        """Note that a deed was refused, and raise the error."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What knowledge rests on.

    Args:
        mask: Takes secrets out of a text.
        mask_long: The same for any JSON, however large; lets others have a turn meanwhile.
        new_key: Gives a text that nobody has seen before.
        nudge: Called when the meaning of something new has to be measured.
        rounds: What knowledge does by itself.
    """

    store: MemoryStore
    search: Search
    rights: Rights
    audit: AuditTrail
    clock: Clock
    mask: Mask
    mask_long: Callable[[Json], Awaitable[Json]]
    new_key: Callable[[], str]
    nudge: Callable[[], None]
    rounds: tuple[Ticker, ...] = ()


class Knowledge:
    """Remembers, recalls, and forgets.

    Attributes:
        rounds: What it does by itself; tickers.
    """

    def __init__(self, kept: Kept) -> None:
        self.rounds = kept.rounds
        self._kept = kept
        self._store = kept.store
        self._clock = kept.clock
        self._memory = Memory(kept.store, kept.mask)
        self._library = Library(kept.store, kept.mask_long, kept.clock)

    async def remember(
        self, text: str, *, by: Person, place: Place | None = None, link: str = ""
    ) -> Entry:
        """Keep a fact that a person asked to keep, for whoever reads in the place where they said it.

        Raises:
            BadInput: there is no text, or too much for a fact.
            NotAllowed: a bot wants it.
        """
        await self._kept.rights.require(by, REMEMBER)
        plain = text.strip()
        if not plain:
            raise BadInput(
                "Say what I should remember, for example `remember checkout owns the cart db`."
            )
        if len(plain) > _LONGEST_FACT:
            raise BadInput(
                f"This has {len(plain):,} characters, and a fact may have {_LONGEST_FACT:,}. Add longer "
                "things as a document: `remember <link to a message or file>`."
            )
        masked = self._kept.mask(plain)
        entry = Entry(
            id=f"{EntryKind.FACT}/{self._kept.new_key()[:8]}",
            kind=EntryKind.FACT,
            title="",
            passages=(masked,),
            at=self._clock.now(),
            audience=audience_at(by, place),
            link=link,
            by=by.id,
        )
        await self._store.keep(entry, (), "")
        await self._note(by, REMEMBER, entry.id)
        self._kept.nudge()
        return entry

    async def add(self, document: Document, *, by: Person, place: Place | None = None) -> Entry:
        """Keep a document for whoever reads in a place, instead of an earlier version of it.

        Raises:
            BadInput: there is nothing in it, or too much.
            NotAllowed: the person may not.
        """
        await self._kept.rights.require(by, ADD)
        entry = await self._library.add(document, audience_at(by, place), by)
        await self._note(by, ADD, entry.id)
        self._kept.nudge()
        return entry

    async def look_up(
        self,
        question: str,
        *,
        by: Person,
        place: Place | None = None,
        kinds: frozenset[EntryKind] = frozenset(),
        limit: int = 5,
    ) -> Sequence[Hit]:
        """Return what is known about a question, best first; in a channel, only what all there may see."""
        seen_by = audience_of(by, place)
        return await self._kept.search.find(question, seen_by=seen_by, kinds=kinds, limit=limit)

    async def recall(
        self, question: str, *, by: Person, place: Place | None = None, budget_words: int = 400
    ) -> Recalled:
        """Return the few passages that matter for answering a question, with their sources.

        What is said in the same thread is left out: whoever answers there has it already.
        """
        hits = await self.look_up(question, by=by, place=place, limit=_CONSIDERED)
        here = f"thread/{place.channel}/{place.thread or ''}" if place else ""
        sources: list[Source] = []
        words = spared = 0
        for hit in hits:
            size = len(hit.passage.split())
            if hit.entry.id == here or words + size > budget_words:
                continue
            sources.append(_source(hit))
            words += size
            spared += sum(len(one.split()) for one in hit.entry.passages) - size
        if sources:
            counts = {"recalls": 1, "words_given": words, "words_spared": spared}
            await self._store.tally(counts)
        return Recalled(tuple(sources), words, spared)

    async def compacted(self, turns: Sequence[Turn], budget_words: int) -> Compacted:
        """Return a conversation that fits, as `compacting.compact`, and count what that spared."""
        found = compacting.compact(turns, budget_words)
        if found.saved:
            await self._store.tally({"words_compacted": found.saved})
        return found

    async def forget(self, entry_id: str, *, by: Person) -> Entry:
        """Forget something for good, and return it; who said it may, and admins.

        Args:
            entry_id: Its id, or what stands in it after the `/`.
            by: Who wants it.

        Raises:
            NotFound: there is no such thing that they may see.
            NotAllowed: it is another person's.
        """
        await self._kept.rights.require(by, FORGET, entry_id)
        entry = await self._meant(entry_id, by)
        own = entry.kind in _KINDS_THAT_HAVE_AUTHORS and entry.by == by.id
        if not own and not by.has(Role.ADMIN):
            refusal = NotAllowed("Only who said it, or an admin, can have it forgotten.")
            await self._kept.rights.refuse(by, FORGET, entry.id, refusal)
        await self._store.remove(entry.id)
        await self._note(by, FORGET, entry.id)
        return entry

    async def note_exchange(self, place: Place, who: Who, said: str, answered: str) -> None:
        """Add a question and its answer to what is remembered of a conversation."""
        await self._memory.note_exchange(place, who, said, answered, self._clock.now())
        self._kept.nudge()

    async def note_run(self, workflow: Workflow, run: Run) -> None:
        """Remember a run that ended; to do it twice changes nothing."""
        if workflow.conversation:
            return
        if await self._memory.note_run(workflow, run):
            if found := await self.similar(workflow, run):
                await self._store.tally({"cases": len(found)})
            self._kept.nudge()

    async def similar(self, workflow: Workflow, run: Run) -> Sequence[Case]:
        """Return earlier failures like that of a run, for all who see the run; () when none is like it."""
        return await self._memory.similar(workflow, run)

    async def saved(self) -> Saved:
        """Return what memory has spared since there is one."""
        counted = await self._store.tallies()
        return Saved(
            recalls=counted.get("recalls", 0),
            words_given=counted.get("words_given", 0),
            words_spared=counted.get("words_spared", 0),
            words_compacted=counted.get("words_compacted", 0),
            cases=counted.get("cases", 0),
            entries=await self._store.count(),
        )

    async def _meant(self, entry_id: str, by: Person) -> Entry:
        given = entry_id.strip("` ")
        ids = [given] if "/" in given else [f"{kind}/{given}" for kind in EntryKind]
        for id in ids:
            entry = await self._store.get(id)
            if entry is not None and sees(by, entry):
                return entry
        raise NotFound(
            "entry", given[:60], hint="`/opstream recall` shows the ids of what it finds."
        )

    async def _note(self, by: Person, deed: Deed, subject: str) -> None:
        await self._kept.audit.record(AuditEntry(self._clock.now(), by.who, deed[0], subject))


def _source(hit: Hit) -> Source:
    entry = hit.entry
    return Source(entry.id, entry.kind, entry.title, hit.passage, entry.at, entry.by, entry.link)
