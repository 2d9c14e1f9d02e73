"""Lists and close-ups that people ask for: runs, workflows, tools, logs, one run's state."""

import re
from collections.abc import Mapping, Sequence

from blocks import ids, kit, models, states
from blocks.kit import Block, Message
from blocks.wording import code, count, line, person, spent, when
from opstream.domain.operation import Health, Operation, SourceHealth
from opstream.domain.run import Page, RunSummary
from opstream.domain.spending import ModelsToday
from opstream.domain.workflow import Input, Workflow
from opstream.errors import Complaint

WORKFLOWS_A_PAGE = 10
OPERATIONS_A_PAGE = 30
_HEALTH = {
    Health.STARTING: "⏳ Starting",
    Health.READY: "✅ Ready",
    Health.FAILING: "❌ Failing",
    Health.MISSING: "⚪ Missing",
}


def pager(
    name: str, offset: int, shown: int, total: int, *, more: bool = False, **kept: object
) -> list[Block]:
    """Return what stands under a page: where it is in the list, and buttons to turn it.

    Args:
        name: The list's verb, such as `history`.
        offset: How many entries come before this page.
        shown: How many entries this page has.
        total: How many entries there are.
        more: Whether there are more than that.
        **kept: What else the next page must know, such as a filter.
    """
    if not shown or shown >= total:
        return []
    buttons = []
    size = max(shown, int(str(kept.pop("size", shown))))
    if offset:
        value = ids.carried(list=name, offset=max(0, offset - size), back=1, **kept)
        buttons.append(kit.button("Previous page", f"{ids.PAGE_TURN}:back", value))
    if offset + shown < total:
        value = ids.carried(list=name, offset=offset + shown, **kept)
        buttons.append(kit.button("Next page", f"{ids.PAGE_TURN}:on", value))
    span = f"Page {offset + 1}" if size == 1 else f"{offset + 1} to {offset + shown}"
    return [
        kit.context(f"{span} of {'more than ' if more else ''}{total:,}"),
        kit.actions(*buttons),
    ]


def page_of_runs(
    title: str, page: Page, name: str, titles: Mapping[str, str], words: str = ""
) -> Message:
    """Return a page of runs, newest first.

    Args:
        title: What the list is called.
        page: The runs.
        name: The list's verb, such as `history`.
        titles: What workflows are called, by id.
        words: The filter as it was typed.
    """
    if not page.runs:
        return nothing_there(name, words)
    head = f"*{title}* · {count(page.total, 'run')}"
    rows = [kit.section(summary(one, titles)) for one in page.runs]
    shown = len(page.runs)
    turn = pager(name, page.offset, shown, page.total, words=words[:200], size=page.limit)
    return kit.message(f"{title}: {count(page.total, 'run')}", [kit.section(head), *rows, *turn])


def nothing_there(name: str, words: str = "") -> Message:
    """Return what a list of runs says when it is empty."""
    if words:
        return kit.sentence(f"No run matches {code(words, 100)}. `/opstream history` shows all.")
    if name == "history":
        return kit.sentence(
            "No run has ended yet. `/opstream workflows` shows what can be started."
        )
    if name == "status":
        return kit.sentence(
            "None of your runs is active. `/opstream list` shows everybody's, `/opstream history` "
            "those that ended."
        )
    return kit.sentence("Nothing is running. `/opstream workflows` shows what can be started.")


def summary(one: RunSummary, titles: Mapping[str, str]) -> str:
    """Return a run as two lines of a list; `titles` are what workflows are called, by id."""
    sign = states.summary_sign(one)
    took = f", took {spent(one.ended_at - one.started_at)}" if one.ended_at else ""
    title = line(titles.get(one.workflow_id, one.workflow_id), 150)
    head = f"{sign.emoji} *{sign.word}* · {title} · {code(one.id, 80)}"
    reason = f"\n{line(one.reason, 200)}" if one.reason else ""
    now = f" · {person(one.handed_to)} answers for it" if one.handed_to else ""
    return f"{head}\nAsked by {person(one.by)} · {when(one.started_at)}{took}{now}{reason}"


def workflows(
    found: Sequence[Workflow],
    faults: Sequence[Complaint],
    offset: int = 0,
    *,
    doubts: Sequence[Complaint] = (),
) -> Message:
    """Return a page of what can be started, each with a button, and files that do not load.

    Args:
        found: What can be started.
        faults: What kept files out.
        offset: Where the page begins.
        doubts: What is doubtful about workflows that can be started all the same.
    """
    shown = found[offset : offset + WORKFLOWS_A_PAGE]
    if not found and not faults:
        return kit.sentence("There is no workflow yet. Put one into `config/workflows/`.")
    blocks: list[Block] = [kit.section(f"*What can be started* · {count(len(found), 'workflow')}")]
    for one in shown:
        value = ids.carried_start(one.id, {})
        start = kit.button("Start", ids.START_OPEN, value, label=f"Start {one.title}")
        blocks.append(kit.section(_workflow(one), start))
    turn = pager("workflows", offset, len(shown), len(found), size=WORKFLOWS_A_PAGE)
    wrong = [*faults_under(_UNUSABLE, faults), *faults_under(_DOUBTFUL, doubts)]
    return kit.message("What can be started", [*blocks, *wrong, *turn])


def _workflow(one: Workflow) -> str:
    inputs = ", ".join(_input(each) for each in one.inputs[:12]) or "nothing"
    said = f"\n{line(one.description, 300)}" if one.description else ""
    phrase = f"\nOr say: {code(one.phrases[0], 150)}" if one.phrases else ""
    return f"*{line(one.title, 150)}* · {code(one.id, 80)}{said}\nNeeds {inputs}{phrase}"


def _input(one: Input) -> str:
    return code(one.name, 60) + ("" if one.required and one.default is None else " (optional)")


_UNUSABLE = "⚠️ *These files cannot be used yet*"
_DOUBTFUL = "⚠️ *These can be started, but may not do what you expect*"


def faults_under(head: str, faults: Sequence[Complaint]) -> list[Block]:
    """Return complaints below a line of their own; nothing where there are none."""
    if not faults:
        return []
    lines = [f"• {line(str(one), 250)}" for one in faults[:8]]
    more = [f"and {len(faults) - 8} more"] if len(faults) > 8 else []
    return [kit.section("\n".join([head, *lines, *more]))]


def tools(sources: Sequence[SourceHealth], today: ModelsToday) -> Message:
    """Return every source of tools and how it is doing, and the models beside them."""
    if sources:
        how = code("/opstream tools <name>")
        hint = kit.context(f"{how} shows one of them with all it can do.")
        shown = [kit.section(_source(one)) for one in sources[:40]]
        blocks = [kit.section("*Tools*"), *shown, hint]
    else:
        none = "No tool is configured. Name MCP servers in `config/mcp.yaml`."
        blocks = [kit.section(f"*Tools*\n{none}")]
    text = "Tools and models, and how they are doing"
    return kit.message(text, [*blocks, *models.standing(today)])


def _source(one: SourceHealth) -> str:
    names = ", ".join(code(each.name.rpartition(".")[2], 60) for each in one.operations[:12])
    more = f" and {len(one.operations) - 12} more" if len(one.operations) > 12 else ""
    tail = f"\n{names}{more}" if names else ""
    return f"{_HEALTH[one.health]} · *{line(one.name, 80)}*\n{line(one.sentence, 300)}{tail}"


def source(one: SourceHealth, offset: int = 0) -> Message:
    """Return a source with its operations, a page of them."""
    shown = one.operations[offset : offset + OPERATIONS_A_PAGE]
    rows = kit.paragraphs([_operation(each) for each in shown])
    total = len(one.operations)
    turn = pager("tools", offset, len(shown), total, words=one.name[:200], size=OPERATIONS_A_PAGE)
    head = f"{_HEALTH[one.health]} · *{line(one.name, 80)}*\n{line(one.sentence, 300)}"
    more = [kit.context(" · ".join(line(each, 300) for each in one.details))] if one.details else []
    return kit.message(f"{one.name}: {one.sentence}", [kit.section(head), *more, *rows, *turn])


def _operation(one: Operation) -> str:
    mark = "✏️ changes things" if one.writes else "👁️ only reads"
    said = " ".join((one.description or one.title).split())
    first = re.split(r"(?<=[a-z0-9)][.!?]) (?=[A-Z])", said, maxsplit=1)[0]
    return f"• {code(one.name, 100)} · {mark} · {line(first, 200)}"
