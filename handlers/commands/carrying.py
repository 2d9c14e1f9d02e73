"""Doing what a sentence says: a verb of the table, or a sentence that a workflow declares."""

from blocks import help as cards
from blocks.kit import Message
from handlers.commands import help as helping
from handlers.commands import run
from handlers.commands.ask import Ask
from handlers.commands.table import VERBS, find, known
from handlers.edge import Edge
from opstream.errors import BadInput


async def carry_out(ask: Ask, edge: Edge) -> Message | None:
    """Do what a sentence says; return what there is to say about it.

    A sentence is a verb with its arguments, or one that a workflow declares for itself.

    Raises:
        NotFound: it is neither.
        BadInput: it is half a sentence of a workflow.
    """
    sentence = ask.sentence
    if not sentence.text:
        return helping.overview([verb.entry for verb in VERBS], edge)
    if not known(sentence.verb) and (found := edge.services.workflows.by_phrase(sentence.text)):
        return await run.begin(ask, edge, *found)
    _hint_at_phrase(sentence.verb, edge)
    verb = find(sentence.verb or sentence.text)
    if verb.answer is None:
        return cards.planned(verb.entry, [find(name).entry for name in verb.instead])
    return await verb.answer(ask, edge)


def _hint_at_phrase(word: str, edge: Edge) -> None:
    """Say how a sentence goes on whose first word begins one that a workflow declares.

    Raises:
        BadInput: it does.
    """
    for phrase in () if known(word) else helping.phrases(edge):
        if phrase.lower().split(" ", 1)[0] == word:
            raise BadInput(f"I could not read that. Write it like this: `{phrase}`.")
