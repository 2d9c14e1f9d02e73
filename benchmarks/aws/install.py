"""An install of OpStream with the servers of AWS as `config/examples/mcp.aws.yaml` has them.

What differs from that file: the programs stand in `build/aws` instead of being fetched by `uvx`, they
talk to the double instead of AWS, and the effect of a change shows after seconds instead of minutes.
"""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.aws import environments
from benchmarks.aws.shop import CLUSTER, ENVIRONMENT
from benchmarks.measure import ROOT
from config.settings import load
from opstream import bootstrap
from opstream.adapters import telemetry
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunView
from opstream.services import Services

EXAMPLE = ROOT / "config" / "examples" / "mcp.aws.yaml"
SHIPPED = ("application_profiling", "slo_monitoring")
WATCHED = "4s"
_OLDER = """\
workflows:
  older_profiling:
    name: "Application Performance Profiling"
    tools: [cloudwatch_metrics, trace_analysis, log_aggregation]
    duration: "2h"
    notifications: [start, milestones, completion, errors]
  older_slo_monitoring:
    name: "SLO Compliance Monitoring"
    tools: [slo_checker, alert_correlator]
    duration: "10m"
    auto_resolve: true
"""


class Watch:
    """Hears of every run instead of a chat; satisfies the port `Messenger`."""

    def __init__(self) -> None:
        self._views: dict[str, RunView] = {}
        self._changed = asyncio.Event()

    def show(self, view: RunView) -> None:
        """Note the newest state of a run."""
        self._views[view.run.id] = view
        self._changed.set()

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show nothing."""

    async def asks_or_ends(self, run_id: str) -> str | None:
        """Return the step in which a run asks a person as soon as it does, or None when it has ended."""
        while True:
            view = self._views.get(run_id)
            if view is not None and (view.deciders or view.run.status.ended):
                return next(iter(view.deciders), None)
            self._changed.clear()
            await self._changed.wait()

    async def end(self, run_id: str) -> Run:
        """Return a run as soon as it has ended."""
        while run_id not in self._views or not self._views[run_id].run.status.ended:
            self._changed.clear()
            await self._changed.wait()
        return self._views[run_id].run


class Double:
    """The process of the double, and where it answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.addresses = self._answer()

    def wish(self, what: str) -> None:
        """Let it do something; returns when that is done."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> dict[str, str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("The double of AWS ended; look at double.log in its folder.")
        answer: dict[str, str] = json.loads(line)
        return answer


@contextmanager
def doubled(folder: Path) -> Iterator[Double]:
    """Run a double of AWS; what it logs goes into a folder."""
    words = [str(environments.program("double")), "-m", "benchmarks.aws.double"]
    piped = subprocess.PIPE
    with (
        (folder / "double.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(words, cwd=ROOT, stdin=piped, stdout=piped, stderr=log, text=True) as run,
    ):
        try:
            yield Double(run)
        finally:
            if run.stdin is not None:
                run.stdin.close()
            try:
                run.wait(20)
            except subprocess.TimeoutExpired:
                run.kill()


@asynccontextmanager
async def installed(folder: Path, double: Double) -> AsyncIterator[tuple[Services, Watch]]:
    """Start an install in a folder, on SQLite, with the servers as published."""
    config = folder / "config"
    (config / "workflows").mkdir(parents=True)
    for name in SHIPPED:
        shutil.copy(ROOT / "config" / "workflows" / f"{name}.yaml", config / "workflows")
    (config / "workflows" / "older.yaml").write_text(_OLDER, encoding="utf-8")
    text = yaml.safe_dump(configuration(double.addresses, folder), sort_keys=False)
    (config / "mcp.yaml").write_text(text, encoding="utf-8")
    variables = {
        "AWS_REGION": "us-east-1",
        "AWS_ENVIRONMENT": ENVIRONMENT,
        "AWS_CLUSTER": CLUSTER,
        "HOME": str(folder),
    }
    settings = load(variables, folder)
    watch = Watch()
    with (folder / "opstream.log").open("w", encoding="utf-8") as log:
        telemetry.set_up(out=log)
        stores = await bootstrap.open_stores(settings)
        install = await bootstrap.install(settings, stores, watch, variables)
        await install.start()
        try:
            yield install.services, watch
        finally:
            await install.stop()
            await stores.close()


def configuration(addresses: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return the shipped example, with the servers of `build/aws` and the double's addresses."""
    written: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    for name, server in written["servers"].items():
        own = {key: value for key, value in server["env"].items() if key != "AWS_PROFILE"}
        server["command"], server["args"] = str(environments.program(name)), []
        server["env"] = own | {
            "AWS_ACCESS_KEY_ID": "double-of-aws",
            "AWS_SECRET_ACCESS_KEY": "double-of-aws",
            "AWS_ENDPOINT_URL": addresses["aws"],
            "MCP_APPLICATIONSIGNALS_ENDPOINT": addresses["signals"],
            "MCP_XRAY_ENDPOINT": addresses["signals"],
            "AUDITOR_LOG_PATH": str(folder / "audits"),
        }
    written["aliases"]["scale_service"]["output"]["watch"] = WATCHED
    return written
