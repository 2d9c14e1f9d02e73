"""Run the playground by itself: `python -m opstream.playground.slack --state DIR`."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from opstream.playground.slack.server import PlaygroundError, PlaygroundSettings, start
from opstream.playground.slack.settings import DEFAULT_PORT


def _settings(arguments: list[str]) -> PlaygroundSettings:
    parser = argparse.ArgumentParser(
        prog="python -m opstream.playground.slack",
        description="A pretend Slack workspace on this machine, for apps that speak Socket Mode.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes any free one")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine")
    parser.add_argument("--state", type=Path, required=True, help="directory for what happens")
    parser.add_argument("--manifest", type=Path, help="the app's manifest.json")
    given = parser.parse_args(arguments)
    return PlaygroundSettings(
        state_dir=given.state, port=given.port, host=given.host, manifest=given.manifest
    )


async def _run(settings: PlaygroundSettings) -> None:
    playground = await start(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    sys.stdout.write(f"The playground is at {playground.address}\n")
    sys.stdout.flush()
    await stop.wait()
    await playground.stop()


def main() -> int:
    """Run until interrupted; return the exit code."""
    try:
        asyncio.run(_run(_settings(sys.argv[1:])))
    except PlaygroundError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
