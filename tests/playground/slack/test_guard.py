"""Nobody but this machine's own page and programs gets in."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from opstream.playground.slack.server import Playground, PlaygroundError, PlaygroundSettings
from tests.playground.slack.harness import ANA, running


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def status(url: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with aiohttp.ClientSession() as http, http.get(url, headers=named) as response:
        return response.status


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com"])
def test_only_loopback_addresses_are_listened_on(tmp_path: Path, host: str) -> None:
    with pytest.raises(PlaygroundError, match="this machine only"):
        Playground(PlaygroundSettings(state_dir=tmp_path, host=host))


async def test_other_names_for_this_machine_are_refused(playground: Playground) -> None:
    url = f"{playground.api_url}api.test"
    port = playground.address.rpartition(":")[2]

    assert await status(url) == 200
    assert await status(url, Host=f"localhost:{port}") == 200
    assert await status(url, Host="evil.example") == 403
    assert await status(url, Host=f"127.0.0.1.evil.example:{port}") == 403


async def test_other_sites_are_refused(playground: Playground) -> None:
    url = f"{playground.api_url}api.test"

    assert await status(url, Origin=playground.address) == 200
    assert await status(url, Origin="https://evil.example") == 403
    assert await status(url, Origin="null") == 403
    assert await status(url, Origin="http://127.0.0.1:1") == 403
    assert await status(url, Sec_Fetch_Site="cross-site") == 403
    assert await status(url, Sec_Fetch_Site="same-site") == 403


async def test_link_from_another_site_opens_the_page_and_nothing_else(
    playground: Playground,
) -> None:
    assert await status(f"{playground.address}/", Sec_Fetch_Site="cross-site") == 200
    people = f"{playground.address}/page-api/people"
    assert await status(people, Sec_Fetch_Site="cross-site") == 403
    assert await status(people) == 200


async def test_other_sites_cannot_open_sockets(playground: Playground) -> None:
    url = f"{playground.address}/page-api/socket?person={ANA}"
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(url, origin="https://evil.example")

    assert refused.value.status == 403


async def test_page_cannot_be_framed(playground: Playground) -> None:
    async with aiohttp.ClientSession() as http, http.get(playground.address) as response:
        policy = response.headers["Content-Security-Policy"]

    assert policy == "frame-ancestors 'none'"


async def test_files_outside_the_page_folder_are_not_served(playground: Playground) -> None:
    assert await status(f"{playground.address}/page/%2e%2e/server.py") == 404
    assert await status(f"{playground.address}/page/..%2f..%2fserver.py") in {403, 404}
