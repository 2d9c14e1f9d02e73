"""Buttons, menus and shortcuts: what a person uses in messages, modals and the app's home."""

from dataclasses import replace

from opstream.playground.slack import happenings as h
from opstream.playground.slack import payloads
from opstream.playground.slack.controls import Control, find, picked, state
from opstream.playground.slack.delivery import Silence
from opstream.playground.slack.desk import Desk, Frame, Refused, why
from opstream.playground.slack.messages import Ephemeral, Message
from opstream.playground.slack.payloads import Place
from opstream.playground.slack.views import View
from opstream.playground.slack.wire import Json, mapping, mappings, truth

GONE = "This is no longer here: the app has changed or removed it."


def press(desk: Desk, frame: Frame) -> None:
    """Send the use of a control to the app.

    Raises:
        Refused: The control is not there any more.
    """
    if frame.text("view_id"):
        _press_in_view(desk, frame)
    else:
        _press_in_message(desk, frame)


def _control(blocks: list[Json], frame: Frame) -> Control:
    control = find(blocks, frame.text("block_id"), frame.text("action_id"))
    if control is None:
        raise Refused(GONE)
    return control


def _typed(frame: Frame, control: Control) -> Json:
    """Return what the page has in its fields, the control just used included."""
    sent = mapping(frame.data.get("state"))
    fields = mapping(sent.get("values", sent))
    block = mapping(fields.get(control.block_id))
    used = mapping(block.get(control.action_id)) | frame.data
    return fields | {control.block_id: block | {control.action_id: used}}


def _view(desk: Desk, frame: Frame) -> View:
    view = desk.hub.workspace.view(frame.text("view_id"))
    if view is None or view.person != frame.person.id:
        raise Refused(GONE)
    return view


def _blocks(message: Message | Ephemeral) -> list[Json]:
    blocks = [*message.content.blocks]
    for attachment in message.content.attachments:
        blocks += mappings(attachment.get("blocks"))
    return blocks


def _press_in_view(desk: Desk, frame: Frame) -> None:
    view = _view(desk, frame)
    control = _control(view.blocks, frame)
    typed = _typed(frame, control)
    view = replace(view, values=state(view.blocks, typed, before=view.values))
    if not view.is_home:
        desk.hub.record(h.ViewUpdated(view, silent=True))
    act = desk.act(frame.person, view_id="" if view.is_home else view.id)
    entry = payloads.action(control, picked(control, frame.data), act.action_ts)
    desk.spawn(_send(desk, frame, payloads.press_in_view(act, view, entry)))


def _press_in_message(desk: Desk, frame: Frame) -> None:
    place = _place(desk, frame)
    message = place.message
    blocks = _blocks(message)
    control = _control(blocks, frame)
    hook = replace(
        desk.hub.new_hook(frame.person.id, place.channel.id),
        message_ts=message.ts,
        thread_ts=message.thread_ts,
        ephemeral=isinstance(message, Ephemeral),
    )
    act = desk.act(frame.person, hook=hook)
    entry = payloads.action(control, picked(control, frame.data), act.action_ts)
    values = state(blocks, _typed(frame, control))
    desk.spawn(_send(desk, frame, payloads.press_in_message(act, place, entry, values)))


def _place(desk: Desk, frame: Frame) -> Place:
    channel = desk.channel(frame)
    ts = frame.text("message_ts")
    message: Message | Ephemeral | None
    if truth(frame.data.get("ephemeral")):
        message = desk.hub.workspace.ephemerals.get((frame.person.id, channel.id, ts))
        thread = None
    else:
        message = desk.hub.workspace.message(channel.id, ts)
        thread = desk.hub.workspace.thread(message) if message else None
    if message is None:
        raise Refused(GONE)
    return Place(channel, message, thread)


async def _send(desk: Desk, frame: Frame, payload: Json) -> None:
    outcome = await desk.sockets.deliver("interactive", payload, answers=True)
    if isinstance(outcome, Silence):
        name = desk.hub.manifest.bot_name
        desk.fail("action", frame, f"That did not work: {name} {why(outcome)}. Try again.")


async def suggest(desk: Desk, frame: Frame) -> Json:
    """Ask the app for the options of a menu it fills itself, and return them.

    Raises:
        Refused: The menu is not there any more, or the app did not answer.
    """
    where: Place | View = _view(desk, frame) if frame.text("view_id") else _place(desk, frame)
    blocks = where.blocks if isinstance(where, View) else _blocks(where.message)
    control = _control(blocks, frame)
    act = desk.act(frame.person)
    payload = payloads.suggestion(act, control, frame.text("value"), where)
    outcome = await desk.sockets.deliver("interactive", payload, answers=True)
    if isinstance(outcome, Silence):
        raise Refused(f"There are no suggestions: {desk.hub.manifest.bot_name} {why(outcome)}.")
    answer = outcome.payload
    return {key: answer[key] for key in ("options", "option_groups") if key in answer}


def shortcut(desk: Desk, frame: Frame) -> None:
    """Send a shortcut to the app: a global one, or one on a message.

    Raises:
        Refused: The app offers no such shortcut, or the message is gone.
    """
    callback_id = frame.text("callback_id")
    offered = desk.hub.manifest.shortcut(callback_id)
    if offered is None:
        raise Refused(f"{desk.hub.manifest.bot_name} offers no shortcut {callback_id!r}.")
    if offered.kind == "global":
        payload = payloads.shortcut(desk.act(frame.person), callback_id)
    else:
        place = _place(desk, frame)
        hook = desk.hub.new_hook(frame.person.id, place.channel.id)
        hook = replace(hook, thread_ts=place.message.thread_ts)
        act = desk.act(frame.person, hook=hook)
        payload = payloads.message_shortcut(act, callback_id, place)
    desk.spawn(_send(desk, frame, payload))
