"""Steps of Slack's Workflow Builder that wait for a run; each is told its end once, however late.

What waits stands in the store before the run does, so that no crash in between can leave it waiting for ever.
"""

import json
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Final

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from blocks.wording import plain
from handlers.troubles import understand
from handlers.workspaces.client import asking
from opstream.domain.conversation import Place, Posting
from opstream.domain.run import Run, RunStatus, RunView
from opstream.ports import PostingStore

CALLER: Final = "caller"
"""The part of a run's postings that is its caller."""
_PLACE = "function"
_TOLD = "told"
_LONGEST = 2_000
# It was told before, or whoever runs the workflow has stopped it.
_OVER = frozenset({"execution_not_in_running_state", "function_execution_not_found"})


@dataclass(frozen=True, slots=True)
class Callers:
    """Remembers who waits, and tells them."""

    client: AsyncWebClient
    store: PostingStore

    async def expect(self, run_id: str, execution: str) -> None:
        """Remember that a step waits for the end of a run."""
        workspace = asking.get()
        place = Place(f"{workspace}/{_PLACE}" if workspace else _PLACE, execution)
        await self.store.save(Posting(f"{run_id}/{CALLER}", run_id, place, None, ""))

    async def refuse(self, run_id: str, execution: str, why: str) -> None:
        """Tell a step that its run cannot be started."""
        await self.store.save(
            Posting(f"{run_id}/{CALLER}", run_id, Place(_PLACE, execution), _TOLD, "")
        )
        await self._fail(execution, why)

    async def tell(self, caller: Posting, view: RunView) -> Posting:
        """Tell a step how its run ended, and return the posting that says so."""
        asking.set(caller.place.workspace)
        execution, run = caller.place.thread or "", view.run
        if run.status is RunStatus.SUCCEEDED:
            outputs = {"run": run.id, "result": plain(_result(run), _LONGEST)}
            await _over(
                self.client.functions_completeSuccess(
                    function_execution_id=execution, outputs=outputs
                )
            )
        else:
            await self._fail(execution, f"The run {run.id} has {run.status.value}. {run.reason}")
        return replace(caller, ts=_TOLD)

    async def _fail(self, execution: str, why: str) -> None:
        await _over(
            self.client.functions_completeError(
                function_execution_id=execution, error=plain(why, _LONGEST)
            )
        )


async def _over(telling: Awaitable[object]) -> None:
    """Tell a step something; that it is over already is as good."""
    try:
        await telling
    except SlackApiError as error:
        if understand(error).code not in _OVER:
            raise


def _result(run: Run) -> str:
    """Return what a run found as text."""
    found = run.result
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
