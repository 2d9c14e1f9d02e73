"""What an MCP server asks in the middle of a call, as people see it in Slack."""

import sys
from pathlib import Path

import pytest

from config.settings import Settings
from tests.handlers.conftest import ROLES

SERVERS = Path(__file__).parents[1] / "adapters" / "mcp" / "servers"
WORKFLOW = """
id: deploy
title: Deploy
steps:
  - {id: look, title: Look around, call: bare.look}
"""


@pytest.fixture
def tools():
    return None


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "workflows"
    folder.mkdir()
    (folder / "deploy.yaml").write_text(WORKFLOW)
    bare = {
        "command": sys.executable,
        "args": [str(SERVERS / "bare.py"), "asking"],
        "reads": ["look"],
    }
    tree = {
        "data_dir": str(tmp_path / "data"),
        "workflow_dirs": [str(folder)],
        "roles": ROLES,
        "mcp": {"servers": {"bare": bare, "wiki": {"url": "http://localhost:9/mcp", "oauth": {}}}},
    }
    return Settings.model_validate(tree, context={"folder": tmp_path})


def choice(value):
    return {"value": {"selected_option": {"value": value}}}


async def test_a_server_asks_in_the_thread_and_gets_what_was_filled_in(ana):
    await ana.command("/opstream start deploy")
    question = await ana.sees("bare asks", "Which environment?", "call_answer", "call_decline")
    card = await ana.sees("Waiting for an answer")

    await ana.press(question, "call_answer")
    form = await ana.opens("form_call")
    values = {
        "input:environment": choice("live"),
        "input:replicas": {"value": {"value": "3"}},
        "input:sure": choice("yes"),
    }
    await ana.do("view_submit", view_id=form["id"], values=values)
    settled = await ana.sees("*Answered* by <@U0ANA00001>", "replicas = 3")

    assert settled["ts"] == question["ts"]
    assert "call_answer" not in str(settled["blocks"])
    assert card["ts"] != question["ts"]
    await ana.sees("✅ Done")


async def test_who_may_not_answer_is_told_and_the_question_stays(ana, join):
    dan = await join("U0DAN00001")
    await ana.command("/opstream start deploy")
    question = await dan.sees("Which environment?", "call_decline")

    await dan.press(question, "call_decline")
    await dan.told("operator")
    await ana.press(question, "call_decline")
    settled = await ana.sees("*Declined* by <@U0ANA00001>")

    assert settled["ts"] == question["ts"]


async def test_connect_says_what_can_be_linked_and_who_may(ana):
    await ana.command("/opstream connect")
    await ana.told("What can be linked", "`wiki`", "needs to be linked")

    await ana.command("/opstream connect wiki")
    await ana.told("admin")
