"""The bot as a process of its own, beside a playground that outlives it."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from opstream.playground.slack.server import Playground, PlaygroundSettings

PROJECT = Path(__file__).parents[2]
_MCP = """\
servers:
  estate:
    command: "{python}"
    args: ["-m", "opstream.playground.estate", "--state", "{data}/estate", "--pace", "0"]
    cwd: "{project}"
"""
_MCP_OVER_HTTP = """\
servers:
  estate:
    url: "http://127.0.0.1:{port}/mcp"
"""
_WATCH = 'wait: "{{ steps.analyse.output.fix.watch }}"'


def bare_environment() -> dict[str, str]:
    """Return this process's environment without any setting of the bot."""
    environ = os.environ  # noqa: TID251 - of the tests, to be made bare
    kept = {k: v for k, v in environ.items() if not k.startswith(("SLACK_", "OPSTREAM_"))}
    return {**kept, "PYTHONPATH": str(PROJECT)}


class Street:
    """A folder with an install on it, a playground, and the bot's process, dead or alive."""

    def __init__(self, folder: Path, watch_seconds: float = 20, *, rates: bool = True) -> None:
        self.folder = folder
        self.playground = Playground(
            PlaygroundSettings(state_dir=folder / "slack", port=0, rates_enforced=rates)
        )
        self.process: asyncio.subprocess.Process | None = None
        self._write_config(watch_seconds)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    async def serve_estate(self) -> asyncio.subprocess.Process:
        """Serve the estate over HTTP from now on, by a process that outlives the bot."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (self.folder / "config" / "mcp.yaml").write_text(_MCP_OVER_HTTP.format(port=port))
        state = str(self.data / "estate")
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "opstream.playground.estate", "--state", state),
            *("--pace", "0", "--http", str(port)),
            env=bare_environment(),
            stderr=asyncio.subprocess.DEVNULL,
        )

    def _write_config(self, watch_seconds: float) -> None:
        """Write a config folder: as shipped, with the estate also for 'real' tokens."""
        config = self.folder / "config"
        (config / "workflows").mkdir(parents=True)
        for name in ("opstream.yaml", "roles.yaml", "slack.yaml"):
            (config / name).write_text((PROJECT / "config" / name).read_text())
        (config / "mcp.yaml").write_text(_MCP)
        shutil.copytree(PROJECT / "config" / "prompts", config / "prompts")
        for file in (PROJECT / "config" / "workflows").iterdir():
            text = file.read_text().replace(_WATCH, f"wait: {watch_seconds:g}s")
            (config / "workflows" / file.name).write_text(text)

    def environment(self) -> Mapping[str, str]:
        own = self.playground.settings
        return {
            **bare_environment(),
            "SLACK_BOT_TOKEN": own.bot_token,
            "SLACK_APP_TOKEN": own.app_token,
            "SLACK_API_URL": self.playground.api_url,
            "OPSTREAM_DATA": str(self.data),
            "OPSTREAM_CONFIG": str(self.folder / "config"),
        }

    async def start_bot(self, program: str = "app.py", **more: str) -> None:
        """Start the bot; it says so by a line on its output when it is ready."""
        log = (self.folder / "bot.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(PROJECT / program),
            env={**self.environment(), **more},
            cwd=PROJECT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
        )
        log.close()

    async def ready(self) -> None:
        """Wait for the line that the bot prints when it is connected."""
        assert self.process is not None
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            line = await self.process.stdout.readline()
        assert b"OpStream is connected" in line, (self.folder / "bot.log").read_text()

    async def kill_bot(self) -> None:
        """End the bot as `kill -9` does."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop_bot(self) -> int:
        """Ask the bot to leave, and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return await self.process.wait()
