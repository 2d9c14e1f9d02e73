"""Log lines have one shape, and no secret gets into them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from opstream.adapters import telemetry
from tests import logs

log = structlog.get_logger()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    with logs.put_back():
        yield


def lines(out: io.StringIO) -> list[dict]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_json_line_has_its_event_and_its_values():
    out = io.StringIO()
    telemetry.set_up(form="json", out=out)

    log.info("run_finished", run="r1", seconds=3.2, steps=("a", "b"))

    (line,) = lines(out)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert (line["event"], line["run"], line["seconds"]) == ("run_finished", "r1", 3.2)
    assert line["steps"] == ["a", "b"]


def test_lines_for_people_are_not_coloured_in_a_file():
    out = io.StringIO()
    telemetry.set_up(out=out)

    log.warning("server_gone", server="estate")

    assert "server_gone" in out.getvalue()
    assert "server=estate" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_libraries_come_out_in_the_same_shape_and_only_when_it_matters():
    out = io.StringIO()
    telemetry.set_up(form="json", out=out)

    bolt = logging.getLogger("slack_bolt.AsyncApp")
    bolt.setLevel(logging.INFO)  # as Bolt itself does
    bolt.info("chatter")
    logging.getLogger("slack_bolt").warning("lost %s", "it")

    assert [(line["event"], line["logger"]) for line in lines(out)] == [("lost it", "slack_bolt")]


def test_the_level_is_obeyed():
    out = io.StringIO()
    telemetry.set_up(level="warning", form="json", out=out)

    log.info("small")
    log.warning("big")

    assert [line["event"] for line in lines(out)] == ["big"]


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_masked_wherever_they_stand(form):
    out = io.StringIO()
    telemetry.set_up(form=form, secrets=["hunter-22", ""], out=out)

    log.info(
        "asked",
        password="open sesame",
        note="with hunter-22 and xoxb-12345678-abcdefgh",
        headers={"Authorization": "Bearer abcdefghijklmnop", "plain": ["xapp-1-A0-secret99"]},
        address="wss://wss.example.com/link/?ticket=a1b2c3&app_id=d4",
    )
    logging.getLogger("aiohttp").error("sent %s", {"authorization": "Bearer zyxwvutsrqponm"})
    try:
        raise ValueError("hunter-22")
    except ValueError:
        log.exception("failed")

    written = out.getvalue()
    for secret in ("open sesame", "hunter-22", "12345678", "abcdefghijklmnop", "secret99", "a1b2"):
        assert secret not in written
    assert "zyxwvutsrqponm" not in written
    assert telemetry.HIDDEN in written
