"""The settings of APIs that are known by their descriptions, of Composio, and of answers that are kept."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from config.parts import Part, Words, setting
from config.values import Duration, WebAddress

_MARK = "secret:"
_SECRET = "the value, as `${NAME}` or `secret:NAME`"


class Credential(Part):
    """What one security scheme needs."""

    token: SecretStr | None = setting(
        None, "Of an API key, a bearer scheme, or OAuth 2.", write=_SECRET
    )
    username: str | None = setting(None, "Of a basic scheme.", write="a name")
    password: SecretStr | None = setting(None, "Of a basic scheme.", write=_SECRET)
    client_id: str | None = setting(
        None, "With `client_secret`, fetches OAuth 2 tokens.", write="the id of a client"
    )
    client_secret: SecretStr | None = setting(None, "Belongs to `client_id`.", write=_SECRET)
    token_url: str | None = setting(
        None, "Where tokens are fetched, if not where the description says.", write="an address"
    )
    scopes: Words = setting(
        (), "What is asked for, if not what each operation needs.", write="a list of scopes"
    )


def _short(written: object) -> object:
    """Read a bare text as a token."""
    return {"token": written} if isinstance(written, str) else written


class Api(Part):
    """One API by its OpenAPI description."""

    description: str = setting(
        "",
        "Address or file of its OpenAPI 3.0 or 3.1 description; a file is looked for beside the YAML files.",
        write="an address such as `https://api.example.com/openapi.json`, or a file",
    )
    url: WebAddress | None = setting(
        None, "Where the API is, if not where its description says.", write="an http(s) address"
    )
    auth: Mapping[str, Annotated[Credential, BeforeValidator(_short)]] = setting(
        {},
        "Credentials by the security scheme of the description; a bare text is a token.",
        write="lines such as `api_key: secret:PETS_KEY`",
        repr=False,
    )
    headers: Mapping[str, str] = setting(
        {}, "HTTP headers sent to it.", write="lines of `Name: secret:NAME`", repr=False
    )
    only: Words = setting(
        (),
        "Operations that are offered, by name, tag or `GET /path`, with `*`; without it, all.",
        write="a list such as `[issues, get_*]`",
    )
    reads: Words = setting(
        (),
        "Operations that only read although their method says otherwise.",
        write="a list of names",
    )
    writes: Words = setting(
        (),
        "Operations that change something although their method says otherwise.",
        write="a list of names",
    )
    timeout: Duration | None = setting(
        None, "Longest call; without it the step's own limit.", write="a time such as `30s`"
    )
    pages: int = setting(
        10, "Pages of a list that are read at most.", write="a number above 0", ge=1
    )
    items: int = setting(
        1000, "Items of a list after which no further page is read.", write="a number above 0", ge=1
    )
    answer_bytes: int = setting(
        16_000_000, "Largest answer that is read.", write="a number of bytes from 1000 on", ge=1000
    )
    at_once: int | None = setting(
        None,
        "Calls that it gets at once; without it, any number.",
        write="a number above 0",
        ge=1,
    )

    @model_validator(mode="after")
    def _is_described(self) -> Self:
        if not self.description:
            raise ValueError(
                "It needs a `description`. Write the address of its OpenAPI description, such as "
                "`description: https://api.example.com/openapi.json`."
            )
        return self


class Composio(Part):
    """Composio's tool router; without a key it is left alone."""

    key: SecretStr | None = setting(
        None,
        "Key of the Composio API; with it, its tools are there as `composio.…`.",
        env="COMPOSIO_API_KEY",
        write="a key",
    )
    enabled: bool = setting(
        True, "Whether it is used when there is a key.", write="`true` or `false`"
    )
    url: WebAddress = setting(
        "https://backend.composio.dev", "Where its API is.", write="an http(s) address"
    )
    user: str = setting(
        "opstream", "In whose name this install acts there.", write="a name", min_length=1
    )
    toolkits: Words = setting(
        (), "Services it may use; without it, all.", write="a list such as `[github, gmail]`"
    )


ApiName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]


class Apis(Part):
    """What can be called beside MCP servers, and how long answers are kept."""

    apis: Mapping[ApiName, Api] = setting(
        {}, "The APIs by name.", write="APIs by name: small letters, digits, `_` and `-`"
    )
    composio: Composio = Composio()
    results: Mapping[str, Duration] = setting(
        {},
        "How long answers of operations that read are kept, by name or pattern.",
        write="lines such as `github.list_issues: 10m`",
    )

    @model_validator(mode="after")
    def _results_are_not_for_long(self) -> Self:
        for name, time in self.results.items():
            if time > timedelta(days=30):
                raise ValueError(f"`{name}` is kept for more than 30 days. Write `30d` or less.")
        return self

    def secrets(self) -> Iterator[str]:
        """Yield every secret value, so that logs can mask it."""
        if self.composio.key is not None:
            yield self.composio.key.get_secret_value()
        for api in self.apis.values():
            for one in api.auth.values():
                for secret in (one.token, one.password, one.client_secret):
                    yield from _parts(secret.get_secret_value() if secret else "")
            for value in api.headers.values():
                yield from _parts(value)


def _parts(value: str) -> Iterator[str]:
    """Yield a value, and what comes behind `Bearer`; names of secrets are none."""
    if value and not value.startswith(_MARK):
        yield from (value, *value.split()[1:])
