"""Accounts of this install at remote services that a person has to sign in to."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a browser brings back from a service; all of it is a claim.

    Args:
        error: Why the service let nobody in, in its words; '' when it did.
    """

    state: str
    code: str = ""
    issuer: str | None = None
    error: str = ""


class Accounts(Protocol):
    """Links services, by the name of the source of operations."""

    def names(self) -> tuple[str, ...]:
        """Return the names of those that can be linked."""

    async def begin(self, name: str) -> str:
        """Return the address at which a person signs in.

        Raises:
            NotFound: nothing of that name can be linked.
            OperationFailed: the service does not answer as it should, or needs no signing in.
            BadInput: this install cannot be reached by browsers.
        """

    async def arrived(self, name: str, arrival: Arrival) -> None:
        """Take what a browser brings back, and keep the account.

        Raises:
            TooLate: nobody waits for it (any more).
            OperationFailed: the service took it back, or refused.
        """
