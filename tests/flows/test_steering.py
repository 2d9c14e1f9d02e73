"""A person steers a run on the real bot; what people and tools say is never a template."""

import asyncio
import re

import pytest

from tests.flows import bringing
from tests.flows.person import everything
from tests.flows.test_profiling import filled

STEERED = """\
id: steered
title: Steered
inputs: {service: text, size: {type: number, default: 3}}
steps:
  - {id: echo, call: workshop.texts, with: {texts: ["{{ inputs.service }}", "{{ '{' }}{ 8*8 }}"]}, needs: []}
  - {id: odd, when: "inputs.size > 5", notify: This is left out., needs: []}
  - {id: late, call: workshop.wait, timeout: 1s, retry: 1, on_error: go_on, needs: []}
  - {id: said, notify: "SAID {{ steps.echo.output }} LATE {{ steps.late.status }}", needs: [echo, odd, late]}
  - {id: rest, wait: 1s}
  - {id: asked, ask: {question: "How is {{ inputs.service }}?", fields: {how: text}}}
  - {id: heard, notify: "HEARD {{ steps.asked.output.how }}"}
  - {id: hold, title: Hold on, call: workshop.wait, timeout: 60s}
"""
STUMBLING = """\
id: stumbling
title: Stumbling
inputs: {word: text}
steps:
  - {id: before, call: workshop.texts, with: {texts: ["{{ inputs.word }}"]}}
  - {id: trip, title: Trip, call: workshop.stumble, retry: 1}
  - {id: grow, title: Grow, notify: "{{ inputs.word * 1000000000 }}"}
"""
GREEDY = """\
id: greedy
title: Greedy
steps:
  - notify: "{{ 'a'*10**9 }}"
  - notify: "{% for x in range(10**9) %}x{% endfor %}"
"""


@pytest.fixture
async def notes(street):
    notes = street.folder / "notes.jsonl"
    program = bringing.WORKSHOP / "workshop.py"
    bringing.server(street, "workshop", program, "--notes", str(notes))
    for name, text in (("steered", STEERED), ("stumbling", STUMBLING), ("greedy", GREEDY)):
        bringing.workflow(street, f"{name}.yaml", text)
    await street.start_bot()
    await street.ready()
    return notes


def run_of(card):
    return re.search(r"`(r[0-9a-z]{9})`", everything(card))[1]


@pytest.mark.hurried
async def test_a_run_is_paused_resumed_answered_cancelled_in_mid_call_and_set_going_again(
    notes, ana
):
    await ana.command('/opstream start steered service="{{ 7*7 }}"')
    card = await ana.sees("*Steered*")
    thread, run = card["ts"], run_of(card)
    await ana.command(f"/opstream pause {run}")
    await ana.sees("⏸️ *Paused*")
    await ana.command(f"/opstream resume {run}")

    await ana.sees("SAID {{ 7*7 }}\\n{{ 8*8 }} LATE failed", thread=thread)
    question = await ana.sees("How is {{ 7*7 }}?", "question_answer", thread=thread)
    await ana.press(question, "question_answer")
    form = await ana.opens("form_answer")
    await ana.do("view_submit", view_id=form["id"], values=filled(form, "{{ inputs.size }}"))
    await ana.sees("HEARD {{ inputs.size }}", thread=thread)

    await until_noted(ana, notes, "waiting", 2)
    await ana.command(f"/opstream cancel {run} changed my mind")
    await ana.sees("🚫 *Cancelled*", "changed my mind")
    await until_noted(ana, notes, "cancelled", 2)
    assert not ana.find("This is left out.")

    await ana.command(f"/opstream retry {run} from=held")
    await ana.told("There is no step `held`", "`hold`")
    await ana.command(f"/opstream retry {run} from=heard")
    await until_noted(ana, notes, "waiting", 3)
    await ana.command(f"/opstream cancel {run}")
    await ana.sees("🚫 *Cancelled*", "Cancelled by Ana")


@pytest.mark.hurried
async def test_a_failed_step_is_tried_again_and_nothing_grows_without_bounds(notes, ana):
    await ana.command("/opstream workflows")
    listed = everything(await ana.told("What can be started"))
    assert listed.count("greedy.yaml:") == 2

    await ana.command("""/opstream start stumbling word="{{ 'a'*10**9 }}" """)
    card = await ana.sees("*Stumbling*", "{{ 'a'*10**9 }}")
    await ana.sees("The step “Trip” failed: `workshop.stumble` did not answer")
    await ana.command(f"/opstream retry {run_of(card)}")
    await ana.sees("The step “Grow” failed:", "cannot be worked out", seconds=10)
    assert [one["what"] for one in bringing.notes(notes)].count("stumbling") == 1


async def until_noted(person, notes, what, times):
    """Ask how things are until a server has noted something so many times."""
    async with asyncio.timeout(20):
        while [one["what"] for one in bringing.notes(notes)].count(what) < times:
            await person.command("/opstream status")
