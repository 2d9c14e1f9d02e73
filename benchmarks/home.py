"""How long App Home takes to make among 10,000 runs, from the real store and without its memory.

python -m benchmarks.home [--runs 10000] [--times 200]
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from blocks import home as cards
from blocks.home import Offsets
from handlers.events.home import gathered
from opstream import bootstrap
from opstream.adapters.clock import SystemClock
from opstream.adapters.store.database import Database
from opstream.adapters.store.times import stored
from opstream.domain.operation import Progress
from opstream.domain.person import Person, Role, Sight
from opstream.domain.run import RunView

ANA = Person("U0ANA00001", "Ana", frozenset({Role.OPERATOR}), False, "Europe/Lisbon", Sight())
_PEOPLE, _WORKFLOWS, _ACTIVE = 20, 25, 0.1
_RUN = """
    INSERT INTO runs (id, workflow_id, workflow_version, status, by_id, by_name, channel, started_at,
        ended_at, reason, version, shown_version, waits_for_person, has_work)
    VALUES (?, ?, 1, ?, ?, 'Somebody', 'C0OPS00001', ?, ?, '', 5, 5, ?, 0)
"""
_APPROVAL = """
    INSERT INTO approvals (id, run_id, step, revision, title, asked_at, verdict, by_id, by_name,
        settled_at, comment)
    VALUES (?, ?, 'ask', 1, 'Go ahead?', ?, 'granted', 'U0BO000001', 'Bo', ?, '')
"""
_FACT = "INSERT INTO facts (run_id, seq, kind, at, body) VALUES (?, 1, 'step_failed', ?, ?)"


class Deaf:
    """A messenger that nobody hears."""

    def show(self, view: RunView) -> None:
        """Show nothing."""

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show nothing."""


def fill(connection: Any, runs: int, now: datetime) -> None:  # noqa: ANN401  # sqlite3's own
    """Write the runs of 30 days: some active, most ended, some failed, half of them after a yes."""
    chance = random.Random(7)
    for n in range(runs):
        began = now - timedelta(minutes=chance.random() * 43_200)
        took = timedelta(seconds=chance.expovariate(1 / 90))
        active = chance.random() < _ACTIVE
        status = "active" if active else chance.choices(("succeeded", "failed"), (9, 1))[0]
        person = "U0ANA00001" if n % _PEOPLE == 0 else f"U0{n % _PEOPLE:08}"
        ended = None if active else stored(began + took)
        run, workflow = f"r{n:08}", f"workflow_{n % _WORKFLOWS}"
        waits = active and chance.random() < 0.2
        connection.execute(_RUN, (run, workflow, status, person, stored(began), ended, waits))
        if ended and n % 2:
            connection.execute(_APPROVAL, (f"{run}:ask:1", run, stored(began), ended))
        if status == "failed":
            body = json.dumps({"kind": "step_failed", "step": f"step_{n % 7}", "retry_at": None})
            connection.execute(_FACT, (run, ended, body))


async def measured(runs: int, times: int) -> list[float]:
    """Return how many milliseconds each making of a Home took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = bootstrap.read_settings(Path(folder))
        stores = await bootstrap.open_stores(settings)
        database, now = stores.database, stores.clock.now()
        assert isinstance(database, Database)
        await database.writer.write(lambda connection: fill(connection, runs, now))
        install = await bootstrap.install(settings, stores, Deaf(), {})
        figures, clock = install.services.statistics, SystemClock()
        took: list[float] = []
        for n in range(times + 5):
            figures._known.clear()  # else most Homes would cost next to nothing
            began = time.perf_counter()
            offsets = Offsets(active=5 * (n % 3), failed=5 * (n % 2))
            cards.home(await gathered(install.services, ANA, clock, offsets))
            took.append((time.perf_counter() - began) * 1_000)
        await database.close()
    return sorted(took[5:])


def main() -> int:
    """Print the figures; the exit code is 1 when the 99th percentile is 50 ms or more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=200)
    given = parser.parse_args()
    took = asyncio.run(measured(given.runs, given.times))
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    print(  # noqa: T201
        f"App Home among {given.runs:,} runs: median {statistics.median(took):.1f} ms, "
        f"p99 {p99:.1f} ms (limit 50 ms), {given.times} times, nothing remembered between"
    )
    return 0 if p99 < 50 else 1


if __name__ == "__main__":
    sys.exit(main())
