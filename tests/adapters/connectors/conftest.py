import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from opstream.adapters.connectors.openapi.descriptions import Descriptions
from opstream.adapters.connectors.openapi.http import Http
from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.source import ApiSource, Around, Patience
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.store import migrate
from opstream.adapters.store.database import FILE, Database
from opstream.domain.operation import OperationCall
from tests.adapters.connectors.service import serving
from tests.adapters.connectors.shop import Shop

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AT_ONCE = Patience(0.01, 0.02)
SECRETS = {"PET_KEY": "pet-key-93847", "PET_SECRET": "client-secret-5521"}


@pytest.fixture(scope="session")
def two_services():
    with serving() as one, serving() as other:
        yield one, other


@pytest.fixture
def service(two_services):
    return two_services[0].clear()


@pytest.fixture
def elsewhere(two_services):
    return two_services[1].clear()


class House:
    """APIs as an install has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.http = Http()
        self.clock = [0.0]
        self.sources = []
        self.progress = []

    def around(self):
        descriptions = Descriptions(self.http, self.folder, self.folder / "copies")
        return Around(
            self.http, descriptions, SECRETS.get, lambda: NOW, lambda: self.clock[0], AT_ONCE
        )

    def written(self, document, name="api.json"):
        text = document if isinstance(document, str) else json.dumps(document)
        (self.folder / name).write_text(text)
        return name

    def source(self, document, name="pets", **settings):
        where = document if isinstance(document, str) else self.written(document)
        source = ApiSource(Api(name, where, **settings), self.around())
        self.sources.append(source)
        source.start()
        return source

    async def ready(self, document, **settings):
        source = self.source(document, **settings)
        await source.settled()
        return self.operations(source)

    def operations(self, *sources):
        return AllOperations(sources)

    async def call(self, operations, name, /, *, key="run:step:1", **arguments):
        return await operations.call(OperationCall(name, arguments, key), self.progress.append)


@pytest.fixture
async def house(tmp_path):
    opened = House(tmp_path)
    yield opened
    for source in opened.sources:
        await source.stop()
    await opened.http.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A folder with an empty database; to copy it is faster than to make one."""
    folder = tmp_path_factory.mktemp("empty")
    migrate.to_head(folder / FILE, timedelta(seconds=5))
    return folder


@pytest.fixture
async def shop(tmp_path, empty):
    shutil.copytree(empty, tmp_path / "data")
    database = await Database.open(tmp_path / "data", durability="normal")
    yield Shop(database)
    await database.close()
