import asyncio
from hashlib import sha256

import pytest

from opstream.errors import NotFound


@pytest.fixture
def artifacts(database):
    return database.artifacts


async def test_bytes_come_back_as_they_were(artifacts):
    contents = [b"", b"\0\xff", bytes(range(256)) * 5000]

    ids = [await artifacts.put(content) for content in contents]

    assert [await artifacts.get(one) for one in ids] == contents


async def test_the_same_bytes_have_the_same_id_also_at_once(artifacts):
    ids = await asyncio.gather(*(artifacts.put(b"report") for _ in range(20)))

    assert set(ids) == {sha256(b"report").hexdigest()}
    assert await artifacts.get(ids[0]) == b"report"


@pytest.mark.parametrize("artifact_id", ["0" * 64, "../../opstream.db", "", "0"])
async def test_what_is_not_there_is_not_found(artifacts, artifact_id):
    with pytest.raises(NotFound, match="There is no artifact"):
        await artifacts.get(artifact_id)
