"""LangGraph under the same work; runs in an environment of its own (`requirements-langgraph.txt`).

A step is a visit to a node; `durability="sync"` writes its checkpoint before the next one begins. It has
no engine that takes up what was left: a run goes on when somebody invokes it again.
"""

import argparse
import asyncio
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Any, TypedDict

import aiosqlite  # type: ignore[import-not-found]  # in its own environment
from langgraph.checkpoint.postgres.aio import (  # type: ignore[import-not-found]  # as above
    AsyncPostgresSaver,
)
from langgraph.checkpoint.sqlite.aio import (  # type: ignore[import-not-found]  # as above
    AsyncSqliteSaver,
)
from langgraph.graph import END, START, StateGraph  # type: ignore[import-not-found]  # as above
from langgraph.types import Command, interrupt  # type: ignore[import-not-found]  # as above
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from benchmarks.peers import workloads

_CONNECTIONS = 32


class _State(TypedDict):
    run: str
    done: int
    steps: int
    pauses: bool


_began: dict[str, float] = {}


async def _step(state: _State) -> dict[str, int]:
    if state["pauses"]:
        await workloads.pause(state["run"], state["done"])
    return {"done": state["done"] + 1}


def _more(state: _State) -> str:
    return "step" if state["done"] < state["steps"] else END


async def _ask(state: _State) -> dict[str, int]:
    interrupt("go?")
    return {"done": 0}


async def _last(state: _State) -> dict[str, int]:
    _began[state["run"]] = perf_counter()
    return {"done": 1}


class LangGraph:
    """The four things of `workloads.Engine`."""

    def __init__(self, saver: Any, said: str) -> None:  # noqa: ANN401 - one of its two savers
        self._said = said
        chain = StateGraph(_State)
        chain.add_node("step", _step)
        chain.add_edge(START, "step")
        chain.add_conditional_edges("step", _more, ["step", END])
        self._chain = chain.compile(checkpointer=saver)
        asks = StateGraph(_State)
        asks.add_node("ask", _ask)
        asks.add_node("last", _last)
        asks.add_edge(START, "ask")
        asks.add_edge("ask", "last")
        asks.add_edge("last", END)
        self._asks = asks.compile(checkpointer=saver)

    async def durability(self) -> str:
        """Return what its connection said."""
        return self._said

    async def chain(self, run: str, steps: int, *, pauses: bool) -> None:
        """Invoke a graph that goes round."""
        state = _State(run=run, done=0, steps=steps, pauses=pauses)
        await self._chain.ainvoke(state, _thread(run, steps), durability="sync")

    async def park(self, run: str) -> None:
        """Invoke a graph that interrupts itself."""
        state = _State(run=run, done=0, steps=1, pauses=False)
        await self._asks.ainvoke(state, _thread(run), durability="sync")

    async def wake(self, run: str) -> float:
        """Invoke it again with the answer."""
        await self._asks.ainvoke(Command(resume=True), _thread(run), durability="sync")
        return _began.pop(run)


def _thread(run: str, steps: int = 1) -> dict[str, Any]:
    return {"configurable": {"thread_id": run}, "recursion_limit": steps + 10}


async def _sqlite(stack: AsyncExitStack, path: str) -> LangGraph:
    connection = await stack.enter_async_context(aiosqlite.connect(path))
    saver = AsyncSqliteSaver(connection)
    await saver.setup()
    await connection.execute("PRAGMA synchronous=FULL")
    said = []
    for asked in ("journal_mode", "synchronous"):
        row = await (await connection.execute(f"PRAGMA {asked}")).fetchone()
        said.append(f"{asked} {row[0]}")
    return LangGraph(saver, ", ".join(said))


async def _postgres(stack: AsyncExitStack, url: str) -> LangGraph:
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        url,
        min_size=_CONNECTIONS,
        max_size=_CONNECTIONS,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row},
        open=False,
    )
    await stack.enter_async_context(pool)
    saver = AsyncPostgresSaver(pool)
    await saver.setup()
    said = []
    async with pool.connection() as connection:
        for asked in ("fsync", "synchronous_commit"):
            row = await (await connection.execute(f"SHOW {asked}")).fetchone()
            said.append(f"{asked} {row[asked]}")
    return LangGraph(saver, ", ".join(said))


async def main() -> None:
    """Open a saver on a database and do what is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", help="the path of a SQLite file, or the URL of a PostgreSQL")
    given = parser.parse_args()
    async with AsyncExitStack() as stack:
        make = _postgres if "://" in given.place else _sqlite
        await workloads.serve(await make(stack, given.place))


if __name__ == "__main__":
    asyncio.run(main())
