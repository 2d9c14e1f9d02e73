"""What can be made to go wrong on demand, so that the app can be tried against it."""

import asyncio
from dataclasses import dataclass, field


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass(slots=True)
class Faults:
    """Knobs. Nothing is wrong until one is turned."""

    duplicates: int = 0  # so many of the next payloads arrive twice
    refusals: int = 0  # so many of the next Web API calls get a 429
    refused_method: str = ""  # only this method is refused; '' means every one
    retry_after: int = 1
    delay_seconds: float = 0.0  # every call of the Web API takes at least as long
    gate: asyncio.Event = field(default_factory=_open_gate)

    def duplicate_next(self, count: int = 1) -> None:
        """Deliver the next payloads twice, as Slack now and then does."""
        self.duplicates = count

    def take_duplicate(self) -> bool:
        """Whether this payload is to arrive twice."""
        if self.duplicates <= 0:
            return False
        self.duplicates -= 1
        return True

    def storm(self, count: int, retry_after: int = 1, method: str = "") -> None:
        """Answer the next calls with 429."""
        self.refusals, self.retry_after, self.refused_method = count, retry_after, method

    def refuses(self, method: str) -> bool:
        """Whether this call is caught in the storm."""
        if self.refusals <= 0 or self.refused_method not in {"", method}:
            return False
        self.refusals -= 1
        return True

    def pause_api(self) -> None:
        """Let Web API calls hang until `resume_api`."""
        self.gate.clear()

    def resume_api(self) -> None:
        """Answer the calls that hang, and those to come."""
        self.gate.set()
