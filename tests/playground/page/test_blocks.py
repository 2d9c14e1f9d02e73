"""Every block is drawn, readable in light and dark, wide and narrow, by eyes and by screen readers."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.gallery import EVERY_BLOCK
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import BOT, TEAM, message

pytestmark = pytest.mark.asyncio(loop_scope="package")

FAINT_TEXT = """() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const rgb = (color) => {
    const [r, g, b, a = 1] = channels(color);
    return { parts: color.startsWith("color(srgb") ? [r * 255, g * 255, b * 255] : [r, g, b], a };
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgb(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, { parts, a }) => under.map((c, at) => c * (1 - a) + parts[at] * a), [255, 255, 255]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const style = getComputedStyle(element);
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".hidden, svg, option, :disabled")) continue;
    const [a, b] = [light(rgb(style.color).parts), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.push(`${walker.currentNode.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


async def gallery(server: PageServer, open_tab: OpenTab, **how: Any) -> Page:
    said = message(BOT, "Everything", at=1, blocks=EVERY_BLOCK)
    server.snapshot["messages"] = {TEAM: [said]}
    tab = await open_tab(**how)
    await expect(tab.get_by_test_id("message")).to_be_visible()
    return tab


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_block_is_drawn_and_its_text_has_contrast(
    server: PageServer, open_tab: OpenTab, scheme: str
) -> None:
    tab = await gallery(server, open_tab, scheme=scheme)

    drawn = await tab.locator(".message-body .block").evaluate_all(
        "all => all.filter((e) => e.clientHeight > 0).map((e) => e.dataset.blockType)"
    )
    unknown = tab.locator(".unknown")

    assert {block["type"] for block in EVERY_BLOCK} <= set(drawn)
    await expect(unknown).to_have_text(["This block type (hologram) is not shown here"])
    assert await tab.evaluate(FAINT_TEXT) == []


async def test_nothing_is_wider_than_a_narrow_window(server: PageServer, open_tab: OpenTab) -> None:
    tab = await gallery(server, open_tab, width=400)

    wide = await tab.evaluate(
        "[...document.querySelectorAll('.block, .composer')]"
        ".filter((e) => e.getBoundingClientRect().right > innerWidth).map((e) => e.className)"
    )
    await tab.get_by_role("button", name="Show channels").click()

    assert wide == []
    assert await tab.evaluate("document.documentElement.scrollWidth") == 400
    await expect(tab.get_by_text("A simulation on this machine")).to_be_in_viewport()


async def test_dates_people_and_marks_in_text_are_drawn_for_the_reader(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await gallery(server, open_tab)

    facts = tab.locator("[data-block-id=facts] .section-text")

    await expect(facts).to_contain_text("p95 is four times lower higher: 840 ms, see the trace.")
    await expect(facts).to_contain_text("Ask @Ben Okafor or @here; since Nov 20, 2025 at 09:00.")
    await expect(facts.locator("strong, em, s, code")).to_have_text(
        ["p95", "four", "lower", "840 ms"]
    )
    await expect(facts.get_by_role("link")).to_have_attribute(
        "href", "https://example.org/t?a=1&b=2"
    )


async def test_a_plan_says_each_state_in_words_and_opens_its_tasks(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await gallery(server, open_tab)
    tasks = tab.locator(".task")

    await expect(tasks.locator(".task-state .hidden")).to_have_text(
        ["done: ", "in progress: ", "not done: ", "not begun: "]
    )
    await expect(tasks.nth(0)).not_to_contain_text("12 series")
    await tasks.nth(0).get_by_role("button").click()

    await expect(tasks.nth(0)).to_contain_text("12 series")
    await expect(tasks.nth(2)).to_contain_text("The log store did not answer.")


async def test_a_chart_carries_its_numbers_as_a_table_and_under_the_pointer(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await gallery(server, open_tab)
    chart = tab.locator("figure.chart").first

    rows = chart.get_by_role("row")
    await chart.locator(".chart-band").nth(3).hover()

    await expect(rows).to_have_count(7)
    await expect(rows.nth(4)).to_have_text("09:033101,240")
    await expect(chart.locator(".chart-values")).to_have_text("09:03p50 310p95 1,240")
    await expect(chart.get_by_role("img")).to_have_accessible_name(
        "Latency: line chart, 2 series, 6 points. The values follow as a table."
    )


@pytest.mark.parametrize("width", [1280, 400])
async def test_bars_keep_all_their_names_in_full(
    server: PageServer, open_tab: OpenTab, width: int
) -> None:
    names = ["wait for a pooled c…", "database", "payments: POST", "inventory", "handle it", "p99"]
    data = [{"label": name, "value": at} for at, name in enumerate(names)]
    bars = {"type": "bar", "series": [{"name": "mean", "data": data}]}
    block = {"type": "data_visualization", "title": "Times", "chart": bars}
    said = message(BOT, "Times", at=1, blocks=[block])
    server.snapshot["messages"] = {TEAM: [said]}

    tab = await open_tab(width=width)
    drawn = tab.locator(".chart-label")
    inside = await tab.locator(".chart-svg").evaluate(
        """(svg) => [...svg.querySelectorAll(".chart-label")].every((label) => {
          const [a, b] = [svg, label].map((e) => e.getBoundingClientRect());
          return b.left >= a.left - 1 && b.right <= a.right + 1 && b.bottom <= a.bottom + 1;
        })"""
    )

    assert [" ".join(text.split()) for text in await drawn.all_text_contents()] == names
    assert inside


async def test_a_data_table_sorts_filters_and_turns_pages(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await gallery(server, open_tab)
    table = tab.locator(".data-table")
    names = table.locator("tbody th")

    await table.get_by_role("button", name="ms").click()
    await expect(names).to_have_text(["call 3", "call 6", "call 9", "call 1"])
    await table.get_by_role("button", name="Next page").click()
    await expect(names).to_have_text(["call 4", "call 7", "call 2", "call 5"])
    await table.get_by_label("Filter rows").fill("call 8")

    await expect(names).to_have_text(["call 8"])


async def test_what_is_folded_open_stays_open_when_the_message_is_edited(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await gallery(server, open_tab)
    said = server.snapshot["messages"][TEAM][0]
    await tab.locator(".task").nth(0).get_by_role("button").click()

    blocks = [{**block, "block_id": f"new-{at}"} for at, block in enumerate(EVERY_BLOCK)]
    edited = {**said, "blocks": blocks, "edited": {"user": BOT, "ts": said["ts"]}}
    await server.push("message_changed", channel=TEAM, message=edited)

    await expect(tab.locator(".edited")).to_be_visible()
    await expect(tab.locator(".task").nth(0)).to_contain_text("12 series")
