"""A crowd: many runs under way and sixty people who type and press, at Slack's own rates.

Two workspaces with the same crowd: one of OpStream, one of a bare Bolt app that does nothing but `ack()`. Both
have the same two minutes at the same time, so that a busy machine is busy for both. Afterwards the
recordings say whether a message was lost or doubled, whether each thread is in order, and whether a rate
of Slack's was broken twice in a row.
"""

import argparse
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.ack import active_runs
from benchmarks.measure import Figure, Outcome, folder, percentile, ratio, report, tell
from benchmarks.processes import CONNECT_SECONDS, Piped, memory_mb, process

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-playground", "SLACK_APP_TOKEN": "xapp-playground"}
_STEPS = 30
_BEGIN_SECONDS = 60
_LOOKS = 6  # at the memory, over the time
_BUSY = "id: busy\ntitle: Busy\nsteps:\n"
_ROLES = "default: [operator]\n"
_MCP = 'servers:\n  slow: {command: "{python}", args: ["-m", "benchmarks.tools"]}\n'


@dataclass(frozen=True, slots=True)
class Size:
    """How many runs, people and channels, and for how long."""

    runs: int = 1_000
    people: int = 60
    channels: int = 20
    seconds: float = 120.0
    step_seconds: float = 30.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What was noted: by the crowds, of the bot's memory (MB), and by both recordings."""

    begun: dict[str, Any]
    lived: dict[str, Any]
    memory: list[float]
    active: int
    told: dict[str, Any]
    faults: dict[str, int]


@dataclass(frozen=True, slots=True)
class Street:
    """Both workspaces, each with its app."""

    bare: Piped
    ours: Piped
    bot: Piped
    data: Path


@contextmanager
def workspace(where: Path, name: str, size: Size) -> Iterator[tuple[Piped, dict[str, str]]]:
    """Open a workspace with its crowd; yields it with what an app needs to reach it."""
    words = ["-m", "benchmarks.crowd.workspace", str(where / name)]
    words += [str(size.people), str(size.channels), str(size.seed)]
    with process(words, {}, where / f"{name}.log") as opened:
        yield opened, {"SLACK_API_URL": opened.answer()["api_url"], **TOKENS}


@contextmanager
def street(where: Path, size: Size) -> Iterator[Street]:
    """Open both workspaces, and wait for their apps."""
    with workspace(where, "bare", size) as (bare, reach):
        words = ["-m", "benchmarks.bare_app", reach["SLACK_API_URL"], *TOKENS.values()]
        with (
            process(words, {}, where / "bare-app.log"),
            workspace(where, "ours", size) as (
                ours,
                reach_ours,
            ),
        ):
            places = _installed(where, size)
            with process(["app.py"], {**reach_ours, **places}, where / "bot.log") as bot:
                for one in (bare, ours):
                    if not one.ask({"do": "wait", "seconds": CONNECT_SECONDS})["connected"]:
                        raise RuntimeError(f"An app did not connect. It said:\n{bot.said()}")
                yield Street(bare, ours, bot, where / "data")


def _installed(where: Path, size: Size) -> dict[str, str]:
    config = where / "config"
    (config / "workflows").mkdir(parents=True)
    call = f"call: slow.work, with: {{seconds: {size.step_seconds}}}"
    steps = [f"  - {{id: s{number}, {call}}}" for number in range(1, _STEPS + 1)]
    (config / "workflows" / "busy.yaml").write_text(_BUSY + "\n".join(steps) + "\n")
    (config / "mcp.yaml").write_text(_MCP)
    (config / "roles.yaml").write_text(_ROLES)
    limits = f"runs: {{calls_at_once: {size.runs}, runs_at_once: {size.runs}}}\n"
    (config / "opstream.yaml").write_text(limits)
    return {"OPSTREAM_CONFIG": str(config), "OPSTREAM_DATA": str(where / "data")}


def measure(size: Size) -> Outcome:
    """Start the runs, let the crowd live, and look at the recordings."""
    with folder() as where, street(where, size) as there:
        tell(f"Starting {size.runs:,} runs.")
        begun = there.ours.ask({"do": "start", "text": "/opstream start busy", "count": size.runs})
        _wait_until_begun(there, size.runs)
        memory = [memory_mb(there.bot.pid)[0]]
        tell(f"{size.people} people type and press for {size.seconds:g} s.")
        lived = _live_in_both(there, size, memory)
        active = active_runs(there.data)
        told = there.ours.ask({"do": "told"})
        faults = _faults(told["posted"], there.data)
    return _outcome(size, Found(begun, lived, memory, active, told, faults))


def _wait_until_begun(there: Street, runs: int) -> None:
    """Return once all runs are under way: a command is acknowledged before its run begins.

    Raises:
        RuntimeError: they are not within a while; the error shows what the bot said last.
    """
    until = time.monotonic() + _BEGIN_SECONDS
    while (begun := active_runs(there.data)) < runs:
        if time.monotonic() > until:
            raise RuntimeError(
                f"{begun} of {runs} runs have begun. The bot said:\n{there.bot.said()}"
            )
        time.sleep(0.1)


def _live_in_both(there: Street, size: Size, memory: list[float]) -> dict[str, Any]:
    """Let both crowds live at the same time; return what each noted, and note the bot's memory."""
    wish = {"do": "live", "seconds": size.seconds}
    noted: dict[str, Any] = {}
    peers = {"bare": there.bare, "ours": there.ours}
    threads = [
        threading.Thread(target=lambda name=name, one=one: noted.update({name: one.ask(wish)}))
        for name, one in peers.items()
    ]
    for one in threads:
        one.start()
    for _ in range(_LOOKS):
        threads[-1].join(size.seconds / _LOOKS)
        memory.append(memory_mb(there.bot.pid)[0])
    for one in threads:
        one.join()
    return noted


def _faults(posted: dict[str, int], data: Path) -> dict[str, int]:
    """Return how many messages were doubled, lost, and out of order, from both recordings."""
    with closing(sqlite3.connect(data / "opstream.db")) as database:
        rows = database.execute(
            "SELECT run_id, key, ts FROM postings WHERE ts IS NOT NULL ORDER BY run_id, id"
        ).fetchall()
    order: dict[str, list[float]] = {}
    for run_id, _, ts in rows:
        order.setdefault(run_id, []).append(float(ts))
    return {
        "doubled": sum(count - 1 for count in posted.values()),
        "lost": sum(key not in posted for _, key, _ in rows),
        "out of order": sum(stamps != sorted(stamps) for stamps in order.values()),
    }


def _outcome(size: Size, found: Found) -> Outcome:
    figures, ratios = [], []
    for share in (0.50, 0.99):
        peer, ours = (
            Figure(
                f"{words}, p{share * 100:.0f}", "ms", (percentile(found.lived[name]["ms"], share),)
            )
            for name, words in (("bare", "bare Bolt app"), ("ours", "OpStream"))
        )
        figures += [peer, ours]
        ratios.append(ratio(f"p{share * 100:.0f}", ours, peer, "1.2" if share > 0.9 else ""))
    ours = found.lived["ours"]
    figures += [
        Figure(
            f"OpStream, answer there, p{share * 100:.0f}",
            "ms",
            (percentile(ours["answered"], share),),
        )
        for share in (0.50, 0.99)
    ]
    remarks = (
        f"{size.people} people, {len(ours['ms']):,} commands and presses ({ours['pressed']:,} presses) "
        f"in {size.seconds:g} s; {found.active:,} of {size.runs:,} runs under way at the end.",
        f"{len(ours['answered']):,} answers; {ours['unanswered']} times somebody went on before there was one.",
        f"Not acknowledged: {ours['lost'] + found.begun['lost']}. Messages: {len(found.told['posted']):,} posted, "
        + ", ".join(f"{count} {name}" for name, count in found.faults.items())
        + ".",
        f"Calls that Slack's rates refused: {sum(found.told['broken'].values())}, twice in a row: "
        f"{found.told['broken_again']}.",
        "Memory of the bot from when all runs have begun to the end: "
        + ", ".join(f"{one:.0f}" for one in found.memory)
        + " MB.",
    )
    claim = (
        "A crowd: acknowledged while a thousand runs tell how they go (real sockets, Slack's rates)"
    )
    return Outcome(claim, tuple(figures), tuple(ratios), remarks)


def main() -> None:
    """Measure and tell."""
    started, default = time.monotonic(), Size()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=default.runs)
    parser.add_argument("--people", type=int, default=default.people)
    parser.add_argument("--channels", type=int, default=default.channels)
    parser.add_argument("--seconds", type=float, default=default.seconds)
    parser.add_argument("--step-seconds", type=float, default=default.step_seconds)
    parser.add_argument("--seed", type=int, default=default.seed)
    report(measure(Size(**vars(parser.parse_args()))))
    tell(f"  It took {time.monotonic() - started:.0f} s.")


if __name__ == "__main__":
    main()
