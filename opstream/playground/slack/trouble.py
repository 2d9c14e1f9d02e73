"""What a person can make go wrong from the page, to see how the app takes it."""

import asyncio
from collections.abc import Callable, Mapping

from opstream.playground.slack.desk import Desk, Frame, Refused
from opstream.playground.slack.wire import Json

_STORM_CALLS, _STORM_SECONDS = 20, 5
_DOUBLED = 10
_SILENCE_SECONDS = 30
_SLOW_SECONDS = 2.0


def _storm(desk: Desk) -> str:
    desk.faults.storm(_STORM_CALLS, _STORM_SECONDS)
    return f"The next {_STORM_CALLS} calls are refused: 429, wait {_STORM_SECONDS} s."


def _doubles(desk: Desk) -> str:
    desk.faults.duplicate_next(_DOUBLED)
    return f"The next {_DOUBLED} deliveries arrive twice."


def _cut(desk: Desk) -> str:
    desk.sockets.drop()
    return "The app's connections were cut without a word."


def _silence(desk: Desk) -> str:
    desk.faults.pause_api()
    asyncio.get_running_loop().call_later(_SILENCE_SECONDS, desk.faults.resume_api)
    return f"The Web API says nothing for {_SILENCE_SECONDS} s; then it goes on."


def _slow(desk: Desk) -> str:
    desk.faults.delay_seconds = 0.0 if desk.faults.delay_seconds else _SLOW_SECONDS
    if desk.faults.delay_seconds:
        return f"Every answer of the Web API takes {_SLOW_SECONDS:g} s, until you press again."
    return "The Web API answers at once again."


_TROUBLES: Mapping[str, Callable[[Desk], str]] = {
    "storm": _storm,
    "doubles": _doubles,
    "cut": _cut,
    "silence": _silence,
    "slow": _slow,
}


def make(desk: Desk, frame: Frame) -> Json:
    """Make something go wrong, and say what.

    Raises:
        Refused: there is no such trouble.
    """
    trouble = _TROUBLES.get(frame.text("trouble"))
    if trouble is None:
        raise Refused(f"There is no trouble {frame.text('trouble')!r} to be made.")
    return {"said": trouble(desk)}
