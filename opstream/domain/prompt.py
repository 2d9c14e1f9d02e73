"""What a language model is asked, and what it answers."""

from dataclasses import dataclass

from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class PromptRequest:
    """One question to a model.

    Args:
        model: Name of a model; empty leaves the choice to the router.
        schema: JSON schema of the answer, or None for free text.
    """

    text: str
    system: str = ""
    model: str = ""
    schema: Json = None


@dataclass(frozen=True, slots=True)
class PromptReply:
    """A model's answer.

    Args:
        output: A text, or what obeys the schema of the request.
        model: The name of the model that answered.
        tokens_in: Tokens of the prompt.
        tokens_out: Tokens of the answer.
    """

    output: Json
    model: str
    tokens_in: int = 0
    tokens_out: int = 0
