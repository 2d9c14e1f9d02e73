"""Modals and App Home tabs, and how Slack describes them."""

from dataclasses import dataclass, field

from opstream.playground.slack.people import APP_ID, BOT_ID, TEAM_ID
from opstream.playground.slack.wire import Json, mapping, mappings, text, truth

STACK_LIMIT = 3


@dataclass(frozen=True, slots=True)
class View:
    """A view as the app made it, and where it stands for the person who sees it."""

    id: str
    person: str
    content: Json  # what the app sent: type, title, blocks, ...; block ids filled in
    hash: str
    root_id: str
    previous_id: str = ""
    values: Json = field(default_factory=dict)  # state.values

    @property
    def is_home(self) -> bool:
        """Whether it is an App Home tab rather than a modal."""
        return self.content.get("type") == "home"

    @property
    def blocks(self) -> list[Json]:
        """Its blocks, top one first."""
        return mappings(self.content.get("blocks"))

    @property
    def callback_id(self) -> str:
        """The app's name for it; '' when it gave none."""
        return text(self.content.get("callback_id"))

    @property
    def external_id(self) -> str:
        """The app's own id for it; '' when it gave none."""
        return text(self.content.get("external_id"))

    @property
    def notify_on_close(self) -> bool:
        """Whether the app wants to hear when the person closes it."""
        return truth(self.content.get("notify_on_close"))


def as_slack(view: View) -> Json:
    """Return a view as `views.open` and the interaction payloads do."""
    content = view.content
    return {
        "id": view.id,
        "team_id": TEAM_ID,
        "type": content.get("type"),
        "blocks": view.blocks,
        "private_metadata": text(content.get("private_metadata")),
        "callback_id": view.callback_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "clear_on_close": truth(content.get("clear_on_close")),
        "notify_on_close": view.notify_on_close,
        "submit_disabled": truth(content.get("submit_disabled")),
        "external_id": view.external_id,
        "previous_view_id": view.previous_id or None,
        "root_view_id": view.root_id,
        "app_id": APP_ID,
        "app_installed_team_id": TEAM_ID,
        "bot_id": BOT_ID,
    }


def to_disk(view: View) -> Json:
    """Return what the store keeps of a view."""
    return {
        "id": view.id,
        "person": view.person,
        "content": view.content,
        "hash": view.hash,
        "root_id": view.root_id,
        "previous_id": view.previous_id,
        "values": view.values,
    }


def from_disk(data: Json) -> View:
    """Return the view that `to_disk` wrote."""
    return View(
        id=text(data.get("id")),
        person=text(data.get("person")),
        content=mapping(data.get("content")),
        hash=text(data.get("hash")),
        root_id=text(data.get("root_id")),
        previous_id=text(data.get("previous_id")),
        values=mapping(data.get("values")),
    )
