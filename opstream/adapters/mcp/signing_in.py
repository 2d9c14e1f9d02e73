"""A person's sign-in at a remote server: asks at its door, goes where that leads, keeps what comes of it."""

import httpx2
from mcp.client.auth import OAuthFlowError

from opstream.adapters.mcp.oauth import Account, Signing
from opstream.adapters.mcp.settings import McpServer, Oauth
from opstream.adapters.mcp.surroundings import Surroundings, Visitor
from opstream.adapters.mcp.transports import Seen

_TIMEOUT = httpx2.Timeout(30.0)
_KNOCK = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
_HEADERS = {"Accept": "application/json, text/event-stream"}


async def sign_in(server: McpServer, around: Surroundings, visitor: Visitor) -> None:
    """Sign in and keep the tokens; nothing happens where the server lets us in anyway.

    Raises:
        OAuthFlowError: it did not work.
        OSError: the server cannot be reached.
    """
    account = Account(server, server.oauth or Oauth(), around.vault, afresh=True)
    await account.require_landing(around.landing(server.name))
    signing = Signing(account, around.landing(server.name), Seen(), visitor)
    headers = {**server.headers, **_HEADERS}
    try:
        async with httpx2.AsyncClient(auth=signing, timeout=_TIMEOUT) as client:
            answer = await client.post(server.url, json=_KNOCK, headers=headers)
    except httpx2.HTTPError as error:
        raise OSError(f"it cannot be reached at {server.url}") from error
    if answer.status_code in (401, 403):
        raise OAuthFlowError("it does not take the tokens that it gave")
