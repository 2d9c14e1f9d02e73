"""What a person has not read yet."""

from dataclasses import dataclass

from opstream.playground.slack.channels import Channel
from opstream.playground.slack.messages import Message
from opstream.playground.slack.workspace import Workspace

MOST = 100  # nobody counts further
BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True, slots=True)
class Unread:
    """How many messages in a channel are new to a person, and how many of them speak to them."""

    count: int
    mentions: int


def mentions(workspace: Workspace, message: Message, person: str) -> bool:
    """Whether a message speaks to a person: by name, by a group, or to everyone."""
    mine = [group.id for group in workspace.groups if person in group.users]
    return not workspace.spoken_to(message).isdisjoint((person, *mine, *BROADCASTS))


def unread(workspace: Workspace, person: str, channel: Channel) -> Unread:
    """Count what is new in a channel, up to a hundred, thread replies apart.

    In direct messages everything speaks to the person.
    """
    seen = workspace.reads.get((person, channel.id, ""), "")
    new: list[Message] = []
    for message in reversed(workspace.messages.get(channel.id, {}).values()):
        if message.ts <= seen or len(new) == MOST:
            break
        if message.in_channel and message.user != person:
            new.append(message)
    if channel.kind == "im":
        return Unread(len(new), len(new))
    return Unread(len(new), sum(mentions(workspace, message, person) for message in new))


def follows(workspace: Workspace, person: str, channel: str, thread_ts: str) -> bool:
    """Whether a person began a thread, wrote in it, or was spoken to in it."""
    root = workspace.message(channel, thread_ts)
    everything = [*([root] if root else []), *workspace.replies(channel, thread_ts)]
    return any(
        message.user == person or mentions(workspace, message, person) for message in everything
    )


def unread_thread(workspace: Workspace, person: str, channel: str, thread_ts: str) -> int:
    """Count the new replies of a thread that a person follows; 0 for any other thread."""
    seen = workspace.reads.get((person, channel, thread_ts), "")
    replies = workspace.replies(channel, thread_ts)
    new = [reply for reply in replies if reply.ts > seen and reply.user != person]
    return len(new) if new and follows(workspace, person, channel, thread_ts) else 0


def unread_threads(workspace: Workspace, person: str) -> dict[str, int]:
    """Return `channel/thread_ts` and the number of new replies, of threads that have any."""
    counts = {
        f"{channel.id}/{ts}": unread_thread(workspace, person, channel.id, ts)
        for channel in workspace.channels_of(person)
        for ts in workspace.threads_of(channel.id)
    }
    return {place: count for place, count in counts.items() if count}
