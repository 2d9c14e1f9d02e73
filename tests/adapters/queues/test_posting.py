"""Who tells people of runs when several processes could."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from opstream.adapters.queues.alone import Alone
from opstream.adapters.queues.sharing import Sharing
from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.domain.workflow import Workflow
from opstream.engine.evolve import begin
from opstream.errors import NotFound
from tests.adapters.queues.book import Book
from tests.contracts.stories import started
from tests.contracts.waiting import until

LEASE = timedelta(seconds=1)
VIEWS = {
    run_id: RunView(Workflow("demo", "Demo", ()), begin(run_id, started()))
    for run_id in ("r1", "r2")
}


async def view_of(run_id):
    if run_id not in VIEWS:
        raise NotFound("run", run_id)
    return VIEWS[run_id]


class Chat:
    """What a process would have posted."""

    def __init__(self):
        self.shown, self.heard = [], []
        self.caught_up = self.ended = False

    def show(self, view):
        self.shown.append(view)

    def progress(self, run_id, step, progress):
        self.heard.append((run_id, step, progress))

    async def catch_up(self, view_of):
        self.caught_up = True

    async def drain(self, deadline):
        self.ended = True
        return True


class Edge:
    def __init__(self, url, name):
        self.name, self.chats = name, []
        self.sharing = Sharing(url, name, LEASE, works=False)
        self.messenger = self.sharing.posting(self.new_chat)

    def new_chat(self):
        self.chats.append(Chat())
        return self.chats[-1]

    @property
    def chat(self):
        return self.chats[-1]

    async def __aenter__(self):
        await self.sharing.start(Book(self.name, {}))
        await self.messenger.start(view_of)
        return self

    async def __aexit__(self, *_):
        await self.messenger.stop(timedelta())
        await self.sharing.stop()


@pytest.fixture
async def street(url):
    async with AsyncExitStack() as stack:

        async def edge(name):
            return await stack.enter_async_context(Edge(url, name))

        async def worker(name):
            sharing = Sharing(url, name, LEASE, works=True)
            announcer = sharing.announcer()
            await sharing.start(Book(name, {}))
            stack.push_async_callback(sharing.stop)
            return announcer

        street.edge, street.worker = edge, worker
        yield street


async def test_what_a_worker_does_is_shown_by_the_edge_with_the_calls_under_way(street):
    edge, worker = await street.edge("edge"), await street.worker("worker")
    await until(lambda: edge.chats and edge.chat.caught_up)

    worker.show(VIEWS["r2"])
    worker.show(replace(VIEWS["r1"], under_way=frozenset({"fetch"})))
    await until(lambda: len(edge.chat.shown) == 2)

    assert [view.run.id for view in edge.chat.shown] == ["r2", "r1"]
    assert edge.chat.shown[1].under_way == {"fetch"}


async def test_of_many_states_within_a_moment_the_last_one_is_told(street):
    edge, worker = await street.edge("edge"), await street.worker("worker")
    await until(lambda: edge.chats and edge.chat.caught_up)

    for step in ("a", "b", "c"):
        worker.show(replace(VIEWS["r1"], under_way=frozenset({step})))
        worker.progress("r1", step, Progress(1, 2, "x" * 20_000))
    worker.progress("r1", "c", Progress(2, 2, "done"))
    await until(lambda: len(edge.chat.heard) == 3)

    assert [view.under_way for view in edge.chat.shown] == [{"c"}]
    assert edge.chat.heard[2] == ("r1", "c", Progress(2, 2, "done"))


async def test_exactly_one_edge_posts_and_another_follows_it(street):
    one = await street.edge("one")
    await until(lambda: one.chats)
    two = await street.edge("two")
    two.messenger.show(VIEWS["r1"])
    two.messenger.progress("r1", "a", Progress(1))
    await until(lambda: one.chat.shown and one.chat.heard)
    assert two.chats == []

    await one.messenger.stop(timedelta(seconds=1))
    await until(lambda: two.chats and two.chat.caught_up)
    two.messenger.show(VIEWS["r2"])

    assert one.chat.ended
    assert [view.run.id for view in two.chat.shown] == ["r2"]


async def test_a_run_that_cannot_be_loaded_keeps_no_other_from_being_shown(street):
    edge, worker = await street.edge("edge"), await street.worker("worker")
    await until(lambda: edge.chats and edge.chat.caught_up)
    strange = begin("gone", started())

    with capture_logs() as logs:
        worker.show(replace(VIEWS["r1"], run=strange))
        worker.show(VIEWS["r1"])
        await until(lambda: edge.chat.shown)

    assert [view.run.id for view in edge.chat.shown] == ["r1"]
    assert "run_not_shown" in [entry["event"] for entry in logs]


async def test_the_only_process_there_is_shows_everything_itself():
    chat = Chat()
    alone = Alone(chat)

    await alone.start(view_of)
    alone.show(VIEWS["r1"])
    alone.progress("r1", "a", Progress(1))
    await alone.stop(timedelta())

    assert (chat.caught_up, chat.shown, len(chat.heard), chat.ended) == (
        True,
        [VIEWS["r1"]],
        1,
        True,
    )
