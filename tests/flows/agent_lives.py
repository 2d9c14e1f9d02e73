"""An agent at work in a process that dies by SIGKILL at every durable point, and is born again each time.

All is imported once; each life is a fork of that, so that many lives take little time. What the model and
the tools are asked is written to `asked.jsonl` in the folder, across all lives.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from opstream import bootstrap
from opstream.adapters.store import database
from opstream.domain.approval import Grant
from opstream.domain.operation import OperationCall
from opstream.domain.person import Person, Role
from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall
from opstream.domain.run import RunView
from opstream.errors import TooLate
from tests.flows.mortal import MortalWriter
from tests.runs.conftest import ANA, Mcp, Tools, Watcher, load

BO = Person("U0BO000001", "Bo", frozenset({Role.APPROVER}))
WORKFLOW = "id: demo\ntitle: Demo\nsteps:\n  - {id: look, agent: {task: Why?, tools: ['t.*']}}\n"
TURNS = (
    [("t.read", {"host": "a"}), ("t.read", {"host": "b"})],
    [("t.keyed", {"size": 40})],
    [("t.read", {"host": "c"})],
)
LIVES = 200


class Noting:
    """Writes down what is asked, for good."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "asked.jsonl", os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def note(self, **what: object) -> None:
        os.write(self._file, json.dumps(what).encode() + b"\n")


class NotingTools(Tools):
    def __init__(self, notes: Noting) -> None:
        super().__init__()
        self._notes = notes

    async def call(self, call: OperationCall, listener) -> object:
        self._notes.note(operation=call.operation, key=call.key)
        return {"seen": call.arguments}


class NotingModel:
    """Says what is next by how far the conversation is, so each life hears the same."""

    available = True

    def __init__(self, notes: Noting) -> None:
        self._notes = notes

    async def answer(self, request: PromptRequest, saying=None) -> PromptReply:
        turn = len(request.turns) // 2
        self._notes.note(turn=turn, key=f"{request.purpose.step}:{request.purpose.attempt}")
        if turn < len(TURNS):
            calls = tuple(ToolCall(f"c{n}", *one) for n, one in enumerate(TURNS[turn]))
            return PromptReply("", "m", 10, 1, calls=calls)
        seen = [result.output for one in request.turns for result in one.results]
        return PromptReply(json.dumps(seen, sort_keys=True), "m", 10, 1)


async def live(folder: Path) -> None:
    """Work until the run has ended; approve what is asked."""
    settings = load({"OPSTREAM_DATA": str(folder / "data")}).model_copy(
        update={"workflow_dirs": (folder / "workflows",), "mcp": Mcp()}
    )
    notes, watcher = Noting(folder), Watcher()
    stores = await bootstrap.open_stores(settings)
    instead = bootstrap.Instead(NotingTools(notes), NotingModel(notes))
    install = await bootstrap.install(settings, stores, watcher, {}, instead=instead)
    await install.start()
    runs = install.services.runs
    run = await runs.start("demo", {}, by=ANA, place=None, request_key="once")
    known = await runs.view(run.id)  # what a life before has shown is not shown again
    if run.id not in watcher.views or watcher.views[run.id].run.version < known.run.version:
        watcher.show(known)
    while not (view := await watcher.until(run.id, _moved_on, 60)).run.status.ended:
        await _approve(runs, view)
    output = view.run.state("look").output
    (folder / "answer.json").write_text(json.dumps(output, sort_keys=True))
    await install.stop()
    await stores.close()


def _moved_on(view: RunView) -> bool:
    return view.run.status.ended or bool(_asking(view))


def _asking(view: RunView) -> list[tuple[str, int]]:
    states = view.run.open.items()
    return [(path, one.revision) for path, one in states if one.approval and not one.settled]


async def _approve(runs, view: RunView) -> None:
    for path, revision in _asking(view):
        try:
            await runs.answer_approval(view.run.id, path, revision, Grant(), by=BO)
        except TooLate:  # this view is older than the yes of a life before
            await asyncio.sleep(0)


def main() -> int:
    """Be born again until the run has ended; print how many lives that took."""
    folder = Path(sys.argv[1])
    (folder / "workflows").mkdir(parents=True)
    (folder / "workflows" / "demo.yaml").write_text(WORKFLOW)
    database.Writer = MortalWriter  # type: ignore[misc]  # the one thing that differs
    for life in range(1, LIVES):
        child = os.fork()
        if child == 0:
            asyncio.run(live(folder))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            sys.stdout.write(f"{life}\n")
            return os.WEXITSTATUS(status)
        if os.WTERMSIG(status) != signal.SIGKILL:
            return 3
    return 2


if __name__ == "__main__":
    sys.exit(main())
