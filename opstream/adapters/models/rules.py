"""Who is asked, in which order, and why. Pure: what is known of models and prompts in, a list out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from opstream.adapters.models.orders import TITLES, VARIABLES, Maker
from opstream.domain.prompt import PromptRequest
from opstream.errors import OperationFailed

_CHARACTERS_A_TOKEN = 3.5
_A_TURN = 8  # tokens that a turn or a tool costs besides its text
_BEGINNINGS = (
    (re.compile(r"gemini-"), Maker.GEMINI),
    (re.compile(r"claude-"), Maker.CLAUDE),
    (re.compile(r"gpt-|o\d"), Maker.OPENAI),
)
_SPOKEN = {"anthropic": "claude", "google": "gemini", "gpt": "openai"}


@dataclass(frozen=True, slots=True)
class Known:
    """A model that can be asked, or could with a key.

    Args:
        name: Ours.
        id: The provider's.
        context: Tokens that it holds; None where nobody knows.
        price: US dollars for a token of the prompt, and for one of the answer; None where the table knows.
    """

    name: str
    maker: Maker
    id: str
    context: int | None = None
    price: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who goes first where all that is named holds; see `config/models.py`."""

    use: tuple[str, ...]
    tasks: frozenset[str] = frozenset()
    words_over: int | None = None
    words_under: int | None = None
    costs_over: float | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """How much a prompt is: words of what it is about, and all of it in tokens, estimated."""

    words: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A model to ask; `why` says as the end of a sentence why it is not the first choice, or ''."""

    model: Known
    why: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """All that the choice goes by.

    Args:
        order: Names of models, the first choice first.
        makers: Whom there is a key for.
    """

    models: Mapping[str, Known]
    order: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    makers: frozenset[Maker] = field(default_factory=frozenset)


def size(request: PromptRequest) -> Size:
    """Return how much a request is; tokens are estimated on the high side."""
    said = [request.text, *(turn.text for turn in request.turns)]
    results = (str(one.output) for turn in request.turns for one in turn.results)
    calls = (str(one.arguments) for turn in request.turns for one in turn.calls)
    told = (f"{one.name} {one.description} {one.inputs}" for one in request.tools)
    texts = [*said, *results]
    characters = sum(map(len, (request.system, str(request.schema or ""), *texts, *calls, *told)))
    pieces = len(request.turns) + len(request.tools) + 2
    tokens = int(characters / _CHARACTERS_A_TOKEN) + _A_TURN * pieces
    return Size(sum(len(text.split()) for text in texts), tokens)


def choices(
    request: PromptRequest, size: Size, book: Book, costs: Mapping[str, float | None]
) -> Sequence[Choice]:
    """Return the models that can be asked, the best one first.

    Args:
        costs: What the prompt alone would cost, by name of the model.

    Raises:
        OperationFailed: the request names a model that there is not, or that nobody pays for.
    """
    if request.model:
        named = _named(request.model, book)
        others = [one for one in _usable(book.order, book) if one.id != named.id]
        return [Choice(named), *(Choice(one) for one in others)]
    ordered = list(_usable(book.order, book))
    rule, why = _rule(request, size, book, costs)
    preferred = list(_usable(rule.use, book)) if rule else []
    first = ordered[0].name if ordered else ""
    found = [Choice(one, "" if one.name == first else why) for one in preferred]
    chosen = {one.name for one in preferred}
    return [*found, *(Choice(one) for one in ordered if one.name not in chosen)]


def _usable(names: Sequence[str], book: Book) -> Iterator[Known]:
    return (book.models[name] for name in names if book.models[name].maker in book.makers)


def _rule(
    request: PromptRequest, size: Size, book: Book, costs: Mapping[str, float | None]
) -> tuple[Rule | None, str]:
    """Return the first rule that holds, and why."""
    cost = next((costs.get(one.name) for one in _usable(book.order, book)), None)
    for rule in book.rules:
        reasons = list(_reasons(rule, request.purpose.task, size, cost))
        if all(reasons):
            return rule, " and ".join(reasons)
    return None, ""


def _reasons(rule: Rule, task: str, size: Size, cost: float | None) -> Iterator[str]:
    """Yield why each condition of a rule holds, '' for one that does not."""
    if rule.tasks:
        yield f"the task is `{task}`" if task in rule.tasks else ""
    if (over := rule.words_over) is not None:
        holds = size.words > over
        yield f"the prompt has {size.words:,} words, more than {over:,}" if holds else ""
    if (under := rule.words_under) is not None:
        holds = size.words < under
        yield f"the prompt has {size.words:,} words, fewer than {under:,}" if holds else ""
    if (most := rule.costs_over) is not None:
        holds = cost is not None and cost > most
        yield f"the prompt would cost ${cost:.2f} elsewhere, more than ${most:g}" if holds else ""


def _named(wanted: str, book: Book) -> Known:
    """Return the model that a request names: by our name, by its id, or by its maker's."""
    name = _SPOKEN.get(wanted.lower(), wanted)
    found = book.models.get(name) or _of_id(wanted, book)
    if found is None:
        close = get_close_matches(wanted, _names(book), n=1)
        meant = f"Did you mean `{close[0]}`?" if close else f"There are {_listed(book)}."
        said = f"There is no model `{wanted}`. {meant}"
        raise OperationFailed(said, kind="invalid", retryable=False)
    if found.maker not in book.makers:
        raise OperationFailed(
            f"`{wanted}` is a model of {TITLES[found.maker]}, and {VARIABLES[found.maker]} is not set. Set it "
            "in the environment or in `.env`, or leave `model` out.",
            kind="unavailable",
            retryable=False,
        )
    return found


def _of_id(wanted: str, book: Book) -> Known | None:
    for known in book.models.values():
        if known.id == wanted:
            return known
    for beginning, maker in _BEGINNINGS:
        if beginning.match(wanted):
            return Known(wanted, maker, wanted)
    return None


def _names(book: Book) -> list[str]:
    return [*book.models, *(one.id for one in book.models.values())]


def _listed(book: Book) -> str:
    return ", ".join(f"`{name}`" for name in book.models)
