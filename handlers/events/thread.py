"""Messages that Slack tells us of: in a direct message each is for us, in a channel only a mention is."""

from handlers.payloads import Heard


def is_direct(heard: Heard) -> bool:
    """Return whether something was said to us alone; people talking to each other are left alone."""
    return heard.place.channel.startswith("D")
