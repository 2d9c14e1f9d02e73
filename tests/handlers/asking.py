"""Workflows that ask for a yes in every way, and people who start them."""

import re
from datetime import timedelta

from config.settings import Settings
from opstream.adapters.clock import SystemClock
from tests.flows.person import everything
from tests.handlers.conftest import ROLES

ONE = """
id: {id}
title: {title}
steps:
  - id: ask
    title: Ask
    approval: {{title: "{title} now?", covers: greet, {rule}}}
  - {{id: greet, title: Greet, call: estate.greet, with: {{name: "{name}", times: 1}}}}
"""
RULES = {
    "plain": "risk: low",
    "twice": "people: 2",
    "high": "risk: high",
    "wreck": "risk: critical",
    "quick": "reactions: true",
    "late": "escalate_after: 30m, escalate_to: [U0DAN00001, '@oncall']",
}


class Ahead:
    """The machine's clock, so far ahead as a test says."""

    def __init__(self):
        self._clock, self.by = SystemClock(), timedelta()

    def now(self):
        return self._clock.now() + self.by


def install_that_asks(folder):
    """Return the settings of an install with these workflows."""
    workflows = folder / "workflows"
    workflows.mkdir()
    for id, rule in RULES.items():
        text = ONE.format(id=id, title=id.capitalize(), rule=rule, name="World")
        (workflows / f"{id}.yaml").write_text(text)
    long = ONE.format(id="long", title="Long", rule="risk: low", name="all of it " * 400)
    (workflows / "long.yaml").write_text(long)
    tree = {"data_dir": str(folder / "data"), "workflow_dirs": [str(workflows)], "roles": ROLES}
    return Settings.model_validate(tree, context={"folder": folder})


async def asks(person, workflow):
    """Start a workflow and return its question and the id of the run."""
    await person.command(f"/opstream start {workflow}")
    question = await person.sees(f"{workflow.capitalize()} now?", "approval_deny")
    return question, run_of(question)


def run_of(message):
    return re.search(r"Run `(r\w+)`", everything(message))[1]
