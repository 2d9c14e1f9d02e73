"""What the app says it is doing in threads. In memory: it clears by itself."""

import asyncio

from opstream.playground.slack import happenings as h
from opstream.playground.slack.hub import Hub

STATUS_SECONDS = 120.0


class Statuses:
    """The statuses shown now."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._timers: dict[tuple[str, str], asyncio.TimerHandle] = {}
        hub.listen(self._heard)

    def set(self, channel: str, thread_ts: str, text: str) -> None:
        """Show a status for two minutes at most; '' clears it."""
        timer = self._timers.pop((channel, thread_ts), None)
        if timer is not None:
            timer.cancel()
        if text:
            later = asyncio.get_running_loop().call_later
            clear = later(STATUS_SECONDS, self.set, channel, thread_ts, "")
            self._timers[channel, thread_ts] = clear
        self._hub.record(h.StatusSet(channel, thread_ts, text))

    def _heard(self, happening: h.Happening) -> None:
        match happening:
            case h.MessagePosted(message) if message.by_app:
                place = (message.channel, message.thread_ts)
                if place in self._timers:
                    self.set(*place, "")
            case _:
                pass

    def close(self) -> None:
        """Forget the timers."""
        for timer in self._timers.values():
            timer.cancel()
