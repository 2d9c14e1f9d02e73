"""How well and how fast things are found again: `python -m benchmarks.retrieval --data DIR`.

Reads a public set of documents, questions and judgements (see `sets.py`), mixes it with passages of the same words
that answer nothing until there are as many entries as wanted, keeps them as OpStream keeps what it remembers, and
asks every question by words, by meaning and by both: on SQLite, and after a move on PostgreSQL.

What can be chosen in the search (how much the meaning counts, how many passages are looked through) was chosen on
every other question, the first, the third and so on. The figures of the others say how good it is.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import ROOT, percentile
from benchmarks.retrieval import sets
from benchmarks.retrieval.sets import RetrievalSet
from opstream.adapters.models.hashing import HashingEmbedder
from opstream.adapters.store.database import Database
from opstream.adapters.store.moving import move
from opstream.adapters.store.postgres.database import PostgresDatabase
from opstream.domain.memory import Audience, Entry, EntryKind
from opstream.domain.person import Person, Sight
from opstream.domain.prompt import Vector
from opstream.ports import MemoryStore, Question

_NOON = datetime(2026, 1, 1, tzinfo=UTC)
_CHANNELS = 50
_ASKER = Person("U1", "Ana", sight=Sight(hidden=frozenset({"C0"})))
_BATCH = 256
_TOP = 5
_TRUST = 0.2  # what `bootstrap/memory.py` gives the measure that needs no key
_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """What a way of asking gave.

    Args:
        recalls: In the order of the questions: of the relevant documents, at most five, how many are among the first five.
        wall: How long each answer took, in milliseconds.
        cpu: How much processor time of this process it took, in milliseconds.
    """

    recalls: Sequence[float]
    wall: Sequence[float]
    cpu: Sequence[float]


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of the set; see docs/memory.md")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument(
        "--postgres", default="", help="address of an empty database; '' leaves it out"
    )
    parser.add_argument("--folder", type=Path, help="where the entries are kept, to ask them again")
    given = parser.parse_args()
    known = sets.read(given.data) if given.data else None
    if known is None:
        sys.stdout.write(
            "There is no set to measure with. Give --data a folder with corpus.jsonl, queries.jsonl and "
            "qrels.tsv as BEIR has them, or with the Cranfield collection; docs/memory.md says where to "
            "find one.\n"
        )
        return
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as fresh:
        folder = given.folder or Path(fresh)
        asyncio.run(measure(known, folder, given.entries, given.postgres))


async def measure(known: RetrievalSet, folder: Path, entries: int, postgres: str) -> None:
    """Measure a set on SQLite, and on PostgreSQL where there is an address."""
    _tell(f"{known.name}: {len(known.documents):,} documents, {len(known.questions):,} questions")
    vectors = await _measured(known)
    database = await Database.open(folder)
    try:
        if not await database.memory.count():
            await fill(database.memory, known, entries)
        await _table("SQLite", database.memory, known, vectors)
    finally:
        await database.close()
    if postgres:
        await move(folder, postgres, lambda *_: None)
        moved = await PostgresDatabase.open(postgres)
        try:
            await _table("PostgreSQL", moved.memory, known, vectors)
        finally:
            await moved.close()


async def fill(memory: MemoryStore, known: RetrievalSet, entries: int) -> None:
    """Keep the documents of a set among others, in no order."""
    began = time.perf_counter()
    embedder = HashingEmbedder()
    for batch in _batches(_entries(known, entries)):
        texts = [f"{one.title}\n{one.passages[0]}" for one in batch]
        found = await embedder.embed(texts)
        kept = zip(batch, found, strict=True)
        await asyncio.gather(*(memory.keep(one, [vector], embedder.name) for one, vector in kept))
    _tell(f"{entries:,} entries kept and measured in {time.perf_counter() - began:.0f} s")


def _entries(known: RetrievalSet, entries: int) -> Iterator[Entry]:
    wanted = [(id, *text) for id, text in known.documents.items()]
    others = sets.distractors(known, max(0, entries - len(wanted)))
    everything = [*wanted, *((f"other/{n}", *text) for n, text in enumerate(others))]
    random.Random(3).shuffle(everything)
    for number, (id, title, text) in enumerate(everything):
        audience = Audience(channel=f"C{1 + number % _CHANNELS}")
        yield Entry(id, EntryKind.DOCUMENT, title, (text,), _NOON, audience)


def _batches(entries: Iterator[Entry]) -> Iterator[Sequence[Entry]]:
    batch: list[Entry] = []
    for one in entries:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _measured(known: RetrievalSet) -> Mapping[str, Vector]:
    found = await HashingEmbedder().embed(list(known.questions.values()), question=True)
    return dict(zip(known.questions, found, strict=True))


async def _table(
    name: str, memory: MemoryStore, known: RetrievalSet, vectors: Mapping[str, Vector]
) -> None:
    ways: Mapping[str, Callable[[str], Question]] = {
        "words": lambda id: Question(known.questions[id]),
        "meaning": lambda id: Question("", vectors[id], HashingEmbedder.name),
        "both": lambda id: Question(
            known.questions[id], vectors[id], HashingEmbedder.name, trust=_TRUST
        ),
        "both alike": lambda id: Question(
            known.questions[id], vectors[id], HashingEmbedder.name, trust=1.0
        ),
    }
    some = next(iter(known.questions))
    wall, cpu = time.perf_counter(), time.process_time()
    await memory.find(replace(ways["both"](some), seen_by=_ASKER))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    _tell(f"\n{name}: the first answer took {wall:.2f} s, {cpu:.2f} s of the processor")
    _tell(f"{'':12}   recall@5 odd   even     cpu ms p50    p99     wall ms p50    p99")
    for way, question in ways.items():
        asked = [(id, replace(question(id), seen_by=_ASKER)) for id in known.questions]
        _tell(f"{way:12} {_line(await ask(memory, asked, known.relevant))}")


def _line(found: Found) -> str:
    halves = [
        [recall for at, recall in enumerate(found.recalls, 1) if at % 2 == odd] for odd in (1, 0)
    ]
    odd, even = (sum(half) / len(half) for half in halves)
    cpu, wall = (
        [percentile(times, share) for share in (0.50, 0.99)] for times in (found.cpu, found.wall)
    )
    times = f"{cpu[0]:10.1f} {cpu[1]:6.1f} {wall[0]:15.1f} {wall[1]:6.1f}"
    return f"{odd:14.3f} {even:6.3f} {times}"


async def ask(
    memory: MemoryStore,
    asked: Sequence[tuple[str, Question]],
    relevant: Mapping[str, frozenset[str]],
) -> Found:
    """Ask questions one after the other."""
    recalls, walls, cpus = [], [], []
    for id, question in asked:
        wall, cpu = time.perf_counter(), time.process_time()
        answers = await memory.find(question)
        walls.append((time.perf_counter() - wall) * _MILLISECONDS)
        cpus.append((time.process_time() - cpu) * _MILLISECONDS)
        found = {hit.entry.id for hit in answers[:_TOP]} & relevant[id]
        recalls.append(len(found) / min(_TOP, len(relevant[id])))
    return Found(recalls, walls, cpus)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
