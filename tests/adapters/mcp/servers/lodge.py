"""A remote MCP server with its own authorization server, made of the library's server side.

    python lodge.py PORT NOTES

Tokens live for 20 seconds. Once a file `NOTES.closed` is there, nobody is let in, and nothing is renewed.
"""

import asyncio
import json
import secrets
import sys
import time
from pathlib import Path

import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    ProviderTokenVerifier,
    RefreshToken,
    TokenError,
    construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.server.lowlevel import Server
from mcp.shared.auth import OAuthToken
from mcp_types import CallToolResult, ListToolsResult, Tool, ToolAnnotations

PORT, NOTES = int(sys.argv[1]), Path(sys.argv[2])
CLOSED = NOTES.with_name(f"{NOTES.name}.closed")
HOME = f"http://localhost:{PORT}"


def note(what, **more):
    with NOTES.open("a") as file:
        file.write(json.dumps({"what": what, **more}) + "\n")


class Porter:
    """Lets in whoever asks, and remembers it."""

    def __init__(self):
        self.clients, self.codes, self.tokens, self.renewals = {}, {}, {}, {}

    async def get_client(self, client_id):
        return self.clients.get(client_id)

    async def register_client(self, client_info):
        note("registered", name=client_info.client_name)
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client, params):
        code = secrets.token_hex(16)
        self.codes[code] = AuthorizationCode(
            code=code,
            scopes=params.scopes or ["sleep"],
            expires_at=time.time() + 60,
            client_id=client.client_id,
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
            resource=params.resource,
        )
        return construct_redirect_uri(str(params.redirect_uri), code=code, state=params.state)

    async def load_authorization_code(self, client, authorization_code):
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(self, client, authorization_code):
        del self.codes[authorization_code.code]
        note("let_in")
        return self.issue(client, authorization_code.scopes, authorization_code.resource)

    async def load_refresh_token(self, client, refresh_token):
        return None if CLOSED.exists() else self.renewals.get(refresh_token)

    async def exchange_refresh_token(self, client, refresh_token, scopes):
        if self.renewals.pop(refresh_token.token, None) is None:
            raise TokenError("invalid_grant")
        note("renewed")
        return self.issue(client, scopes or refresh_token.scopes, refresh_token.resource)

    async def load_access_token(self, token):
        return None if CLOSED.exists() else self.tokens.get(token)

    async def revoke_token(self, token):
        self.tokens.pop(token.token, None)

    def issue(self, client, scopes, resource):
        token, renewal = f"tok-{secrets.token_hex(16)}", f"ren-{secrets.token_hex(16)}"
        kept = {"client_id": client.client_id, "scopes": scopes, "resource": resource}
        self.tokens[token] = AccessToken(token=token, **kept)
        self.renewals[renewal] = RefreshToken(token=renewal, **kept)
        return OAuthToken(
            access_token=token, refresh_token=renewal, expires_in=20, scope=" ".join(scopes)
        )


async def list_tools(ctx, params):
    reads = ToolAnnotations(read_only_hint=True)
    nothing = {"type": "object", "properties": {}}
    return ListToolsResult(tools=[Tool(name="rooms", input_schema=nothing, annotations=reads)])


async def call_tool(ctx, params):
    return CallToolResult(content=[], structured_content={"rooms": 3})


async def main():
    server = Server("lodge", on_list_tools=list_tools, on_call_tool=call_tool)
    porter = Porter()
    app = server.streamable_http_app(
        host="127.0.0.1",
        auth=AuthSettings(
            issuer_url=HOME,
            resource_server_url=f"{HOME}/mcp",
            required_scopes=["sleep"],
            validate_token_resource=False,
            client_registration_options=ClientRegistrationOptions(
                enabled=True, valid_scopes=["sleep"], default_scopes=["sleep"]
            ),
        ),
        auth_server_provider=porter,
        token_verifier=ProviderTokenVerifier(porter),
    )
    note("started")
    config = uvicorn.Config(app, host="127.0.0.1", port=PORT, log_level="error", lifespan="on")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
