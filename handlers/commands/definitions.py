"""workflows and new: what can be started, one of them closely, and writing one."""

import json
import re

from blocks import drafts as cards
from blocks import ids, kit, lists, offline
from blocks.forms import View
from blocks.kit import Message
from blocks.wording import line
from handlers.commands.ask import Ask
from handlers.edge import Edge
from handlers.failures import open_form
from opstream.domain.values import Json

_WRITE = "Write a workflow"
_EDITING = frozenset({"edit", "change"})


async def workflows(ask: Ask, edge: Edge) -> Message | None:
    """List what can be started, show one workflow, or open it in the editor."""
    if ask.first_word is None:
        return workflows_page(0, edge)
    workflow = edge.services.workflows.latest(ask.first_word)
    wants_change = any(word.lower() in _EDITING for word in ask.sentence.words[1:])
    if not (wants_change and ask.trigger_id):
        return await closeup(workflow.id, edge)

    async def form() -> View:
        return cards.editor(await text_of(workflow.id, edge), _place(ask))

    await open_form(edge, ask.trigger_id, _WRITE, form)
    return None


def workflows_page(offset: int, edge: Edge) -> Message:
    """Return a page of what can be started."""
    catalog = edge.services.workflows
    return lists.workflows(
        catalog.listed(), catalog.complaints(), offset, doubts=catalog.warnings()
    )


async def closeup(workflow_id: str, edge: Edge) -> Message:
    """Return one workflow: its steps as a drawing, and its versions."""
    workflow = edge.services.workflows.latest(workflow_id)
    versions = await edge.services.workflows.versions(workflow.id)
    lines = [cards.version_line(one.version, one.at, one.by, one.why) for one in versions]
    return cards.closeup(workflow, edge.services.draw(workflow), lines)


async def text_of(workflow_id: str, edge: Edge) -> str:
    """Return the newest text of a workflow, as it was written."""
    workflow = edge.services.workflows.latest(workflow_id)
    return await edge.services.workflows.source(workflow.id, workflow.version)


async def new(ask: Ask, edge: Edge) -> Message | None:
    """Have a workflow written from words; without a model, offer what comes near, or open the editor."""
    wish, agent = ask.sentence.rest, edge.services.agent
    if wish and agent.available:
        await agent.draft(wish, place=ask.place, by=ask.by, request_key=ask.request_key)
        return None
    if wish and (near := agent.nearest(wish)):
        return offline.templates(wish, near)
    if ask.trigger_id:

        async def form() -> View:
            return cards.editor(beginning(wish), _place(ask))

        await open_form(edge, ask.trigger_id, _WRITE, form)
        return None
    text = f"Let us write it down: *{line(wish or 'a new workflow', 200)}*"
    write = kit.button("Write it", ids.DRAFT_NEW, ids.carried(words=wish[:500]), style="primary")
    return Message(text, (kit.section(text), kit.actions(write)))


def beginning(wish: str) -> str:
    """Return the beginning of a workflow that a person describes."""
    words = re.findall(r"[a-z0-9]+", wish.lower())[:5]
    name = "_".join(words) if words and words[0][0].isalpha() else "my_workflow"
    title = " ".join(wish.split())[:120] or "My workflow"
    return (
        f"id: {name}\n"
        f"title: {json.dumps(title, ensure_ascii=False)}\n"
        "inputs:\n"
        "  service: {title: Service, type: text}\n"
        "steps:\n"
        "  - id: begin\n"
        '    notify: "Looking after {{ inputs.service }}."\n'
        "  - id: decide\n"
        "    approval: {title: 'Shall I go on with {{ inputs.service }}?'}\n"
        "  - id: done\n"
        '    notify: "Done with {{ inputs.service }}."\n'
    )


def _place(ask: Ask) -> dict[str, Json]:
    return {"channel": ask.place.channel, "thread": ask.place.thread}
