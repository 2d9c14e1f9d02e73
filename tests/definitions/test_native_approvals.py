"""Who gives a yes in our own format: read, written back the same, and refused with a remedy."""

import pytest

from opstream.definitions import document, native, writing

HEAD = "id: demo\ntitle: Demo\nsteps:\n  - id: ask\n    approval:\n      title: Go?\n"
LEVELS = "escalate: [{after: 30m, to: ['@oncall']}, {after: 1h, to: [U0123ABCD, '#ops']}]"
SHORT = "escalate_after: 30m\n      escalate_to: ['@oncall']"


def read(text):
    complaints = []
    draft = native.read(document.read(text, "demo.yaml"), complaints)
    return draft, complaints


@pytest.mark.parametrize("rule", ["people: 2", SHORT, LEVELS, "reactions: true", "risk: critical"])
def test_a_rule_is_read_and_written_back_as_it_was(rule):
    draft, complaints = read(f"{HEAD}      {rule}\n")
    again, _ = read(writing.write(draft.workflow))

    assert complaints == []
    assert draft.workflow == again.workflow


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("people: 0", "from 1 to 10"),
        ("escalate_after: 30m", "needs `escalate_to`"),
        ("escalate: [{after: 1h, to: [U1]}, {after: 30m, to: [U2]}]", "follow each other"),
        ("escalate: [{after: 30m}]", "has no `to`"),
        ("escalate: [{after: 48h, to: [U1]}]", "after the approval has expired"),
        ("escalate: [{after: 30m, to: ['two words']}]", "cannot be `two words`"),
        ("reactions: sometimes", "true or false"),
        ("{risk: high, reactions: true}", "lets an emoji say yes"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_a_line_and_a_remedy(rule, words):
    lines = rule.strip("{}").split(", ") if rule.startswith("{") else [rule]
    _, complaints = read(HEAD + "".join(f"      {line}\n" for line in lines))

    assert any(words in one.problem and one.line and one.remedy for one in complaints)
