"""What the gallery shows: each card as the stories of the card tests make it."""

from dataclasses import replace
from datetime import timedelta

from blocks import closeups, deciding, home, lists, notices, preferences, runs, stats, thread
from blocks.kit import Message
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.notification import Notice, NoticeKind
from opstream.domain.open_approval import ApprovalPage
from opstream.domain.operation import Progress
from opstream.domain.run import Page, RunStatus
from tests.blocks import test_digest
from tests.blocks.figures import FIGURES, summary
from tests.blocks.stories import ENDED, FAILED, RESTING, at, every_state, view
from tests.blocks.test_deciding import OPEN
from tests.blocks.test_home import BUSY, TITLES
from tests.blocks.test_notices import CHOSEN, DONE, LINK
from tests.gallery.agent import answers
from tests.gallery.exhibit import Exhibit
from tests.gallery.talk import asked_in_forms, conversations

MISSED = Notice(
    "schedule/sop_to_github@1/refused",
    NoticeKind.SCHEDULE,
    "The schedule `sop_to_github@1` did not start for 2026-11-20 09:00 UTC: it still needs `sop`.",
)
HEARD = (DONE, MISSED)
ROLLBACK = ProposedCall("fix", "estate.rollback", {"service": "payments"})
CRITICAL = replace(
    OPEN,
    run="rz3v5x7yqa",
    title="Roll back payments?",
    risk="critical",
    likeness="",
    call=ROLLBACK,
)


def _part(story: str, key: str) -> Message:
    parts = thread.parts(every_state()[story], Surroundings())
    return next(part.message for part in parts if part.key.startswith(key))


def _digest() -> Message:
    items = h.LoopBegan(at(0), "each", tuple(range(40)), 4)
    said = [
        test_digest.said(f"each[{n}].say", n, f"Service {n} answers within its objective.")
        for n in range(40)
    ]
    return test_digest.parts(test_digest.LOOP, items, *said)[-1].message


def exhibits() -> tuple[Exhibit, ...]:
    """Return all of them, in the order in which people meet them."""
    going = view(*RESTING, left=timedelta(seconds=42))
    under_way = {"settle": Progress(3, 10, "3 of 10 checks")}
    page = Page(
        (
            summary("r4f7k2q9dx", RunStatus.DENIED, -600, reason="Not on a Friday.", took=70),
            summary("rh2m8p4tze", RunStatus.SUCCEEDED, -4_000, took=131),
            summary("rz3v5x7yqa", RunStatus.FAILED, -9_000, reason="“Measure” failed.", took=41),
        ),
        23,
        0,
        3,
    )
    return (
        Exhibit("card", "A run", "One message in the channel a run; it is edited, never repeated.",
                runs.card(going)),
        Exhibit("progress", "Its progress", "The first message of its thread: each step, and the time left.",
                runs.progress(going, under_way)),
        Exhibit("notice", "What it found", "Sentences, a chart and a table, from one report of a step.",
                _part("notified", "notice/")),
        Exhibit("approval", "A question before it acts", "Exactly what a yes will do, and who may say it.",
                _part("asking", "approval/")),
        Exhibit("approvals", "What waits for my yes", "Equal ones are settled together; what is critical takes a typed word.",
                deciding.listing(ApprovalPage((OPEN, replace(OPEN, run="rh2m8p4tze"), CRITICAL), 3, 0, 10))),
        Exhibit("approved", "After the decision", "The buttons give way to what was decided, by whom and when.",
                _part("granted", "approval/")),
        Exhibit("digest", "Many notices", "What a loop says is one message that is edited, not forty.",
                _digest()),
        Exhibit("result", "A good end", "What came of it, and what makes sense next.",
                thread.parts(view(*ENDED), Surroundings())[-1].message),
        Exhibit("failure", "A bad end", "What failed and why, with Retry at hand.",
                thread.parts(view(*FAILED), Surroundings())[-1].message),
        Exhibit("details", "Details", "All that the steps of a run found, page by page.",
                closeups.details(view(*ENDED))),
        Exhibit("heard", "What I was told", "A direct message: what came in quiet hours, as one. What is critical never waits.",
                notices.told(HEARD, {HEARD[0].key: LINK})),
        Exhibit("preferences", "Preferences", "What somebody hears, where and when; Edit opens the form.",
                preferences.shown("U0BO000001", CHOSEN, ["weekly_review"])),
        Exhibit("history", "Lists", "Runs by state and outcome, with pages to turn.",
                lists.page_of_runs("Ended runs", page, "history", TITLES)),
        Exhibit("statistics", "Statistics", "`/opstream stats`: only what was really measured.",
                stats.report(FIGURES, TITLES)),
        Exhibit("home", "App Home", "What waits, what is mine, and how it all runs; it keeps itself up to date.",
                home=home.home(BUSY)),
        *conversations(),
        *answers(),
        *asked_in_forms(),
    )  # fmt: skip
