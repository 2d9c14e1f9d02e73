"""What a person looks at and when they want no disturbance: Work Objects, and do-not-disturb."""

from opstream.playground.slack import happenings as h
from opstream.playground.slack import links
from opstream.playground.slack.desk import Desk, Frame, Refused
from opstream.playground.slack.wire import Json

LONGEST_MINUTES = 24 * 60


def open_entity(desk: Desk, frame: Frame) -> None:
    """Ask the app for the details of a Work Object below a message.

    Raises:
        Refused: It is gone, or the person is not in the channel.
    """
    channel = desk.channel(frame)
    message = desk.hub.workspace.message(channel.id, frame.text("ts"))
    entity = links.entity_of(message, frame.text("url")) if message else None
    if message is None or entity is None:
        raise Refused("This is no longer here.")
    act = desk.act(frame.person)
    desk.hub.record(h.EntityOpened(frame.person.id, act.trigger_id, message, entity))


def snooze(desk: Desk, frame: Frame) -> Json:
    """Pause a person's notifications for some minutes from now; 0 ends the pause.

    Raises:
        Refused: It is no number of minutes, or more than a day.
    """
    minutes = frame.data.get("minutes")
    if not isinstance(minutes, int) or not 0 <= minutes <= LONGEST_MINUTES:
        raise Refused("Notifications can be paused for up to a day.")
    until = desk.hub.clock() + 60 * minutes if minutes else 0.0
    desk.hub.record(h.Snoozed(frame.person.id, until))
    return {"until": until}
