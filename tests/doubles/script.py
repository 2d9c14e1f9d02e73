"""What the double of the providers is asked and told to answer, whichever language it is asked in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from opstream.adapters.models.names import wire


@dataclass
class Asked:
    """One question.

    Attributes:
        maker: `gemini`, `claude` or `openai`.
        text: What a person said last.
        said: Every contribution so far, as `(voice, text)`; voices are `user`, `assistant`, `call`, `result`.
        results: What the calls of the last turn gave, as texts; empty when the person spoke last.
        tools: Names of what may be called, as the provider sees them; `offers` asks by ours.
        schema: Of the answer, or None.
        body: All of it, as it came.
    """

    maker: str
    model: str
    streamed: bool
    system: str
    text: str
    said: list[tuple[str, str]]
    results: list[str]
    tools: list[str]
    schema: Any
    most_tokens: int | None
    body: Any

    def offers(self, operation: str) -> bool:
        """Whether an operation may be called."""
        return wire(operation) in self.tools


@dataclass(frozen=True)
class Call:
    """A call that the model wants."""

    name: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    @property
    def theirs(self) -> str:
        """The name as providers know it."""
        return wire(self.name)


@dataclass(frozen=True)
class Reply:
    """What is answered.

    Attributes:
        calls: What it wants called, besides or instead of the text.
        tokens_in: Said to have been used; None counts words.
        status: Another one than 200 answers an error; `text` is then its message.
        retry_after: Seconds, as a header of that error.
        cut_after: Break off after so many pieces of a stream; a whole answer breaks off at once.
        cut_softly: Break off as if the answer were complete.
        stalled_after: Say nothing more after so many pieces, until the double stops.
        held: Answer only once this is set, or the double stops.
        raw: A body to answer instead, of whatever shape.
        finish: `stop`, `length` or `filter`.
    """

    text: str = ""
    calls: Sequence[Call] = ()
    tokens_in: int | None = None
    tokens_out: int | None = None
    status: int = 200
    retry_after: float | None = None
    cut_after: int | None = None
    cut_softly: bool = False
    stalled_after: int | None = None
    held: asyncio.Event | None = None
    raw: str | None = None
    finish: str = "stop"

    def used(self, asked: Asked) -> tuple[int, int]:
        """Return the tokens in and out."""
        words = len(asked.system.split()) + sum(len(text.split()) for _, text in asked.said)
        out = len(self.text.split()) + 10 * len(self.calls)
        used_in = words if self.tokens_in is None else self.tokens_in
        return used_in, (out if self.tokens_out is None else self.tokens_out)


@dataclass
class Rule:
    """A reply, and when it is given; every condition that is named must hold.

    Attributes:
        says: Stands in what the person said last, in any case of letters.
        system: Stands in the instructions.
        heard: Stands in a result of the last turn.
        after_results: Whether the last turn gave results of calls.
        offers: An operation that may be called.
        maker: `gemini`, `claude` or `openai`.
        model: The name of the model begins with this.
        times: So often; None means always.
    """

    reply: Reply
    says: str = ""
    system: str = ""
    heard: str = ""
    after_results: bool | None = None
    offers: str = ""
    maker: str = ""
    model: str = ""
    times: int | None = None

    def answer(self, asked: Asked) -> Reply | None:
        """Return the reply where the rule fits, and count it."""
        if self.times == 0 or not self._fits(asked):
            return None
        if self.times is not None:
            self.times -= 1
        return self.reply

    def _fits(self, asked: Asked) -> bool:
        heard = "\n".join(asked.results).lower()
        return all(
            (
                self.says.lower() in asked.text.lower(),
                self.system.lower() in asked.system.lower(),
                self.heard.lower() in heard,
                self.after_results in (None, bool(asked.results)),
                not self.offers or asked.offers(self.offers),
                self.maker in ("", asked.maker),
                asked.model.startswith(self.model),
            )
        )


def rules_of(written: Any) -> list[Rule]:
    """Return rules as a YAML file or a request has them.

    Raises:
        ValueError: one holds a word that nobody knows.
    """
    return [_rule(dict(one)) for one in written or ()]


def _rule(written: dict[str, Any]) -> Rule:
    conditions, times = dict(written.pop("when", {})), written.pop("times", None)
    calls = [Call(one["name"], one.get("arguments", {})) for one in written.pop("calls", ())]
    try:
        return Rule(Reply(calls=tuple(calls), **written), times=times, **conditions)
    except TypeError as error:
        raise ValueError(f"This rule cannot be used ({error}): {written} {conditions}") from error


def pieces_of(text: str) -> list[str]:
    """Return a text in pieces of a few words, as a stream brings them."""
    words = text.split(" ")
    joined = [" ".join(words[at : at + 3]) for at in range(0, len(words), 3)]
    return (
        [one + (" " if at < len(joined) - 1 else "") for at, one in enumerate(joined)]
        if text
        else []
    )
