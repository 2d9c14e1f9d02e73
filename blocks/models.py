"""Models as people see them: how they stand, who is asked first, what they took and what that cost."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from blocks import kit
from blocks.agents import money
from blocks.kit import Block
from blocks.wording import clock, code, count, line, listed
from opstream.domain.spending import (
    Allowance,
    Answered,
    Models,
    ModelStanding,
    ModelsToday,
    Preference,
    Spending,
    Spent,
)

_WHERE = "in the environment or in `.env`, and start me again"
_SHOWN = 12
_ONLY_NAMED = " · only where a step names it"
_SAVED = 6
_TASKS = {
    "prompt": "prompts of steps",
    "agent": "questions and agents",
    "draft": "drafts of workflows",
    "summary": "summaries",
    "sampling": "questions that tools ask",
}
_HOW_COUNTED = (
    "Tokens are what the providers count, for all people; prices are those of `config/models.yaml`, else of a "
    "kept table. A model without a known price counts as $0."
)
_HOW_SAVED = (
    "A call counts as saved when the answer to the same question was still fresh, so that the tool was not "
    "asked; by whole days, UTC."
)


def answered(one: Answered) -> str:
    """Return who answered a prompt: `gemini-3.8-flash · 1,204 tokens · $0.0021 · because …`."""
    why = one.why.removeprefix(f"`{one.model}` answered, ")
    tokens = count(one.tokens, "token") if one.tokens else ""
    parts = [line(one.model, 60), tokens, _price(one), line(why, 300)]
    return " · ".join(part for part in parts if part)


def _price(one: Answered) -> str:
    if not one.tokens:
        return ""
    return "price not known" if one.cost is None else money(one.cost)


def took(spent: Spent) -> str:
    """Return what models took: `3 answers · 4,120 tokens · $0.0021`; '' when nothing was asked."""
    if not spent.answers:
        return ""
    tokens = count(spent.tokens, "token")
    return f"{count(spent.answers, 'answer')} of models · {tokens} · {_money(spent)}"


def _money(spent: Spent) -> str:
    return money(spent.cost) if spent.cost or not spent.tokens else "price not known"


def standing(today: ModelsToday) -> list[Block]:
    """Return how the models stand, who is asked first, and what was spent today."""
    models = today.models
    blocks = [kit.section("\n".join(["*Models*", *_standings(today)]))]
    has_key = any(one.has_key for one in models.standings)
    if has_key:
        blocks.append(kit.section("\n".join(_who_first(models))))
    return (
        [*blocks, kit.context(*_budgets(today))] if has_key or today.everybody.answers else blocks
    )


def _standings(today: ModelsToday) -> Iterator[str]:
    found, preferences = today.models.standings, today.models.preferences
    asked = {*today.models.order, *(name for one in preferences for name in one.use)}
    for one in [one for one in found if one.has_key][:_SHOWN]:
        yield f"{_ready(one, today.now)}{'' if one.name in asked else _ONLY_NAMED}"
    lacking: dict[tuple[str, str], list[ModelStanding]] = {}
    for one in found:
        if not one.has_key:
            lacking.setdefault((one.provider, one.variable), []).append(one)
    if all(not one.has_key for one in found):
        yield _none(list(lacking))
        return
    for (provider, variable), some in lacking.items():
        names = listed([code(one.id, 60) for one in some[:4]])
        yield (
            f"⚪ *{line(provider, 60)}* needs a key: put {code(variable)} {_WHERE}. "
            f"Then I can ask {names}."
        )


def _none(lacking: Sequence[tuple[str, str]]) -> str:
    keys = [f"{code(variable)} ({line(provider, 60)})" for provider, variable in lacking]
    return (
        "⚪ No model has a key yet, so I only do what needs none: summaries made of the text's own sentences, "
        f"figures and their trends. One of these keys is enough: {listed(keys)}. Put it {_WHERE}."
    )


def _ready(one: ModelStanding, now: datetime) -> str:
    name = f"*{line(one.name, 60)}* · {code(one.id, 80)}"
    if one.rests_until is not None and now < one.rests_until:
        trouble = line(one.trouble, 200).rstrip(".")
        return f"⏸️ Rests until {clock(one.rests_until)} · {name}: it {trouble}"
    if one.trouble:
        trouble = line(one.trouble, 200).rstrip(".")
        return f"⚠️ Failed last time, can be asked again · {name}: it {trouble}"
    did = f" · answered {count(one.answers, 'time')} since I was started" if one.answers else ""
    return f"✅ Ready · {name}{did}"


def _who_first(models: Models) -> Iterator[str]:
    keys = {one.name for one in models.standings if one.has_key}
    asked = [code(name, 60) for name in models.order if name in keys]
    if asked:
        then = f", and {', then '.join(asked[1:4])} where that cannot answer" if asked[1:] else ""
        yield f"*Who is asked* · {asked[0]}{then}."
    yield from (_preference(one, keys) for one in models.preferences[:6])


def _preference(one: Preference, keys: set[str]) -> str:
    able = [name for name in one.use if name in keys]
    names = listed([code(name, 60) for name in able or one.use])
    when = " and ".join(_conditions(one))
    return f"• {names} first {when}." if able else f"• {names} first {when}, once there is a key."


def _conditions(one: Preference) -> Iterator[str]:
    if one.tasks:
        yield f"for {listed([_TASKS.get(task, code(task, 60)) for task in one.tasks])}"
    if one.words_over is not None:
        yield f"where a prompt has more than {count(one.words_over, 'word')}"
    if one.words_under is not None:
        yield f"where a prompt has fewer than {count(one.words_under, 'word')}"
    if one.costs_over is not None:
        yield f"where a prompt would cost more than {money(one.costs_over)} elsewhere"


def _budgets(today: ModelsToday) -> Iterator[str]:
    limits = today.models.allowances
    everybody = _of_budget(today.everybody, limits.day)
    mine = _of_budget(today.mine, limits.person)
    yield f"Spent since midnight UTC: {everybody} for everybody, {mine} for you."
    single = [
        f"one {what} may take {_limit(limit)}"
        for what, limit in (("prompt", limits.call), ("run", limits.run))
        if limit.is_set
    ]
    if single:
        yield f"At most, {listed(single)}; see `budgets` in `config/models.yaml`."


def _of_budget(spent: Spent, limit: Allowance) -> str:
    dollars = f" of {money(limit.dollars)}" if limit.dollars is not None else ""
    tokens = f"{spent.tokens:,} of " if limit.tokens is not None else ""
    whole = spent.tokens if limit.tokens is None else limit.tokens
    return f"{_money(spent)}{dollars} ({tokens}{count(whole, 'token')})"


def _limit(limit: Allowance) -> str:
    parts = [
        money(limit.dollars) if limit.dollars is not None else "",
        count(limit.tokens, "token") if limit.tokens is not None else "",
    ]
    return " and ".join(one for one in parts if one)


def costs(found: Spending) -> list[Block]:
    """Return what models took in a while and which calls were saved; [] where there is neither."""
    blocks: list[Block] = []
    total = found.total
    if total.answers:
        lines = [f"*Models* · {took(total)}", *_by_model(found.by_model)]
        blocks += [kit.section("\n".join(lines)), kit.context(_HOW_COUNTED)]
    if found.calls_saved:
        blocks += [kit.section(_saved(found.calls_saved)), kit.context(_HOW_SAVED)]
    return blocks


def _by_model(found: Mapping[str, Spent]) -> Iterator[str]:
    most = sorted(found.items(), key=lambda one: (-one[1].answers, one[0]))
    for name, one in most[:_SHOWN]:
        split = f"{one.tokens_in:,} tokens asked, {one.tokens_out:,} answered"
        yield f"• {code(name, 80)}: {count(one.answers, 'answer')} · {split} · {_money(one)}"
    if len(most) > _SHOWN:
        yield f"and {count(len(most) - _SHOWN, 'more model')}"


def _saved(calls: Mapping[str, int]) -> str:
    most = sorted(calls.items(), key=lambda one: (-one[1], one[0]))
    names: Sequence[str] = [f"{code(name, 80)} ({times:,})" for name, times in most[:_SAVED]]
    rest = len(most) - _SAVED
    more = [count(rest, "other operation")] if rest > 0 else []
    return f"*Calls saved* · {sum(calls.values()):,}: {listed([*names, *more])}"
