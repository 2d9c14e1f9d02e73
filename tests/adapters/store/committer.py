"""A process for the crash tests: commits as fast as it can and prints what was acknowledged.

`python -m tests.adapters.store.committer <folder>` runs until it is killed.
`python -m tests.adapters.store.committer <folder> <bytes>` lets no file grow beyond so many bytes for a
while, as a full disk does, and prints what came of it.
"""

import asyncio
import resource
import sys
from dataclasses import replace
from pathlib import Path

from opstream.adapters.store.database import Database
from opstream.errors import StoreUnavailable
from tests.contracts.stories import Story, started, succeeded


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


async def commit_for_ever(database: Database) -> None:
    async def one(run_id: str) -> None:
        story = await Story(database.runs, run_id).tell(started())
        while True:
            say(run_id, story.run.version)
            await story.tell(succeeded("step"))

    await asyncio.gather(*(one(f"r{n}") for n in range(20)))


async def meet_a_full_disk(database: Database, most: int) -> None:
    story = await Story(database.runs, "r1").tell(started())
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        await story.tell(replace(succeeded("read"), output="x" * 2 * most))
        say("written")
    except StoreUnavailable as error:
        say("refused", error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await story.tell(succeeded("build"))
    say(*(fact.kind for fact in await database.runs.history("r1")))
    await database.close()


async def main() -> None:
    database = await Database.open(Path(sys.argv[1]))
    say("open")
    if len(sys.argv) > 2:
        await meet_a_full_disk(database, int(sys.argv[2]))
    else:
        await commit_for_ever(database)


if __name__ == "__main__":
    asyncio.run(main())
