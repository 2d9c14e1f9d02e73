"""One Chromium for all tests of the page; a fresh server and a fresh tab for each."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from tests.playground.page.server import PageServer

NAMES = ("chromium", "chromium-browser", "google-chrome")
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

OpenTab = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("No Chromium is installed, so the tests of the playground's page are skipped.")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="package")
async def server() -> AsyncIterator[PageServer]:
    started = PageServer()
    await started.start()
    yield started
    await started.stop()


@pytest_asyncio.fixture(loop_scope="package")
async def open_tab(browser: Browser, server: PageServer) -> AsyncIterator[OpenTab]:
    """Open a tab as a person; at the end no tab may have complained in its console."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    async def open_(as_: str = "ana", *, scheme: str = "light", width: int = 1280) -> Page:
        context = await browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            timezone_id="Europe/Lisbon",
            locale="en-GB",
        )
        contexts.append(context)
        tab = await context.new_page()
        tab.set_default_timeout(PATIENCE_MS)
        tab.on("console", heard)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        await tab.goto(f"{server.address}/?as={as_}" if as_ else server.address)
        await tab.wait_for_selector("main")
        return tab

    yield open_
    for context in contexts:
        await context.close()
    assert complaints == []
