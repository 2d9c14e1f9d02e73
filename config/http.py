"""The HTTP door: where it listens, and who may come in with a token."""

from pydantic import SecretStr

from config.parts import Part, RoleName, setting
from config.values import BaseAddress


class Http(Part):
    """The door for health checks, webhooks and programs; closed unless it has a port."""

    port: int | None = setting(
        None,
        "Port for `/health`, `/ready`, `/hooks/…` and `/events/…`; without it nothing listens.",
        env="OPSTREAM_HTTP_PORT",
        write="a port from 0 to 65535; 0 takes any free one",
        ge=0,
        le=65535,
    )
    host: str = setting(
        "127.0.0.1",
        "Address to listen on; `0.0.0.0` lets other machines in.",
        env="OPSTREAM_HTTP_HOST",
        write="an address such as `127.0.0.1` or `0.0.0.0`",
        min_length=1,
    )
    public_url: BaseAddress | None = setting(
        None,
        "Where people reach that door; a run then has an address to share, `<address>/runs/<id>`.",
        env="OPSTREAM_PUBLIC_URL",
        write="an address such as `https://ops.example.com`",
    )
    token: SecretStr | None = setting(
        None,
        "What a program shows to use `/prompts`; without it, that is closed.",
        env="OPSTREAM_API_TOKEN",
        write="at least 24 letters that nobody can guess",
        min_length=24,
    )
    role: RoleName = setting(
        "viewer",
        "What such a program may do: `viewer` reads, `operator` tests, `admin` publishes.",
        env="OPSTREAM_API_ROLE",
        write="`viewer`, `operator`, `approver` or `admin`",
    )
