"""The official suite for MCP clients, through our own client code: both sets that are required."""

import asyncio

import pytest

from tests.conformance import suite
from tests.conformance.client import listening

REQUIRED = {"2026-07-28": 32, "2025-11-25": 18}


async def test_our_client_passes_both_required_sets_of_the_official_suite(tmp_path):
    try:
        program = await suite.fetch()
    except suite.NotFetched as error:
        pytest.skip(
            f"The conformance suite {suite.PACKAGE} {suite.VERSION} is not in {suite.FOLDER}, and npm could "
            f"not fetch it: {error}. Run this test once where the npm registry can be reached."
        )
    door = tmp_path / "door"

    async with listening(door), asyncio.timeout(300):
        outcomes = await asyncio.gather(
            *(suite.run(program, revision, door, tmp_path) for revision in REQUIRED)
        )

    failed = {name: one.failed for name, one in zip(REQUIRED, outcomes, strict=True)}
    assert failed == dict.fromkeys(REQUIRED, ()), [one.said[-3_000:] for one in outcomes]
    assert [one.counted for one in outcomes] == list(REQUIRED.values())
