"""A workflow as a picture: boxes that do not touch, arrows that end at them, and no text that acts."""

import itertools
import random
from pathlib import Path
from xml.etree import ElementTree

import pytest

from opstream.definitions import loader
from opstream.drawing import graph, layout, svg
from opstream.drawing.layout import Size
from tests.drawing.recipes import EVERYTHING, HOSTILE, crowd

SHIPPED = sorted((Path(__file__).parents[2] / "config" / "workflows").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


def picture(recipe: str) -> ElementTree.Element:
    [loaded] = loader.load(recipe, "demo.yaml")
    return ElementTree.fromstring(svg.draw(loaded.workflow))


def texts(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_every_step_has_a_box_with_its_title_and_what_it_does():
    root = picture(EVERYTHING)

    boxes = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "box"]
    assert len(boxes) == 14
    assert {"Trip", "Look", "call travel.search", "if book fails", "undone by travel.cancel"} <= {
        *texts(root)
    }
    dashed = [one for one in root.iter(f"{SVG}path") if one.get("class") == "arrow rescue"]
    assert len(dashed) == 1


def test_light_and_dark_are_left_to_the_reader():
    assert "prefers-color-scheme: dark" in svg.draw(loader.load(EVERYTHING, "a.yaml")[0].workflow)


def test_no_text_becomes_markup():
    root = picture(HOSTILE)

    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {
        *("svg", "style", "defs", "marker", "path", "rect", "text", "g", "title")
    }
    assert '<script>alert(1)</script> & "quotes"' in texts(root)
    assert "]]></text><b> bold" in texts(root)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_workflows_can_be_drawn(path):
    [loaded] = loader.load(path.read_text(), path.name)

    assert ElementTree.fromstring(svg.draw(loaded.workflow)).tag == f"{SVG}svg"


def test_boxes_of_a_crowd_never_touch_and_arrows_lead_down_from_box_to_box():
    luck = random.Random(11)
    for _ in range(20):
        workflow = crowd(luck, luck.randint(1, 40))
        drawn = graph.of(workflow.steps)
        sizes = {s.id: Size(luck.randint(80, 260), luck.randint(40, 90)) for s in drawn.steps}

        found = layout.lay_out(drawn, sizes)

        assert found == layout.lay_out(drawn, sizes)
        for one, other in itertools.combinations(found.boxes.values(), 2):
            beside = one.x + one.size.width < other.x or other.x + other.size.width < one.x
            assert (
                beside or one.y + one.size.height < other.y or other.y + other.size.height < one.y
            )
        for edge, route in found.routes.items():
            source, target = found.boxes[edge.source], found.boxes[edge.target]
            assert [y for _, y in route] == sorted(y for _, y in route)
            below = (source.x + source.size.width / 2, source.y + source.size.height)
            assert route[0] == pytest.approx(below)
            assert route[-1] == pytest.approx((target.x + target.size.width / 2, target.y))


def test_arrows_pass_no_box_that_they_do_not_belong_to():
    luck = random.Random(5)
    for _ in range(10):
        drawn = graph.of(crowd(luck, 30).steps)
        found = layout.lay_out(drawn, {s.id: Size(120, 50) for s in drawn.steps})

        for edge, route in found.routes.items():
            others = [
                box for id, box in found.boxes.items() if id not in (edge.source, edge.target)
            ]
            inside = [
                (x, y)
                for x, y in route
                for box in others
                if box.x < x < box.x + box.size.width and box.y < y < box.y + box.size.height
            ]
            assert inside == []


def test_an_arrow_that_only_repeats_others_is_left_out():
    [loaded] = loader.load(EVERYTHING, "demo.yaml")

    into_choose = {edge.source for edge in graph.of(loaded.workflow.steps).into("choose")}

    assert into_choose == {"weather", "prices"}
