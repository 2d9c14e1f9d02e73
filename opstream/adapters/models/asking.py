"""One request: whom to ask next, what was tried, what it took, and what to say when nobody can answer."""

from dataclasses import dataclass, field, replace

from opstream.adapters.models import structured
from opstream.adapters.models.orders import Answer, Trouble
from opstream.adapters.models.rules import Choice, Size
from opstream.adapters.models.structured import Shape
from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall
from opstream.domain.values import Json
from opstream.errors import OperationFailed


@dataclass(frozen=True, slots=True)
class Tried:
    """A model that did not answer, or was not asked, and why."""

    model: str
    trouble: Trouble

    def __str__(self) -> str:
        return f"`{self.model}` {self.trouble.why}"


@dataclass(slots=True)
class Asking:
    """What is known of a request on its way.

    Args:
        wanted: The shape of the answer; None for free text.
        tried: Whom it went past, in order.
        answers: All that was paid for, with what each cost.
    """

    request: PromptRequest
    size: Size
    wanted: Shape | None
    tried: list[Tried] = field(default_factory=list)
    answers: list[tuple[Answer, float | None]] = field(default_factory=list)

    @property
    def sent(self) -> Json:
        """The schema as it is put to providers."""
        return self.wanted.sent if self.wanted else None

    def reply(self, output: Json, calls: tuple[ToolCall, ...], choice: Choice) -> PromptReply:
        """Return what the person gets, with all that it took."""
        costs = [cost for _, cost in self.answers]
        return PromptReply(
            output=output,
            model=choice.model.id,
            tokens_in=sum(one.tokens_in for one, _ in self.answers),
            tokens_out=sum(one.tokens_out for one, _ in self.answers),
            calls=calls,
            cost=None if None in costs else sum(cost for cost in costs if cost is not None),
            why=self._why(choice),
        )

    def _why(self, choice: Choice) -> str:
        reasons = [choice.why] if choice.why else []
        reasons += [str(one) for one in self.tried if one.model != choice.model.id]
        return f"`{choice.model.id}` answered, because {', and '.join(reasons)}." if reasons else ""

    def failure(self) -> OperationFailed:
        """Return what to raise when nobody is left to ask."""
        last = {one.model: one for one in self.tried}.values()
        errors = [one.trouble.error for one in last]
        if len(errors) == 1:
            return errors[0]
        kinds = {error.kind for error in errors if error.retryable} or {one.kind for one in errors}
        waits = [error.retry_after for error in errors if error.retryable]
        soonest = min((wait for wait in waits if wait is not None), default=None)
        return OperationFailed(
            f"No model could answer: {'; '.join(map(str, last))}.",
            kind=kinds.pop() if len(kinds) == 1 else "unavailable",
            retryable=any(error.retryable for error in errors),
            retry_after=None if None in waits else soonest,
        )


def repaired(asking: Asking, answer: Answer, fault: structured.Fault) -> Asking:
    """Return the request with which a model is asked once more."""
    request = structured.repair(asking.request, answer.text, fault)
    return replace(asking, request=request)


def too_long(size: Size, context: int) -> Trouble:
    """Return the trouble of a prompt that a model cannot hold."""
    why = f"holds {context:,} tokens, and the prompt has about {size.tokens:,}"
    said = f"The prompt is too long: the model {why}. Shorten it, or ask a model with a larger context."
    return Trouble(why, OperationFailed(said, kind="invalid", retryable=False))
