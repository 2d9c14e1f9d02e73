"""The folder that an install of the chaos lives in: its settings, its workflows, its recordings."""

import json
import shutil
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.chaos.people import APPROVERS
from benchmarks.measure import ROOT
from opstream.definitions import loader
from opstream.domain.workflow import Workflow

_WORKFLOWS = Path(__file__).parent / "workflows"
_LINE = 200
_CHILD = "part"  # it is started by a run, not by people


@dataclass(frozen=True, slots=True)
class House:
    """A folder, and what stands where in it."""

    folder: Path
    port: int
    database_url: str | None = None

    @property
    def recordings(self) -> Path:
        """What the tool servers wrote down."""
        return self.folder / "recordings.jsonl"

    def work(self) -> float:
        """Return how much the tools have done so far: about a line of recordings is 1."""
        return self.recordings.stat().st_size / _LINE if self.recordings.exists() else 0

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment of a worker."""
        shared = {"OPSTREAM_DATABASE_URL": self.database_url} if self.database_url else {}
        return {
            "OPSTREAM_CONFIG": str(self.folder / "config"),
            "OPSTREAM_DATA": str(self.folder / ".opstream"),
            "OPSTREAM_LOG_FORMAT": "json",
            "OPSTREAM_LEASE": "3s",
            **shared,
        }

    def log(self, name: str) -> Path:
        """Where a process says what it has to say."""
        return self.folder / f"{name}.log"

    def books(self, seed: int) -> Sequence[str]:
        """Return the words that start the tool server which all workers share."""
        port = ["--port", str(self.port), "--spare"]
        return ["-m", "benchmarks.chaos.tool", str(self.recordings), "--seed", str(seed), *port]


def build(folder: Path, database_url: str | None = None) -> House:
    """Write the settings and the workflows of an install into a folder."""
    house = House(folder, _free_port(), database_url)
    config = folder / "config"
    (config / "workflows").mkdir(parents=True)
    for file in _WORKFLOWS.glob("*.yaml"):
        shutil.copy(file, config / "workflows")
    desk = {
        "command": "{python}",
        "args": ["-m", "benchmarks.chaos.tool", str(house.recordings)],
        "cwd": str(ROOT),
    }
    books = {"url": f"http://127.0.0.1:{house.port}/mcp"}
    servers = {"servers": {"books": books, "desk": desk}}
    (config / "mcp.yaml").write_text(json.dumps(servers))
    roles = {"default": ["operator"], "people": {one: ["approver"] for one in APPROVERS}}
    (config / "roles.yaml").write_text(json.dumps(roles))
    return house


def workflows() -> dict[str, Workflow]:
    """Return the workflows of the mix, by their ids."""
    found = (_load(file) for file in sorted(_WORKFLOWS.glob("*.yaml")))
    return {one.id: one for one in found}


def started_by_people(known: Mapping[str, Workflow]) -> list[str]:
    """Return the ids of those that people start."""
    return [id for id in known if id != _CHILD]


def _load(file: Path) -> Workflow:
    (loaded,) = loader.load(file.read_text(), file.name)
    return loaded.workflow


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port
