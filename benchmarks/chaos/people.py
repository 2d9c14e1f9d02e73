"""The people of the story: they start runs, are asked, answer, write letters, change their minds."""

import asyncio
import random
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from benchmarks.chaos import recordings
from benchmarks.chaos.diary import Deed, Diary, Promise
from benchmarks.chaos.office import Gone, Office, Refused
from benchmarks.chaos.recordings import Phase
from benchmarks.chaos.waiting import until

ASKERS = ("UANA", "UDAN", "UEVE")
APPROVERS = ("UBO", "UCY")
BOT = "BBOT"
_LOOK_SECONDS = 0.25
_AGAIN_SECONDS = 0.4


class People:
    """Everybody who wants something of the office.

    Args:
        workflows: What they start.
        active: How many runs they keep going side by side.
    """

    def __init__(
        self,
        office: Office,
        diary: Diary,
        written: Path,
        workflows: Sequence[str],
        luck: random.Random,
        active: int,
    ) -> None:
        self._office = office
        self._diary = diary
        self._written = written
        self._workflows = workflows
        self._luck = luck
        self._most_active = active
        self._busy: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._number = 0
        self.stop_starting = False
        self.active: dict[str, dict[str, Any]] = {}
        self.looks = 0
        self.troubles: list[str] = []

    async def live(self) -> None:
        """Look at all runs again and again, answer what they ask, and start new ones."""
        while True:
            found = await self._office.insist("look")
            self.active = {one["run"]: one for one in found}
            self.looks += 1
            for run in found:
                for ask in run["asks"]:
                    self._answer(run["run"], ask)
            self._start_some()
            await asyncio.sleep(_LOOK_SECONDS)

    async def close(self) -> None:
        """End all that is still being tried."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def at_rest(self) -> bool:
        """Whether no run is active, and nobody is doing anything."""
        return not self.active and not self._tasks

    def _begin(self, deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(deed)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.troubles.append(f"a person met {error!r}")

    def _start_some(self) -> None:
        if self.stop_starting:
            return
        for _ in range(self._most_active - len(self.active) - self._starting):
            self._starting += 1
            self._begin(self._start())

    async def _start(self) -> None:
        self._number = number = self._number + 1
        key, by = f"{self._luck.getrandbits(64):x}", self._luck.choice(ASKERS)
        workflow = self._luck.choice(self._workflows)
        inputs = {"value": number}
        try:
            run = await self._office.insist(
                "start", workflow=workflow, inputs=inputs, by=by, key=key
            )
        finally:
            self._starting -= 1
        self._diary.promises[run] = Promise(run, workflow, number, key, by)
        await self._accompany(run, workflow, number, by)

    async def _accompany(self, run: str, workflow: str, number: int, by: str) -> None:
        """Do what a run of this workflow, and its luck, want of people unasked."""
        if workflow == "letters":
            self._begin(self._write_letter(run, f"paid.{number}"))
            self._begin(self._reply(run))
        fate = self._luck.random()
        if fate < 0.08 or (workflow == "undone" and fate < 0.4):
            await asyncio.sleep(self._luck.random() * 2)
            await self._tell("cancel", run, by)
        elif fate < 0.16:
            await asyncio.sleep(self._luck.random())
            if await self._tell("pause", run, by) != "TooLate":
                await asyncio.sleep(self._luck.random())
                await self._resume(run, by)

    async def _resume(self, run: str, by: str) -> None:
        told = "nothing"
        while told == "nothing":
            told = await self._tell("resume", run, by)

    def _answer(self, run: str, ask: dict[str, Any]) -> None:
        place = run, ask["step"]
        if place in self._busy:
            return
        self._busy.add(place)

        async def answering() -> None:
            await asyncio.sleep(self._luck.random() * 0.5)
            try:
                await getattr(self, f"_on_{ask['kind']}")(run, ask)
            finally:
                self._busy.discard(place)

        self._begin(answering())

    async def _on_approval(self, run: str, ask: dict[str, Any]) -> None:
        """Let those try who may not, then two who may, at the same moment."""
        asked = {"step": ask["step"], "revision": ask["revision"]}
        for stranger in (BOT, ask["by"]):
            await self._tell("decide", run, stranger, said="granted", **asked)
        verdicts = ["granted" if self._luck.random() < 0.85 else "denied" for _ in APPROVERS]
        await asyncio.gather(
            *(
                self._tell("decide", run, by, said=verdict, **asked)
                for by, verdict in zip(APPROVERS, verdicts, strict=True)
            )
        )

    async def _on_question(self, run: str, ask: dict[str, Any]) -> None:
        answers = [self._luck.randrange(100) for _ in APPROVERS]
        await asyncio.gather(
            *(
                self._tell("fill_in", run, by, step=ask["step"], said=number)
                for by, number in zip(APPROVERS, answers, strict=True)
            )
        )

    async def _on_doubt(self, run: str, ask: dict[str, Any]) -> None:
        """Look into the books, as a person would, before saying what happened."""
        found = await asyncio.to_thread(recordings.read, self._written)
        happened = any(
            one.phase is Phase.APPLIED and (one.run, one.step) == (run, ask["step"])
            for one in found
        )
        otherwise = "repeat" if self._luck.random() < 0.8 else "skip"
        said = "done" if happened else otherwise
        await self._tell("clear", run, APPROVERS[0], step=ask["step"], said=said)

    async def _write_letter(self, run: str, topic: str) -> None:
        """Deliver a letter early or late, and at times twice."""
        key, amount = f"{self._luck.getrandbits(64):x}", self._luck.randrange(1000)
        early = self._luck.random() < 0.5
        await asyncio.sleep(0 if early else self._luck.random() * 3)
        letter = {"topic": topic, "amount": amount, "key": key, "run": run if early else None}
        while run not in await self._delivered(letter):
            if run not in self.active and await self._has_ended(run):
                return
            await asyncio.sleep(_AGAIN_SECONDS)
        self._diary.deeds.append(Deed("deliver", run, "", said=amount, key=key))
        if self._luck.random() < 0.3:
            await self._delivered(letter)

    async def _delivered(self, letter: dict[str, Any]) -> Sequence[str]:
        try:
            took: Sequence[str] = await self._office.insist("deliver", **letter)
        except Refused:
            return ()
        return took

    async def _reply(self, run: str) -> None:
        key, text = f"{self._luck.getrandbits(64):x}", f"{self._luck.randrange(1000)} pieces"
        while not await self._office.insist("reply", run=run, text=text, key=key, by=APPROVERS[1]):
            if run not in self.active and await self._has_ended(run):
                return
            await asyncio.sleep(_AGAIN_SECONDS)
        self._diary.deeds.append(Deed("reply", run, APPROVERS[1], said=text, key=key))

    async def _has_ended(self, run: str) -> bool:
        """Return whether a run is really over, not only missing from an old look."""
        seen = self.looks + 2
        await until(lambda: self.looks >= seen)
        return run not in self.active

    async def _tell(self, what: str, run: str, by: str, **more: Any) -> str:  # noqa: ANN401 - see Deed
        """Do something once, and note what was told."""
        wish = {"run": run, "by": by, **{k: v for k, v in more.items() if k != "said"}}
        name = {"decide": "verdict", "fill_in": "number", "clear": "answer"}.get(what)
        if name is not None:
            wish[name] = more["said"]
        try:
            await self._office.ask(what, **wish)
            told = "done"
        except Gone:
            told = "nothing"
        except Refused as error:
            told = error.kind
        self._diary.deeds.append(Deed(what, run, by, told=told, **more))
        return told
