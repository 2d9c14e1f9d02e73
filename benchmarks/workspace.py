"""A playground workspace in a process of its own, driven over its standard input.

Each line in is a JSON wish, each line out its answer: `{"wait": 30}` returns when an app is
connected, or after so many seconds; `{"text": "/opstream help", "count": 50, "gap": 0.01}` sends a command so often and
returns how many milliseconds the app took to acknowledge each.
"""

import argparse
import asyncio
import contextlib
import json
import sys
from pathlib import Path
from time import perf_counter

from opstream.playground.slack import payloads
from opstream.playground.slack.delivery import Acknowledged
from opstream.playground.slack.seed import OPS
from opstream.playground.slack.server import Playground, PlaygroundSettings, start

ASKER = "U0ANA00001"


async def acknowledged_after(playground: Playground, text: str) -> float | None:
    """Send one slash command as a person would; return milliseconds, or None without an answer."""
    desk = playground._desk  # the page would do the same one step further out
    workspace = desk.hub.workspace
    person = next(one for one in workspace.humans if one.id == ASKER)
    channel = workspace.channels[OPS]
    name, _, said = text.partition(" ")
    act = desk.act(person, hook=desk.hub.new_hook(person.id, channel.id))
    payload = payloads.command(act, channel, name, said)
    sent = perf_counter()
    outcome = await desk.sockets.deliver("slash_commands", payload, answers=True)
    took = (perf_counter() - sent) * 1000
    return took if isinstance(outcome, Acknowledged) else None


async def serve(state: Path) -> None:
    """Answer wishes until standard input ends."""
    playground = await start(PlaygroundSettings(state_dir=state, port=0))
    tell({"api_url": playground.api_url, "bot": "xoxb-playground", "app": "xapp-playground"})
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish = json.loads(line)
        if "wait" in wish:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(playground.wait_until_connected(), wish["wait"])
            tell({"connected": playground.connections})
            continue
        found: list[float | None] = []
        for _ in range(wish["count"]):
            found.append(await acknowledged_after(playground, wish["text"]))
            await asyncio.sleep(wish["gap"])
        tell({"ms": [one for one in found if one is not None], "lost": found.count(None)})
    await playground.stop()


def tell(answer: dict[str, object]) -> None:
    """Write one answer."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    asyncio.run(serve(parser.parse_args().state))
