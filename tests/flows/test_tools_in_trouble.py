"""Servers that are missing, silent, dying or lying: a sentence in the thread, never a hang."""

import asyncio
import json

import pytest

from tests.flows import bringing
from tests.flows.person import everything

TROUBLED = """\
id: troubled
title: Ask everybody
steps:
  - {id: missing, call: gone.look, needs: [], on_error: go_on, retry: &twice {attempts: 2, wait: 100ms}}
  - {id: silent, call: silent.look, needs: [], on_error: go_on, retry: *twice}
  - {id: dying, call: workshop.crash, needs: [], on_error: go_on, retry: *twice}
  - {id: slow, call: workshop.wait, needs: [dying], on_error: go_on, retry: 1, timeout: 1s}
  - {id: lying, call: workshop.lie, needs: [slow], on_error: go_on, retry: *twice}
  - {id: refusing, call: workshop.refuse, with: {why: The moon is full}, on_error: go_on}
  - {id: stumbling, call: workshop.stumble, retry: {attempts: 3, wait: 100ms, on: [unavailable]}}
  - needs: [missing, silent, stumbling]
    notify: >-
      MISSING {{ steps.missing.error }} SILENT {{ steps.silent.error }} DYING {{ steps.dying.error }}
      SLOW {{ steps.slow.error }} LYING {{ steps.lying.error }} REFUSING {{ steps.refusing.error }}
      STUMBLING {{ steps.stumbling.output.steps }}
"""
STUCK = """\
id: stuck
title: Ask the silent one
steps: [{id: ask, title: Ask it, call: silent.look, retry: {attempts: 2, wait: 100ms}}]
"""
UNKNOWN = """\
id: unknown
title: Ask nobody
steps: [{id: ask, title: Ask it, call: workshop.tidi}]
"""


@pytest.fixture
async def notes(street):
    """An install with servers in every kind of trouble, up and running."""
    notes = street.folder / "notes.jsonl"
    workshop, bare = (bringing.WORKSHOP / f"{name}.py" for name in ("workshop", "bare"))
    bringing.server(street, "gone", "no-such-program")
    bringing.server(street, "silent", bare, "silent", connect_timeout="1s")
    bringing.server(
        street, "workshop", workshop, "--notes", str(notes), reads=["refuse"], timeout="20s"
    )
    for name, text in (("troubled", TROUBLED), ("stuck", STUCK), ("unknown", UNKNOWN)):
        bringing.workflow(street, f"{name}.yaml", text)
    bringing.workflow(street, "broken.yaml", "id: broken\ntitle: Broken\nstep: []\n")
    await street.start_bot()
    await street.ready()
    return notes


@pytest.mark.hurried
async def test_every_trouble_of_a_server_is_said_in_the_thread_and_none_hangs(notes, ana):
    await ana.command("/opstream start troubled")
    said = everything(await ana.sees("STUMBLING 2", seconds=30))

    for words in (
        "MISSING `gone` could not be started: no such program `no-such-program`.",
        "SILENT `silent` did not answer within 1 s of being started.",
        "DYING `workshop.crash` did not answer: the connection was lost.",
        "SLOW `workshop.wait` did not answer within 1 s.",
        "LYING `workshop.lie` cannot be used: its answer does not fit its own description.",
        "REFUSING `workshop.refuse` was refused: The moon is full.",
    ):
        assert words in said
    await ana.sees("✅ *Done* ·")
    done = [one["what"] for one in bringing.notes(notes)]
    assert (done.count("crashing"), done.count("stumbling"), done.count("cancelled")) == (2, 1, 1)

    shown = await health(ana)
    assert "⚪ Missing · *gone*\\n`gone` could not be started" in shown
    assert "❌ Failing · *silent*" in shown
    assert "✅ Ready · *workshop*" in shown

    await ana.command("/opstream start stuck")
    await ana.sees("The step “Ask it” failed: `silent` did not answer within 1 s of being started.")


@pytest.mark.hurried
async def test_what_cannot_be_started_is_said_before_it_begins(notes, street, ana):
    await ana.command("/opstream workflows")
    listed = everything(await ana.told("What can be started"))
    assert "broken.yaml:3: The workflow has no key `step`. Did you mean `steps`?" in listed

    await ana.command("/opstream start broken")
    await ana.told("There is no workflow `broken`. The file broken.yaml cannot be used yet")

    async with asyncio.timeout(20):
        while "Starting" in await health(ana):
            pass
    await ana.command("/opstream start unknown")
    await ana.told("`unknown` cannot start: its step “Ask it” calls a tool", "`workshop.tidy`")
    assert "workflow_kept_out" in (street.folder / "bot.log").read_text()
    assert json.dumps("broken.yaml:3")[1:-1] in (street.folder / "bot.log").read_text()


async def health(person):
    """Return what `/opstream tools` says now."""
    person.private.clear()
    await person.command("/opstream tools")
    return everything(await person.told("Tools and models, and how they are doing"))
