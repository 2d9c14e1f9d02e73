"""One call of the Web API: its arguments, what the app may do, and the looks-up all methods share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from opstream.playground.slack.channels import SCOPE_PREFIX, Channel
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.hub import Hub
from opstream.playground.slack.messages import Message
from opstream.playground.slack.people import Person
from opstream.playground.slack.rates import Tier
from opstream.playground.slack.rules.schema import Problem
from opstream.playground.slack.wire import Json, load, text, truth

LARGEST_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call, and where it works."""

    hub: Hub
    arguments: Json
    open_ticket: Callable[[], str]
    set_status: Callable[[str, str, str], None]

    def text(self, name: str) -> str:
        """Return an argument as text, '' when it is missing."""
        return text(self.arguments.get(name))

    def flag(self, name: str, default: bool = False) -> bool:
        """Return an argument as a flag."""
        return truth(self.arguments[name]) if name in self.arguments else default

    def has(self, name: str) -> bool:
        """Whether an argument was given."""
        return self.arguments.get(name) not in (None, "")

    def json(self, name: str, error: str) -> object:
        """Return an argument that is JSON, also when it came as a string; None when it is missing.

        Raises:
            SlackError: With `error`: the string is not JSON.
        """
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if value == "":
            return None
        try:
            return load(value)
        except ValueError as problem:
            raise SlackError(error) from problem

    def limit(self, default: int) -> int:
        """Return how many things a page may hold.

        Raises:
            SlackError: `invalid_limit`.
        """
        given = self.text("limit")
        if not given:
            return default
        if not given.isdigit() or int(given) > LARGEST_PAGE:
            raise SlackError("invalid_limit")
        return int(given) or default

    def require(self, *names: str) -> None:
        """Refuse a call without these arguments.

        Raises:
            SlackError: `invalid_arguments`, naming each of them.
        """
        missing = [name for name in names if not self.has(name)]
        if missing:
            problems = [Problem(f"missing required field: {name}", "") for name in missing]
            sentences = [f"[ERROR] {one.message}" for one in problems]
            raise SlackError("invalid_arguments", response_metadata={"messages": sentences})

    def need_scope(self, *any_of: str) -> None:
        """Refuse an app that has none of these scopes.

        Raises:
            SlackError: `missing_scope`.
        """
        granted = self.hub.manifest.scopes
        if any_of and not any(scope in granted for scope in any_of):
            provided = ",".join(sorted(granted))
            raise SlackError("missing_scope", needed=",".join(any_of), provided=provided)

    def channel(self, name: str = "channel", *, right: str = "") -> Channel:
        """Return the channel an argument names, if the app may see it.

        Args:
            name: The argument.
            right: What it wants to do there (`history`, `read`): checked against its scopes.

        Raises:
            SlackError: `channel_not_found` or `missing_scope`.
        """
        channel = self.hub.workspace.channels.get(self.text(name))
        if channel is None:
            raise SlackError("channel_not_found")
        if channel.kind == "group" and not self.hub.workspace.app_is_in(channel):
            raise SlackError("channel_not_found")
        if right:
            self.need_scope(f"{SCOPE_PREFIX[channel.kind]}:{right}")
        return channel

    def joined(self, channel: Channel) -> Channel:
        """Return a channel the app is in.

        Raises:
            SlackError: `not_in_channel`.
        """
        if not self.hub.workspace.app_is_in(channel):
            raise SlackError("not_in_channel")
        return channel

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message by its `ts`.

        Raises:
            SlackError: `message_not_found`.
        """
        message = self.hub.workspace.message(channel.id, ts)
        if message is None or message.subtype == "tombstone":
            raise SlackError("message_not_found")
        return message

    def person(self, name: str = "user") -> Person:
        """Return the person an argument names.

        Raises:
            SlackError: `user_not_found`.
        """
        person = self.hub.workspace.people.get(self.text(name))
        if person is None:
            raise SlackError("user_not_found")
        return person


Handler: TypeAlias = Callable[[Call], Json]


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method."""

    run: Handler
    tier: Tier = Tier.THREE
    scopes: tuple[str, ...] = ()  # any one of them is enough
    required: tuple[str, ...] = ()
    token: Literal["bot", "app", "none"] = "bot"


Methods: TypeAlias = Mapping[str, Method]
