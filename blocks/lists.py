"""Lists and close-ups that people ask for: runs, workflows, tools, logs, one run's state."""

from collections.abc import Mapping, Sequence

from blocks import ids, kit, runs, states
from blocks.answers import pages_of
from blocks.kit import Block, Element, Message
from blocks.wording import clock, code, count, line, person, remark, safe, when
from opstream.domain.durations import show
from opstream.domain.history import Fact
from opstream.domain.operation import Health, Operation, SourceHealth
from opstream.domain.run import Page, RunStatus, RunSummary, RunView, StepStatus
from opstream.domain.values import Json
from opstream.domain.workflow import Input, Workflow
from opstream.errors import Complaint

WORKFLOWS_A_PAGE = 10
FACTS_A_PAGE = 25
OPERATIONS_A_PAGE = 30
_HEALTH = {
    Health.STARTING: "⏳ Starting",
    Health.READY: "✅ Ready",
    Health.FAILING: "❌ Failing",
    Health.MISSING: "⚪ Missing",
}


def pager(name: str, offset: int, shown: int, total: int, **kept: object) -> list[Block]:
    """Return what stands under a page: where it is in the list, and buttons to turn it.

    Args:
        name: The list's verb, such as `history`.
        offset: How many entries come before this page.
        shown: How many entries this page has.
        total: How many entries there are.
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
    span = f"{offset + 1}" if shown == 1 else f"{offset + 1}-{offset + shown}"
    return [kit.context(f"{span} of {total:,}"), kit.actions(*buttons)]


def page_of_runs(title: str, page: Page, name: str, words: str = "") -> Message:
    """Return a page of runs, newest first; `words` is the filter as it was typed."""
    if not page.runs:
        return nothing_there(name, words)
    head = f"*{title}* · {count(page.total, 'run')}"
    rows = [kit.section(summary(one)) for one in page.runs]
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
    return kit.sentence("Nothing is running. `/opstream workflows` shows what can be started.")


def summary(one: RunSummary) -> str:
    """Return a run as two lines of a list."""
    sign = states.summary_sign(one)
    took = f", took {show(one.ended_at - one.started_at)}" if one.ended_at else ""
    head = f"{sign.emoji} *{sign.word}* · {line(one.workflow_id, 80)} · {code(one.id, 80)}"
    reason = f"\n{line(one.reason, 200)}" if one.reason else ""
    return f"{head}\nby {person(one.by)} · {when(one.started_at)}{took}{reason}"


def status(view: RunView) -> Message:
    """Return where a run is, what is done, how long is left and how sure that is."""
    return _status(view, runs.steering(view.run))


def _status(view: RunView, buttons: Sequence[Element]) -> Message:
    run, sign = view.run, states.run_sign(view.run)
    head = f"{sign.emoji} *{sign.word}* · *{line(view.workflow.title, 150)}* · {code(run.id, 80)}"
    blocks = [
        kit.section(f"{head}\n{states.settled_steps(view)} · {_time(view)}"),
        kit.section("\n".join(_step_lines(view))),
    ]
    if run.reason:
        blocks.append(kit.section(safe(run.reason, 600)))
    if buttons:
        blocks.append(kit.actions(*buttons))
    return kit.message(f"{sign}: {view.workflow.title}, {states.settled_steps(view)}", blocks)


def _time(view: RunView) -> str:
    run = view.run
    if run.status.ended:
        return f"took {states.took(run)}"
    words = states.left(view) or "nobody can say yet how long it takes"
    return f"{words}{_sureness(view)}"


def _sureness(view: RunView) -> str:
    if view.left is None or states.waiting_for(view) or view.run.status is RunStatus.PAUSED:
        return ""
    if not view.samples:
        return " (planned waits only; it has not run before)"
    rough = ", so take it as a rough guess" if view.samples < 3 else ""
    return f" (from {count(view.samples, 'earlier run')}{rough})"


_MARKS = {
    states.Stage.PENDING: "⚪ To do",
    states.Stage.IN_PROGRESS: "🔄 Under way",
    states.Stage.COMPLETE: "✅ Done",
    states.Stage.ERROR: "❌ Not done",
}


def _step_lines(view: RunView) -> list[str]:
    lines: list[str] = []
    for step in view.workflow.steps[:40]:
        words = remark(states.explain(view, step))
        said = f": {words}" if words and words != "Done." else ""
        skipped = view.run.state(step.id).status is StepStatus.SKIPPED
        mark = "⏭️ Left out" if skipped else _MARKS[states.stage(view, step)]
        lines.append(f"{mark} · {line(step.title or step.id, 100)}{'' if skipped else said}")
    more = len(view.workflow.steps) - 40
    return [*lines, f"and {count(more, 'more step')}"] if more > 0 else lines or ["No steps."]


def details(view: RunView, offset: int = 0) -> Message:
    """Return one page of all that a run's steps found; page 0 is where the run is."""
    steer = [one for one in runs.steering(view.run) if one["action_id"] != ids.RUN_DETAILS]
    pages = [_status(view, steer), *_findings(view)]
    page = pages[min(offset, len(pages) - 1)]
    turn = pager("details", min(offset, len(pages) - 1), 1, len(pages), run=view.run.id)
    return Message(page.text, kit.fit([*page.blocks, *turn]))


def _findings(view: RunView) -> list[Message]:
    return [
        page
        for step in view.workflow.steps
        if (state := view.run.state(step.id)).status is StepStatus.SUCCEEDED
        for page in pages_of(step.title or step.id, report_in(state.output))
    ]


def report_in(output: Json) -> Json:
    """Return the report of a step's output: a notice carries its own inside."""
    if isinstance(output, Mapping) and isinstance(output.get("report"), Mapping):
        return output["report"]
    return output if isinstance(output, Mapping) else None


def logs(run_id: str, facts: Sequence[Fact], lines: Sequence[str], offset: int) -> Message:
    """Return a page of what happened in a run, oldest first."""
    shown = lines[offset : offset + FACTS_A_PAGE]
    stamps = [clock(fact.at) for fact in facts[offset : offset + FACTS_A_PAGE]]
    text = "\n".join(f"{at} {words}" for at, words in zip(stamps, shown, strict=True))
    head = kit.section(f"*Log of {code(run_id, 80)}* · {count(len(lines), 'entry', 'entries')}")
    turn = pager("logs", offset, len(shown), len(lines), run=run_id, size=FACTS_A_PAGE)
    body = [kit.section(one) for one in _cut(text)]
    return kit.message(f"Log of {run_id}", [head, *body, *turn])


def _cut(text: str) -> list[str]:
    pieces: list[str] = [""]
    for one in text.split("\n"):
        if len(pieces[-1]) + len(one) + 1 > kit.TEXT_LIMIT - 20:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]}\n{one}".strip("\n")
    return [piece for piece in pieces if piece]


def workflows(found: Sequence[Workflow], faults: Sequence[Complaint], offset: int = 0) -> Message:
    """Return a page of what can be started, each with a button, and files that do not load."""
    shown = found[offset : offset + WORKFLOWS_A_PAGE]
    if not found and not faults:
        return kit.sentence("There is no workflow yet. Put one into `config/workflows/`.")
    blocks: list[Block] = [kit.section(f"*What can be started* · {count(len(found), 'workflow')}")]
    for one in shown:
        value = ids.carried_start(one.id, {})
        start = kit.button("Start", ids.START_OPEN, value, label=f"Start {one.title}")
        blocks.append(kit.section(_workflow(one), start))
    turn = pager("workflows", offset, len(shown), len(found), size=WORKFLOWS_A_PAGE)
    return kit.message("What can be started", [*blocks, *_faults(faults), *turn])


def _workflow(one: Workflow) -> str:
    inputs = ", ".join(_input(each) for each in one.inputs[:12]) or "nothing"
    said = f"\n{line(one.description, 300)}" if one.description else ""
    phrase = f"\nOr say: {code(one.phrases[0], 150)}" if one.phrases else ""
    return f"*{line(one.title, 150)}* · {code(one.id, 80)}{said}\nNeeds {inputs}{phrase}"


def _input(one: Input) -> str:
    return code(one.name, 60) + ("" if one.required and one.default is None else " (optional)")


def _faults(faults: Sequence[Complaint]) -> list[Block]:
    if not faults:
        return []
    lines = [f"• {line(str(one), 250)}" for one in faults[:8]]
    more = [f"and {len(faults) - 8} more"] if len(faults) > 8 else []
    return [kit.section("\n".join(["⚠️ *These files cannot be used yet*", *lines, *more]))]


def tools(sources: Sequence[SourceHealth]) -> Message:
    """Return every source of tools and how it is doing."""
    if not sources:
        return kit.sentence("No tool is configured. Name MCP servers in `config/mcp.yaml`.")
    blocks = [kit.section("*Tools*"), *(kit.section(_source(one)) for one in sources[:40])]
    how = code("/opstream tools <name>")
    hint = kit.context(f"{how} shows one of them with all it can do.")
    return kit.message("Tools and their health", [*blocks, hint])


def _source(one: SourceHealth) -> str:
    names = ", ".join(code(each.name.rpartition(".")[2], 60) for each in one.operations[:12])
    more = f" and {len(one.operations) - 12} more" if len(one.operations) > 12 else ""
    tail = f"\n{names}{more}" if names else ""
    return f"{_HEALTH[one.health]} · *{line(one.name, 80)}*\n{line(one.sentence, 300)}{tail}"


def source(one: SourceHealth, offset: int = 0) -> Message:
    """Return a source with its operations, a page of them."""
    shown = one.operations[offset : offset + OPERATIONS_A_PAGE]
    rows = [kit.section(text) for text in _cut("\n".join(_operation(each) for each in shown))]
    total = len(one.operations)
    turn = pager("tools", offset, len(shown), total, words=one.name[:200], size=OPERATIONS_A_PAGE)
    head = f"{_HEALTH[one.health]} · *{line(one.name, 80)}*\n{line(one.sentence, 300)}"
    return kit.message(f"{one.name}: {one.sentence}", [kit.section(head), *rows, *turn])


def _operation(one: Operation) -> str:
    mark = "✏️ changes things" if one.writes else "👁️ only reads"
    return f"• {code(one.name, 100)} · {mark} · {line(one.description or one.title, 160)}"
