"""The app's manifest: what it may do (scopes), what it offers (commands), what it hears of (events)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opstream.playground.slack.wire import Json, load, mapping, mappings, text, texts, truth


class ManifestError(ValueError):
    """The manifest cannot be used; the message says which file and why. Correct the file."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command of the app."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut of the app: `global`, or on a `message`."""

    callback_id: str
    kind: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class CustomStep:
    """A step that the app offers to Workflow Builder."""

    title: str
    required_outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a Slack app manifest that decide how Slack treats the app."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    commands: tuple[Command, ...]
    events: frozenset[str]
    shortcuts: tuple[Shortcut, ...]
    home_enabled: bool
    messages_enabled: bool
    interactive: bool
    socket_mode: bool
    steps: Mapping[str, CustomStep] = field(default_factory=dict)
    unfurl_domains: tuple[str, ...] = ()

    def command(self, name: str) -> Command | None:
        """Return the command of this name (`/opstream`), None when the app has none."""
        return next((one for one in self.commands if one.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Return the shortcut of this id, None when the app has none."""
        return next((one for one in self.shortcuts if one.callback_id == callback_id), None)

    def hears(self, event: str, scope: str = "") -> bool:
        """Whether Slack would send this event: subscribed to, and its scope granted."""
        return event in self.events and (not scope or scope in self.scopes)


def read(path: Path) -> Manifest:
    """Read a manifest file.

    Raises:
        ManifestError: It is missing or not a manifest.
    """
    try:
        data = load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ManifestError(f"There is no app manifest at {str(path)!r}.") from problem
    except ValueError as problem:
        raise ManifestError(f"{str(path)!r} is not JSON: {problem}.") from problem
    if not isinstance(data, dict) or "display_information" not in data:
        raise ManifestError(f"{str(path)!r} is no app manifest: display_information is missing.")
    return parse(data)


def parse(data: Json) -> Manifest:
    """Return the manifest in a JSON object; what is missing is off."""
    features = mapping(data.get("features"))
    settings = mapping(data.get("settings"))
    bot = mapping(features.get("bot_user"))
    home = mapping(features.get("app_home"))
    scopes = mapping(mapping(data.get("oauth_config")).get("scopes"))
    name = text(mapping(data.get("display_information")).get("name"))
    subscriptions = mapping(settings.get("event_subscriptions"))
    return Manifest(
        name=name,
        bot_name=text(bot.get("display_name")) or name,
        scopes=frozenset(texts(scopes.get("bot"))) | frozenset(texts(scopes.get("bot_optional"))),
        commands=tuple(_command(one) for one in mappings(features.get("slash_commands"))),
        events=frozenset(texts(subscriptions.get("bot_events"))),
        shortcuts=tuple(_shortcut(one) for one in mappings(features.get("shortcuts"))),
        home_enabled=truth(home.get("home_tab_enabled")),
        messages_enabled=truth(home.get("messages_tab_enabled")),
        interactive=truth(mapping(settings.get("interactivity")).get("is_enabled")),
        socket_mode=truth(settings.get("socket_mode_enabled")),
        steps={id: _step(mapping(one)) for id, one in mapping(data.get("functions")).items()},
        unfurl_domains=tuple(one.lower() for one in texts(features.get("unfurl_domains"))),
    )


def _step(data: Json) -> CustomStep:
    required = texts(mapping(data.get("output_parameters")).get("required"))
    return CustomStep(text(data.get("title")), tuple(required))


def _command(data: Json) -> Command:
    return Command(
        command=text(data.get("command")),
        description=text(data.get("description")),
        usage_hint=text(data.get("usage_hint")),
        should_escape=truth(data.get("should_escape")),
    )


def _shortcut(data: Json) -> Shortcut:
    return Shortcut(
        callback_id=text(data.get("callback_id")),
        kind=text(data.get("type")),
        name=text(data.get("name")),
        description=text(data.get("description")),
    )
