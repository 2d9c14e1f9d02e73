"""role: who may do what; admins give and take roles."""

import re
from collections.abc import Sequence

from blocks import governance as cards
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.edge import Edge
from handlers.payloads import Asker
from opstream.domain.person import Person, Role
from opstream.errors import BadInput

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_ID = re.compile(r"[UW][A-Z0-9]{6,}")


async def role(ask: Ask, edge: Edge) -> Message:
    """Show my role or another's; give one, or take it."""
    words = ask.sentence.words
    roles = edge.services.governance.roles
    if not words:
        return cards.standing(roles.of(ask.by), ask.by)
    person = await somebody(words[0], edge)
    if len(words) == 1:
        return cards.standing(roles.of(person), ask.by)
    held, wanted = _wanted(words[1:])
    change = roles.give if held else roles.take
    return cards.changed(await change(person, wanted, by=ask.by), wanted, held)


async def somebody(word: str, edge: Edge) -> Person:
    """Return the person whom a word mentions.

    Raises:
        BadInput: it mentions nobody.
    """
    found = _MENTION.fullmatch(word)
    id = found[1] if found else word
    if not _ID.fullmatch(id):
        raise BadInput(
            f"`{word[:40]}` is nobody that I can find. Mention the person with @, and choose them from "
            "the list that Slack offers."
        )
    return await edge.people.find(Asker(id))


def _wanted(words: Sequence[str]) -> tuple[bool, Role]:
    word = words[0].lower()
    held, name = not word.startswith("-"), word.lstrip("+-")
    if len(words) > 1 or name not in set(Role):
        listed = ", ".join(f"`{one}`" for one in Role)
        raise BadInput(
            f"The roles are {listed}. Write `/opstream role @bo approver` to give one, and "
            "`/opstream role @bo -approver` to take it."
        )
    return held, Role(name)
