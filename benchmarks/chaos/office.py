"""The workers, as whoever has a wish sees them: some of them live, and one of those will answer.

Colleagues answer wishes and work on runs; hands, which are workers as they are shipped, only work.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from typing import Any

from benchmarks.chaos.processes import Process, Program, Slot
from benchmarks.chaos.waiting import until

ANSWER_SECONDS = 12.0


class Gone(Exception):
    """The process died, or did not answer: nobody knows whether it did what was wished for."""


class Refused(Exception):
    """The answer was an error.

    Attributes:
        kind: The name of its class, such as `TooLate`.
    """

    def __init__(self, kind: str, said: str) -> None:
        super().__init__(f"{kind}: {said}")
        self.kind = kind


class Colleague:
    """One worker process that is spoken to."""

    def __init__(self, process: Process, up: asyncio.Event) -> None:
        self._process = process
        self._up = up
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._reader = asyncio.create_task(self._read())

    @property
    def alive(self) -> bool:
        """Whether it began to answer, and has not ended."""
        return self._up.is_set() and not self._reader.done()

    async def ask(self, wish: dict[str, Any]) -> Any:  # noqa: ANN401 - as the wish has it
        """Return what came of a wish.

        Raises:
            Gone: nobody knows.
            Refused: nothing.
        """
        assert self._process.stdin is not None
        self._number = number = self._number + 1
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        line = json.dumps({"id": number, **wish}) + "\n"
        try:
            self._process.stdin.write(line.encode())
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        except (TimeoutError, ConnectionError) as error:
            raise Gone(wish["do"]) from error
        finally:
            self._waiting.pop(number, None)

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            answer = json.loads(line)
            self._up.set()
            self._settle(answer)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Gone("the process ended"))

    def _settle(self, answer: dict[str, Any]) -> None:
        waiting = self._waiting.get(answer["id"])
        if waiting is None or waiting.done():
            return
        if "error" in answer:
            waiting.set_exception(Refused(answer["error"], answer["said"]))
        else:
            waiting.set_result(answer["is"])


async def _hire(slot: Slot, process: Process) -> None:
    """Wait until a hand says that it works."""
    assert process.stdout is not None
    if await process.stdout.readline():
        slot.up.set()


class Office:
    """All workers of an install."""

    def __init__(
        self,
        colleagues: Sequence[Program],
        hands: Sequence[Program],
        luck: random.Random,
        gives_up: int | None = None,
    ) -> None:
        self._luck = luck
        self._colleagues: dict[str, Colleague] = {}
        self.slots = [
            *(Slot(one.name, one, self._welcome, gives_up=gives_up) for one in colleagues),
            *(Slot(one.name, one, _hire, gives_up=gives_up) for one in hands),
        ]

    async def _welcome(self, slot: Slot, process: Process) -> None:
        self._colleagues[slot.name] = Colleague(process, slot.up)

    def open(self) -> None:
        """Start all workers."""
        for slot in self.slots:
            slot.open()

    async def close(self) -> list[int | None]:
        """Ask all workers to leave, and return their exit codes."""
        return list(await asyncio.gather(*(slot.close() for slot in self.slots)))

    async def ask(self, do: str, **wish: Any) -> Any:  # noqa: ANN401 - as the wish has it
        """Wait for a worker that lives, and return what came of a wish; errors as `Colleague.ask`."""
        await until(lambda: self._alive, every=0.02)
        return await self._luck.choice(self._alive).ask({"do": do, **wish})

    @property
    def _alive(self) -> list[Colleague]:
        return [one for one in self._colleagues.values() if one.alive]

    async def insist(self, do: str, **wish: Any) -> Any:  # noqa: ANN401 - as the wish has it
        """Wish for something until somebody answers; only for what may be wished for twice."""
        while True:
            try:
                return await self.ask(do, **wish)
            except Gone:
                await asyncio.sleep(0.05)
            except Refused as error:
                if error.kind != "StoreUnavailable":
                    raise
                await asyncio.sleep(0.2)
