"""Prompt templates: a question to a model that is written once, tested, and used by its name."""

from dataclasses import dataclass, field

from opstream.domain.inputs import Input
from opstream.domain.values import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an answer must be like; what is left empty is not asked for.

    Args:
        contains: Texts that stand in it; capital letters make no difference.
        matches: A pattern that is found in it.
        max_words: The most words that it has.
        schema: JSON schema that it obeys.
        equals: The whole answer.
    """

    contains: tuple[str, ...] = ()
    matches: str = ""
    max_words: int | None = None
    schema: Json = None
    equals: Json = None

    @property
    def is_empty(self) -> bool:
        """Whether any answer would do."""
        return self == Expectation()

    @property
    def in_words(self) -> str:
        """What it asks for, in a few words."""
        said = [f"contains “{one}”" for one in self.contains]
        said += [f"matches “{self.matches}”"] if self.matches else []
        said += [f"at most {self.max_words} words"] if self.max_words is not None else []
        said += ["obeys its schema"] if self.schema is not None else []
        said += [f"is “{self.equals}”"] if self.equals is not None else []
        return ", ".join(said)


@dataclass(frozen=True, slots=True)
class Example:
    """Inputs of a template, and what a good answer to them is like."""

    title: str
    inputs: JsonObject
    expect: Expectation


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A question to a model.

    Args:
        text: A template of the expression language; it sees `inputs` alone.
        system: Another one; what the model is told about its part.
        model: Name of a model; empty leaves the choice to the router.
        schema: JSON schema of the answer, or None for free text.
        version: Counts from 1; 0 means not published yet.
    """

    id: str
    title: str
    text: str
    version: int = 0
    description: str = ""
    system: str = ""
    model: str = ""
    schema: Json = None
    inputs: tuple[Input, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model did on an example.

    Args:
        faults: What is wrong with the answer, as sentences; none means that it is good.
        output: The answer; None where there is none.
        model: Name of the model that answered, '' where none did.
        cost: In US dollars; None where that is not known.
        note: Why this model, as a sentence, where it is not the first choice; else ''.
    """

    example: Example
    faults: tuple[str, ...] = ()
    output: Json = None
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the answer is what was expected."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class TemplateTest:
    """All examples of a template, put to a model."""

    template: PromptTemplate
    trials: tuple[Trial, ...] = field(default_factory=tuple)

    @property
    def passed(self) -> int:
        """How many answers are what was expected."""
        return sum(one.passed for one in self.trials)
