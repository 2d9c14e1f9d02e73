"""What a verb is: its words, what carries it out, and how help shows it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from blocks.help import Entry
from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.edge import Edge

Answer = Callable[[Ask, Edge], Awaitable[Message | None]]


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can be said after `/opstream`.

    Args:
        usage: The verb with its arguments, as help shows it.
        answer: What carries it out; None while it is planned.
        instead: Verbs that help in the meantime.
    """

    name: str
    usage: str
    summary: str
    examples: tuple[str, ...] = ()
    answer: Answer | None = None
    instead: tuple[str, ...] = ()

    @property
    def entry(self) -> Entry:
        """The verb as help shows it."""
        return Entry(self.name, self.usage, self.summary, self.examples, self.answer is None)


@dataclass(frozen=True, slots=True)
class Completion:
    """A line that a composer may offer: what to put in, how it goes on, what it does."""

    text: str
    usage: str
    description: str
