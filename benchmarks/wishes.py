"""The far end of `processes.Piped`: a wish a line in, as JSON, and its answer a line out.

Only Python's own library, because peers read wishes in environments of their own.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Answer = Mapping[str, Any]


async def fulfil(works: Mapping[str, Callable[..., Awaitable[Answer]]]) -> None:
    """Do what is wished by name, as `{"do": "park", "last": 5000}`, until standard input ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        wish = json.loads(line)
        answer(await works[wish.pop("do")](**wish))


def answer(said: Answer) -> None:
    """Write one answer."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
