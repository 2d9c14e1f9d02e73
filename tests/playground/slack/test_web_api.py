"""The Web API, driven by Slack's own client: who may call it, how, and how often."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    APP,
    OPS,
    client,
    error,
    manifest_with,
    page,
    refusal,
    running,
    until,
)

MORE_SCOPES = ("reactions:write", "reactions:read", "im:read", "usergroups:read", "team:read")


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    path = manifest_with(tmp_path, scopes=MORE_SCOPES)
    async with running(tmp_path / "state", manifest=path, rates_enforced=False) as one:
        yield one


@pytest.fixture
def web(playground: Playground) -> AsyncWebClient:
    return client(playground)


async def test_arguments_come_by_query_form_json_and_multipart(playground: Playground) -> None:
    url = f"{playground.api_url}chat.postMessage"
    given = {"channel": OPS, "text": "Hello"}
    token = {"token": "xoxb-playground"}
    header = {"Authorization": "Bearer xoxb-playground"}
    multipart = aiohttp.FormData({**given, **token}, default_to_multipart=True)
    async with aiohttp.ClientSession() as http:
        answers = [
            await (await http.get(url, params={**given, **token})).json(),
            await (await http.post(url, params={**given, **token})).json(),
            await (await http.post(url, data={**given, **token})).json(),
            await (await http.post(url, data=multipart)).json(),
            await (await http.post(url, json=given, headers=header)).json(),
            await (await http.post(url, json={**given, **token})).json(),
        ]

    assert [one["ok"] for one in answers] == [True, True, True, True, True, False]
    assert answers[5]["error"] == "not_authed"


async def test_broken_json_is_named(playground: Playground) -> None:
    headers = {"Authorization": "Bearer xoxb-playground", "Content-Type": "application/json"}
    async with aiohttp.ClientSession() as http:
        url = f"{playground.api_url}auth.test"
        answer = await (await http.post(url, data="{", headers=headers)).json()

    assert answer == {"ok": False, "error": "invalid_json"}


async def test_tokens_are_told_apart(playground: Playground) -> None:
    app = client(playground, "xapp-playground")
    wrong = client(playground, "xoxb-other")
    none = AsyncWebClient(base_url=playground.api_url)

    assert await error(app.auth_test()) == "not_allowed_token_type"
    assert await error(wrong.auth_test()) == "invalid_auth"
    assert await error(none.auth_test()) == "not_authed"
    refused = client(playground).apps_connections_open(app_token="xoxb-playground")
    assert await error(refused) == "not_allowed_token_type"


async def test_auth_says_who_the_app_is_and_what_it_may(web: AsyncWebClient) -> None:
    answer = await web.auth_test()

    assert (answer["user_id"], answer["bot_id"]) == (APP, "B0OPSTREAM")
    assert (answer["team"], answer["team_id"]) == ("Playground", "T0PLAYGRND")
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


async def test_unknown_method(web: AsyncWebClient) -> None:
    answer = await refusal(web.api_call("chat.postMassage"))

    assert answer == {"ok": False, "error": "unknown_method", "req_method": "chat.postMassage"}


async def test_missing_argument_is_named(web: AsyncWebClient) -> None:
    answer = await refusal(web.api_call("chat.update", params={"channel": OPS}))

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


async def test_missing_scope_says_which_and_what_there_is(tmp_path: Path) -> None:
    async with running(tmp_path) as playground:
        answer = await refusal(
            client(playground).reactions_add(channel=OPS, name="eyes", timestamp="1.1")
        )

    assert answer["error"] == "missing_scope"
    assert answer["needed"] == "reactions:write"
    assert answer["provided"].split(",")[0] == "app_mentions:read"


async def test_sixth_post_in_a_second_is_told_when_to_come_again(tmp_path: Path) -> None:
    async with running(tmp_path, clock=lambda: 1_760_000_000.0) as playground:
        web = client(playground)
        for number in range(5):
            await web.chat_postMessage(channel=OPS, text=str(number))
        with pytest.raises(SlackApiError) as refused:
            await web.chat_postMessage(channel=OPS, text="5")

    assert refused.value.response.status_code == 429
    assert refused.value.response["error"] == "ratelimited"
    assert refused.value.response.headers["Retry-After"] == "1"


async def test_slack_sdk_comes_again_after_a_storm(playground: Playground) -> None:
    web = client(playground)
    web.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    playground.faults.storm(1, retry_after=0, method="chat.postMessage")

    posted = await web.chat_postMessage(channel=OPS, text="x")

    assert posted["ok"] is True
    assert playground.faults.refusals == 0


async def test_paused_api_answers_when_it_goes_on(playground: Playground) -> None:
    done: list[bool] = []
    playground.faults.pause_api()

    async def post() -> None:
        await client(playground).chat_postMessage(channel=OPS, text="x")
        done.append(True)

    task = asyncio.create_task(post())
    async with page(playground) as ana:
        await ana.wish("read", channel=OPS)
        assert not done
        playground.faults.resume_api()
        await until(lambda: bool(done))
    await task
