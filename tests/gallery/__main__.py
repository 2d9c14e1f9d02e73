"""Make the pictures of docs/gallery.md anew: `python -m tests.gallery`. Needs Chromium.

Every card is posted to a playground, so that Slack's limits are checked on the way, and photographed in a wide
light window and in a narrow dark one.
"""

import asyncio
import io
import itertools
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageChops
from playwright.async_api import Browser, Locator, Page, async_playwright
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack.server import Playground, PlaygroundSettings, start
from tests.blocks.oracle import plain
from tests.blocks.stories import NOON
from tests.gallery.cards import Exhibit, exhibits
from tests.playground.page.conftest import ARGUMENTS, CHROMIUM

PROJECT = Path(__file__).parents[2]
PICTURES = PROJECT / "docs" / "pictures" / "gallery"
PAGE = PROJECT / "docs" / "gallery.md"
LARGEST = 60_000  # bytes
OPS, ANA, HOME = "C0OPS00001", "U0ANA00001", "D0ANA00001"
LOOKS = (("light", 1180), ("dark", 430))
_TALLEST = 2_400
_COLORS = (48, 24, 16)  # as many as the size of the file allows
_HEAD = """\
# Gallery

Each card as the playground shows it: on the left in a wide, light window, on the right in a narrow, dark one.
`python -m tests.gallery` makes these pictures anew, from the same stories that the tests of the cards tell.
"""


async def main() -> int:
    """Make all pictures and the page; the exit code is 1 when one is too large."""
    seconds = itertools.count(NOON.timestamp() + 60)
    with tempfile.TemporaryDirectory() as folder:
        settings = PlaygroundSettings(
            state_dir=Path(folder), port=0, rates_enforced=False, clock=lambda: float(next(seconds))
        )
        playground = await start(settings)
        try:
            sizes = await photographed(playground)
        finally:
            await playground.stop()
    PAGE.write_text(described())
    too_large = [f"{name}: {size:,} bytes" for name, size in sizes.items() if size > LARGEST]
    sys.stderr.write("".join(f"{line}\n" for line in too_large))
    return 1 if too_large else 0


async def photographed(playground: Playground) -> dict[str, int]:
    """Show every exhibit and photograph it; return how many bytes each picture has."""
    client = AsyncWebClient("xoxb-playground", base_url=playground.api_url)
    PICTURES.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for exhibit in exhibits():
            ts = await shown(client, exhibit)
            for look, width in LOOKS:
                page = await opened(browser, playground, look, width)
                name = f"{exhibit.name}-{look}.png"
                sizes[name] = await kept(await place_of(page, exhibit, ts), PICTURES / name)
                await page.context.close()
        await browser.close()
    return sizes


async def shown(client: AsyncWebClient, exhibit: Exhibit) -> str:
    """Post an exhibit, or publish it as Home; return the ts of its message."""
    if exhibit.message is None:
        await client.views_publish(user_id=ANA, view=plain(exhibit.home))
        return ""
    blocks = plain(exhibit.message.blocks)
    posted = await client.chat_postMessage(channel=OPS, text=exhibit.message.text, blocks=blocks)
    return str(posted["ts"])


async def opened(browser: Browser, playground: Playground, look: str, width: int) -> Page:
    """Open a window of a look and width, as Ana."""
    context = await browser.new_context(
        viewport={"width": width, "height": _TALLEST},
        color_scheme="dark" if look == "dark" else "light",
        timezone_id="Europe/Lisbon",
        locale="en-GB",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.clock.set_fixed_time(NOON + timedelta(minutes=2))  # else "Today" is another day
    page.set_default_timeout(10_000)
    await page.goto(f"{playground.address}/?as=ana")
    await page.wait_for_selector(".composer")
    return page


async def place_of(page: Page, exhibit: Exhibit, ts: str) -> Locator:
    """Return where an exhibit stands on the page."""
    if exhibit.home is not None:
        await page.goto(f"{page.url.split('#')[0]}#/{HOME}")
        await page.get_by_role("tab", name="Home").click()
        found = page.locator(".home-inner")
    else:
        await page.goto(f"{page.url.split('#')[0]}#/{OPS}")
        found = page.locator(f"[data-testid=message][data-ts='{ts}']").first
    await found.wait_for()
    await found.scroll_into_view_if_needed()
    return found


async def kept(place: Locator, file: Path) -> int:
    """Photograph a place into a file of few colours, and return its size."""
    picture = Image.open(io.BytesIO(await place.screenshot(animations="disabled"))).convert("RGB")
    ground = Image.new("RGB", picture.size, picture.getpixel((picture.width - 1, 0)))
    filled = ImageChops.difference(picture, ground).getbbox() or (0, 0, *picture.size)
    picture = picture.crop((0, 0, picture.width, min(picture.height, filled[3] + 14)))
    for colors in _COLORS:
        held = io.BytesIO()
        picture.quantize(colors, dither=Image.Dither.NONE).save(held, "png", optimize=True)
        if len(held.getvalue()) < LARGEST:
            break
    file.write_bytes(held.getvalue())  # noqa: ASYNC240  # a script with nothing else to do
    return len(held.getvalue())


def described() -> str:
    """Return the page that shows the pictures."""
    parts = [_HEAD]
    for one in exhibits():
        light, dark = (f"pictures/gallery/{one.name}-{look}.png" for look, _ in LOOKS)
        parts.append(
            f"\n## {one.title}\n\n{one.words}\n\n"
            f'<img src="{light}" alt="{one.title}, wide and light" width="64%"> '
            f'<img src="{dark}" alt="{one.title}, narrow and dark" width="33%">\n'
        )
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
