"""How the Web API says no."""

from collections.abc import Iterable

from opstream.playground.slack.rules.schema import Problem
from opstream.playground.slack.wire import Json


class SlackError(Exception):
    """A call that Slack would refuse; `code` is its `error`, look it up in Slack's reference of the method."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details: Json = details

    @classmethod
    def about(cls, code: str, problems: Iterable[Problem]) -> "SlackError":
        """Return the error that names each wrong place, the way Slack's validator does."""
        sentences = [str(problem) for problem in problems]
        return cls(
            code,
            errors=sentences,
            response_metadata={"messages": [f"[ERROR] {one}" for one in sentences]},
        )

    def answer(self) -> Json:
        """Return the body of the response."""
        return {"ok": False, "error": self.code, **self.details}


class RateLimited(Exception):
    """Too many calls; wait `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"ratelimited for {retry_after} s")
        self.retry_after = retry_after
