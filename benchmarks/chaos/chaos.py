"""One run of the chaos, from an empty folder to the judgement."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from benchmarks.chaos import checks, evidence, house, postgres, recordings
from benchmarks.chaos.diary import Diary
from benchmarks.chaos.house import House
from benchmarks.chaos.monkey import Cage, Monkey
from benchmarks.chaos.office import Office
from benchmarks.chaos.people import People
from benchmarks.chaos.postgres import Postgres
from benchmarks.chaos.processes import Program, Slot
from benchmarks.chaos.report import Outcome
from benchmarks.chaos.waiting import until

_CROWD = 3
_TELL_SECONDS = 5.0
_HOPELESS_DEATHS = 20
_GIVES_UP = (
    2  # the exit code of a process that finds no database: whoever starts it shall try again
)
_PATIENCE_SECONDS = 150.0  # two sweeps, and the longest waits of tool servers that are down


@dataclass(frozen=True, slots=True)
class Options:
    """How long, how many, how wild.

    Args:
        kills: SIGKILLs; pauses and restarts come on top.
        runs: How many runs are started at least.
        active: How many are kept going side by side.
        between: Lines of recordings between two strikes, on average; a call makes two to three.
        longest: Of a pause of a process, in seconds.
        mix: Ids of the workflows that people start; empty means all.
    """

    seed: int
    kills: int = 200
    runs: int = 300
    database: str = "sqlite"
    workers: int = 1
    active: int = 24
    between: float = 60.0
    longest: float = 8.0
    mix: tuple[str, ...] = ()

    @property
    def shared(self) -> bool:
        """Whether the database is a server that any number of processes share."""
        return self.database == "postgresql"


Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is alive."""

    house: House
    office: Office
    books: Slot
    people: People
    diary: Diary
    monkey: Monkey
    server: Postgres | None

    @property
    def address(self) -> str:
        """The database, as SQLAlchemy calls it."""
        file = self.house.folder / ".opstream" / "opstream.db"
        return self.server.sqlalchemy_url if self.server else f"sqlite:///{file}"

    @property
    def deaths(self) -> list[str]:
        """Of processes that nobody had wished for, as sentences."""
        return [said for slot in (self.books, *self.office.slots) for said in slot.deaths]


async def play(options: Options, folder: Path, tell: Tell) -> Outcome:
    """Let it all loose, wait until every run has ended, and judge."""
    began = monotonic()
    async with _scene(options, folder) as scene, asyncio.TaskGroup() as group:
        living = group.create_task(scene.people.live())
        telling = group.create_task(_keep_telling(scene, options, tell))
        await _patiently(scene, lambda: scene.office.slots[0].up.is_set())
        await scene.monkey.rage(options.kills)
        await _patiently(scene, lambda: len(scene.diary.promises) >= options.runs)
        scene.people.stop_starting = True
        looks = scene.people.looks + 2
        await _patiently(scene, lambda: scene.people.at_rest and scene.people.looks >= looks)
        await _patiently(scene, lambda: evidence.idle(scene.address))
        seconds = monotonic() - began
        telling.cancel()
        living.cancel()
        await scene.people.close()
        await scene.office.close()
        await scene.books.close(signal.SIGKILL)
        found = await asyncio.to_thread(_evidence, scene)
    return Outcome(found, checks.violations(found), scene.monkey.strikes, seconds)


@asynccontextmanager
async def _scene(options: Options, folder: Path) -> AsyncIterator[Scene]:
    server = await asyncio.to_thread(postgres.found, folder) if options.shared else None
    built = house.build(folder, server.url if server else None)
    luck = random.Random(options.seed)
    books = Slot("books", Program(built.books(options.seed), {}, built.log("books")))
    office = _office(options, built, luck)
    database = Slot("database", server) if server else None
    started = options.mix or house.started_by_people(house.workflows())
    diary = Diary()
    people = People(office, diary, built.recordings, started, luck, options.active)
    cage = Cage(office.slots, books, database)
    own_luck = random.Random(options.seed + 1)
    monkey = Monkey(cage, own_luck, built.work, options.between, options.longest)
    for slot in (*([database] if database else []), books, *office.slots):
        slot.open()
    try:
        yield Scene(built, office, books, people, diary, monkey, server)
    finally:
        await office.close()
        await books.close(signal.SIGKILL)
        if database is not None:
            await database.close(signal.SIGINT)


def _office(options: Options, built: House, luck: random.Random) -> Office:
    """Put the workers together; the last of three or more is one exactly as it is shipped."""

    def program(number: int, *words: str) -> Program:
        name = f"worker {number}"
        return Program(["-m", *words], built.variables, built.log(name), name)

    hands = [options.workers] if options.workers >= _CROWD else []
    colleagues = range(1, options.workers + 1 - len(hands))
    return Office(
        [program(one, "benchmarks.chaos.worker", str(built.folder)) for one in colleagues],
        [program(one, "benchmarks.chaos.hand") for one in hands],
        luck,
        _GIVES_UP if options.shared else None,
    )


async def _patiently(scene: Scene, condition: Callable[[], object]) -> None:
    """Wait until a condition holds, but not for ever: what is missing then, the judgement will find."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await until(lambda: condition() or len(scene.deaths) > _HOPELESS_DEATHS)


async def _keep_telling(scene: Scene, options: Options, tell: Tell) -> None:
    began = monotonic()
    while True:
        await asyncio.sleep(_TELL_SECONDS)
        tell(
            f"{monotonic() - began:5.0f} s  {scene.monkey.kills} of {options.kills} kills, "
            f"{len(scene.diary.promises)} runs started, {len(scene.people.active)} active"
        )


def _evidence(scene: Scene) -> evidence.Evidence:
    """Read what is left, now that nobody writes any more."""
    written = recordings.read(scene.house.recordings)
    tables = evidence.tables(scene.address)
    stories = evidence.stories(tables, written, house.workflows())
    return evidence.Evidence(
        stories=stories,
        diary=scene.diary,
        approvals=tables.approvals,
        audit=tables.audit,
        waits=tables.waits,
        strangers=[one for one in written if one.run not in stories],
        shown=evidence.shown(scene.house.folder / "shown.jsonl"),
        deaths=[*scene.deaths, *scene.people.troubles],
    )
