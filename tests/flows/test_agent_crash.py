"""`kill -9` in every turn of an agent: the same answer, no finished turn asked or paid for again."""

import asyncio
import json
import os
import sys
from collections import Counter
from pathlib import Path

SEEN = [
    {"seen": {"host": "a"}},
    {"seen": {"host": "b"}},
    {"seen": {"size": 40}},
    {"seen": {"host": "c"}},
]


async def lives_of(folder: Path, moment: str) -> tuple[int, list[dict], dict]:
    """Let an agent die at a moment of each life; return its lives, what was asked, and its answer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.flows.agent_lives",
        str(folder),
        env={**os.environ, "OPSTREAM_DIES": moment},  # noqa: TID251 - all of it goes on
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(200):
        said, _ = await process.communicate()
    assert process.returncode == 0, said
    asked = [json.loads(line) for line in (folder / "asked.jsonl").read_text().splitlines()]
    return int(said.split()[-1]), asked, json.loads((folder / "answer.json").read_text())


async def test_an_agent_that_dies_at_every_commit_ends_as_if_it_had_not(tmp_path):
    moments = {"after:1": 1, "before:2": 2, "never": 1}
    ends = await asyncio.gather(*(lives_of(tmp_path / one[:3], one) for one in moments))

    for (lives, asked, answer), (moment, most) in zip(ends, moments.items(), strict=True):
        assert lives == 1 if moment == "never" else 8 < lives < 60
        assert json.loads(answer["text"]) == SEEN
        assert (answer["turns"], answer["tokens"]) == (4, 44)
        turns = Counter(one["turn"] for one in asked if "turn" in one)
        assert sorted(turns) == [0, 1, 2, 3]
        assert max(turns.values()) <= most, moment
        assert len({one["key"] for one in asked if "turn" in one}) == 4
        writes = [one["key"] for one in asked if one.get("operation") == "t.keyed"]
        assert len(set(writes)) == 1
        assert len(writes) <= most
