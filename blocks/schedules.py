"""What starts by the clock: a new plan, and the list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from blocks import ids, kit
from blocks.kit import Message
from blocks.lists import pager
from blocks.wording import as_text, code, count, line, person, when
from opstream.domain.person import Who
from opstream.domain.recurring import in_words
from opstream.domain.trigger import Missed, Schedule

PLANS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that starts by the clock.

    Args:
        name: Under which it is taken out.
        title: What its workflow is called.
        next_at: None when it will not start any more.
        by: Who wanted it; None when it stands in the workflow.
        outcome: What became of the last time, as a sentence.
    """

    name: str
    title: str
    schedule: Schedule
    next_at: datetime | None
    by: Who | None
    outcome: str


def planned(plan: Plan) -> Message:
    """Return what is said of a new plan."""
    title, name = line(plan.title, 150), code(plan.name, 80)
    take_out = code(f"/opstream unschedule {plan.name}", 120)
    text = f"🗓️ *{title}* starts {_times(plan)}{_next(plan, ', ')} ({name}). {take_out} ends that."
    return kit.sentence(text)


def _next(plan: Plan, joint: str) -> str:
    if plan.next_at is None:
        return f"{joint}never again"
    return f"{': ' if plan.schedule.at else f'{joint}next '}{when(plan.next_at)}"


def _times(plan: Plan) -> str:
    one = plan.schedule
    if one.at is not None:
        return "once"
    cron = one.cron or ""
    return f"{in_words(cron) or f'at {code(cron, 100)}'} in {line(one.timezone, 60)}"


def listing(plans: Sequence[Plan], offset: int = 0) -> Message:
    """Return a page of what is planned, the next first."""
    if not plans:
        example = code("/opstream schedule slo_monitoring every weekday at 9")
        return kit.sentence(f"Nothing is planned. Write for example {example}.")
    shown = plans[offset : offset + PLANS_A_PAGE]
    rows = [kit.section(row(one), remove(one) if one.by else None) for one in shown]
    turn = pager("schedules", offset, len(shown), len(plans), size=PLANS_A_PAGE)
    head = f"*What is planned* · {count(len(plans), 'plan')}"
    return kit.message("What is planned", [kit.section(head), *rows, *turn])


def row(plan: Plan) -> str:
    """Return a plan as a row of a list, as mrkdwn."""
    who = f"planned by {person(plan.by)}" if plan.by else "stands in the workflow"
    head = f"🗓️ *{line(plan.title, 150)}* · {code(plan.name, 80)}"
    times = _times(plan)
    times = f"{times[:1].upper()}{times[1:]}{_next(plan, ' · ')} · {who}{_missed(plan)}"
    given = plan.schedule.inputs if isinstance(plan.schedule.inputs, Mapping) else {}
    inputs = " · ".join(f"{line(n, 60)} = {line(as_text(v), 80)}" for n, v in given.items())
    last = f"Last: {line(plan.outcome, 300)}" if plan.outcome else ""
    return "\n".join(one for one in (head, times, inputs, last) if one)


_MISSED = {
    Missed.SKIP: " · missed times are skipped",
    Missed.ALL: " · all missed times are made up for",
}


def _missed(plan: Plan) -> str:
    return _MISSED.get(plan.schedule.missed, "")


def remove(plan: Plan) -> kit.Element:
    """Return the button that takes a plan out."""
    ask = kit.confirm(
        "Take this plan out?", f"{plan.title} will not start by itself then.", "Take it out"
    )
    value = ids.carried(words=plan.name)
    label = f"Take out {plan.name}"
    return kit.button("Take out", ids.SCHEDULE_REMOVE, value, confirm=ask, label=label)
