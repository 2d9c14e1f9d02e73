"""One client for all workspaces: each call goes out with the token of the workspace it is meant for."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.workspaces import names

T = TypeVar("T")

asking: ContextVar[str] = ContextVar("asking", default="")
"""The workspace of the delivery that is being answered, '' for the one at home."""


@contextmanager
def at_home() -> Iterator[None]:
    """Let calls that name nobody go to the workspace at home, whoever is being answered."""
    before = asking.set("")
    try:
        yield
    finally:
        asking.reset(before)


class ManyWorkspacesClient(AsyncWebClient):
    """Calls go to the workspace of the person or channel they name, others to whoever is being answered.

    Whatever is done later in the context of an answer, such as waking a run, may be about another workspace.
    """

    token_of: Callable[[str], Awaitable[str]] | None = None
    """Gives the token of a workspace other than home; None while there is only home."""

    async def api_call(  # noqa: PLR0913  # the parameters are those of slack_sdk
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        files: dict[str, Any] | None = None,
        data: Any = None,  # noqa: ANN401  # a dict, or what aiohttp sends as it is
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        auth: dict[str, Any] | None = None,
    ) -> AsyncSlackResponse:
        """Call a method of the Web API; as in slack_sdk."""
        if auth is not None:  # as slack_sdk would, but not the way that aiohttp gives up
            basic = aiohttp.encode_basic_auth(auth["client_id"], auth["client_secret"])
            headers = {**(headers or {}), "Authorization": basic}
        bodies = [one for one in (data, params, json) if isinstance(one, dict)]
        named = (one for one in map(names.addressed, bodies) if one is not None)
        workspace = next(named, asking.get())
        own = any("token" in one for one in bodies) or auth is not None
        if self.token_of is None or not workspace or own:
            return await super().api_call(
                api_method,
                http_verb=http_verb,
                files=files,
                data=data,
                params=params,
                json=json,
                headers=headers,
            )
        token = await self.token_of(workspace)
        response = await super().api_call(
            api_method,
            http_verb=http_verb,
            files=files,
            data=_bare(data),
            params=_bare(params),
            json=_bare(json),
            headers={**(headers or {}), "Authorization": f"Bearer {token}"},
        )
        if isinstance(response.data, dict):
            names.qualify(response.data, workspace)
        return response


def _bare(arguments: T) -> T | dict[str, Any]:
    return names.bare(arguments) if isinstance(arguments, dict) else arguments
