"""Setting a run going again: at once where that is safe, and after a second yes where it is not."""

from dataclasses import dataclass

from blocks import retrying as cards
from blocks.kit import Message
from handlers.edge import Edge
from opstream.domain.person import Person
from opstream.domain.run import Run
from opstream.errors import BadInput, NeedsConfirmation
from opstream.runs.versions import Version


@dataclass(frozen=True, slots=True)
class Again:
    """Which run goes on, from where, and with which version.

    Args:
        step: Its path, `start`, or '' for where the run stopped.
        version: `old`, `new`, a number, or '' for the old one.
        sure: Finished writes and prompts may be made again.
    """

    run: str
    by: Person
    step: str = ""
    version: str = ""
    sure: bool = False


async def retry(again: Again, edge: Edge) -> Run | Message:
    """Set a run going again; return it, or what has to be asked first.

    Raises:
        BadInput: there is no such version.
    """
    try:
        return await edge.services.runs.retry(
            again.run,
            by=again.by,
            from_step=None if again.step in ("", cards.FROM_FAILURE) else again.step,
            version=_version(again.version),
            sure=again.sure,
        )
    except NeedsConfirmation as error:
        return cards.confirmation(again.run, again.step, again.version, str(error))


def _version(said: str) -> Version:
    low = said.lower().lstrip("v")
    if low.isdigit():
        return int(low)
    if low in ("", cards.OLD):
        return "old"
    if low == cards.NEW:
        return "new"
    raise BadInput(
        f"There is no version `{said[:40]}`. Write `version=old`, `version=new` or a number."
    )
