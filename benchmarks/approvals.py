"""How long the list of a person's open approvals takes among 10,000 runs, from the real store.

python -m benchmarks.approvals [--runs 10000] [--open 1000] [--times 200]
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.home import Deaf
from opstream import bootstrap
from opstream.adapters.store.database import Database
from opstream.adapters.store.times import stored
from opstream.domain.person import Person, Role, Sight

BO = Person(
    "U0BO000001", "Bo", frozenset({Role.APPROVER}), sight=Sight(hidden=frozenset({"C0HIDDEN01"}))
)
_LIMIT_MS = 20
_RUN = """
    INSERT INTO runs (id, workflow_id, workflow_version, status, by_id, by_name, channel, started_at,
        reason, version, shown_version, waits_for_person, has_work)
    VALUES (?, ?, 1, ?, ?, 'Somebody', ?, ?, '', 5, 5, ?, 0)
"""
_APPROVAL = """
    INSERT INTO approvals (id, run_id, step, revision, title, asked_at, verdict, comment, role, risk, kind,
        likeness, askers, asked, voters)
    VALUES (?, ?, 'ask', 1, 'Go ahead?', ?, ?, '', ?, 'medium', ?, ?, ?, '', '')
"""
_PEOPLE, _WORKFLOWS = 20, 25


def fill(connection: Any, runs: int, open_: int, now: datetime) -> None:  # noqa: ANN401  # sqlite3's own
    """Write runs, each with a question; the last ones still wait for their answer."""
    chance = random.Random(7)
    for n in range(runs):
        waits = n >= runs - open_
        began = stored(now - timedelta(minutes=chance.random() * 43_200))
        person, workflow = f"U0{n % _PEOPLE:08}", f"workflow_{n % _WORKFLOWS}"
        channel = "C0HIDDEN01" if n % 10 == 0 else "C0OPS00001"
        status = "active" if waits else "succeeded"
        run, role = f"r{n:08}", chance.choice(list(Role)).value
        kind = f"{workflow}\n{role}\nestate.scale"
        connection.execute(_RUN, (run, workflow, status, person, channel, began, waits))
        verdict = "open" if waits else "granted"
        row = (f"{run}:ask:1", run, began, verdict, role, kind, f"like {n % 7}", f",{person},")
        connection.execute(_APPROVAL, row)


async def measured(runs: int, open_: int, times: int) -> list[float]:
    """Return how many milliseconds each page took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = bootstrap.read_settings(Path(folder))
        stores = await bootstrap.open_stores(settings)
        database, now = stores.database, stores.clock.now()
        assert isinstance(database, Database)
        await database.writer.write(lambda connection: fill(connection, runs, open_, now))
        install = await bootstrap.install(settings, stores, Deaf(), {})
        took: list[float] = []
        for n in range(times + 5):
            began = time.perf_counter()
            page = await install.services.approvals.open_for(BO, n % 3)
            took.append((time.perf_counter() - began) * 1_000)
            assert page.total
        await database.close()
    return sorted(took[5:])


def main() -> int:
    """Print the figures; the exit code is 1 when the 99th percentile is 20 ms or more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--open", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=200)
    given = parser.parse_args()
    took = asyncio.run(measured(given.runs, given.open, given.times))
    p99 = took[min(len(took) - 1, int(len(took) * 0.99))]
    print(  # noqa: T201
        f"Open approvals of a person among {given.runs:,} runs, {given.open:,} of them asking: median "
        f"{statistics.median(took):.1f} ms, p99 {p99:.1f} ms (limit {_LIMIT_MS} ms), {given.times} times"
    )
    return 0 if p99 < _LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
