import time

import pytest

from opstream.definitions import phrases
from opstream.domain.workflow import Workflow

PROFILE = Workflow(
    "profile", "P", (), phrases=("profile {service} for {duration}", "profile {service}")
)
CHECK = Workflow("check", "C", (), phrases=("check all slos",))


@pytest.mark.parametrize(
    ("said", "workflow", "inputs"),
    [
        (
            "profile my-service for 2 hours",
            PROFILE,
            {"service": "my-service", "duration": "2 hours"},
        ),
        ("Profile  `checkout` for 2m!", PROFILE, {"service": "checkout", "duration": "2m"}),
        ("please profile web for 1h, please", PROFILE, {"service": "web", "duration": "1h"}),
        ("profile web", PROFILE, {"service": "web"}),
        ("check all SLOs?", CHECK, {}),
    ],
)
def test_a_sentence_starts_the_workflow_that_claims_it(said, workflow, inputs):
    found = phrases.match(said, [CHECK, PROFILE])

    assert found is not None
    assert (found.workflow, found.inputs) == (workflow, inputs)


@pytest.mark.parametrize(
    "said", ["", "profile", "show my profile", "check all slos now", "x" * 999]
)
def test_other_sentences_start_nothing(said):
    assert phrases.match(said, [CHECK, PROFILE]) is None


def test_a_long_sentence_is_told_off_quickly():
    greedy = Workflow("g", "G", (), phrases=("a {b} a {c} a {d} a {e} a {f} z",))
    began = time.perf_counter()

    assert phrases.match("a " * 149 + "a", [greedy]) is None
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("go {b}", "The phrase names `{b}`, which is no input."),
        ("{a}", "The phrase `{a}` has no word of its own."),
        ("go {a} and {a}", "The phrase `go {a} and {a}` names an input twice, or more than 5."),
        ("go {a}{c}", "The phrase `go {a}{c}` has no word between two inputs."),
        ("go {a", "The phrase `go {a` cannot be read."),
    ],
)
def test_a_phrase_that_cannot_work_is_refused(phrase, said):
    fault = phrases.fault(phrase, ["a", "c"])

    assert fault is not None
    assert fault[0] == said
