"""connect: links an account of a service, by signing in once."""

from blocks import connecting
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.commands.verbs import Verb
from handlers.edge import Edge


async def connect(ask: Ask, edge: Edge) -> Message:
    """Give the address to sign in at, or say what can be linked."""
    linking = edge.services.linking
    if ask.first_word is None:
        known = {one.name: one for one in edge.services.operations.sources()}
        return connecting.known([known[name] for name in linking.names() if name in known])
    name = ask.first_word
    return connecting.sign_in(name, await linking.begin(name, by=ask.by))


VERB = Verb(
    "connect",
    "connect [service]",
    "Links an account of a service: you sign in once, in your browser.",
    ("connect", "connect wiki"),
    connect,
)
