"""What can be set about a playground."""

import time
from dataclasses import dataclass
from pathlib import Path

from opstream.playground.slack.delivery import ACK_SECONDS, LIFE_SECONDS
from opstream.playground.slack.event_queue import RETRY_SECONDS
from opstream.playground.slack.wire import Clock

DEFAULT_PORT = 3333


class PlaygroundError(Exception):
    """The playground cannot start; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Completion:
    """A line the composer offers while a command is typed."""

    text: str  # what it completes to, such as `/opstream start`
    usage: str  # such as `start <workflow> [k=v …]`
    description: str


@dataclass(frozen=True, slots=True)
class PlaygroundSettings:
    """How a playground is to run; the times are Slack's unless a test shortens them."""

    state_dir: Path
    port: int = DEFAULT_PORT  # 0 means any free one
    host: str = "127.0.0.1"  # must be this machine
    manifest: Path | None = None  # None means the manifest.json beside the package
    completions: tuple[Completion, ...] = ()
    bot_token: str = "xoxb-playground"
    app_token: str = "xapp-playground"
    rates_enforced: bool = True
    ack_seconds: float = ACK_SECONDS
    event_retry_seconds: tuple[float, ...] = RETRY_SECONDS
    connection_life_seconds: float = LIFE_SECONDS
    clock: Clock = time.time
