"""What the stopwatch of the first minutes does is what the README tells."""

import os
import re

from benchmarks import first_minutes
from tests.flows.street import PROJECT

README = (PROJECT / "README.md").read_text()


def test_the_readme_tells_each_thing_that_is_typed_and_pressed_in_this_order():
    told = ["make run", "**Ana Silva**", first_minutes.SAY, "**Bo Chen**", "**Approve**"]
    places = [README.index(one) for one in told]

    assert places == sorted(places)


def test_somebody_new_brings_no_settings_of_ours_along(monkeypatch, tmp_path):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("OPSTREAM_DATA", "/somewhere")

    warm = first_minutes._environment(tmp_path, cold=False)
    cold = first_minutes._environment(tmp_path, cold=True)

    assert "SLACK_BOT_TOKEN" not in warm
    assert not [name for name in warm if name.startswith("OPSTREAM_") and name != "OPSTREAM_PORT"]
    assert warm["HOME"] == os.path.expanduser("~")
    assert set(cold) - set(warm) <= {"UV_CACHE_DIR", "PIP_CACHE_DIR"}


def test_each_stage_is_counted_once():
    watch = first_minutes.Stopwatch()
    watch.lap("one")
    watch.lap("two")

    assert [stage for stage, _ in watch.stages] == ["one", "two"]
    assert watch.total == sum(seconds for _, seconds in watch.stages)
    assert first_minutes.BAR_SECONDS == 180
    assert re.search(r"three\s+minutes", README.lower())
