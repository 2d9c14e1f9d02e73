"""Forms: submitting them, closing them, and what the app's acknowledgement does to them."""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import payloads
from opstream.playground.slack.controls import state
from opstream.playground.slack.delivery import Silence
from opstream.playground.slack.desk import Desk, Frame, Refused, why
from opstream.playground.slack.errors import SlackError
from opstream.playground.slack.forms import complaints
from opstream.playground.slack.methods.views import changed, push_on, view_argument
from opstream.playground.slack.views import View
from opstream.playground.slack.wire import Json, mapping, text, truth


def _open_view(desk: Desk, frame: Frame) -> View:
    stack = desk.hub.workspace.stacks.get(frame.person.id, ())
    for view in stack:
        if view.id == frame.text("view_id"):
            return view
    raise Refused("This form is no longer open.")


def submit(desk: Desk, frame: Frame) -> None:
    """Send a filled form to the app; what becomes of it is told to the page when the app has answered.

    Raises:
        Refused: It is not open any more, or a field is not filled in as it must be.
    """
    view = _open_view(desk, frame)
    values = state(view.blocks, mapping(frame.data.get("values")), before=view.values)
    view = replace(view, values=values)
    desk.hub.record(h.ViewUpdated(view, silent=True))
    problems = complaints(view.blocks, values)
    if problems:
        _show_errors(desk, view, dict(problems))
        raise Refused("Some fields need another look.")
    payload = payloads.view_submission(desk.act(frame.person, view_id=view.id), view)
    desk.spawn(_send(desk, frame, view, payload))


def _show_errors(desk: Desk, view: View, errors: Json) -> None:
    desk.tell(view.person, {"type": "view_errors", "view_id": view.id, "errors": errors})


async def _send(desk: Desk, frame: Frame, view: View, payload: Json) -> None:
    outcome = await desk.sockets.deliver("interactive", payload, answers=True)
    if isinstance(outcome, Silence):
        name = desk.hub.manifest.bot_name
        desk.fail(
            "view_submission",
            frame,
            f"We had some trouble connecting: {name} {why(outcome)}. Try again?",
        )
        return
    now = desk.hub.workspace.view(view.id)
    if now is None:
        return  # the person has closed it meanwhile
    try:
        answer(desk, now, outcome.payload)
    except SlackError as refused:
        sentence = f'The app answered with something Slack refuses ("{refused.code}").'
        desk.fail("view_submission", frame, sentence)


def answer(desk: Desk, view: View, payload: Json) -> None:
    """Do what the acknowledgement of a submission says; without `response_action` the form closes.

    Raises:
        SlackError: The new view is refused, or the errors name no block of the form.
    """
    stack = desk.hub.workspace.stacks.get(view.person, ())
    match text(payload.get("response_action")):
        case "errors":
            _errors(desk, view, mapping(payload.get("errors")))
        case "update":
            desk.hub.record(h.ViewUpdated(changed(desk.hub, view, view_argument(payload))))
        case "push":
            push_on(desk.hub, stack, view_argument(payload))
        case "clear":
            desk.hub.record(*(h.ViewClosed(one) for one in reversed(stack)))
        case _:
            desk.hub.record(h.ViewClosed(view))


def _errors(desk: Desk, view: View, errors: Json) -> None:
    inputs = {text(one.get("block_id")) for one in view.blocks if one.get("type") == "input"}
    if not errors or not set(errors) <= inputs:
        raise SlackError("invalid_arguments")
    _show_errors(desk, view, errors)


def close(desk: Desk, frame: Frame) -> None:
    """Close a form, or with `clear` all that are open; the app hears of those it wants to hear of.

    Raises:
        Refused: It is not open any more.
    """
    view = _open_view(desk, frame)
    clear = truth(frame.data.get("clear"))
    stack = desk.hub.workspace.stacks[frame.person.id]
    position = [one.id for one in stack].index(view.id)
    closing = stack if clear else stack[position:]
    desk.hub.record(*(h.ViewClosed(one) for one in reversed(closing)))
    for one in reversed(closing):
        if one.notify_on_close:
            payload = payloads.view_closed(desk.act(frame.person), one, cleared=clear)
            desk.spawn(_tell_app(desk, payload))


async def _tell_app(desk: Desk, payload: Json) -> None:
    await desk.sockets.deliver("interactive", payload)
