"""A workflow as lines: every step once, its branches to the left, nothing wider than the terminal."""

import random
from pathlib import Path

import pytest

from opstream.definitions import loader
from opstream.domain.workflow import Call, Step, Workflow
from opstream.drawing import text
from tests.drawing.recipes import EVERYTHING, HOSTILE, crowd

SHIPPED = sorted((Path(__file__).parents[2] / "config" / "workflows").glob("*.yaml"))


def drawn(recipe: str) -> list[str]:
    [loaded] = loader.load(recipe, "demo.yaml")
    return text.draw(loaded.workflow)


def test_branches_loops_rescues_and_undo_are_shown():
    assert "\n".join(drawn(EVERYTHING)) == (
        "Trip (trip)\n"
        "Books a trip.\n"
        "takes city, days?\n"
        "\n"
        "●    look     call travel.search\n"
        "├─●  weather  call weather.read\n"
        "● │  prices   call travel.prices\n"
        "●─╯  choose   ask a model: Which one?\n"
        "●    approve  ask for a yes to book\n"
        "●    book     call travel.book\n"
        "│ ╎           undone by travel.cancel\n"
        "│ ○  by_hand  ask: Which number?\n"
        "│ │           if book fails\n"
        "●─╯  each     for each of inputs.days, 2 at once\n"
        "│    ╭─\n"
        "│    │ ●    plan   call travel.plan\n"
        "│    │ ├─●  left   call travel.left\n"
        "│    │ ● │  right  call travel.right\n"
        "│    │ ●─╯  join   run joining\n"
        "│    ╰─\n"
        "├─○  rest     wait 2h\n"
        "│             when inputs.days > 3\n"
        "●    tell     say: Done.\n"
        "              goes on when it fails"
    )


def test_lanes_that_only_pass_are_crossed_without_a_tie():
    steps = (
        Step("a", "", Call("t.a")),
        Step("b", "", Call("t.b")),
        Step("c", "", Call("t.c"), needs=("a",)),
        Step("d", "", Call("t.d"), needs=("b",)),
        Step("e", "", Call("t.e"), needs=("a", "d")),
    )

    assert text.draw(Workflow("demo", "Demo", steps))[2:] == [
        "●      a  call t.a",
        "│ ●    b  call t.b",
        "├─│─●  c  call t.c",
        "│ ●    d  call t.d",
        "●─╯    e  call t.e",
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_workflows_fit_the_terminal_and_show_every_step(path):
    [loaded] = loader.load(path.read_text(), path.name)

    lines = text.draw(loaded.workflow)

    assert max(map(len, lines)) <= text.WIDTH
    circles = [line for line in lines if "●" in line or "○" in line]
    assert len(circles) == len(loaded.workflow.steps)


def test_a_hostile_text_stays_in_its_line():
    lines = drawn(HOSTILE)

    assert all(line.isprintable() for line in lines)
    assert len([line for line in lines if "●" in line]) == 1


def test_every_arrow_of_a_crowd_is_drawn_and_the_same_each_time():
    luck = random.Random(7)
    for _ in range(30):
        workflow = crowd(luck, luck.randint(1, 40))

        lines = text.draw(workflow)

        assert lines == text.draw(workflow)
        assert [line.split()[-1] for line in lines[2:]] == [
            s.work.operation for s in workflow.steps
        ]
        assert max(map(len, lines)) <= text.WIDTH


def test_a_very_wide_crowd_is_cut_and_not_lost():
    steps = [Step(f"s{n}", "", Call("t.x"), needs=()) for n in range(60)]
    last = Step("last", "", Call("t.y"), needs=tuple(one.id for one in steps))

    lines = text.draw(Workflow("wide", "Wide", (*steps, last)))

    assert len(lines) == 2 + 61
    assert max(map(len, lines)) <= text.WIDTH
