"""The same story as a stranger plays it: `app.py` with nothing set, and a browser."""

import asyncio
import sys
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.flows.street import PROJECT, Street, bare_environment
from tests.playground.page.conftest import ARGUMENTS, CHROMIUM

PICTURES = PROJECT / "build" / "screenshots"
START = "/opstream start application_profiling service=checkout duration=2m"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="No Chromium is installed.")


@pytest.fixture
async def address(tmp_path: Path):
    """Start the bot as `make run` does, on a free port, and return the address that it prints.

    Its config is the shipped one, but that it watches the effect of a fix for a shorter while.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        env={
            **bare_environment(),
            "OPSTREAM_DATA": str(tmp_path / "data"),
            "OPSTREAM_PORT": "0",
            "OPSTREAM_CONFIG": str(Street(tmp_path, watch_seconds=4).folder / "config"),
        },
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(30):
        line = (await process.stdout.readline()).decode()
    yield next(word for word in line.split() if word.startswith("http"))
    process.kill()
    await process.wait()


@pytest.fixture
async def browser():
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


async def enter(browser, address: str, name: str, scheme: str) -> Page:
    page = await browser.new_page(
        viewport={"width": 1440, "height": 1000}, color_scheme=scheme, base_url=address
    )
    page.set_default_timeout(20_000)
    await page.goto(f"/?as={name}")
    await expect(page.get_by_test_id("app-presence")).to_have_attribute("data-connected", "true")
    return page


async def keep(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def test_a_stranger_profiles_a_service_and_a_colleague_approves_the_fix(browser, address):
    ana = await enter(browser, address, "ana", "light")
    await ana.get_by_test_id("composer").locator("textarea").fill(START)
    await ana.keyboard.press("Enter")
    channel = ana.get_by_test_id("channel")
    card = channel.get_by_test_id("message").filter(has_text="Application performance profiling")
    await expect(card).to_be_visible(timeout=3_000)
    await card.get_by_test_id("thread-line").click()
    thread = ana.get_by_test_id("thread")
    await expect(thread.get_by_text("misses its objectives")).to_be_visible()
    await expect(thread.get_by_role("button", name="Approve")).to_be_visible()
    await expect(card).to_contain_text("Waiting for a decision")
    await keep(ana, "asked")

    bo = await enter(browser, address, "bo", "dark")
    await bo.get_by_test_id("thread-line").click()
    await bo.get_by_role("button", name="Approve").click()
    await expect(bo.get_by_test_id("thread")).to_contain_text("Approved by @Bo Chen")
    await expect(bo.get_by_role("button", name="Approve")).to_have_count(0)
    await keep(bo, "approved")

    await expect(card).to_contain_text("Done", timeout=60_000)
    await expect(thread).to_contain_text("p99 fell from")
    await keep(ana, "done")
