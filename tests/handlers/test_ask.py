"""Sentences taken apart, plain words understood, and the table of verbs."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.commands import table
from handlers.commands.ask import parse
from handlers.events.words import understood
from handlers.register import ACTIONS
from opstream.errors import NotFound

PRODUCT_VERBS = re.split(
    r"\s+",
    """start status pause resume cancel retry list history workflows new schedule schedules
    unschedule details logs ask incidents incident tasks insights brief tools connect prefs role
    audit stats help""",
)
FURTHER_VERBS = re.split(
    r"\s+",
    """approvals approve deny away back take assign watch unwatch link prompts remember recall forget""",
)
MANIFEST = Path(__file__).parents[2] / "manifest.json"


@pytest.mark.parametrize(
    ("text", "verb", "words", "options"),
    [
        ("", "", (), {}),
        ("help", "help", (), {}),
        ("STATUS r1", "status", ("r1",), {}),
        ("start greet name=World", "start", ("greet",), {"name": "World"}),
        ('start greet name="Ana Silva" x=1', "start", ("greet",), {"name": "Ana Silva", "x": "1"}),
        ("start greet name=“Ana Silva”", "start", ("greet",), {"name": "Ana Silva"}),
        ("start greet name='Ana Silva'", "start", ("greet",), {"name": "Ana Silva"}),
        (
            "start greet name=O'Brien why=it's",
            "start",
            ("greet",),
            {"name": "O'Brien", "why": "it's"},
        ),
        ("start greet name=Ana's cat", "start", ("greet", "cat"), {"name": "Ana's"}),
        (r'start greet name="say \"hi\""', "start", ("greet",), {"name": 'say "hi"'}),
        ('start greet name="unclosed', "start", ("greet",), {"name": '"unclosed'}),
        ("start greet name=", "start", ("greet",), {"name": ""}),
        ("start greet url=https://a.b/c?d=e", "start", ("greet",), {"url": "https://a.b/c?d=e"}),
        ("start greet a=1 a=2", "start", ("greet",), {"a": "2"}),
        ("retry r1 from=fix-it", "retry", ("r1",), {"from": "fix-it"}),
        ("cancel r1 it's wrong", "cancel", ("r1", "it's", "wrong"), {}),
        ("ask why didn't it work?", "ask", ("why", "didn't", "it", "work?"), {}),
        ("name=only", "", (), {"name": "only"}),
        ('start "my workflow"', "start", ("my workflow",), {}),
    ],
)
def test_a_sentence_is_taken_apart(text, verb, words, options):
    found = parse(text)

    assert (found.verb, found.words, dict(found.options)) == (verb, words, options)


def test_the_rest_of_a_sentence_stays_as_it_was_written():
    assert parse("  ask  Why  didn't it? ").rest == "Why  didn't it?"
    assert parse("profile my-service for 2 hours").text == "profile my-service for 2 hours"


@given(st.text())
def test_any_text_can_be_taken_apart(text):
    found = parse(text)

    assert found.text == text.strip()


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("status", "status"),
        ("Status, please", "status"),
        ("please pause it", "pause"),
        ("can you pause this run?", "pause"),
        ("resume", "resume"),
        ("continue", "resume"),
        ("stop it!", "cancel"),
        ("cancel", "cancel"),
        ("cancel r1 wrong service", "cancel r1 wrong service"),
        ("try again", "retry"),
        ("retry it", "retry"),
        ("what is running?", "list"),
        ("What's going on", "list"),
        ("show me the details", "details"),
        ("details", "details"),
        ("give me the logs", "logs"),
        ("how long will it take?", "status"),
        ("how is it going", "status"),
        ("what can I start?", "workflows"),
        ("show all workflows", "workflows"),
        ("what can you do?", "help"),
        ("help start", "help start"),
        ("start greet name=World", "start greet name=World"),
        ("hey, start greet name=World", "start greet name=World"),
        ("hello", None),
        ("the weather is nice", None),
        ("profile my-service for 2 hours", None),
        ("", None),
    ],
)
def test_plain_words_mean_commands(text, command):
    assert understood(text) == command


def test_the_table_has_every_verb_of_the_product_once():
    assert sorted(verb.name for verb in table.VERBS) == sorted([*PRODUCT_VERBS, *FURTHER_VERBS])


def test_every_verb_is_fully_described():
    for verb in table.VERBS:
        assert verb.usage.split()[0] == verb.name
        assert verb.summary.endswith(".")
        assert verb.answer is None or verb.examples
        assert verb.answer is not None or verb.instead
        assert all(table.find(name).answer is not None for name in verb.instead)
    words = {example.split()[0] for verb in table.VERBS for example in verb.examples}
    assert words <= {*PRODUCT_VERBS, *FURTHER_VERBS, "profile"}


def test_a_typo_is_told_what_comes_close():
    with pytest.raises(NotFound, match="Did you mean `resume`"):
        table.find("resme")


def test_completions_offer_every_verb_and_tell_what_is_planned():
    offered = {one.text: one for one in table.completions()}

    assert offered["/opstream start"].usage == "start <workflow> [name=value …]"
    assert offered["/opstream brief"].description.endswith("(not built yet)")
    assert len(offered) == len(table.VERBS)


def test_every_button_that_is_drawn_has_somebody_who_answers():
    drawn = (Path(__file__).parents[2] / "blocks" / "ids.py").read_text()
    kinds = "RUN|RETRY|APPROVAL|QUESTION|DOUBT|PAGE|HOME|WORKFLOW|DRAFT|SCHEDULE|PREFS|ANSWER|CALL|PROMPT"
    declared = re.findall(rf'^(?:(?:{kinds})_\w+|START_OPEN): Final = "(\w+)"', drawn, re.M)

    assert sorted(declared) == sorted(action_id for action_id, _ in ACTIONS)


def test_the_manifest_offers_the_commands_that_are_answered():
    commands = json.loads(MANIFEST.read_text())["features"]["slash_commands"]

    assert {one["command"] for one in commands} >= {"/opstream", "/profile"}
    assert all(one["should_escape"] for one in commands)
