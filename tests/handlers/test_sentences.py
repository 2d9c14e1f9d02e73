"""Plain sentences: what each means, and that none of them does what nobody said."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands.table import known
from handlers.events.guesses import MOST, TOPICS, guess
from handlers.events.wishes import wished
from handlers.events.words import READING, about_its_run, asks, understood
from opstream.domain.inputs import Input, InputKind
from opstream.domain.workflow import Workflow

TABLE = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text())


def _rows(part: str) -> list[tuple[str, str]]:
    return [(said, command) for command, all_said in TABLE[part].items() for said in all_said]


@pytest.mark.parametrize(("said", "command"), _rows("in_thread"))
def test_a_sentence_means_a_command(said, command):
    assert understood(said, in_thread=True) == command
    assert understood(said.upper(), in_thread=True).lower() == command.lower()
    assert known(command.split(" ")[0])


@pytest.mark.parametrize(("said", "command"), _rows("elsewhere"))
def test_outside_a_thread_some_sentences_mean_something_else(said, command):
    assert understood(said) != command
    assert understood(said, in_thread=False) == command


@pytest.mark.parametrize("said", TABLE["nothing"])
def test_what_leaves_a_doubt_means_nothing(said):
    assert understood(said) is None
    assert understood(said, in_thread=False) is None


def test_the_table_is_as_large_as_it_is_meant_to_be():
    assert len(_rows("in_thread")) >= 140


@given(st.text())
def test_any_text_may_be_said(text):
    guess(text, in_thread=True)
    command = understood(text)

    assert command is None or known(command.split(" ")[0])


@given(st.sampled_from([said for said, command in _rows("in_thread") if not asks(command)]))
def test_a_no_before_a_deed_is_never_a_deed(said):
    for no in ("don't ", "do not ", "never ", "why should I ", "I did not say ", "he said: "):
        assert understood(no + said) is None


def test_only_questions_about_the_run_are_heard_without_a_mention():
    assert about_its_run("What happened?")
    assert about_its_run("how long will it take?")
    for said in ("cancel it", "approve it", "status of affairs", "who are you?", "logs"):
        assert not about_its_run(said)


def test_every_sentence_that_is_offered_is_understood():
    for topic in TOPICS:
        for one in topic.tries:
            assert understood(one) is not None, one
    for in_thread in (True, False):
        for one in guess("", in_thread=in_thread).tries:
            assert understood(one, in_thread=in_thread) is not None, one


def test_what_the_manifest_offers_to_say_is_understood():
    manifest = json.loads((Path(__file__).parents[2] / "manifest.json").read_text())
    offered = manifest["features"]["agent_view"]["suggested_prompts"]

    assert 1 <= len(offered) <= 4
    assert all(understood(one["message"], in_thread=False) for one in offered)


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("yes", "a decision"),
        ("cancel everything", "ending a run"),
        ("I would like to see some logs of the thing", "how a run went"),
        ("pasue everything", "pausing a run"),
        ("the weather is nice", ""),
        ("cancel and retry", ""),
    ],
)
def test_a_guess_tells_what_a_sentence_is_about(said, topic):
    found = guess(said, in_thread=False)

    assert found.topic == topic
    assert len(found.tries) == MOST


def test_what_reads_is_told_from_what_changes():
    assert {"pause", "cancel", "approve", "start", "watch", "prefs"} & READING == set()


PROFILING = Workflow(
    id="application_profiling",
    version=1,
    title="Application performance profiling",
    description="",
    steps=(),
    inputs=(
        Input("service"),
        Input("duration", InputKind.DURATION, default="2h"),
        Input("depth", InputKind.NUMBER, default=3),
    ),
)
REVIEW = Workflow(id="review", version=1, title="Review", description="", steps=())


@pytest.mark.parametrize(
    ("said", "workflow", "inputs"),
    [
        ("start application_profiling for checkout", PROFILING, {"service": "checkout"}),
        ("Please start application profiling of checkout", PROFILING, {"service": "checkout"}),
        ("run the application performance profiling on my-service for 2 hours", PROFILING,
         {"service": "my-service", "duration": "2 hours"}),
        ("launch application_profiling", PROFILING, {}),
        ("can you start the review?", REVIEW, {}),
        ("kick off a review", REVIEW, {}),
    ],
)  # fmt: skip
def test_a_workflow_is_started_by_its_name_or_title(said, workflow, inputs):
    found = wished(said, [REVIEW, PROFILING])

    assert found is not None
    assert (found.workflow, dict(found.inputs)) == (workflow, inputs)


@pytest.mark.parametrize(
    "said",
    [
        "start the review of this plan tomorrow",
        "start reviewing",
        "don't start the review",
        "start the review for checkout",
        "should I start the review?",
        "start something",
    ],
)
def test_a_start_that_leaves_a_doubt_starts_nothing(said):
    assert wished(said, [REVIEW, PROFILING]) is None
