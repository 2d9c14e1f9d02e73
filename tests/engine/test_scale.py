"""What a step costs does not grow with the number of steps: counted in calls of functions, not in time."""

import sys
from collections.abc import Callable

import pytest

from opstream.domain.growing import Growing
from opstream.domain.history import StepSucceeded
from opstream.domain.workflow import ForEach, Step, Workflow
from opstream.engine.settle import settle
from tests.engine.recipes import NOON, call, started, workflow


def test_what_changed_in_a_growing_mapping_is_told_without_looking_at_the_rest():
    before: Growing[str, int] = Growing({f"s{n}": n for n in range(1000)})
    after = before.plus("new", 1).plus("s7", 70)
    rebuilt = after
    for n in range(200):
        rebuilt = rebuilt.plus(f"x{n}", n)

    assert dict(after.changed_since(before)) == {"new": 1, "s7": 70}
    assert dict(after.changed_since(None)) == dict(after)
    assert dict(after.changed_since(after)) == {}
    assert set(dict(rebuilt.changed_since(after))) == {f"x{n}" for n in range(200)}


def chain(steps: int) -> Workflow:
    return workflow(*(call(f"s{n}", *([f"s{n - 1}"] if n else [])) for n in range(steps)))


def side_by_side(steps: int) -> Workflow:
    return workflow(*(call(f"s{n}") for n in range(steps)))


def items(steps: int) -> Workflow:
    inner = (call("a", arguments={"n": "{{ item }}"}), call("b", "a"))
    return workflow(Step("each", "Each", ForEach(list(range(steps // 2)), inner)))


def functions_called(work: Callable[[], None]) -> int:
    count = 0

    def note(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def live(flow: Workflow) -> None:
    """Take a run from its beginning to its end, one call after the other."""
    run, left, facts = started(), [], ()
    while True:
        settled = settle(flow, run, facts, NOON, frozenset(left))
        run, left = settled.run, left + [one.step for one in settled.calls]
        if not left:
            break
        facts = (StepSucceeded(NOON, left.pop(0), None, NOON),)
    assert run.status.ended


@pytest.mark.parametrize("make", [chain, side_by_side, items])
def test_twice_the_steps_take_twice_the_work(make):
    few, many = make(100), make(200)
    live(make(10))  # what is done once for all

    once, twice = functions_called(lambda: live(few)), functions_called(lambda: live(many))

    assert twice < 2.4 * once


def test_a_growing_mapping_reads_like_any_other():
    wanted: dict[int, str] = {}
    growing: Growing[int, str] = Growing()
    for number in (*range(300), *range(0, 300, 7)):
        before, length = growing, len(growing)
        growing, wanted[number % 250] = growing.plus(number % 250, f"{number}"), f"{number}"
        assert len(before) == length

    assert growing == wanted
    assert (list(growing), len(growing)) == (list(wanted), len(wanted))
    assert (growing.get(999), growing.get(999, "none"), 999 in growing) == (None, "none", False)
