"""Make the pictures of docs/gallery.md anew: `python -m tests.gallery [name …]`. Needs Chromium.

With names, only the pictures of these are made.
Every card is posted to a playground, so that Slack's limits are checked on the way, and photographed in a wide
light window and in a narrow dark one.
"""

import asyncio
import io
import itertools
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from PIL import Image, ImageChops
from playwright.async_api import Browser, Locator, Page, async_playwright
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack import happenings as h
from opstream.playground.slack.messages import Content, Message
from opstream.playground.slack.server import Playground, PlaygroundSettings, start
from tests.blocks.oracle import plain
from tests.blocks.stories import NOON
from tests.gallery.cards import exhibits
from tests.gallery.exhibit import Exhibit
from tests.playground.page.conftest import ARGUMENTS, CHROMIUM

PROJECT = Path(__file__).parents[2]
PICTURES = PROJECT / "docs" / "pictures" / "gallery"
PAGE = PROJECT / "docs" / "gallery.md"
LARGEST = 60_000  # bytes
OPS, EMPTY, HOME = "C0OPS00001", "C0RANDOM01", "D0ANA00001"
ANA, BO = "U0ANA00001", "U0BO000001"
LOOKS = (("light", 1180), ("dark", 430))
_TALLEST = 2_400
_COLORS = (48, 24, 16, 8)  # as many as the size of the file allows
_HEAD = """\
# Gallery

Each card as the playground shows it: on the left in a wide, light window, on the right in a narrow, dark one.
`python -m tests.gallery` makes these pictures anew, from the same stories that the tests of the cards tell.
"""


async def main(names: Sequence[str] = ()) -> int:
    """Make the pictures and the page; the exit code is 1 when one is too large."""
    seconds = itertools.count(NOON.timestamp() + 60)
    with tempfile.TemporaryDirectory() as folder:
        settings = PlaygroundSettings(
            state_dir=Path(folder), port=0, rates_enforced=False, clock=lambda: float(next(seconds))
        )
        playground = await start(settings)
        try:
            sizes = await photographed(playground, names)
        finally:
            await playground.stop()
    PAGE.write_text(described())
    too_large = [f"{name}: {size:,} bytes" for name, size in sizes.items() if size > LARGEST]
    sys.stderr.write("".join(f"{line}\n" for line in too_large))
    return 1 if too_large else 0


async def photographed(playground: Playground, names: Sequence[str]) -> dict[str, int]:
    """Show exhibits and photograph them; return how many bytes each picture has."""
    client = AsyncWebClient("xoxb-playground", base_url=playground.api_url)
    PICTURES.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for exhibit in exhibits():
            if names and exhibit.name not in names:
                continue
            ts = await shown(playground, client, exhibit)
            for look, width in LOOKS:
                page = await opened(browser, playground, look, width)
                name = f"{exhibit.name}-{look}.png"
                sizes[name] = await kept(await place_of(page, exhibit, ts), PICTURES / name)
                await page.context.close()
            hub = playground._hub
            hub.record(*(h.ViewClosed(view) for view in hub.workspace.stacks.get(ANA, ())))
        await browser.close()
    return sizes


async def shown(playground: Playground, client: AsyncWebClient, exhibit: Exhibit) -> str:
    """Show an exhibit in the workspace; return the ts of its message, or of its thread."""
    if exhibit.home is not None:
        await client.views_publish(user_id=ANA, view=plain(exhibit.home))
        return ""
    if exhibit.form is not None:
        trigger = playground._hub.triggers.issue(exhibit.name, ANA).id
        await client.views_open(trigger_id=trigger, view=plain(exhibit.form))
        return ""
    if exhibit.prompts:
        prompts = [{"title": one.title, "message": one.message} for one in exhibit.prompts]
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=HOME, title="What can I do for you?", prompts=prompts
        )
        return ""
    if exhibit.stream:
        return await growing(playground, client, exhibit.stream)
    assert exhibit.message is not None
    said = Message(OPS, playground._hub.next_ts(), BO, Content("…"))  # so that it has a head
    playground._hub.record(h.MessagePosted(said))
    blocks = plain(exhibit.message.blocks)
    posted = await client.chat_postMessage(channel=OPS, text=exhibit.message.text, blocks=blocks)
    return str(posted["ts"])


async def growing(playground: Playground, client: AsyncWebClient, text: str) -> str:
    """Let a text begin to grow in a thread that Ana began, and return the ts of that."""
    hub = playground._hub
    asked = Message(HOME, hub.next_ts(), ANA, Content("show me the whole log"))
    hub.record(h.MessagePosted(asked))
    place = {"channel": HOME, "thread_ts": asked.ts}
    await client.chat_startStream(**place, markdown_text=text)
    return asked.ts


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
    address = page.url.split("#")[0]
    if exhibit.home is not None:
        await page.goto(f"{address}#/{HOME}")
        await page.get_by_role("tab", name="Home").click()
        found = page.locator(".home-inner")
    elif exhibit.form is not None:
        await page.goto(f"{address}#/{EMPTY}")
        await page.add_style_tag(content=".dialog { max-height: none !important; }")
        found = page.locator(".dialog")
    elif exhibit.prompts:
        await page.goto(f"{address}#/{HOME}")
        found = page.get_by_test_id("prompts").locator("xpath=..")
    elif exhibit.stream:
        await page.goto(f"{address}#/{HOME}/{ts}/{ts}")
        found = page.get_by_test_id("thread").get_by_test_id("message").last
    else:
        await page.goto(f"{address}#/{OPS}")
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
    sys.exit(asyncio.run(main(sys.argv[1:])))
