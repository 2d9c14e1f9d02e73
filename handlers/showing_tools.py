"""What showing runs takes; the same for all of them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from handlers.callers import Callers
from handlers.native import NativeStreams
from handlers.outbox import Outbox
from opstream.ports import Clock, PostingStore


@dataclass(frozen=True, slots=True)
class Tools:
    """The way to Slack, what stands there, and how fast to go.

    Args:
        default_channel: Id or `#name` of the channel for runs that were not started in Slack.
        rest_seconds: How long a progress message rests between two edits, by how much is going on.
        native: Slack's own streams, for answers.
        at_work: What is under way, of all runs.
    """

    outbox: Outbox
    store: PostingStore
    clock: Clock
    default_channel: str
    rest_seconds: Callable[[], float]
    callers: Callers
    native: NativeStreams
    at_work: set[asyncio.Task[None]] = field(default_factory=set)
