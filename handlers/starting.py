"""Starting a workflow: at once when all inputs are there, otherwise by a form."""

from collections.abc import Mapping
from dataclasses import dataclass

from blocks import forms, ids, kit
from blocks.kit import Message
from blocks.wording import code, line, listed
from handlers.edge import Edge
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.domain.values import Json
from opstream.domain.workflow import RequestApproval, Workflow


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to start, where, and what makes the request one of a kind."""

    workflow: Workflow
    inputs: Mapping[str, Json]
    by: Person
    place: Place | None
    request_key: str
    trigger_id: str = ""

    @property
    def missing(self) -> list[str]:
        """Names of required inputs that nobody gave."""
        return [
            one.name
            for one in self.workflow.inputs
            if one.required and one.default is None and not str(self.inputs.get(one.name) or "")
        ]

    @property
    def hides_from_deciders(self) -> bool:
        """Whether somebody else has to say yes, who cannot see where this was asked for."""
        rules = [
            step.work.rule for step in self.workflow.steps if isinstance(step.work, RequestApproval)
        ]
        private = self.place is not None and self.place.is_direct and not self.place.workspace
        return private and any(not rule.asker_may for rule in rules)


async def start(wish: Wish, edge: Edge) -> Message | None:
    """Start what is wished for; return what is left to say, None when its card says it all."""
    if not wish.missing:
        moves = wish.hides_from_deciders and bool(edge.default_channel)
        await edge.services.runs.start(
            wish.workflow.id,
            wish.inputs,
            by=wish.by,
            place=None if moves else wish.place,
            request_key=wish.request_key,
        )
        return _where(wish, edge) if moves else None
    if wish.trigger_id:
        await open_form(wish, edge)
        return None
    return offer_form(wish)


def _where(wish: Wish, edge: Edge) -> Message:
    """Return where a run stands that would have hidden its questions in a direct message."""
    channel = edge.default_channel
    named = line(channel, 80) if channel.startswith("#") else f"<#{channel}>"
    return kit.sentence(
        f"▶️ *{line(wish.workflow.title, 150)}* is on its way in {named}: it may need a yes from "
        "somebody else, and nobody else can see this conversation."
    )


async def open_form(wish: Wish, edge: Edge) -> None:
    """Open the form for a workflow's inputs; what is known stands in it."""
    place = {"channel": wish.place.channel, "thread": wish.place.thread} if wish.place else {}
    view = forms.start(wish.workflow, wish.inputs, place, wish.request_key)
    await edge.client.views_open(trigger_id=wish.trigger_id, view=dict(view))


def offer_form(wish: Wish) -> Message:
    """Return what says which inputs are missing, with a button that opens the form."""
    names = listed([code(name, 60) for name in wish.missing[:10]])
    text = f"*{line(wish.workflow.title, 150)}* still needs {names}."
    value = ids.carried_start(wish.workflow.id, wish.inputs)
    fill_in = kit.button("Fill in the form", ids.START_OPEN, value, style="primary")
    return Message(text, (kit.section(text), kit.actions(fill_in)))
