"""Charts where Slack draws them, pictures where it does not, numbers where there can be neither."""

import pytest
from slack_sdk.errors import SlackApiError

from blocks import charts, kit, tables
from handlers import drawing
from opstream.domain.conversation import Place
from opstream.domain.report import Chart, Series, Table
from tests.handlers.driving import OPS, fill_in

CHART = charts.chart(
    Chart("p99 of $checkout", "line", ("12:00", "12:01"), (Series("p99", (210.0, 812.5)),), "ms")
)
TABLE = tables.table(
    Table("Calls", ("call", "ms"), tuple((f"call {n}", str(n)) for n in range(30)))
)
MESSAGE = kit.message("Found it", [kit.section("Found it"), CHART, TABLE])


async def seen(person):
    return await person.sees("Found it")


def kinds(message):
    return [block["type"] for block in message["blocks"]]


async def test_charts_are_sent_as_they_are_where_slack_draws_them(bot, ana):
    await bot.messenger.outbox.say(Place(OPS), MESSAGE)

    assert kinds(await seen(ana)) == ["section", "data_visualization", "data_table"]


async def test_a_workspace_that_knows_no_charts_gets_pictures_of_them(bot, playground, ana):
    playground.forget_block_types("data_visualization", "data_table")

    await bot.messenger.outbox.say(Place(OPS), MESSAGE)

    shown = await seen(ana)
    assert kinds(shown) == ["section", "image", "section", "table"]
    picture = shown["blocks"][1]
    assert picture["alt_text"] == ("p99 of $checkout: a line chart. p99: 12:00 210, 12:01 812.5.")
    async with bot.app.client.session.get(
        playground.address + picture["slack_file"]["url"]
    ) as response:
        assert response.headers["Content-Type"] == "image/png"
        assert (await response.read())[:4] == b"\x89PNG"


async def test_the_same_chart_is_uploaded_once_and_the_workspace_remembered(bot, playground, ana):
    playground.forget_block_types("data_visualization", "data_table")
    pictures = bot.messenger.outbox.pictures
    await bot.messenger.outbox.say(Place(OPS), MESSAGE)

    again = await pictures.fitting("", MESSAGE.blocks)
    elsewhere = await pictures.fitting("T2", MESSAGE.blocks)

    first = (await seen(ana))["blocks"][1]
    assert again[1]["slack_file"]["id"] == first["slack_file"]["id"]
    assert elsewhere[1]["type"] == "data_visualization"


async def test_where_no_file_can_be_uploaded_the_numbers_are_said(bot, playground, ana):
    playground.forget_block_types("data_visualization", "data_table")
    playground.faults.storm(1, method="files.getUploadURLExternal")

    await bot.messenger.outbox.say(Place(OPS), MESSAGE)

    shown = await seen(ana)
    assert kinds(shown) == ["section", "section", "section", "table"]
    assert "12:00 210, 12:01 812.5" in shown["blocks"][1]["text"]["text"]


async def test_home_has_pictures_too(bot, playground, ana):
    playground.forget_block_types("data_visualization")
    await ana.command("/opstream start survey")
    question = await ana.sees("How was it?", "question_answer")
    await ana.press(question, "question_answer")
    await fill_in(ana, await ana.opens("form_answer"), input_stars="5")
    await ana.sees("✅ *Done.*")

    await ana.do("open_home", tab="home")

    home = await ana.until(lambda: ana.home, "home")
    assert "image" in [block["type"] for block in home["blocks"]]


async def test_an_image_that_was_never_uploaded_is_refused(bot):
    image = {"type": "image", "slack_file": {"id": "F0NOTHERE1"}, "alt_text": "x"}

    with pytest.raises(SlackApiError, match="invalid_blocks"):
        await bot.app.client.chat_postMessage(channel=OPS, text="x", blocks=[image])


@pytest.mark.parametrize("kind", ["bar", "area", "pie"])
def test_every_kind_of_chart_becomes_a_picture_whatever_its_names_are(kind):
    labels = ("$x^$", "مرحبا", "😀" * 30, "a very long label indeed")
    series = tuple(Series(f"s{n} $", (1.0, 2.5, 3.0, 4.0)) for n in range(3))
    block = charts.chart(Chart("$$ \\frac", kind, labels, series))

    assert drawing.png(block).startswith(b"\x89PNG")
    assert drawing.words(block).count("2.5") == (1 if kind == "pie" else 3)
