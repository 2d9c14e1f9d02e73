"""What a request shows to be let in: by the security schemes of a description and the install's secrets.

It goes to the origin of the API, and a client's secret to where tokens are fetched, and nowhere else.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from opstream.adapters.connectors.openapi.document import mapping, text_of
from opstream.adapters.connectors.openapi.requests import Pairs
from opstream.adapters.connectors.openapi.settings import Api, Credentials
from opstream.adapters.connectors.openapi.tokens import Grant, Tokens
from opstream.adapters.connectors.openapi.tools import Tool
from opstream.domain.values import JsonObject
from opstream.errors import BadInput

MARK = "secret:"
FindSecret = Callable[[str], str | None]
_WHERE = "in config/apis.yaml"


class NoSecret(BadInput):
    """A secret that the settings name is not there; set it where OpStream runs."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What goes with a request.

    Args:
        grant: Which token is part of it, so that one that is not taken any more can be dropped.
    """

    headers: Pairs = field(default=(), repr=False)
    query: Pairs = field(default=(), repr=False)
    cookies: Pairs = field(default=(), repr=False)
    grant: Grant | None = None


class Keys:
    """The credentials of one API, as its description wants them shown.

    Raises:
        NoSecret: one that the settings name is not there.
        BadInput: they do not fit the description.
    """

    def __init__(
        self, api: Api, schemes: Mapping[str, JsonObject], find: FindSecret, tokens: Tokens
    ) -> None:
        self._schemes = schemes
        self._tokens = tokens
        self._known = {name: _opened(one, find) for name, one in api.credentials.items()}
        self._headers = tuple((name, _secret(text, find)) for name, text in api.headers.items())
        for name, one in self._known.items():
            _require_fitting(api.name, name, one, schemes)

    @property
    def headers(self) -> Pairs:
        """The headers that the settings want sent with each request."""
        return self._headers

    def secrets(self) -> tuple[str, ...]:
        """Return what must not show up in any message."""
        found = [value for _, value in self._headers]
        found += [part for value in found for part in value.split()[1:]]
        for one in self._known.values():
            found += [one.token, one.password, one.client_secret]
        return tuple(one for one in (*found, *self._tokens.known()) if one)

    async def proof(self, tool: Tool, base: str) -> Proof:
        """Return what goes with a request of a tool.

        Raises:
            OperationFailed: no token could be fetched.
        """
        chosen = self._chosen(tool.security)
        headers, query, cookies = (
            list(self._headers),
            list[tuple[str, str]](),
            list[tuple[str, str]](),
        )
        used: Grant | None = None
        for name in chosen:
            scheme, one = self._schemes[name], self._known[name]
            kind = scheme.get("type")
            if kind == "apiKey":
                places = {"header": headers, "query": query, "cookie": cookies}
                places[text_of(scheme.get("in"))].append((text_of(scheme["name"]), one.token))
            elif kind == "http" and text_of(scheme.get("scheme")).lower() == "basic":
                pair = base64.b64encode(f"{one.username}:{one.password}".encode()).decode()
                headers.append(("Authorization", f"Basic {pair}"))
            elif one.client_id:
                used = _grant(scheme, one, tool.scopes.get(name, ()), base)
                token = await self._tokens.token(used, tool.operation.name)
                headers.append(("Authorization", f"Bearer {token}"))
            else:
                headers.append(("Authorization", f"Bearer {one.token}"))
        return Proof(tuple(headers), tuple(query), tuple(cookies), used)

    def _chosen(self, security: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """Return the first set of schemes that there are credentials for, the empty one last."""
        fitting = [one for one in security if one and all(name in self._known for name in one)]
        return fitting[0] if fitting else ()


def _opened(one: Credentials, find: FindSecret) -> Credentials:
    return Credentials(
        token=_secret(one.token, find),
        username=_secret(one.username, find),
        password=_secret(one.password, find),
        client_id=_secret(one.client_id, find),
        client_secret=_secret(one.client_secret, find),
        token_url=one.token_url,
        scopes=one.scopes,
    )


def _secret(text: str, find: FindSecret) -> str:
    if not text.startswith(MARK):
        return text
    name = text.removeprefix(MARK)
    found = find(name)
    if found is None:
        raise NoSecret(
            f"it needs the secret `{name}`. Set `OPSTREAM_SECRET_{name}` where OpStream runs"
        )
    return found


def _require_fitting(
    api: str, name: str, one: Credentials, schemes: Mapping[str, JsonObject]
) -> None:
    scheme = schemes.get(name)
    if scheme is None:
        known = ", ".join(f"`{one}`" for one in schemes) or "none at all"
        raise BadInput(
            f"its description knows no security scheme `{name}`; it has {known}. Mend `auth` {_WHERE}"
        )
    lacking = _lacking(scheme, one)
    if lacking:
        raise BadInput(f"`auth.{name}` {lacking}. Mend it {_WHERE}")


def _lacking(scheme: JsonObject, one: Credentials) -> str:
    match text_of(scheme.get("type")), text_of(scheme.get("scheme")).lower():
        case "apiKey", _:
            placed = scheme.get("in") in ("header", "query", "cookie") and scheme.get("name")
            return "" if placed and one.token else "needs a `token`"
        case "http", "basic":
            return "" if one.username or one.password else "needs `username` and `password`"
        case "http", "bearer":
            return "" if one.token else "needs a `token`"
        case "oauth2", _:
            whole = one.token or (one.client_id and one.client_secret)
            if not whole:
                return "needs `client_id` and `client_secret`, or a `token`"
            return "" if one.token or _token_url(scheme, one) else "needs a `token_url`"
        case "openIdConnect", _:
            whole = one.token or (one.client_id and one.client_secret and one.token_url)
            return (
                "" if whole else "needs a `token`, or `client_id`, `client_secret` and `token_url`"
            )
    return "is of a kind that is not known here; send it by `headers` instead"


def _token_url(scheme: JsonObject, one: Credentials) -> str:
    flow = mapping(mapping(scheme.get("flows")).get("clientCredentials"))
    return one.token_url or text_of(flow.get("tokenUrl"))


def _grant(scheme: JsonObject, one: Credentials, scopes: Sequence[str], base: str) -> Grant:
    return Grant(
        url=_token_url(scheme, one),
        base=base,
        client_id=one.client_id,
        client_secret=one.client_secret,
        scopes=one.scopes or tuple(scopes),
    )


def token_urls(schemes: Mapping[str, JsonObject], api: Api) -> list[str]:
    """Return where the description, and not the settings, say that tokens are fetched."""
    return [
        url
        for name, one in api.credentials.items()
        if one.client_id and not one.token_url and (url := _token_url(schemes.get(name, {}), one))
    ]
