"""Help, written from the same table that parses the commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks import ids, kit
from blocks.kit import Message
from blocks.wording import code, safe


@dataclass(frozen=True, slots=True)
class Entry:
    """A verb as help shows it; `planned` means that it is not built yet."""

    name: str
    usage: str
    summary: str
    examples: tuple[str, ...] = ()
    planned: bool = False


def overview(entries: Sequence[Entry], phrases: Sequence[str]) -> Message:
    """Return all verbs, those that work first, and sentences that start a workflow."""
    works = [row(one) for one in entries if not one.planned]
    planned = [code(one.name) for one in entries if one.planned]
    blocks = [
        kit.section(
            "*I run your workflows and come back with what they found.* Mention me, write to me "
            "directly, or write one of these after `/opstream`:"
        ),
        *(kit.section("\n".join(works[i : i + 8])) for i in range(0, len(works), 8)),
        kit.section(_in_words(phrases)),
    ]
    if planned:
        blocks.append(kit.context(f"Not built yet: {', '.join(planned)}."))
    return kit.message("What I can do, and how to ask for it", blocks)


def row(entry: Entry) -> str:
    """Return a verb as one line."""
    return f"• {code(entry.usage, 200)} · {safe(entry.summary, 300)}"


def _in_words(phrases: Sequence[str]) -> str:
    known = [f"• {code(one, 150)}" for one in phrases[:5]]
    head = "*In a thread of a run* you can say `status`, `pause it`, `cancel` or `show me the details`."
    return "\n".join([head, "*Sentences that start a workflow:*", *known]) if known else head


def one(entry: Entry) -> Message:
    """Return help on one verb."""
    if entry.planned:
        return planned(entry, ())
    lines = [f"{code(f'/opstream {entry.usage}', 200)}", safe(entry.summary, 600)]
    if entry.examples:
        lines += [
            "*For example*",
            *(f"• {code(f'/opstream {one}', 250)}" for one in entry.examples),
        ]
    return kit.sentence("\n".join(lines))


def planned(entry: Entry, instead: Sequence[Entry]) -> Message:
    """Return the honest answer to a verb that is not built yet, and what works instead."""
    said = f"{code(entry.name)} is not built yet. It will do this: {safe(entry.summary, 300)}"
    works = ", ".join(code(f"/opstream {one.usage}", 150) for one in instead)
    return kit.sentence(f"{said}\nWhat works today: {works}." if works else said)


def greeting(name: str, phrases: Sequence[str]) -> Message:
    """Return a short, friendly help for a greeting or for words that I do not understand."""
    words = [code(one, 150) for one in (*phrases[:1], "status", "list", "workflows")]
    text = (
        f"Hello {safe(name, 80)}. I start workflows and tell you how they go. You can say "
        f"{', '.join(words)} or `help`."
    )
    value = ids.carried(verb="workflows")
    buttons = [
        kit.button("What can be started", f"{ids.HOME_VERB}:workflows", value),
        kit.button("Help", f"{ids.HOME_VERB}:help", ids.carried(verb="help")),
    ]
    return kit.message(
        "Hello. Say `help` to see what I can do.", [kit.section(text), kit.actions(*buttons)]
    )
