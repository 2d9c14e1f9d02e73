"""What the app is saying right now: streams, and sessions that people can stop. In memory: it ends by itself."""

from dataclasses import dataclass

from opstream.playground.slack.wire import Clock

STREAM_SECONDS = 300.0


@dataclass(slots=True)
class Stream:
    """A message that is being streamed."""

    channel: str
    ts: str
    thread_ts: str
    began_at: float
    stopped: bool = False  # by a person


class Conversing:
    """The streams and sessions of the app."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._streams: dict[tuple[str, str], Stream] = {}

    def begin(self, channel: str, ts: str, thread_ts: str) -> None:
        """Note a new stream."""
        self._streams[channel, ts] = Stream(channel, ts, thread_ts, self._clock())

    def stream(self, channel: str, ts: str) -> Stream | None:
        """Return a stream, also one that a person stopped; None when it has ended or died."""
        found = self._streams.get((channel, ts))
        if found is not None and self._clock() - found.began_at > STREAM_SECONDS:
            del self._streams[channel, ts]
            return None
        return found

    def end(self, channel: str, ts: str) -> None:
        """Note that a stream is over."""
        self._streams.pop((channel, ts), None)

    def stop(self, channel: str, thread_ts: str) -> tuple[str, ...]:
        """Stop every stream of a thread, as a person does; return their messages."""
        found = [
            one
            for one in self._streams.values()
            if (one.channel, one.thread_ts) == (channel, thread_ts) and not one.stopped
        ]
        for one in found:
            one.stopped = True
        return tuple(one.ts for one in found)
