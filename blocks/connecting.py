"""Linking accounts of services."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from blocks import ids, kit
from blocks.kit import Message
from blocks.wording import code, line
from opstream.domain.operation import SourceHealth


def known(sources: Sequence[SourceHealth]) -> Message:
    """Return what can be linked, and how each is doing."""
    if not sources:
        return kit.sentence(
            "Nothing here has to be linked. A server in `config/mcp.yaml` with `oauth: {}` can be."
        )
    lines = [f"• {code(one.name, 80)}: {line(one.sentence, 300)}" for one in sources]
    how = kit.context(f"{code('/opstream connect <name>')} gives you the address to sign in at.")
    return kit.message(
        "What can be linked", [kit.section("*What can be linked*"), *kit.paragraphs(lines), how]
    )


def sign_in(name: str, address: str) -> Message:
    """Return the way to a service's sign-in; it works once, and only for a while."""
    where = line(urlsplit(address).hostname or "", 200)
    said = (
        f"Sign in at *{where}* to link {code(name, 80)}. All runs of this install use that account, so "
        "choose one that may do what they need, and no more."
    )
    button = kit.button("Sign in", ids.CALL_VISIT, name, style="primary")
    blocks = [
        kit.section(said),
        kit.actions({**button, "url": address[:3_000]}),
        kit.context("The address works once, for 15 minutes. Do not pass it on."),
    ]
    return kit.message(f"Sign in to link {name}", blocks)
