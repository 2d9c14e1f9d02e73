"""`response_url`: what the app says back to an interaction, up to five times in half an hour.

Source: docs.slack.dev/interactivity/handling-user-interaction, "Message responses".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aiohttp import web

from opstream.playground.slack import happenings as h
from opstream.playground.slack import limits, requests
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.grants import Hook
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.messages import Content, Ephemeral, Message
from opstream.playground.slack.methods.call import Call
from opstream.playground.slack.methods.chat import delete_message
from opstream.playground.slack.methods.content import content
from opstream.playground.slack.people import APP_USER
from opstream.playground.slack.wire import Json, dump


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app says to an interaction, in a `response_url` body or an acknowledgement."""

    call: Call
    hook: Hook

    def say(self) -> None:
        """Post, replace or delete, as the body says.

        Raises:
            SlackError: `no_text`, `invalid_blocks`, ...: the body is refused.
        """
        if self.call.flag("delete_original"):
            self._delete()
        elif self.call.flag("replace_original") and self.hook.message_ts:
            self._replace(content(self.call, limits.POST_TEXT))
        else:
            self._post(content(self.call, limits.POST_TEXT))

    @property
    def _key(self) -> tuple[str, str, str]:
        return (self.hook.person, self.hook.channel, self.hook.message_ts)

    def _delete(self) -> None:
        hub = self.call.hub
        if self.hook.ephemeral:
            shown = hub.workspace.ephemerals.get(self._key)
            if shown is not None:
                hub.record(h.EphemeralDeleted(shown))
            return
        message = hub.workspace.message(self.hook.channel, self.hook.message_ts)
        if message is None or not message.by_app:
            raise SlackError("message_not_found")
        delete_message(self.call, message)

    def _replace(self, said: Content) -> None:
        hub = self.call.hub
        if self.hook.ephemeral:
            shown = hub.workspace.ephemerals.get(self._key)
            if shown is not None:
                hub.record(h.EphemeralPosted(replace(shown, content=said)))
            return
        before = hub.workspace.message(self.hook.channel, self.hook.message_ts)
        if before is None or not before.by_app:
            raise SlackError("message_not_found")
        said = replace(said, metadata=said.metadata or before.content.metadata)
        after = replace(before, content=said, edited_ts=hub.next_ts())
        hub.record(h.MessageChanged(after, before))

    def _post(self, said: Content) -> None:
        hub = self.call.hub
        thread_ts = self.call.text("thread_ts")
        ts = hub.next_ts()
        if self.call.text("response_type") == "in_channel":
            message = Message(self.hook.channel, ts, APP_USER, said, thread_ts)
            hub.record(h.MessagePosted(message))
            return
        # Only its person sees it, so it shows where that person has just pressed.
        thread_ts = thread_ts or self.hook.thread_ts
        shown = Ephemeral(self.hook.channel, ts, self.hook.person, APP_USER, said, thread_ts)
        hub.record(h.EphemeralPosted(shown))


class ResponseUrls:
    """Answers `/response/<id>`."""

    def __init__(self, hub: Hub, make_call: Callable[[Json], Call]) -> None:
        self._hub = hub
        self._make_call = make_call

    async def handle(self, request: web.Request) -> web.Response:
        """Take one message; 404 when the address is spent, 400 when the message is refused."""
        hook = self._hub.workspace.hooks.get(request.match_info["hook"])
        refusal = hook.refusal(self._hub.clock()) if hook else "expired_url"
        if hook is None or refusal:
            return _json({"ok": False, "error": refusal}, status=404)
        self._hub.record(h.HookChanged(replace(hook, uses_left=hook.uses_left - 1)))
        try:
            given = await requests.arguments(request)
            Answer(self._make_call(given), hook).say()
        except SlackError as refused:
            return _json(refused.answer(), status=400)
        return web.Response(text="ok")


def _json(body: Json, status: int) -> web.Response:
    return web.Response(text=dump(body), status=status, content_type="application/json")
