"""What an interaction entitles the app to: a trigger once within seconds, a `response_url` a few times."""

from dataclasses import dataclass, replace

from opstream.playground.slack.wire import Clock, Json, text

TRIGGER_SECONDS = 3.0
HOOK_SECONDS = 30 * 60.0
HOOK_USES = 5


class TriggerRefused(Exception):
    """A trigger cannot be used; `code` is Slack's error. Ask for a new interaction."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Trigger:
    """The right to open one modal for the person who has just done something."""

    id: str
    person: str
    issued_at: float
    view_id: str = ""  # of the modal it was done in; '' elsewhere
    used: bool = False


class Triggers:
    """The triggers given out lately. In memory only: they outlive no restart, as they live three seconds."""

    def __init__(self, clock: Clock, seconds: float = TRIGGER_SECONDS) -> None:
        self._clock = clock
        self._seconds = seconds
        self._known: dict[str, Trigger] = {}

    def issue(self, trigger_id: str, person: str, view_id: str = "") -> Trigger:
        """Give out a trigger; long expired ones are forgotten on the way."""
        now = self._clock()
        horizon = now - 60 * self._seconds
        self._known = {key: one for key, one in self._known.items() if one.issued_at > horizon}
        trigger = Trigger(trigger_id, person, now, view_id)
        self._known[trigger_id] = trigger
        return trigger

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger up.

        Raises:
            TriggerRefused: It is unknown, too old, or was used before.
        """
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise TriggerRefused("invalid_trigger_id")
        if trigger.used:
            raise TriggerRefused("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > self._seconds:
            raise TriggerRefused("expired_trigger_id")
        self._known[trigger_id] = replace(trigger, used=True)
        return trigger


@dataclass(frozen=True, slots=True)
class Hook:
    """A `response_url`: where it answers to, and how often it may still be used."""

    id: str
    person: str
    channel: str
    expires_at: float
    uses_left: int = HOOK_USES
    message_ts: str = ""  # the message it came from; '' for a slash command
    thread_ts: str = ""
    ephemeral: bool = False

    def refusal(self, now: float) -> str:
        """Return Slack's error for a use at this time, '' when it may be used."""
        if now > self.expires_at:
            return "expired_url"
        return "" if self.uses_left > 0 else "used_url"


def hook_to_disk(hook: Hook) -> Json:
    """Return what the store keeps of a `response_url`."""
    return {
        "id": hook.id,
        "person": hook.person,
        "channel": hook.channel,
        "expires_at": hook.expires_at,
        "uses_left": hook.uses_left,
        "message_ts": hook.message_ts,
        "thread_ts": hook.thread_ts,
        "ephemeral": hook.ephemeral,
    }


def hook_from_disk(data: Json) -> Hook:
    """Return the `response_url` that `hook_to_disk` wrote."""
    return Hook(
        id=text(data.get("id")),
        person=text(data.get("person")),
        channel=text(data.get("channel")),
        expires_at=float(text(data.get("expires_at"))),
        uses_left=int(text(data.get("uses_left"))),
        message_ts=text(data.get("message_ts")),
        thread_ts=text(data.get("thread_ts")),
        ephemeral=data.get("ephemeral") is True,
    )
