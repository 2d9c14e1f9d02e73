"""What models took and cost, which there are, how they stand, and what may be spent on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """What models took in some stretch of time.

    Args:
        cost: In US dollars; answers of models without a known price count as nothing.
        saved: Tokens that were not sent.
    """

    answers: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    saved: int = 0

    @property
    def tokens(self) -> int:
        """Tokens of prompts and answers together."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answered a prompt, and what that took.

    Args:
        cost: In US dollars; None where nobody knows the price.
        why: Why this model, as a sentence, where it is not the first choice; else ''.
    """

    model: str
    tokens: int
    cost: float | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ModelStanding:
    """A model that can be asked, or could with a key, and how it did since the process began.

    Args:
        name: Ours.
        id: The provider's.
        provider: Whose it is, as people call them.
        variable: Where the key is looked for.
        trouble: What was wrong last, to stand after its name; '' once it answered again.
        rests_until: Before then it is not asked while there is another one.
    """

    name: str
    id: str
    provider: str
    variable: str
    has_key: bool
    answers: int = 0
    trouble: str = ""
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """Who goes first where all that is named holds; names are ours."""

    use: tuple[str, ...]
    tasks: tuple[str, ...] = ()
    words_over: int | None = None
    words_under: int | None = None
    costs_over: float | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """Tokens and US dollars; None means any number."""

    tokens: int | None = None
    dollars: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether it limits anything."""
        return self.tokens is not None or self.dollars is not None


@dataclass(frozen=True, slots=True)
class Allowances:
    """What one prompt, one run, one person a day and everybody a day may take."""

    call: Allowance = Allowance()
    run: Allowance = Allowance()
    person: Allowance = Allowance()
    day: Allowance = Allowance()


@dataclass(frozen=True, slots=True)
class Models:
    """The models of an install.

    Args:
        order: Our names of those that are asked, the first choice first.
        preferences: What goes before the order, the first that holds wins.
    """

    standings: Sequence[ModelStanding] = ()
    order: tuple[str, ...] = ()
    preferences: tuple[Preference, ...] = ()
    allowances: Allowances = Allowances()


@dataclass(frozen=True, slots=True)
class ModelsToday:
    """How models stand now, and what was spent on them since midnight UTC.

    Args:
        mine: What was spent for whoever asks.
    """

    now: datetime
    models: Models
    everybody: Spent
    mine: Spent


@dataclass(frozen=True, slots=True)
class Spending:
    """What models took in a while, and what was not asked again.

    Args:
        by_model: By the provider's name of the model.
        calls_saved: How many calls were answered by a kept result, by operation.
    """

    by_model: Mapping[str, Spent] = field(default_factory=dict)
    calls_saved: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Spent:
        """What all models took together."""
        found = self.by_model.values()
        return Spent(
            sum(one.answers for one in found),
            sum(one.tokens_in for one in found),
            sum(one.tokens_out for one in found),
            sum(one.cost for one in found),
            sum(one.saved for one in found),
        )
