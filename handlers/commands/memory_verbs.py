"""The verbs of memory: part of the table of verbs."""

from handlers.commands import memory
from handlers.commands.verbs import Verb

VERBS: tuple[Verb, ...] = (
    Verb(
        "remember",
        "remember <text or link to a message>",
        "Keeps something in mind for whoever reads here; in a direct message, for you alone.",
        ("remember checkout owns the cart db", "remember that deploys wait until 10 on Mondays"),
        memory.remember,
    ),
    Verb(
        "recall",
        "recall <question>",
        "Shows what I know about something: facts, documents, conversations and runs, with sources.",
        ("recall who owns the cart db", "recall checkout timeouts"),
        memory.recall,
    ),
    Verb(
        "forget",
        "forget <id>",
        "Takes something out of my memory for good; `recall` shows the ids.",
        ("forget 4f7k2q9d",),
        memory.forget,
    ),
)
