"""The process itself: starts with one line, refuses with one line, leaves when asked."""

import asyncio
import sys

import pytest

from tests.flows.street import PROJECT, bare_environment


async def run_app(*arguments: str, **environment: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROJECT / "app.py"),
        *arguments,
        env={**bare_environment(), **environment},
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("wrong", "variable"),
    [("SLACK_BOT_TOKEN", "SLACK_BOT_TOKEN"), ("SLACK_APP_TOKEN", "SLACK_APP_TOKEN")],
)
async def test_a_wrong_token_ends_it_with_one_clear_line(street, wrong, variable):
    prefix = street.environment()[wrong][:5]
    code, _, err = await run_app(**{**street.environment(), wrong: f"{prefix}wrong-0000"})

    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert variable in err
    assert "invalid_auth" in err
    assert "wrong-0000" not in err


async def test_one_token_without_the_other_is_named(tmp_path):
    code, _, err = await run_app(SLACK_BOT_TOKEN="xoxb-1", OPSTREAM_DATA=str(tmp_path))

    assert code == 2
    assert "SLACK_APP_TOKEN" in err


async def test_a_second_bot_on_the_same_folder_is_refused(street):
    await street.start_bot()
    await street.ready()

    code, _, err = await run_app(**street.environment())

    assert code == 2
    assert f"already running on {street.data} as process {street.process.pid}" in err


async def test_it_leaves_within_its_deadline_when_asked_to(street):
    await street.start_bot()
    await street.ready()

    assert await street.stop_bot() == 0


async def test_check_lists_all_complaints_with_line_and_remedy(tmp_path):
    file = tmp_path / "broken.yaml"
    file.write_text("id: demo\nsteps:\n  - {id: a, cal: t.read}\n  - {id: a, wait: soon}\n")

    code, out, _ = await run_app("check", str(file))

    assert code == 1
    lines = out.strip().splitlines()
    assert len(lines) >= 3
    assert all(line.startswith(f"{file}:") for line in lines)
