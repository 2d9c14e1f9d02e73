"""What is known of one run's postings: read once, then kept in step with the store."""

from collections.abc import Callable, Iterable, Mapping

from blocks.kit import Message
from blocks.thread import Part
from handlers import moves
from opstream.domain.conversation import Place, Posting
from opstream.ports import PostingStore


class KnownPostings:
    """The postings of a run by part; whatever is remembered is durable first."""

    def __init__(self, run_id: str, store: PostingStore) -> None:
        self._run_id = run_id
        self._store = store
        self._postings: dict[str, Posting] = {}
        self._is_read = False

    @property
    def by_part(self) -> Mapping[str, Posting]:
        """All postings, in the order in which they were intended."""
        return self._postings

    @property
    def card(self) -> Posting | None:
        """The posting of the run's card, or of what stands in its place."""
        return moves.root_of(self._postings)

    def behind(
        self, parts: Iterable[Part], fingerprint: Callable[[Message], str]
    ) -> frozenset[str]:
        """Return the keys of parts that do not stand in the chat, or not as they are."""
        shown = {key: posting.digest for key, posting in self._postings.items()}
        return frozenset(one.key for one in parts if shown.get(one.key) != fingerprint(one.message))

    async def read(self) -> None:
        """Read what an earlier process left, once."""
        if self._is_read:
            return
        for posting in await self._store.of_run(self._run_id):
            self._postings[self._part(posting)] = posting
        self._is_read = True

    async def mean(self, part: str, place: Place, digest: str = "") -> Posting:
        """Remember that a part is about to be posted, and return that.

        Args:
            part: Its key within the run.
            place: Where it shall stand.
            digest: What it is known by where it will carry no key of ours.
        """
        meant = Posting(f"{self._run_id}/{part}", self._run_id, place, None, digest)
        if self._postings.get(part) != meant:  # an earlier process may have meant to already
            await self.remember(meant)
        return meant

    async def remember(self, posting: Posting) -> None:
        """Save a posting."""
        await self._store.save(posting)
        self._postings[self._part(posting)] = posting

    async def shown(self, version: int) -> None:
        """Note that all is shown as of a version."""
        await self._store.shown(self._run_id, version)

    def _part(self, posting: Posting) -> str:
        return posting.key[len(self._run_id) + 1 :]
