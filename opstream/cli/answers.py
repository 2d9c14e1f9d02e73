"""Who answers which command: files alone, an install at its desk, or the house itself."""

import asyncio
import platform
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from opstream.cli import asking, files, governing
from opstream.cli.house import Desk, House, NoHouse
from opstream.cli.saying import say, say_json
from opstream.definitions.loader import Loaded
from opstream.definitions.prompt_steps import named_by
from opstream.domain.workflow import Workflow
from opstream.drawing import graph, svg, text, words
from opstream.errors import BadInput, Complaint

VERSION = "0.1.0"

T = TypeVar("T")


def answer(said: Namespace, house: House | None) -> int:
    """Do what was said and return the exit code.

    Raises:
        NoHouse: it takes more than files, and only files are at hand.
    """
    alone = _WITH_FILES.get(said.what)
    if alone is not None:
        return alone(said, house)
    if house is None:
        raise NoHouse
    asked = _OF_A_DESK.get(said.what)
    if asked is not None:
        tools = said.what == "workflows run"  # only they know whether a call changes things
        changes = said.what == "forget" or (said.what == "retention" and said.now)
        ask = partial(asked, said=said)
        return asyncio.run(_at_the_desk(house, ask, tools=tools, changes=changes))
    doing: Mapping[str, Callable[[], None]] = {
        "start": house.start,
        "worker": house.work,
        "migrate": house.migrate,
        "move": lambda: house.move(said.to),
    }
    doing[said.what]()
    return 0


async def _at_the_desk(
    house: House,
    ask: Callable[[Desk], Awaitable[T]],
    *,
    tools: bool = False,
    changes: bool = False,
) -> T:
    async with house.desk(tools=tools, changes=changes) as desk:
        return await ask(desk)


def _version(said: Namespace, _: House | None) -> int:
    python = platform.python_version()
    if said.json:
        say_json({"opstream": VERSION, "python": python})
    else:
        say(f"OpStream {VERSION} on Python {python}")
    return 0


def _check(said: Namespace, house: House | None) -> int:
    checked = files.check(said.files)
    if house is not None and any(named_by(one.workflow) for one in checked.loaded):
        look = partial(asking.checked, named=said.files)
        checked = asyncio.run(_at_the_desk(house, look))
    complaints = list(checked.complaints)
    if said.tools and house is None:
        raise NoHouse
    if said.tools and house is not None:
        ask = partial(asking.missing_operations, loaded=checked.loaded)
        complaints += asyncio.run(_at_the_desk(house, ask, tools=True))
    if said.json:
        fine = [_named(one) for one in checked.loaded]
        say_json({"workflows": fine, "complaints": complaints})
    else:
        say(_lines(checked.loaded, complaints))
    return 1 if complaints else 0


def _lines(loaded: Sequence[Loaded], complaints: Sequence[Complaint]) -> list[str]:
    bad = {one.file for one in complaints}
    fine = [_named(one) for one in loaded]
    return [
        *(f"{one['file']}: `{one['id']}` is fine." for one in fine if one["file"] not in bad),
        *(str(one) for one in complaints),
    ]


def _named(one: Loaded) -> dict[str, str]:
    return {"file": one.draft.document.file, "id": one.workflow.id}


def _show(said: Namespace, house: House | None) -> int:
    found = _meant(said.workflow, house)
    if said.svg and len(found) > 1:
        raise BadInput(f"{said.workflow} holds {len(found)} workflows; a picture shows one.")
    if said.json:
        say_json([_graph(one) for one in found])
    elif said.svg and said.svg != "-":
        files.put(said.svg, svg.draw(found[0]))
    elif said.svg:
        say(svg.draw(found[0]).rstrip())
    else:
        say("\n\n".join("\n".join(text.draw(one)) for one in found))
    return 0


def _export(said: Namespace, house: House | None) -> int:
    found = _meant(said.workflow, house)
    if len(found) > 1:
        listed = ", ".join(f"`{one.id}`" for one in found)
        raise BadInput(f"{said.workflow} holds {listed}. Export one at a time, by its id.")
    written = files.export(found[0], said.format)
    if said.to:
        files.put(said.to, written)
    else:
        say(written.rstrip())
    return 0


def _bring(said: Namespace, _: House | None) -> int:
    say(f"{path} is written." for path in files.bring(said.files, Path(said.to)))
    return 0


def _meant(named: str, house: House | None) -> list[Workflow]:
    """Return the workflows that a person means: those of a file, or one of the install."""
    if files.is_file(named):
        return files.workflows_of(named)
    if house is None:
        raise NoHouse
    return [asyncio.run(_at_the_desk(house, partial(asking.workflow, named=named)))]


def _graph(one: Workflow) -> dict[str, object]:
    found = graph.of(one.steps)
    depth = graph.layers(found)
    steps = [
        {"id": s.id, "title": s.title, "does": words.does(s.work), "layer": depth[s.id]}
        for s in found.steps
    ]
    return {"id": one.id, "version": one.version, "steps": steps, "arrows": found.edges}


_WITH_FILES: Mapping[str, Callable[[Namespace, House | None], int]] = {
    "version": _version,
    "workflows check": _check,
    "workflows show": _show,
    "workflows export": _export,
    "workflows import": _bring,
}
_OF_A_DESK: Mapping[str, Callable[..., Awaitable[int]]] = {
    "workflows list": asking.listed,
    "workflows run": asking.rehearse,
    "runs list": asking.runs,
    "runs show": asking.run,
    "audit verify": governing.verify,
    "audit export": governing.export,
    "retention": governing.retention,
    "forget": governing.forget,
}
