"""Workflows at random: every kind of step, in every order that the checks of definitions allow."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from opstream.domain.workflow import (
    Agent,
    ApprovalRule,
    AskPerson,
    Call,
    Escalation,
    ForEach,
    Input,
    Notify,
    OnError,
    Prompt,
    RequestApproval,
    RetryPolicy,
    RunWorkflow,
    Step,
    Wait,
    Work,
    Workflow,
)

HOUR = timedelta(hours=1)
SOON = (Escalation(timedelta(minutes=30), ("@oncall",)),)
LATER = Escalation(timedelta(minutes=45), ("U0LEAD0001",))
CALLS = ("t.write", "t.keyed") * 4 + ("t.read", "t.read", "t.gone")
OTHERS = ("child", "loop", "loop", "letter", "reply", "agent", "agent")
UNTIL = "2026-11-20T12:30:00+00:00"


@st.composite
def workflows(draw) -> Workflow:
    """Steps s0, s1, …; each may need and mention earlier ones, an approval may cover a later call."""
    count = draw(st.integers(2, 6))
    kinds = [
        draw(
            st.sampled_from(
                ("call",) * 5 + ("approval",) * 2 + ("wait", "ask", "notify", "prompt") + OTHERS
            )
        )
        for _ in range(count)
    ]
    needs = [
        set(draw(st.lists(st.integers(0, number - 1), max_size=2))) if number else set()
        for number in range(count)
    ]
    covers: dict[int, int] = {}
    for number, kind in enumerate(kinds):
        later = [
            n for n in range(number + 1, count) if kinds[n] == "call" and n not in covers.values()
        ]
        if kind == "approval" and later and draw(st.booleans()):
            covers[number] = draw(st.sampled_from(later))
            needs[covers[number]].add(number)
    steps = [_step(draw, n, kinds, needs, covers) for n in range(count)]
    return Workflow("demo", "Demo", tuple(_with_rescuer(draw, steps)))


def _with_rescuer(draw, steps: list[Step]) -> list[Step]:
    """Perhaps let a step answer the failure of one before it."""
    if draw(st.integers(0, 2)):
        return steps
    failing, answering = sorted(
        draw(st.sets(st.integers(0, len(steps) - 1), min_size=2, max_size=2))
    )
    rescuer = steps[answering]
    needs = tuple(dict.fromkeys((*rescuer.needs, steps[failing].id)))
    steps[answering] = replace(rescuer, rescues=steps[failing].id, needs=needs)
    return steps


def _step(draw, number, kinds, needs, covers) -> Step:
    before = [f"s{need}" for need in sorted(needs[number])]
    return Step(
        id=f"s{number}",
        title=f"Step {number}",
        work=_work(draw, kinds[number], before, covers.get(number)),
        needs=tuple(before),
        when=draw(st.sampled_from(_conditions(before))),
        retry=RetryPolicy(attempts=draw(st.integers(1, 3)), first_wait=timedelta(seconds=5)),
        on_error=draw(st.sampled_from(OnError)),
        timeout=draw(st.sampled_from([None, HOUR])),
        undo=_undo(draw, f"s{number}") if kinds[number] == "call" else None,
    )


def _undo(draw, step: str) -> Call | None:
    if draw(st.integers(0, 2)):
        return None
    name = draw(st.sampled_from(["t.write", "t.keyed", "t.gone"]))
    value = draw(
        st.sampled_from(["{{ output }}", "{{ output.n }}", f"{{{{ steps.{step}.output.n }}}}"])
    )
    return Call(name, {"n": value}, unattended=draw(st.booleans()))


def _loop(draw) -> ForEach:
    """Some items, and steps for each: a call, perhaps with a yes before it, perhaps a rest after."""
    covers = draw(st.booleans())
    call = Call(draw(st.sampled_from(CALLS)), {"n": "{{ item }}"}, unattended=draw(st.booleans()))
    inner = [
        Step(
            "b",
            "Inside",
            call,
            ("a",) if covers else (),
            on_error=draw(st.sampled_from(OnError)),
            retry=RetryPolicy(attempts=draw(st.integers(1, 2)), first_wait=timedelta(seconds=5)),
            undo=_undo(draw, "b"),
        )
    ]
    if covers:
        inner.insert(0, Step("a", "Asked", RequestApproval("Go?", covers="b")))
    if draw(st.booleans()):
        inner.append(Step("c", "After", Wait(duration="5s"), ("b",), when="index == 0"))
    items = draw(st.sampled_from([[1, 2, 3], [1, 2], [], "{{ inputs.yes }}"]))
    return ForEach(items, tuple(inner), draw(st.integers(1, 2)))


def _conditions(before: list[str]) -> list[str | None]:
    about = [f"steps.{one}.status == 'succeeded'" for one in before]
    return [*[None] * 12, *about, "inputs.none", "inputs.yes", "not inputs.yes"]


def _work(draw, kind: str, before: list[str], covered: int | None) -> Work:
    mentioned = [f"{{{{ steps.{one}.output }}}}" for one in before]
    match kind:
        case "call":
            return Call(
                draw(st.sampled_from(CALLS)),
                {"n": draw(st.sampled_from([1, *mentioned]))},
                unattended=draw(st.booleans()),
            )
        case "approval":
            rule = ApprovalRule(
                expires_after=draw(st.sampled_from([None, HOUR, timedelta()])),
                people=draw(st.sampled_from([1, 1, 2])),
                escalation=draw(st.sampled_from([(), SOON, (*SOON, LATER)])),
            )
            return RequestApproval(
                "Go?", covers=None if covered is None else f"s{covered}", rule=rule
            )
        case "wait":
            waits = [Wait(duration=0), Wait(duration="20s"), Wait(until=UNTIL)] * 3
            return draw(st.sampled_from([*waits, Wait(duration="-")]))
        case "loop":
            return _loop(draw)
        case "ask":
            return AskPerson("Who?", (Input("who"),), draw(st.sampled_from([None, HOUR])))
        case _:
            return _talk(draw, kind, mentioned)


def _talk(draw, kind: str, mentioned: list[str]) -> Work:
    match kind:
        case "prompt":
            return Prompt(draw(st.sampled_from(["Say.", *mentioned])))
        case "agent":
            task = draw(st.sampled_from(["See", "Do it", "Or that", *mentioned, ""]))
            return Agent(task, turns=draw(st.integers(1, 4)), tokens=draw(st.sampled_from([9, 99])))
        case "child":
            return RunWorkflow("other", {"n": draw(st.sampled_from([1, *mentioned]))})
        case "letter":
            return Wait(topic="paid", where=draw(st.sampled_from([None, "letter.body.n == 1"])))
        case "reply":
            return Wait(reply=True)
    return Notify(draw(st.sampled_from(["Done.", "Well.", "{{ inputs.none }}", *mentioned])))
