"""The branch of the settings about Slack: how to reach it, and where notices go."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_core import PydanticCustomError

from config.parts import Part, setting
from config.values import BaseAddress, Hours, Rate, TimeZone

_SWAPPED = (
    "SLACK_{mine} holds what belongs into SLACK_{other}: it begins with {prefix}. Swap the two."
)
_NOT_SIGNED = (
    "OPSTREAM_SLACK_DELIVERY is http, but SLACK_SIGNING_SECRET is missing, and without it anybody could "
    "pretend to be Slack. Take it from the app's Basic Information page."
)
_NO_WORKSPACE = (
    "OPSTREAM_SLACK_DELIVERY is http, but no workspace can be served. Set SLACK_BOT_TOKEN for one, or "
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET so that workspaces can install the app."
)
_HALF_CLIENT = (
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together, and one of them is missing. Set both, or "
    "neither."
)
_ONE_MISSING = (
    "SLACK_{mine} is set, but SLACK_{other} is missing, and Socket Mode needs both. Set "
    "SLACK_{other} (it begins with {prefix}), or unset SLACK_{mine} to use the playground."
)


class Notifications(Part):
    """When people are left in peace."""

    quiet_hours: Hours | None = setting(
        None, "Hours in which only critical notices come through.", write="`22:00-08:00`"
    )
    timezone: TimeZone = setting(
        "UTC", "Time zone of the quiet hours.", write="an IANA name such as `Europe/Berlin`"
    )
    max_frequency: Rate | None = setting(
        None, "At most so many notices to one place.", write="`1/hour` or `10/day`"
    )
    outside: Mapping[str, SecretStr] = setting(
        {},
        "Channels beyond Slack by name, as Apprise writes their addresses.",
        write='names with addresses, such as `oncall: "${ONCALL_URL}"`',
    )


class Slack(Part):
    """How to reach Slack; without tokens the playground stands in for it."""

    bot_token: SecretStr | None = setting(
        None, "Bot token of the Slack app.", env="SLACK_BOT_TOKEN", write="the `xoxb-` token"
    )
    app_token: SecretStr | None = setting(
        None, "App-level token for Socket Mode.", env="SLACK_APP_TOKEN", write="the `xapp-` token"
    )
    signing_secret: SecretStr | None = setting(
        None,
        "Proves that a delivery over HTTP is Slack's; Socket Mode needs none.",
        env="SLACK_SIGNING_SECRET",
        write="the signing secret of the app's Basic Information page",
    )
    delivery: Literal["socket", "http"] = setting(
        "socket",
        "How Slack reaches us: by a socket that we open, or at `/slack/events` over HTTP.",
        env="OPSTREAM_SLACK_DELIVERY",
        write="`socket` or `http`",
    )
    client_id: str | None = setting(
        None,
        "With it, further workspaces install the app at `/slack/install`.",
        env="SLACK_CLIENT_ID",
        write="the client id of the app's Basic Information page",
    )
    client_secret: SecretStr | None = setting(
        None,
        "Belongs to the client id.",
        env="SLACK_CLIENT_SECRET",
        write="the client secret of the app's Basic Information page",
    )
    api_url: BaseAddress | None = setting(
        None,
        "Base address of the Web API of another Slack-compatible server.",
        env="SLACK_API_URL",
        write="an address such as `http://127.0.0.1:3333/api/`",
    )
    connections: int = setting(
        2, "Socket Mode connections kept open.", write="a number from 1 to 10", ge=1, le=10
    )
    default_channel: str | None = setting(
        None, "Where notices go that belong to no thread.", write="a channel such as `#ops`"
    )
    critical_channel: str | None = setting(
        None, "Where critical notices go.", write="a channel such as `#incidents`"
    )
    notifications: Notifications = Notifications()

    @property
    def connected(self) -> bool:
        """Whether there is what it takes to serve a real workspace."""
        if self.delivery == "http":
            return True
        return self.bot_token is not None and self.app_token is not None

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if (self.client_id is None) is not (self.client_secret is None):
            raise PydanticCustomError("names_itself", _HALF_CLIENT)
        if self.delivery == "http":
            self._can_take_http()
        else:
            self._both_tokens_or_none()
        return self

    def _can_take_http(self) -> None:
        if self.signing_secret is None:
            raise PydanticCustomError("names_itself", _NOT_SIGNED)
        if self.bot_token is None and self.client_id is None:
            raise PydanticCustomError("names_itself", _NO_WORKSPACE)

    def _both_tokens_or_none(self) -> None:
        for mine, other, prefix in (
            ("bot_token", "app_token", "xapp-"),
            ("app_token", "bot_token", "xoxb-"),
        ):
            token: SecretStr | None = getattr(self, mine)
            words = {"mine": mine.upper(), "other": other.upper(), "prefix": prefix}
            if token is not None and token.get_secret_value().startswith(prefix):
                raise PydanticCustomError("names_itself", _SWAPPED, words)
            if token is not None and getattr(self, other) is None:
                raise PydanticCustomError("names_itself", _ONE_MISSING, words)
