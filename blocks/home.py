"""App Home: what waits for me, what I have going, what failed lately, my plans, how it all runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from blocks import ids, kit, stats
from blocks.forms import View
from blocks.kit import Block, Element
from blocks.lists import summary
from blocks.risks import risk
from blocks.schedules import Plan, remove, row
from blocks.wording import about, code, count, line, person, safe, spent, when
from opstream.domain.open_approval import ApprovalPage, OpenApproval
from opstream.domain.run import Page, RunStatus, RunSummary
from opstream.domain.statistics import Statistics
from opstream.domain.workflow import Workflow

T = TypeVar("T")
ROWS: Final = 5
"""How many rows each part of Home has on a page."""
BLOCKS_LIMIT: Final = 100
_ACTIONS = (
    ("▶️ Start something", "workflows"),
    ("🔄 Everything active", "list"),
    ("📜 History", "history"),
    ("📊 Statistics", "stats 30d"),
)


@dataclass(frozen=True, slots=True)
class Offsets:
    """How far each part of Home is paged on."""

    approvals: int = 0
    waiting: int = 0
    active: int = 0
    failed: int = 0
    plans: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a person's Home says.

    Args:
        name: What the person is called.
        approvals: A page of the approvals that this person may decide on.
        waiting: A page of runs that wait for a person.
        active: A page of my runs that have not ended.
        failed: A page of my runs that failed.
        plans: All that starts by the clock and that I wanted, the next first.
        statistics: How it all went lately; None while that is not known.
        usual: How long runs of a workflow usually take, by its id.
        workflows: All that can be started.
        now: The time.
    """

    name: str
    approvals: ApprovalPage
    waiting: Page
    active: Page
    failed: Page
    plans: Sequence[Plan]
    statistics: Statistics | None
    usual: Mapping[str, timedelta]
    workflows: Sequence[Workflow]
    now: datetime
    offsets: Offsets = field(default_factory=Offsets)


def home(shown: Shown) -> View:
    """Return a person's Home."""
    blocks = [
        kit.header(f"Hello {shown.name}"),
        kit.section(_at_a_glance(shown)),
        kit.actions(*(_action(text, verb) for text, verb in _ACTIONS), *_ABOUT_ME),
        kit.divider(),
        *_approvals(shown),
        *_waiting(shown),
        *_active(shown),
        *_failed(shown),
        *_plans(shown),
        kit.divider(),
        *_statistics(shown.statistics),
        kit.divider(),
        *_startable(shown.workflows),
        kit.context("`/opstream help` shows all that I can do."),
    ]
    return {"type": "home", "blocks": blocks[:BLOCKS_LIMIT]}


def _at_a_glance(shown: Shown) -> str:
    waiting, active = shown.waiting.total, shown.active.total
    waits = f"*{count(waiting, 'run')}* {'waits' if waiting == 1 else 'wait'} for a person"
    mine = f"*{active:,}* of yours {'is' if active == 1 else 'are'} active"
    if not waiting and not active:
        return "Nothing waits for anybody, and nothing of yours is active."
    return f"{waits if waiting else 'Nothing waits for anybody'} · {mine}."


def _action(text: str, verb: str) -> Element:
    return kit.button(text, f"{ids.HOME_VERB}:{verb.split()[0]}", ids.carried(verb=verb))


_MORE = "more than "
_ABOUT_ME = (
    kit.button("🔔 Preferences", ids.PREFS_OPEN, ids.carried()),
    _action("❓ Help", "help"),
)


def _approvals(shown: Shown) -> list[Block]:
    if not shown.approvals.total:
        return []  # the next part says so
    return [
        _title("✋ For me to decide", shown.approvals.total, more=shown.approvals.more),
        *_rows(shown.approvals.approvals, lambda one: _approval(one, _titles(shown))),
        *_turn(
            "approvals",
            shown,
            shown.offsets.approvals,
            shown.approvals.total,
            more=shown.approvals.more,
        ),
    ]


def _approval(one: OpenApproval, titles: Mapping[str, str]) -> Block:
    workflow = line(titles.get(one.workflow, one.workflow), 150)
    does = f" · a yes calls {code(one.call.operation, 100)}" if one.call else ""
    until = f" · open until {when(one.expires_at)}" if one.expires_at else ""
    said = f"*{line(one.title, 200)}*\n{risk(one.risk)} · {workflow} · asked by {person(one.asker)}{does}{until}"
    details = ids.carried(run=one.run)
    label = f"What {one.run} asks"
    return kit.section(said, kit.button("Look at it", ids.RUN_DETAILS, details, label=label))


def _waiting(shown: Shown) -> list[Block]:
    teach = "Nothing waits for anybody. When a run wants a yes or an answer, it stands here."
    rows = _rows(shown.waiting.runs, lambda one: _run(one, shown))
    return [
        _title("🙋 Waiting for a decision or an answer", shown.waiting.total),
        *(rows or [kit.context(teach)]),
        *_turn("waiting", shown, shown.waiting.offset, shown.waiting.total),
    ]


def _active(shown: Shown) -> list[Block]:
    example = code("/opstream start application_profiling")
    teach = f"Nothing of yours is active. Start something below, or write {example} in any channel."
    rows = _rows(shown.active.runs, lambda one: _run(one, shown))
    return [
        _title("🔄 My runs", shown.active.total),
        *(rows or [kit.context(teach)]),
        *_turn("active", shown, shown.active.offset, shown.active.total),
    ]


def _failed(shown: Shown) -> list[Block]:
    if not shown.failed.total:
        return []  # that nothing failed needs no words
    rows = _rows(shown.failed.runs, lambda one: _failure(one, shown))
    return [
        _title("❌ Mine that failed lately", shown.failed.total),
        *rows,
        *_turn("failed", shown, shown.failed.offset, shown.failed.total),
    ]


def _plans(shown: Shown) -> list[Block]:
    example = code("/opstream schedule slo_monitoring every weekday at 9")
    teach = f"You have planned nothing. {example} starts something by the clock."
    page = shown.plans[shown.offsets.plans : shown.offsets.plans + ROWS]
    rows = [kit.section(row(one), remove(one)) for one in page]
    return [
        _title("🗓️ My schedules", len(shown.plans)),
        *(rows or [kit.context(teach)]),
        *_turn("plans", shown, shown.offsets.plans, len(shown.plans)),
    ]


def _title(text: str, total: int, *, more: bool = False) -> Block:
    number = f" · {_MORE if more else ''}{total:,}" if total else ""
    return kit.section(f"*{text}*{number}")


def _rows(found: Sequence[T], drawn: Callable[[T], Block]) -> list[Block]:
    return [drawn(one) for one in found[:ROWS]]


def _run(one: RunSummary, shown: Shown) -> Block:
    left = _left(one, shown)
    text = f"{summary(one, _titles(shown))}{f' · {left}' if left else ''}"
    label = f"Details of {one.id}"
    value = ids.carried(run=one.id)
    return kit.section(text, kit.button("Details", ids.RUN_DETAILS, value, label=label))


def _left(one: RunSummary, shown: Shown) -> str:
    """Return how long a run still takes, going by what runs of its workflow usually take."""
    usual = shown.usual.get(one.workflow_id)
    if usual is None or one.status is not RunStatus.ACTIVE or one.waits_for_person:
        return ""
    left = usual - (shown.now - one.started_at)
    if left <= timedelta():
        return f"longer than usual, which is {spent(usual)}"
    return f"{about(left)} left, as usual"


def _failure(one: RunSummary, shown: Shown) -> Block:
    label = f"Retry {one.id}"
    retry = kit.button("Retry", ids.RUN_RETRY, ids.carried(run=one.id), label=label)
    return kit.section(summary(one, _titles(shown)), retry)


def _titles(shown: Shown) -> Mapping[str, str]:
    return {one.id: one.title for one in shown.workflows}


def _turn(part: str, shown: Shown, offset: int, total: int, *, more: bool = False) -> list[Block]:
    """Return buttons to turn the pages of one part; they carry how far the others are."""
    if total <= ROWS and not offset:
        return []
    buttons = []
    if offset:
        buttons.append(_page_button("Previous", part, shown, max(0, offset - ROWS)))
    if offset + ROWS < total:
        buttons.append(_page_button("Next", part, shown, offset + ROWS))
    last = min(offset + ROWS, total)
    span = kit.context(
        f"{min(offset + 1, total):,} to {last:,} of {_MORE if more else ''}{total:,}"
    )
    return [span, kit.actions(*buttons)] if buttons else [span]


def _page_button(text: str, part: str, shown: Shown, offset: int) -> Element:
    now = {name: getattr(shown.offsets, name) for name in Offsets.__slots__} | {part: offset}
    words = " ".join(f"{name}={number}" for name, number in now.items() if number)
    action = f"{ids.HOME_TURN}:{part}:{text.lower()}"
    return kit.button(text, action, ids.carried(words=words), label=f"{text} page of {part}")


def _statistics(found: Statistics | None) -> list[Block]:
    if found is None or not found.total:
        teach = "As soon as runs have ended, this shows how well they went and how long they took."
        return [_title("📊 How it runs", 0), kit.context(teach)]
    days = len(found.parts)
    words = f"*📊 How it runs* · all that you may see, the last {days} days\n{stats.summary(found)}"
    return [kit.section(words), *stats.drawings(found)]


def _startable(workflows: Sequence[Workflow]) -> list[Block]:
    if not workflows:
        new = code("/opstream new")
        return [kit.context(f"There is no workflow to start yet. {new} begins one.")]
    rows = [_workflow(one) for one in workflows[:ROWS]]
    more = len(workflows) - ROWS
    rest = kit.context(f"and {count(more, 'more workflow')}: `/opstream workflows` shows all.")
    return [_title("▶️ What you can start", len(workflows)), *rows, *([rest] if more > 0 else [])]


def _workflow(one: Workflow) -> Block:
    said = f"*{line(one.title, 150)}*\n{safe(one.description, 300)}".strip()
    start = ids.carried_start(one.id, {})
    return kit.section(said, kit.button("Start", ids.START_OPEN, start, label=f"Start {one.title}"))


def offsets(words: str) -> Offsets:
    """Return how far the parts are paged on, as a button carried it; what does not fit is 0."""
    found = dict(part.partition("=")[::2] for part in words.split())
    numbers = {
        name: int(found[name])
        for name in Offsets.__slots__
        if found.get(name, "").isdecimal() and len(found[name]) < 7
    }
    return Offsets(**numbers)
