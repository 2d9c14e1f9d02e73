"""How soon a slash command is acknowledged, against a bare Bolt app that does nothing else.

Both apps run in processes of their own, each with a playground workspace in another process,
over real sockets. Their rounds alternate: first idle, then with runs of the bot under way.
"""

import argparse
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Figure, Outcome, folder, percentile, ratio, report
from benchmarks.processes import Piped, process, wait_for_app

WARM_UP = 20
GAP_SECONDS = 0.01
SLICE = 10
# What the bot is asked: it acknowledges, then answers from its database.
QUESTION = "/opstream list"
_BUSY = """\
id: busy
title: Busy
steps:
"""
_ROLES = "default: [operator]\n"
_MCP = """\
servers:
  slow: {command: "{python}", args: ["-m", "benchmarks.tools"]}
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much one round asks, and how many runs are under way in the second half."""

    rounds: int = 5
    commands: int = 100
    under_way: int = 200
    step_seconds: float = 5.0
    steps: int = 60


@contextmanager
def workspace(where: Path, name: str) -> Iterator[tuple[Piped, dict[str, str]]]:
    """Open a workspace; yields it with the variables an app needs to reach it."""
    state = where / f"{name}-workspace"
    words = ["-m", "benchmarks.workspace", str(state)]
    with process(words, {}, where / f"{name}-workspace.log") as opened:
        told = opened.answer()
        yield (
            opened,
            {
                "SLACK_API_URL": told["api_url"],
                "SLACK_BOT_TOKEN": told["bot"],
                "SLACK_APP_TOKEN": told["app"],
            },
        )


@contextmanager
def bare(where: Path) -> Iterator[Piped]:
    """Run the bare app; yields its workspace."""
    with workspace(where, "bare") as (opened, reach):
        words = ["-m", "benchmarks.bare_app", *reach.values()]
        with process(words, {}, where / "bare.log") as started:
            wait_for_app(opened, started)
            yield opened


@contextmanager
def bot(where: Path, size: Size) -> Iterator[Piped]:
    """Run OpStream with a workflow that keeps it busy; yields its workspace."""
    config = where / "config"
    (config / "workflows").mkdir(parents=True)
    call = f"call: slow.work, with: {{seconds: {size.step_seconds}}}"
    steps = [f"  - {{id: s{number}, {call}}}" for number in range(1, size.steps + 1)]
    (config / "workflows" / "busy.yaml").write_text(_BUSY + "\n".join(steps) + "\n")
    (config / "mcp.yaml").write_text(_MCP)
    (config / "roles.yaml").write_text(_ROLES)
    limit = max(512, size.under_way)  # none of the runs shall wait for a slot
    limits = f"runs: {{calls_at_once: {limit}, runs_at_once: {limit}}}\n"
    (config / "opstream.yaml").write_text(limits)
    with workspace(where, "bot") as (opened, reach):
        places = {"OPSTREAM_CONFIG": str(config), "OPSTREAM_DATA": str(where / "data")}
        with process(["app.py"], {**reach, **places}, where / "bot.log") as started:
            wait_for_app(opened, started)
            yield opened


def asked(opened: Piped, text: str, count: int) -> list[float]:
    """Send a command so often; return the milliseconds until each was acknowledged.

    Raises:
        RuntimeError: one was not acknowledged within Slack's three seconds.
    """
    answer = opened.ask({"text": text, "count": count, "gap": GAP_SECONDS})
    if answer["lost"]:
        raise RuntimeError(f"{answer['lost']} of {count} commands were never acknowledged.")
    return list(answer["ms"])


def rounds(name: str, peer: Piped, ours: Piped, size: Size) -> Iterator[tuple[str, float]]:
    """Alternate between both apps, a few commands each; yields what to note of each round."""
    for _ in range(size.rounds):
        times: dict[str, list[float]] = {"bare": [], "bot": []}
        for _ in range(size.commands // SLICE):
            times["bare"] += asked(peer, QUESTION, SLICE)
            times["bot"] += asked(ours, QUESTION, SLICE)
        for app, measured in times.items():
            yield f"{name} {app} p50", percentile(measured, 0.50)
            yield f"{name} {app} p99", percentile(measured, 0.99)


def active_runs(data: Path) -> int:
    """Return how many runs of the bot are under way, from its database."""
    with closing(sqlite3.connect(data / "opstream.db")) as database:
        found = database.execute("SELECT count(*) FROM runs WHERE status = 'active'").fetchone()
    return int(found[0])


def measure(size: Size) -> Outcome:
    """Measure idle, start the runs, and measure again."""
    found: dict[str, list[float]] = {}
    with folder() as where, bare(where) as peer, bot(where, size) as ours:
        for opened in (peer, ours):
            asked(opened, QUESTION, WARM_UP)
        for name, value in rounds("idle", peer, ours, size):
            found.setdefault(name, []).append(value)
        asked(ours, "/opstream start busy", size.under_way)
        time.sleep(size.step_seconds)  # until the first cards are posted and steps are spread out
        for name, value in rounds("busy", peer, ours, size):
            found.setdefault(name, []).append(value)
        active = active_runs(where / "data")
    return _outcome(size, {name: tuple(values) for name, values in found.items()}, active)


def _outcome(size: Size, found: dict[str, tuple[float, ...]], active: int) -> Outcome:
    spoken = {"idle": "idle", "busy": f"{size.under_way} runs under way"}
    figures, ratios = [], []
    for state, words in spoken.items():
        for share in ("p50", "p99"):
            peer = Figure(f"bare Bolt app, {words}, {share}", "ms", found[f"{state} bare {share}"])
            ours = Figure(f"OpStream, {words}, {share}", "ms", found[f"{state} bot {share}"])
            figures += [peer, ours]
            ratios.append(ratio(f"{share}, {words}", ours, peer, "1.2" if share == "p99" else ""))
    remarks = (
        f"`{QUESTION}`, {size.commands} a round and app, in turns of {SLICE}; about 10 ms of the "
        "bare app's is Bolt's own polling.",
        f"{active} runs were still under way at the end.",
    )
    return Outcome(
        "Slash command → acknowledged (real sockets)", tuple(figures), tuple(ratios), remarks
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    parser.add_argument("--commands", type=int, default=Size().commands, help="a round and app")
    parser.add_argument("--runs", type=int, default=Size().under_way, help="how many are under way")
    parser.add_argument("--step-seconds", type=float, default=Size().step_seconds)
    given = parser.parse_args()
    report(measure(Size(given.rounds, given.commands, given.runs, given.step_seconds)))


if __name__ == "__main__":
    main()
