"""Workflows at random: every kind of step, in every order that the checks of definitions allow."""

from datetime import timedelta

from hypothesis import strategies as st

from opstream.domain.workflow import (
    ApprovalRule,
    AskPerson,
    Call,
    Input,
    Notify,
    OnError,
    RequestApproval,
    RetryPolicy,
    Step,
    Wait,
    Work,
    Workflow,
)

HOUR = timedelta(hours=1)
CALLS = ("t.write", "t.keyed") * 4 + ("t.read", "t.read", "t.gone")
UNTIL = "2026-11-20T12:30:00+00:00"


@st.composite
def workflows(draw) -> Workflow:
    """Steps s0, s1, …; each may need and mention earlier ones, an approval may cover a later call."""
    count = draw(st.integers(2, 6))
    kinds = [
        draw(
            st.sampled_from(
                ("call", "call", "call", "call", "approval", "approval", "wait", "ask", "notify")
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
    return Workflow(
        "demo", "Demo", tuple(_step(draw, n, kinds, needs, covers) for n in range(count))
    )


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
    )


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
            rule = ApprovalRule(expires_after=draw(st.sampled_from([None, HOUR, timedelta()])))
            return RequestApproval(
                "Go?", covers=None if covered is None else f"s{covered}", rule=rule
            )
        case "wait":
            waits = [Wait(duration=0), Wait(duration="20s"), Wait(until=UNTIL)] * 3
            return draw(st.sampled_from([*waits, Wait(duration="-")]))
        case "ask":
            return AskPerson("Who?", (Input("who"),), draw(st.sampled_from([None, HOUR])))
        case _:
            return Notify(
                draw(st.sampled_from(["Done.", "Well.", "{{ inputs.none }}", *mentioned]))
            )
