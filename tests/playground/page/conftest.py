"""One Chromium for all tests of the page; a fresh server and a fresh tab for each."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.playground.page.server import PageServer

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 8_000

Scheme = Literal["light", "dark"]
OpenWindow = Callable[[Scheme, int], Awaitable[BrowserContext]]
OpenTab = Callable[..., Awaitable[Page]]


def pytest_collect_file() -> None:
    """Skip the folder as a whole, so that a machine without a browser says so in one line."""
    if CHROMIUM is None:
        pytest.skip("No Chromium is installed, so the tests of the playground's page are skipped.")


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def site() -> AsyncIterator[PageServer]:
    started = PageServer()
    await started.start()
    yield started
    await started.stop()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def windows(browser: Browser) -> AsyncIterator[OpenWindow]:
    """Windows of a look and width, kept, so that the page's files are fetched once."""
    kept: dict[tuple[str, int], BrowserContext] = {}

    async def window(scheme: Scheme, width: int) -> BrowserContext:
        if (scheme, width) not in kept:
            kept[scheme, width] = await browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                timezone_id="Europe/Lisbon",
                locale="en-GB",
            )
        return kept[scheme, width]

    yield window
    for context in kept.values():
        await context.close()


@pytest.fixture
def server(site: PageServer) -> PageServer:
    site.reset()
    return site


@pytest_asyncio.fixture(loop_scope="package")
async def open_tab(windows: OpenWindow, server: PageServer) -> AsyncIterator[OpenTab]:
    """Open a tab as a person; at the end no tab may have complained in its console."""
    complaints: list[str] = []
    tabs: list[Page] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    async def open_(as_: str = "ana", *, scheme: Scheme = "light", width: int = 1280) -> Page:
        tab = await (await windows(scheme, width)).new_page()
        tabs.append(tab)
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("console", heard)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        await tab.goto(f"{server.address}/?as={as_}" if as_ else server.address)
        await tab.wait_for_selector(".composer, .welcome-people > li")
        return tab

    yield open_
    for tab in tabs:
        await tab.close()
    assert complaints == []
