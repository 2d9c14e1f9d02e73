"""The workspace of the crowd, in a process of its own, driven over its standard input.

`{"do": "wait"}` returns once an app is connected; `start` lets the crowd start runs; `live` lets them type and
press; `told` returns what was noted.
"""

import argparse
import asyncio
import contextlib
from pathlib import Path

from benchmarks import wishes
from benchmarks.crowd.people import Crowd
from benchmarks.wishes import Answer
from opstream.playground.slack.server import Playground, PlaygroundSettings, start


class Workspace:
    """What can be wished for."""

    def __init__(self, playground: Playground, crowd: Crowd) -> None:
        self._playground = playground
        self._crowd = crowd

    async def wait(self, seconds: float) -> Answer:
        """Return once an app is connected, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._playground.wait_until_connected(), seconds)
        return {"connected": self._playground.connections}

    async def start(self, text: str, count: int) -> Answer:
        """Let the crowd start so many runs."""
        await self._crowd.start(text, count)
        return self._taken()

    async def live(self, seconds: float) -> Answer:
        """Let the crowd type and press."""
        await self._crowd.live(seconds)
        return self._taken()

    async def told(self) -> Answer:
        """Return what the bot posted, and which of Slack's rates it broke."""
        limiter = self._playground.limiter
        return {
            "posted": dict(self._crowd.notes.posted),
            "broken": dict(limiter.broken),
            "broken_again": sum(limiter.broken_again.values()),
        }

    def _taken(self) -> Answer:
        """Return what was noted since the last time."""
        notes = self._crowd.notes
        taken = {
            "ms": notes.ms,
            "lost": notes.lost,
            "pressed": notes.pressed,
            "answered": notes.answered,
            "unanswered": notes.unanswered,
        }
        notes.ms, notes.lost, notes.pressed = [], 0, 0
        notes.answered, notes.unanswered, notes.asked_at = [], 0, {}
        return taken


async def serve(state: Path, people: int, channels: int, seed: int) -> None:
    """Answer wishes until standard input ends."""
    playground = await start(PlaygroundSettings(state_dir=state, port=0))
    crowd = Crowd(playground, people, channels, seed)
    wishes.answer({"api_url": playground.api_url})
    one = Workspace(playground, crowd)
    await wishes.fulfil({"wait": one.wait, "start": one.start, "live": one.live, "told": one.told})
    await playground.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    for name in ("people", "channels", "seed"):
        parser.add_argument(name, type=int)
    given = parser.parse_args()
    asyncio.run(serve(given.state, given.people, given.channels, given.seed))
