"""Signing in at remote servers: the library's OAuth, with tokens in the vault and people who are asked once.

Source: the authorization chapter of the MCP specification, 2026-07-28; RFC 6749, RFC 7591, RFC 8414, RFC 9728.
"""

import json
import logging
import time
from dataclasses import dataclass

import httpx2
from mcp.client.auth import OAuthClientProvider, OAuthTokenError
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthToken,
)
from pydantic import AnyUrl, ValidationError

from opstream.adapters.mcp.settings import McpServer, Oauth
from opstream.adapters.mcp.surroundings import Surroundings, Visitor
from opstream.adapters.mcp.transports import Seen
from opstream.ports import Vault

# It logs a traceback each time that nobody has signed in, and what a server said; we say that in our own words.
logging.getLogger("mcp.client.auth.oauth2").setLevel(logging.CRITICAL)

_NAME = "OpStream"
_EARLY_SECONDS = 30


def tokens_of(server: str) -> str:
    """Return the name of a server's tokens in the vault."""
    return f"mcp/{server}/tokens"


def _client_of(server: str) -> str:
    return f"mcp/{server}/client"


@dataclass(slots=True)
class Account:
    """What is kept of one server's account; satisfies the library's `TokenStorage`.

    Args:
        vault: None keeps it in this process alone.
        afresh: Pretend that there are no tokens, so that they are asked for.
    """

    server: McpServer
    oauth: Oauth
    vault: Vault | None
    afresh: bool = False
    _tokens: OAuthToken | None = None
    _client: OAuthClientInformationFull | None = None
    expires_at: float | None = None

    async def get_tokens(self) -> OAuthToken | None:
        """Return the tokens."""
        if self._tokens is None and self.vault is not None and not self.afresh:
            kept = await self.vault.get(tokens_of(self.server.name))
            if kept is not None:
                self._tokens, self.expires_at = _read(kept)
        return self._tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep tokens, and until when they are good."""
        self._tokens = tokens
        self.expires_at = None if tokens.expires_in is None else time.time() + tokens.expires_in
        if self.vault is not None:
            kept = {"tokens": tokens.model_dump(mode="json"), "expires_at": self.expires_at}
            await self.vault.put(tokens_of(self.server.name), json.dumps(kept))

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Return as whom we are known there: as the settings say, else as we registered."""
        if self.oauth.client_id:
            return _known_as(self.oauth)
        if self._client is None and self.vault is not None:
            kept = await self.vault.get(_client_of(self.server.name))
            if kept is not None:
                self._client = OAuthClientInformationFull.model_validate_json(kept)
        return self._client

    async def require_landing(self, landing: str) -> None:
        """Forget as whom we registered if browsers were to come back to another address then."""
        known = None if self.oauth.client_id else await self.get_client_info()
        if known is not None and landing not in map(str, known.redirect_uris or ()):
            self._client = None
            if self.vault is not None:
                await self.vault.remove(_client_of(self.server.name))

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep as whom we registered."""
        self._client = client_info
        if self.vault is not None and not self.oauth.client_id:
            await self.vault.put(_client_of(self.server.name), client_info.model_dump_json())


class Signing(OAuthClientProvider):
    """Signs requests, and renews tokens also when they ran out while this process was not there."""

    def __init__(self, account: Account, landing: str, seen: Seen, visitor: Visitor | None) -> None:
        self._account = account
        self._seen = seen
        self._visitor = visitor
        oauth = account.oauth
        super().__init__(
            account.server.url,
            OAuthClientMetadata(
                redirect_uris=[AnyUrl(landing)],
                client_name=_NAME,
                scope=oauth.scope or None,
                grant_types=["authorization_code", "refresh_token"],
            ),
            account,
            redirect_handler=self._visit,
            callback_handler=self._landed,
            client_metadata_url=oauth.client_metadata or None,
        )

    async def _initialize(self) -> None:
        await super()._initialize()
        if self.context.current_tokens is None and self._visitor is None:
            self._seen.unlinked = True  # so nothing is asked of anybody before a person wants it
            raise OAuthTokenError("nobody has signed in")
        if self._account.expires_at is not None:
            self.context.token_expiry_time = self._account.expires_at - _EARLY_SECONDS

    async def _perform_authorization(self) -> httpx2.Request:
        """Renew the tokens where that may be enough, else have somebody sign in."""
        if self.context.can_refresh_token() and not self._lacks_scope():
            return await self._refresh_token()
        if self._visitor is None:
            self._seen.unlinked = True
            raise OAuthTokenError("nobody has signed in")
        return await super()._perform_authorization()

    async def _handle_token_response(self, response: httpx2.Response) -> None:
        prior = self.context.current_tokens
        try:
            await super()._handle_token_response(response)
        except (OAuthTokenError, ValidationError):
            self._seen.unlinked = True
            self.context.clear_tokens()
            raise
        tokens = self.context.current_tokens
        if prior is not None and tokens is not None and tokens.refresh_token is None:
            tokens.refresh_token = prior.refresh_token  # who does not rotate them leaves them out
            await self.context.storage.set_tokens(tokens)

    def _lacks_scope(self) -> bool:
        """Return whether more is wanted than was granted, which renewing does not give."""
        tokens = self.context.current_tokens
        granted = set((tokens.scope or "").split()) if tokens else set()
        wanted = set((self.context.client_metadata.scope or "").split())
        return bool(granted) and not wanted <= granted

    async def _visit(self, address: str) -> None:
        if self._visitor is not None:
            await self._visitor.visit(address)

    async def _landed(self) -> AuthorizationCodeResult:
        assert self._visitor is not None  # asked before
        found = await self._visitor.landed()
        return AuthorizationCodeResult(code=found.code, state=found.state, iss=found.issuer)


class SigningAlone(ClientCredentialsOAuthProvider):
    """Signs requests with the client's own credentials; nobody has to link anything."""

    def __init__(self, account: Account, seen: Seen) -> None:
        self._account = account
        self._seen = seen
        oauth = account.oauth
        super().__init__(
            account.server.url,
            account,
            client_id=oauth.client_id,
            client_secret=oauth.client_secret,
            scope=oauth.scope or None,
            issuer=oauth.issuer,
        )

    async def _initialize(self) -> None:
        await super()._initialize()
        if self._account.expires_at is not None:
            self.context.token_expiry_time = self._account.expires_at - _EARLY_SECONDS

    async def _handle_token_response(self, response: httpx2.Response) -> None:
        try:
            await super()._handle_token_response(response)
        except OAuthTokenError:
            self._seen.unlinked = True
            raise


def signing(server: McpServer, around: Surroundings, seen: Seen) -> httpx2.Auth | None:
    """Return what signs the requests to a server; None where nothing has to."""
    if server.oauth is None:
        return None
    account = Account(server, server.oauth, around.vault)
    if not server.oauth.interactive:
        return SigningAlone(account, seen)
    return Signing(account, around.landing(server.name), seen, around.visitors(server))


def _known_as(oauth: Oauth) -> OAuthClientInformationFull:
    return OAuthClientInformationFull(
        redirect_uris=None,
        client_id=oauth.client_id,
        client_secret=oauth.client_secret or None,
        token_endpoint_auth_method="client_secret_basic"
        if oauth.client_secret
        else "none",  # the name of a method
        issuer=oauth.issuer or None,
    )


def _read(kept: str) -> tuple[OAuthToken | None, float | None]:
    try:
        fields = json.loads(kept)
        return OAuthToken.model_validate(fields["tokens"]), fields["expires_at"]
    except (ValueError, KeyError, TypeError):  # of another version: it has to be linked anew
        return None, None
