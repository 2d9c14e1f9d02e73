"""start, pause, resume, cancel, retry: what changes a run."""

from collections.abc import Mapping
from difflib import get_close_matches

from blocks import kit
from blocks.kit import Message
from blocks.wording import code, listed
from handlers import retrying, starting
from handlers.commands.ask import Ask
from handlers.edge import Edge
from handlers.retrying import Again
from handlers.starting import Wish
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, NotFound


async def start(ask: Ask, edge: Edge) -> Message | None:
    """Start a workflow by its name and `name=value` pairs, or by one of its sentences."""
    sentence = ask.sentence
    if found := edge.services.workflows.by_phrase(sentence.rest):
        return await begin(ask, edge, *found)
    if ask.first_word is None:
        raise BadInput(
            "Say what to start, for example `/opstream start application_profiling "
            "service=checkout duration=2m`. `/opstream workflows` lists what there is."
        )
    workflow = edge.services.workflows.latest(ask.first_word)
    if loose := sentence.words[1:]:
        names = listed([code(one.name, 60) for one in workflow.inputs]) or "none"
        raise BadInput(
            f"I cannot tell what `{' '.join(loose)[:100]}` means. Write inputs as `name=value`; "
            f"`{workflow.id}` takes {names}."
        )
    _check_names(workflow, sentence.options)
    return await begin(ask, edge, workflow, sentence.options)


def _check_names(workflow: Workflow, given: Mapping[str, Json]) -> None:
    """Refuse inputs that a workflow does not take, before a form asks for the others.

    Raises:
        NotFound: there is no input of that name.
    """
    names = [one.name for one in workflow.inputs]
    for name in given:
        if name not in names:
            close = get_close_matches(name, names, 2, 0.5)
            takes = f"takes {listed([code(one, 60) for one in names])}" if names else "takes none"
            raise NotFound("input", name[:60], close, f"{code(workflow.id)} {takes}.")


async def begin(
    ask: Ask, edge: Edge, workflow: Workflow, inputs: Mapping[str, Json]
) -> Message | None:
    """Start a workflow for whoever asks."""
    wish = Wish(workflow, inputs, ask.by, ask.place, ask.request_key, ask.trigger_id)
    return await starting.start(wish, edge)


async def pause(ask: Ask, edge: Edge) -> Message:
    """Pause a run."""
    run = await edge.services.runs.pause(await run_meant(ask, edge), by=ask.by)
    return kit.sentence(
        f"⏸️ Paused {_named(ask, run)}. What is under way ends, nothing new begins. "
        f"{_resuming(ask, run)} lets it go on."
    )


async def resume(ask: Ask, edge: Edge) -> Message:
    """Let a paused run go on."""
    run = await edge.services.runs.resume(await run_meant(ask, edge), by=ask.by)
    return kit.sentence(f"▶️ {_named(ask, run).capitalize()} goes on.")


async def cancel(ask: Ask, edge: Edge) -> Message:
    """Cancel a run; words after its id are the reason."""
    run_id = await run_meant(ask, edge)
    reason = " ".join(ask.sentence.words[1:])
    run = await edge.services.runs.cancel(run_id, by=ask.by, reason=reason)
    return kit.sentence(
        f"🚫 Cancelled {_named(ask, run)}. What its workflow can undo is undone; the rest stays done."
    )


async def retry(ask: Ask, edge: Edge) -> Message:
    """Set an ended run going again, from where it failed, from a step or from the start."""
    runs = edge.services.runs
    run_id = await runs.resolve_stopped(ask.first_word, by=ask.by, place=ask.place)
    said = ask.sentence.options
    step = said.get("from", "")
    sure = said.get("sure", "").lower() in ("yes", "true")
    again = Again(run_id, ask.by, step, said.get("version", ""), sure)
    answer = await retrying.retry(again, edge)
    if isinstance(answer, Message):
        return answer
    where = code(step) if step else "where it stopped"
    return kit.sentence(f"🔁 {_named(ask, answer).capitalize()} goes on from {where}.")


def _named(ask: Ask, run: Run) -> str:
    """Return how to speak of a run: in its thread it needs no name."""
    return "this run" if ask.place.thread and not ask.first_word else f"run {code(run.id)}"


def _resuming(ask: Ask, run: Run) -> str:
    here = ask.place.thread and not ask.first_word
    return "A word to me here, `resume`," if here else code(f"/opstream resume {run.id}")


async def run_meant(ask: Ask, edge: Edge) -> str:
    """Return the run that a person means: by id, by the thread, or their only one."""
    return await edge.services.runs.resolve(ask.first_word, by=ask.by, place=ask.place)


async def run_to_read(ask: Ask, edge: Edge) -> str:
    """Return the run whose findings a person wants to read; theirs that ended last when none is active."""
    try:
        return await run_meant(ask, edge)
    except NotFound:
        ended = await edge.services.runs.ended(limit=1, by=ask.by)
        if ask.first_word or not ended.runs:
            raise
        return ended.runs[0].id
