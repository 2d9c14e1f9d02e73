"""Channels beyond the chat, by Apprise: mail, Teams, Discord, WhatsApp, webhooks and many more.

Apprise is imported when the first message leaves, because few installs need it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from opstream.ports import Carried

if TYPE_CHECKING:  # see above
    from apprise import Apprise

log = structlog.get_logger(__name__)

_SECRET = "secret:"
_AGAIN_SECONDS = 30.0


class AppriseOutside:
    """Sends texts to addresses such as `mailtos://…`, `discord://…` or `jsons://…`.

    Args:
        addresses: By name; an address may be `secret:NAME`.
        secret: Gives the secret of a name, or None.
    """

    def __init__(self, addresses: Mapping[str, str], secret: Callable[[str], str | None]) -> None:
        self._addresses = addresses
        self._secret = secret

    @property
    def names(self) -> Sequence[str]:
        """The names of the channels there are."""
        return tuple(sorted(self._addresses))

    async def carry(self, name: str, title: str, text: str) -> Carried:
        """Send a text to the channel of a name."""
        if name not in self._addresses:
            return Carried(done=False, why="It is not in `config/slack.yaml` any more.")
        address = self._address(name)
        if address is None:
            return Carried(done=False, why="The secret with its address is not there.")
        import apprise

        channel = apprise.Apprise()
        if not channel.add(address):
            return Carried(done=False, why="Its address is none that Apprise understands.")
        if await channel.async_notify(
            body=text, title=title, body_format=apprise.NotifyFormat.TEXT
        ):
            return Carried(done=True)
        log.warning("outside_refused", name=name)
        return Carried(
            done=False, again_in=_AGAIN_SECONDS, why="It refused the message, or did not answer."
        )

    def _address(self, name: str) -> str | None:
        address = self._addresses[name]
        if not address.startswith(_SECRET):
            return address
        return self._secret(address.removeprefix(_SECRET))


def _channel(address: str) -> "Apprise | None":
    import apprise

    channel = apprise.Apprise()
    return channel if channel.add(address) else None
