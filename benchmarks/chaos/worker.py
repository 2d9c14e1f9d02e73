"""An OpStream process without Slack: the install as it is shipped, spoken to in lines of JSON.

    python -m benchmarks.chaos.worker FOLDER

The first line on standard input tells it to begin, so that a spare is quick; each further one is a wish
(`{"id": 1, "do": "start", …}`), answered by one line: what came of it, or the error. It leaves on
SIGTERM, or when its standard input ends.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from config import settings as configuration
from config.settings import Settings
from opstream import bootstrap
from opstream.adapters.mcp import wire  # imported late otherwise, and a spare shall be quick
from opstream.domain.approval import Deny, Grant
from opstream.domain.operation import Progress
from opstream.domain.outcome import Clarification
from opstream.domain.person import Person
from opstream.domain.run import Run, RunView, StepState, StepStatus
from opstream.errors import OpStreamError
from opstream.services import Services

Wish = dict[str, Any]
_PRELOADED = wire
_PAGE = 2000
_ASKS = {
    StepStatus.ASKING_APPROVAL: "approval",
    StepStatus.ASKING_PERSON: "question",
    StepStatus.DOUBTED: "doubt",
}


class Noting:
    """Notes how each run ended as people would be shown it; satisfies the port `Messenger`."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8")

    def show(self, view: RunView) -> None:
        """Note an end."""
        if view.run.status.ended:
            shown = {"run": view.run.id, "version": view.run.version, "status": view.run.status}
            self._file.write(json.dumps(shown) + "\n")
            self._file.flush()

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Note nothing."""


class Desk:
    """Carries out wishes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._runs = services.runs

    async def answer(self, wish: Wish) -> dict[str, Any]:
        """Return what came of a wish, or why nothing did."""
        do: Callable[[Wish], Awaitable[object]] = getattr(self, f"do_{wish['do']}")
        try:
            return {"id": wish["id"], "is": await do(wish)}
        except OpStreamError as error:
            return {"id": wish["id"], "error": type(error).__name__, "said": str(error)}

    def _by(self, wish: Wish) -> Person:
        id = wish["by"]
        return self._services.people.person(id, id.title(), is_bot=id.startswith("B"))

    async def do_start(self, wish: Wish) -> str:
        """Start a run and return its id."""
        run = await self._runs.start(
            wish["workflow"],
            wish["inputs"],
            by=self._by(wish),
            place=None,
            request_key=wish["key"],
        )
        return run.id

    async def do_look(self, wish: Wish) -> list[dict[str, Any]]:
        """Return every run that has not ended, with what it asks people."""
        found = (await self._runs.active(limit=_PAGE)).runs
        return [
            {
                "run": one.id,
                "workflow": one.workflow_id,
                "status": one.status,
                "asks": await self._asks(one.id) if one.waits_for_person else [],
            }
            for one in found
        ]

    async def _asks(self, run_id: str) -> list[dict[str, Any]]:
        run = (await self._runs.view(run_id)).run
        return [_ask(run, step, state) for step, state in run.open.items() if state.status in _ASKS]

    async def do_decide(self, wish: Wish) -> str:
        """Settle an approval."""
        decision = Grant() if wish["verdict"] == "granted" else Deny("Not today.")
        run = await self._runs.answer_approval(
            wish["run"], wish["step"], wish["revision"], decision, by=self._by(wish)
        )
        return run.status

    async def do_fill_in(self, wish: Wish) -> str:
        """Answer a question."""
        run = await self._runs.answer_question(
            wish["run"], wish["step"], {"number": wish["number"]}, by=self._by(wish)
        )
        return run.status

    async def do_clear(self, wish: Wish) -> str:
        """Say what became of a write."""
        said = Clarification(wish["answer"])
        run = await self._runs.clear_doubt(wish["run"], wish["step"], said, by=self._by(wish))
        return run.status

    async def do_deliver(self, wish: Wish) -> list[str]:
        """Deliver a letter, to one run or to all that wait for its topic."""
        body = {"amount": wish["amount"]}
        took = await self._runs.deliver(wish["topic"], body, wish["key"], run_id=wish["run"])
        return list(took)

    async def do_reply(self, wish: Wish) -> bool:
        """Reply in a run's thread."""
        return await self._runs.reply(wish["run"], wish["text"], by=self._by(wish), key=wish["key"])

    async def do_pause(self, wish: Wish) -> str:
        """Pause a run."""
        return (await self._runs.pause(wish["run"], by=self._by(wish))).status

    async def do_resume(self, wish: Wish) -> str:
        """Let a run go on."""
        return (await self._runs.resume(wish["run"], by=self._by(wish))).status

    async def do_cancel(self, wish: Wish) -> str:
        """Cancel a run."""
        return (await self._runs.cancel(wish["run"], by=self._by(wish))).status


def _ask(run: Run, step: str, state: StepState) -> dict[str, Any]:
    return {"kind": _ASKS[state.status], "step": step, "revision": state.revision, "by": run.by.id}


async def serve(settings: Settings, folder: Path) -> None:
    """Serve wishes until SIGTERM, or until standard input ends."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with AsyncExitStack() as stack:
        stores = await bootstrap.open_stores(settings)
        stack.push_async_callback(stores.close)
        messenger = Noting(folder / "shown.jsonl")
        install = await bootstrap.install(
            settings, stores, messenger, configuration.variables(folder=folder)
        )
        stack.push_async_callback(install.stop)
        await install.start()
        bootstrap.spare_the_loop()
        listening = asyncio.create_task(_listen(Desk(install.services)))
        listening.add_done_callback(lambda _: stop.set())
        await stop.wait()
        if listening.done():
            await listening  # a bug that a wish met ends the process, and is seen
        listening.cancel()


async def _listen(desk: Desk) -> None:
    """Answer wishes side by side, in the order in which they are done."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    _say({"id": 0, "is": os.getpid()})
    async with asyncio.TaskGroup() as group:
        while line := await reader.readline():
            group.create_task(_carry_out(desk, json.loads(line)))


async def _carry_out(desk: Desk, wish: Wish) -> None:
    _say(await desk.answer(wish))


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Wait for the word to begin, then serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not os.read(0, 1):  # one byte only: what follows is read by the loop
        return 0
    try:
        settings = configuration.load(folder=folder)
        bootstrap.set_up_logs(settings)
        asyncio.run(serve(settings, folder))
    except OpStreamError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
