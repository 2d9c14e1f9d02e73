"""A workflow of Slack's Workflow Builder comes to our step: it starts a run and waits for its end."""

from handlers.commands.ask import parse
from handlers.edge import Edge
from handlers.payloads import Execution
from opstream.domain.conversation import Place
from opstream.errors import OpStreamError
from opstream.runs.ids import of_request


async def run(execution: Execution, edge: Edge) -> None:
    """Start what the step names; whoever built the workflow hears why when that cannot be."""
    key = f"step:{execution.id}"
    run_id = of_request(key)
    await edge.callers.expect(run_id, execution.id)
    try:
        # Whoever built the workflow chose the words and the person, so neither proves anything: the
        # run has the rights of people who are not listed, and no others.
        asker = edge.services.people.person(f"step:{execution.id}", "A workflow of Slack")
        said = parse(f"start {execution.inputs}")
        await edge.services.runs.start(
            execution.workflow,
            said.options,
            by=asker,
            place=Place(execution.channel) if execution.channel else None,
            request_key=key,
        )
    except OpStreamError as error:
        await edge.callers.refuse(run_id, execution.id, str(error))
