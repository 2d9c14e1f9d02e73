"""Starts the simulated estate: `python -m opstream.playground.estate --state DIR`."""

import argparse
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from opstream.playground.estate.clocks import machine_time, time_in
from opstream.playground.estate.server import open_server


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve over stdio until the other side hangs up, or over HTTP until stopped."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    clock = time_in(asked.clock) if asked.clock else machine_time
    try:
        server = open_server(asked.state, clock, asked.pace, asked.seed)
    except (OSError, sqlite3.Error) as error:
        parser.error(
            f"the estate cannot be kept in {str(asked.state)!r} ({error}); "
            "give --state a folder that can be written to"
        )
    if asked.http is None:
        # A thread that waits for stdin cannot be interrupted; all that matters is on disk anyway.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        server.run("stdio")
    else:
        with suppress(KeyboardInterrupt):
            server.run("streamable-http", host="127.0.0.1", port=asked.http)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m opstream.playground.estate",
        description="A simulated estate of five services, served over MCP.",
    )
    parser.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="folder in which the estate lives"
    )
    parser.add_argument(
        "--pace",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="how long the longer reads take, for people to see progress; 0 for no waiting",
    )
    parser.add_argument("--seed", type=int, default=1, help="noise of a new estate")
    parser.add_argument(
        "--clock", type=Path, metavar="FILE", help="take the time from this file, for tests"
    )
    parser.add_argument(
        "--http", type=int, metavar="PORT", help="serve streamable HTTP on the loopback interface"
    )
    return parser


if __name__ == "__main__":
    main()
