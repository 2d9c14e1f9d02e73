"""Where people talk: a channel, and a thread in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, and the thread in it; without a thread it means the channel itself."""

    channel: str
    thread: str | None = None

    @property
    def workspace(self) -> str:
        """The workspace, '' for the one at home: ids elsewhere are like `T2/C123`."""
        return self.channel.rpartition("/")[0]

    @property
    def is_direct(self) -> bool:
        """Whether it is a conversation with one person."""
        return self.channel.rpartition("/")[2].startswith(("D", "U", "W"))


@dataclass(frozen=True, slots=True)
class Posting:
    """A message of ours in a conversation, by the key that makes it unique.

    Args:
        key: `<run id>/<part>`, such as `run-4f7k2q9d/card`.
        place: Where it stands, or shall stand.
        ts: The chat tool's id of the message; None while nobody knows whether it was posted.
        digest: Fingerprint of the content that was last sent.
    """

    key: str
    run_id: str
    place: Place
    ts: str | None
    digest: str
