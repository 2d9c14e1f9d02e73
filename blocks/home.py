"""App Home: what waits for somebody, what goes on, what ended, what can be started."""

from collections.abc import Mapping, Sequence

from blocks import ids, kit
from blocks.forms import View
from blocks.kit import Block
from blocks.lists import summary
from blocks.wording import line, safe
from opstream.domain.run import Page, RunSummary
from opstream.domain.workflow import Workflow

_WORKFLOWS = 8


def home(name: str, active: Page, ended: Page, workflows: Sequence[Workflow]) -> View:
    """Return a person's Home.

    Args:
        name: What the person is called.
        active: Runs that have not ended, newest first.
        ended: Runs that ended last, newest first.
        workflows: All that can be started.
    """
    titles = {one.id: one.title for one in workflows}
    waiting = [one for one in active.runs if one.waits_for_person]
    going = [one for one in active.runs if not one.waits_for_person]
    blocks = [
        kit.header(f"Hello {name}"),
        *_part(
            "🙋 Waiting for a decision or an answer", waiting, titles, "Nothing waits for anybody."
        ),
        *_part("🔄 Running", going, titles, "Nothing is running right now."),
        *_more(active),
        kit.divider(),
        *_part("🏁 Ended last", ended.runs, titles, "No run has ended yet."),
        kit.divider(),
        *_startable(workflows),
        kit.context("`/opstream help` shows all that I can do."),
    ]
    return {"type": "home", "blocks": list(kit.fit(blocks))}


def _part(
    title: str, runs: Sequence[RunSummary], titles: Mapping[str, str], nothing: str
) -> list[Block]:
    rows = [_row(one, titles) for one in runs] or [kit.context(nothing)]
    return [kit.section(f"*{title}*"), *rows]


def _row(one: RunSummary, titles: Mapping[str, str]) -> Block:
    value = ids.carried(run=one.id)
    return kit.section(summary(one, titles), kit.button("Details", ids.RUN_DETAILS, value))


def _more(active: Page) -> list[Block]:
    more = active.total - len(active.runs)
    return [kit.context(f"and {more:,} more; `/opstream list` shows all.")] if more > 0 else []


def _startable(workflows: Sequence[Workflow]) -> list[Block]:
    if not workflows:
        return [kit.context("There is no workflow to start yet.")]
    rows = [
        kit.section(
            f"*{line(one.title, 150)}*\n{safe(one.description, 300)}".strip(),
            kit.button("Start", ids.START_OPEN, ids.carried_start(one.id, {})),
        )
        for one in workflows[:_WORKFLOWS]
    ]
    return [kit.section("*▶️ What you can start*"), *rows]
