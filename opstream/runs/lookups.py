"""What can be asked about runs without changing them."""

from collections.abc import Callable, Sequence

from opstream.domain.conversation import Place
from opstream.domain.history import Fact
from opstream.domain.person import Person
from opstream.domain.run import Page, RunStatus, RunView
from opstream.errors import BadInput, NoRunOfYours, NotFound
from opstream.governance import sight
from opstream.ports import PostingStore, RunFilter, RunStore
from opstream.runs.journal import Journal
from opstream.runs.views import Views

ENDED = frozenset(status for status in RunStatus if status.ended)
ACTIVE = frozenset(RunStatus) - ENDED  # also those that are queued, or being undone
STOPPED = ENDED - {RunStatus.SUCCEEDED}
_HEARING = 20  # runs of one thread that may be asked whether a reply is theirs
_HINT = "`/opstream list` and `history` show their ids."


class Lookups:
    """Reads runs; every answer is as of the last commit.

    Args:
        talk: Gives the ids of the workflows whose runs are talk: no list has them, and none of them is
            what a thread is about.
    """

    def __init__(
        self,
        store: RunStore,
        postings: PostingStore,
        journal: Journal,
        views: Views,
        talk: Callable[[], frozenset[str]],
    ) -> None:
        self._store = store
        self._postings = postings
        self._journal = journal
        self._views = views
        self._talk = talk

    async def resolve(self, text: str | None, *, by: Person, place: Place | None) -> str:
        """Return the id of the run that a person means: by id or its beginning, by thread, or alone.

        Raises:
            NotFound: no run fits.
            BadInput: several fit.
        """
        if text:
            return await self._by_id(text, by)
        if place is not None and (run_id := await self.of_thread(place)) is not None:
            return run_id
        mine = RunFilter(ACTIVE, of=by.id, limit=5, without=self._talk())
        found = [run.id for run in await self._store.summaries(mine)]
        if not found:
            raise NoRunOfYours()
        return _only(found, "You have several active runs")

    async def resolve_stopped(self, text: str | None, *, by: Person, place: Place | None) -> str:
        """Return the id of the run that a person wants to retry: by id, by thread, or their newest.

        Without an id, that is a run which failed, was denied or cancelled. A thread whose run is none of
        these means it all the same, so that it can be said why it cannot be retried.

        Raises:
            NotFound: no run fits.
            BadInput: several begin with the text.
        """
        if text:
            return await self._by_id(text, by)
        if place and (found := await self._of_thread(place, STOPPED, ACTIVE, ENDED)):
            return found[0]
        mine = RunFilter(STOPPED, of=by.id, unparented=True, limit=1, without=self._talk())
        if not (newest := await self._store.summaries(mine)):
            raise NoRunOfYours(stopped=True)
        return newest[0].id

    async def of_thread(self, place: Place) -> str | None:
        """Return the run that a thread belongs to, or None.

        That is the run whose card is its root; else the newest active one that was started in it; else
        the one that was started there last.
        """
        found = await self._of_thread(place, ACTIVE, ENDED)
        return found[0] if found else None

    async def hearing(self, place: Place) -> Sequence[str]:
        """Return the active runs that hear what is said in a thread, the first to be asked first."""
        found = await self._of_thread(place, ACTIVE)
        wanted = RunFilter(ACTIVE, thread=place, limit=_HEARING)
        beside = await self._store.summaries(wanted) if place.thread else ()
        return tuple(dict.fromkeys([*found, *(run.id for run in beside)]))

    async def _of_thread(self, place: Place, *preferred: frozenset[RunStatus]) -> Sequence[str]:
        if place.thread is None:
            return ()
        root = await self._postings.run_of_thread(place.channel, place.thread)
        if root is not None and not await self.is_talk(root):
            return (root,)
        for statuses in preferred:
            wanted = RunFilter(
                statuses, thread=place, unparented=True, limit=1, without=self._talk()
            )
            if found := await self._store.summaries(wanted):
                return (found[0].id,)
        return ()

    async def is_talk(self, run_id: str) -> bool:
        """Return whether a run is talk, and no work that people follow."""
        return bool(self._talk()) and (await self._journal.load(run_id)).workflow.conversation

    async def talk_in(
        self, place: Place, *, active: bool = False, limit: int = 10
    ) -> Sequence[str]:
        """Return the talk of a thread, newest first: runs that answer what was said in it.

        Args:
            place: The thread.
            active: Only what is still being answered.
            limit: How many at most.
        """
        if place.thread is None:
            return ()
        statuses = ACTIVE if active else frozenset[RunStatus]()
        filters = (RunFilter(statuses, one, thread=place, limit=limit) for one in self._talk())
        runs = [run for one in filters for run in await self._store.summaries(one)]
        found = [run.id for run in sorted(runs, key=lambda run: run.started_at, reverse=True)]
        root = await self._postings.run_of_thread(place.channel, place.thread)
        if root is not None and root not in found and await self.is_talk(root):
            run = (await self._journal.load(root)).run
            found += [root] if not active or not run.status.ended else []
        return found[:limit]

    async def _by_id(self, text: str, by: Person) -> str:
        wanted = text.strip().strip("`").lower()
        found = await self._store.find(wanted, by) if wanted else ()
        if wanted in found:
            return wanted
        if not found:
            raise NotFound("run", text, hint=_HINT)
        return _only(found, f"Several runs begin with `{text}`")

    async def view(self, run_id: str) -> RunView:
        """Return a run as people see it.

        Raises:
            NotFound: there is none of that id.
        """
        return await self._views.of(await self._journal.load(run_id))

    async def history(self, run_id: str) -> Sequence[Fact]:
        """Return the facts of a run, oldest first."""
        return await self._store.history(run_id)

    async def require_seen(self, run_id: str, *, by: Person) -> None:
        """Refuse to show a run to who cannot see the conversation that it stands in.

        Raises:
            NotFound: there is none of that id that they may see.
        """
        run = (await self._journal.load(run_id)).run
        if not sight.sees(by, run.by, run.place):
            raise NotFound("run", run_id, hint=_HINT)

    async def active(
        self,
        *,
        offset: int = 0,
        limit: int = 10,
        by: Person | None = None,
        seen_by: Person | None = None,
    ) -> Page:
        """Return runs that have not ended, newest first.

        Args:
            offset: How many to leave out.
            limit: How many at most.
            by: Who started them, or answers for them now; None for anybody.
            seen_by: For whom; what they may not see is left out.
        """
        whose = by.id if by else None
        wanted = RunFilter(
            ACTIVE,
            limit=limit,
            offset=offset,
            seen_by=seen_by,
            of=whose,
            without=self._talk(),
        )
        return await self._page(wanted)

    async def waiting(self, *, offset: int = 0, limit: int = 10, seen_by: Person) -> Page:
        """Return runs that wait for a person, newest first; who may see them as in `active`."""
        wanted = RunFilter(ACTIVE, None, None, limit, offset, seen_by, waiting=True)
        return await self._page(wanted)

    async def ended(
        self,
        *,
        offset: int = 0,
        limit: int = 10,
        workflow_id: str | None = None,
        statuses: frozenset[RunStatus] = frozenset(),
        by: Person | None = None,
        seen_by: Person | None = None,
    ) -> Page:
        """Return runs that have ended, newest first; who may see them as in `active`."""
        wanted, whose = statuses & ENDED or ENDED, by.id if by else None
        without = frozenset() if workflow_id else self._talk()
        return await self._page(
            RunFilter(wanted, workflow_id, None, limit, offset, seen_by, of=whose, without=without)
        )

    async def _page(self, wanted: RunFilter) -> Page:
        runs = await self._store.summaries(wanted)
        total = await self._store.count(wanted)
        return Page(tuple(runs), total, wanted.offset, wanted.limit)


def _only(found: Sequence[str], many: str) -> str:
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"`{one}`" for one in found)
    raise BadInput(f"{many}: {listed}. Write the id of the one you mean.")
