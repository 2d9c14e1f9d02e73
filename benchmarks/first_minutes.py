"""The first minutes of somebody new, with a stopwatch: from `git clone` to the first approved fix.

Does what the README tells, in the README's order: clones this checkout into an empty folder, runs `make run`,
opens the address in a browser, and types and presses what it says, at the pace of a calm typist. Each stage
leaves a picture. What a person reads on the way comes on top.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from playwright.async_api import Page, async_playwright, expect

from config.settings import variables

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / "build" / "first_minutes"
SAY = "/opstream start application_profiling service=checkout duration=2m"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BAR_SECONDS = 180
_KEY_MS = 70  # a calm typist
_PATIENCE_MS = 60_000
_OURS = ("SLACK_", "OPSTREAM_", "VIRTUAL_ENV")


@dataclass
class Stopwatch:
    """Seconds of each stage, in their order."""

    began: float = field(default_factory=perf_counter)
    stages: list[tuple[str, float]] = field(default_factory=list)

    def lap(self, stage: str) -> None:
        """End a stage."""
        now = perf_counter()
        self.stages.append((stage, now - self.began))
        self.began = now

    @property
    def total(self) -> float:
        """All of them."""
        return sum(seconds for _, seconds in self.stages)


async def measure(source: Path, *, cold: bool) -> Stopwatch:
    """Go through the first minutes, and return how long each stage took.

    Args:
        source: The repository to clone.
        cold: Whether the installer's caches are empty, as on a machine that never installed any of it.
    """
    shutil.rmtree(PICTURES, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="first-minutes-") as folder:
        watch, home = Stopwatch(), Path(folder) / "opstream"
        await _finished("git", "clone", "--quiet", str(source), str(home))
        watch.lap("clone")
        async with _started(home, _environment(Path(folder), cold=cold), watch) as address:
            await _played(address, watch)
    return watch


def _environment(folder: Path, *, cold: bool) -> dict[str, str]:
    """Return the environment of somebody who never heard of us."""
    given = variables(folder=folder)
    kept = {name: value for name, value in given.items() if not name.startswith(_OURS)}
    caches = {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip")}
    return {**kept, **(caches if cold else {}), "OPSTREAM_PORT": "0"}


@asynccontextmanager
async def _started(home: Path, environment: dict[str, str], watch: Stopwatch) -> AsyncIterator[str]:
    """Run `make run`, and yield the address that it prints."""
    process = await asyncio.create_subprocess_exec(
        "make",
        "run",
        cwd=home,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not (home / ".venv" / ".installed-requirements.lock").exists():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        watch.lap("install")
        assert process.stdout is not None
        while b"http://" not in (line := await process.stdout.readline()):
            if not line:
                raise SystemExit("`make run` ended before it printed an address.")
        watch.lap("start")
        yield next(word for word in line.decode().split() if word.startswith("http"))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()


async def _played(address: str, watch: Stopwatch) -> None:
    browser_file = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_file is None:
        raise SystemExit("This needs Chromium: install it, or put it into PATH.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_file, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        await _asked(page, address, watch)
        await _approved(page, watch)
        await browser.close()


async def _asked(page: Page, address: str, watch: Stopwatch) -> None:
    await page.goto(address)
    ana = page.get_by_role("button", name="Ana Silva")
    await ana.wait_for()
    await _keep(page, "1-open")
    await ana.click()
    composer = page.get_by_test_id("composer").locator("textarea")
    await expect(page.get_by_test_id("app-presence")).to_have_attribute("data-connected", "true")
    await _keep(page, "2-ana")
    watch.lap("open the page, be Ana")
    await composer.press_sequentially(SAY, delay=_KEY_MS)
    await _keep(page, "3-typed")
    await page.keyboard.press("Enter")
    watch.lap("type the command")
    card = page.get_by_test_id("channel").get_by_test_id("message")
    await card.filter(has_text="Application performance profiling").wait_for()
    await _keep(page, "4-card")
    watch.lap("first card")
    await page.get_by_test_id("thread-line").click()
    await page.get_by_test_id("thread").get_by_role("button", name="Approve").wait_for()
    await _keep(page, "5-question")
    watch.lap("first question")


async def _approved(page: Page, watch: Stopwatch) -> None:
    await page.get_by_test_id("person-switcher").click()
    await _keep(page, "6-who")
    await page.get_by_role("menuitemradio", name="Bo Chen").click()
    await expect(page.get_by_test_id("person-switcher")).to_contain_text("Bo Chen")
    thread = page.get_by_test_id("thread")
    if not await thread.is_visible():
        await page.get_by_test_id("thread-line").click()
    approve = thread.get_by_role("button", name="Approve")
    await approve.wait_for()
    await _keep(page, "7-bo")
    await approve.click()
    await expect(thread).to_contain_text("Approved by @Bo Chen")
    await _keep(page, "8-approved")
    watch.lap("switch to Bo, approve")
    await expect(thread).to_contain_text("p99 fell from")
    await _keep(page, "9-done")
    watch.lap("fix done, measured again")


async def _keep(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def _finished(*words: str) -> None:
    process = await asyncio.create_subprocess_exec(*words)
    if await process.wait() != 0:
        raise SystemExit(f"`{' '.join(words)}` failed.")


def main(arguments: Sequence[str]) -> int:
    """Print the seconds of each stage; the exit code is 1 when all took longer than the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="with empty caches of the installer")
    parser.add_argument("--source", type=Path, default=PROJECT, help="the repository to clone")
    given = parser.parse_args(arguments)
    watch = asyncio.run(measure(given.source, cold=given.cold))
    for stage, seconds in [*watch.stages, ("all", watch.total)]:
        sys.stdout.write(f"{stage:<28}{seconds:7.1f} s\n")
    sys.stdout.write(f"Pictures: {PICTURES.relative_to(PROJECT)}\n")
    return 0 if watch.total < BAR_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
