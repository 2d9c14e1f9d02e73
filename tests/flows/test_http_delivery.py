"""The bot as a process that Slack delivers to over HTTP: no socket, a signature on every delivery."""

import json
import socket
import time
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from tests.contracts.waiting import until
from tests.flows.street import Street

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FORM = "application/x-www-form-urlencoded"
START = {
    "command": "/opstream",
    "text": "start application_profiling service=checkout duration=2m",
    "team_id": "T0PLAYGRND",
    "user_id": "U0ANA00001",
    "channel_id": "C0OPS00001",
    "trigger_id": "1.2.3",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def deliver(port: int, body: str, secret: str) -> int:
    stamp = str(int(time.time()))
    sign = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body) or ""
    headers = {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": sign,
    }
    url = f"http://127.0.0.1:{port}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_a_run_is_started_and_told_of_without_a_socket(street: Street):
    port = free_port()
    http = {
        "OPSTREAM_SLACK_DELIVERY": "http",
        "OPSTREAM_HTTP_PORT": str(port),
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_APP_TOKEN": "",
    }
    await street.start_bot(**http)
    await street.ready()

    assert await deliver(port, urlencode(START), "another") == 401
    assert await deliver(port, urlencode(START), SECRET) == 200

    messages = street.playground._hub.workspace.messages
    await until(lambda: "Application performance profiling" in _said(messages), 20)
    assert street.playground.connections == 0
    assert await street.stop_bot() == 0


def _said(messages: dict) -> str:
    log = messages.get(START["channel_id"], {}).values()
    return json.dumps([one.content.text for one in log])
