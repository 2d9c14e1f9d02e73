"""What every interaction of a person needs: the hub, the way to the app, and the way back to the person's page."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field

from opstream.playground.slack.channels import Channel
from opstream.playground.slack.delivery import Silence, SocketMode
from opstream.playground.slack.faults import Faults
from opstream.playground.slack.grants import Hook
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.methods.call import Call
from opstream.playground.slack.payloads import Act
from opstream.playground.slack.people import Person
from opstream.playground.slack.wire import Json, text


class Refused(Exception):
    """Slack would not let the person do that; the message is the sentence to show."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A wish of a person's page."""

    person: Person
    data: Json

    def text(self, name: str) -> str:
        """Return a field as text, '' when it is missing."""
        return text(self.data.get(name))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a person's wishes are carried out."""

    hub: Hub
    sockets: SocketMode
    tell: Callable[[str, Json], None]  # a person's pages, a frame
    make_call: Callable[[Json], Call]
    faults: Faults
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def spawn(self, work: Coroutine[object, object, None]) -> None:
        """Go on in the background, so that the person is not kept waiting."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def channel(self, frame: Frame, name: str = "channel") -> Channel:
        """Return the channel a frame names.

        Raises:
            Refused: There is none, or the person is not in it.
        """
        channel = self.hub.workspace.channels.get(frame.text(name))
        if channel is None or frame.person.id not in channel.members:
            raise Refused("You are not in this channel.")
        return channel

    def act(self, person: Person, *, hook: Hook | None = None, view_id: str = "") -> Act:
        """Return what an interaction gives the app: a fresh trigger and, with a hook, a `response_url`."""
        trigger_id = (
            f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        )
        self.hub.triggers.issue(trigger_id, person.id, view_id)
        url = self.hub.issue_hook(hook) if hook else ""
        return Act(person, trigger_id, self.hub.next_ts(), url)

    def fail(self, what: str, frame: Frame, sentence: str) -> None:
        """Tell the person, and nobody else, that the app did not do its part."""
        failed: Json = {
            "type": "failed",
            "what": what,
            "text": sentence,
            "channel": frame.text("channel"),
            "thread_ts": frame.text("thread_ts"),
        }
        self.tell(frame.person.id, failed)


def why(silence: Silence) -> str:
    """Return the rest of a sentence about an app that has not answered, with Slack's word for it."""
    if silence is Silence.TIMEOUT:
        return 'did not answer within 3 seconds ("operation_timeout")'
    return f'is not connected right now ("{Silence.UNREACHABLE}")'
