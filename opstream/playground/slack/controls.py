"""The things in blocks that people press, choose from and type into: finding them, naming them, reading them."""

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from opstream.playground.slack.rules.elements import INTERACTIVE
from opstream.playground.slack.wire import Json, items, mapping, mappings, text

NewId = Callable[[], str]

# Where the value of an element stands in `state.values`, and what it begins with.
SELECTED: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", ""),
}
MANY = frozenset(kind for kind, (field, _) in SELECTED.items() if field.endswith("s"))


@dataclass(frozen=True, slots=True)
class Control:
    """An interactive element and the block it stands in."""

    block: Json
    element: Json

    @property
    def kind(self) -> str:
        """The element's type."""
        return text(self.element.get("type"))

    @property
    def block_id(self) -> str:
        """The id of its block."""
        return text(self.block.get("block_id"))

    @property
    def action_id(self) -> str:
        """The element's own id."""
        return text(self.element.get("action_id"))


def named(blocks: Iterable[Json], new_id: NewId) -> list[Json]:
    """Return a copy of blocks in which every block has an id and every control has one too."""
    copies = copy.deepcopy(list(blocks))
    for block in _every_block(copies):
        block["block_id"] = block.get("block_id") or new_id()
    for control in controls(copies):
        control.element["action_id"] = control.action_id or new_id()
    return copies


def _every_block(blocks: Iterable[Json]) -> Iterator[Json]:
    for block in blocks:
        yield block
        for inner in ("child_blocks", "elements" if block.get("type") == "carousel" else ""):
            yield from _every_block(mappings(block.get(inner)))


def controls(blocks: Iterable[Json]) -> Iterator[Control]:
    """Yield everything interactive, top first."""
    for block in _every_block(blocks):
        kind = block.get("type")
        if kind in {"actions", "context_actions"}:
            found = mappings(block.get("elements"))
        elif kind == "card":
            found = mappings(block.get("actions"))
        else:
            found = [mapping(block.get("accessory")), mapping(block.get("element"))]
        for element in found:
            if element.get("type") in INTERACTIVE:
                yield Control(block, element)


def find(blocks: Iterable[Json], block_id: str, action_id: str) -> Control | None:
    """Return the control under these ids, None when there is none."""
    for control in controls(blocks):
        if control.block_id == block_id and control.action_id == action_id:
            return control
    return None


def begun(control: Control) -> Json | None:
    """Return what `state.values` says of an untouched control; None when it has no state."""
    if control.kind not in SELECTED:
        return None
    field, initial = SELECTED[control.kind]
    nothing: object = [] if control.kind in MANY else None
    return {"type": control.kind, field: control.element.get(initial, nothing)}


def chosen(control: Control, given: Json) -> Json | None:
    """Return what `state.values` says of a control after a person gave it a value; None if it has no state."""
    start = begun(control)
    if start is None:
        return None
    field, _ = SELECTED[control.kind]
    if field not in given:
        return start
    value = given[field]
    if field == "value" and value == "":
        value = None  # Slack knows no empty inputs
    if field in {"selected_option", "selected_options"}:
        value = _known_options(control, value)
    return {"type": control.kind, field: value}


def picked(control: Control, given: Json) -> Json | None:
    """Return what an `actions` entry says of the choice; None for what offers none, such as a button."""
    if control.kind == "overflow":
        return {"selected_option": _known_options(control, given.get("selected_option"))}
    if control.kind == "feedback_buttons":
        both = [mapping(control.element.get(f"{one}_button")) for one in ("positive", "negative")]
        pressed = [one for one in both if one.get("value") == given.get("value")]
        return {"text": pressed[0].get("text"), "value": given.get("value")} if pressed else {}
    return chosen(control, given)


def _known_options(control: Control, value: object) -> object:
    """Return the options as the app wrote them, so that a page cannot make others up."""
    if control.kind in {"external_select", "multi_external_select"}:
        return value
    written = {text(one.get("value")): one for one in options(control)}
    if isinstance(value, list):
        return [written[key] for key in map(_option_value, value) if key in written]
    return written.get(_option_value(value))


def _option_value(value: object) -> str:
    return text(value if isinstance(value, str) else mapping(value).get("value"))


def options(control: Control) -> list[Json]:
    """Return the options a control offers, those of its groups too."""
    groups = mappings(control.element.get("option_groups"))
    grouped = [one for group in groups for one in mappings(group.get("options"))]
    return mappings(control.element.get("options")) + grouped


def state(blocks: Iterable[Json], given: Json, before: Json | None = None) -> Json:
    """Return `state.values` of a view or message.

    Args:
        blocks: Its blocks.
        given: `{block_id: {action_id: {field: value}}}`, what the page has in its fields.
        before: `state.values` as known until now; None when nothing is.
    """
    values: dict[str, dict[str, object]] = {}
    for control in controls(blocks):
        block = mapping(given.get(control.block_id))
        known = mapping(mapping((before or {}).get(control.block_id)).get(control.action_id))
        value = chosen(control, mapping(block.get(control.action_id)) or known)
        if value is not None:
            values.setdefault(control.block_id, {})[control.action_id] = value
    return dict(values)


def is_empty(value: Json, kind: str) -> bool:
    """Whether a value in `state.values` says nothing."""
    field, _ = SELECTED[kind]
    held = value.get(field)
    return held is None or held == "" or (isinstance(held, list) and not items(held))
