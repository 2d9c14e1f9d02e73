"""What a person types, the way Slack writes it down: `&lt;` for `<`, `<@U…>` for `@ana`, `<#C…|ops>` for `#ops`."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from opstream.playground.slack.workspace import Workspace

LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]}'\"]")
CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][a-z0-9_-]*)")
BROADCAST = re.compile(r"(?<![\w@])@(here|channel|everyone)\b")
CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)

Write: TypeAlias = Callable[[re.Match[str]], str]


def escape(said: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def names(workspace: Workspace) -> dict[str, str]:
    """Return what can stand after `@`, in small letters, and the id it means."""
    known: dict[str, str] = {}
    for person in workspace.people.values():
        known[person.name.lower()] = person.id
        known[person.real_name.lower()] = person.id
    for group in workspace.groups:
        known[group.handle.lower()] = group.id
    return known


def _mention_pattern(known: Mapping[str, str]) -> re.Pattern[str]:
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile(rf"(?<![\w@])@({'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)


def message_text(workspace: Workspace, said: str) -> str:
    """Return the text of a message that a person typed; code is left as it is, but escaped."""
    parts = CODE.split(said)
    return "".join(
        escape(part) if index % 2 else _linked(workspace, part, labels=False)
        for index, part in enumerate(parts)
    )


def command_text(workspace: Workspace, said: str, *, should_escape: bool) -> str:
    """Return the text of a slash command: as typed, or with names turned into ids if the app wants that."""
    return _linked(workspace, said, labels=True) if should_escape else said


def _linked(workspace: Workspace, said: str, *, labels: bool) -> str:
    known = names(workspace)
    channels = {channel.name: channel for channel in workspace.channels.values()}

    def mention(match: re.Match[str]) -> str:
        found = known[match[1].lower()]
        if found.startswith("S"):
            return f"<!subteam^{found}|@{match[1]}>" if labels else f"<!subteam^{found}>"
        return f"<@{found}|{workspace.people[found].name}>" if labels else f"<@{found}>"

    def place(match: re.Match[str]) -> str:
        found = channels.get(match[1])
        return f"<#{found.id}|{found.name}>" if found and found.kind != "im" else match[0]

    writes: list[tuple[re.Pattern[str], Write]] = [
        (LINK, lambda match: f"<{match[0]}>"),
        (BROADCAST, lambda match: f"<!{match[1]}>"),
        (_mention_pattern(known), mention),
        (CHANNEL, place),
    ]
    return _rewrite(escape(said), writes)


def _rewrite(said: str, writes: list[tuple[re.Pattern[str], Write]]) -> str:
    """Apply each pattern to what no earlier one has taken."""
    if not writes:
        return said
    (pattern, write), *others = writes
    done: list[str] = []
    position = 0
    for match in pattern.finditer(said):
        done += [_rewrite(said[position : match.start()], others), write(match)]
        position = match.end()
    return "".join([*done, _rewrite(said[position:], others)])
