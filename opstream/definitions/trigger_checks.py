"""Whether triggers can work: names, and inputs that the workflow has and the trigger can give."""

import re
from collections.abc import Iterator, Mapping

from opstream.definitions import inputs, references
from opstream.definitions.draft import Draft
from opstream.definitions.names import CHANNEL, EMOJI, SIGNAL, WEBHOOK, WORKFLOW_ID, alike
from opstream.definitions.section import close_to
from opstream.definitions.templates import leaves
from opstream.definitions.yaml_events import Path
from opstream.domain.trigger import (
    AfterRun,
    ChannelMessage,
    OnSignal,
    Reaction,
    Schedule,
    Shortcut,
    Trigger,
    Webhook,
)
from opstream.domain.values import Json
from opstream.errors import BadInput, Complaint, ExpressionError

_OF_MESSAGE = ("text", "channel", "thread", "by", "link")
_SEES: Mapping[type[Trigger], tuple[str, ...]] = {
    Schedule: (),
    Webhook: ("body", "headers"),
    Reaction: _OF_MESSAGE,
    ChannelMessage: _OF_MESSAGE,
    Shortcut: _OF_MESSAGE,
    AfterRun: ("run",),
    OnSignal: ("signal",),
}
_OF_RUN = ("id", "workflow", "outcome", "result", "reason")
_LONGEST_TITLE = 75

_Fault = tuple[Path, str, str]


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield what is wrong with the triggers of a workflow."""
    hooks: set[str] = set()
    for number, trigger in enumerate(draft.workflow.triggers):
        faults = [*_names(draft, trigger), *_inputs(draft, trigger)]
        if isinstance(trigger, Webhook) and trigger.name in hooks:
            problem = f"There are two webhooks `{trigger.name}`."
            faults.append((("webhook",), problem, "Rename one of them."))
        hooks |= {trigger.name} if isinstance(trigger, Webhook) else set()
        for path, problem, remedy in faults:
            line = draft.trigger_line(number, *path)
            yield Complaint(draft.document.file, line, problem, remedy)


def _names(draft: Draft, trigger: Trigger) -> Iterator[_Fault]:
    match trigger:
        case Webhook():
            yield from _webhook(trigger)
        case Reaction(emoji=emoji, channel=channel):
            yield from _no_name(("reaction",), "an emoji", emoji, EMOJI, "Write `reaction: eyes`.")
            yield from _channel(("channel",), channel or "")
        case ChannelMessage(channel=channel):
            yield from _channel(("message", "channel"), channel)
        case Shortcut(title=title) if len(title) > _LONGEST_TITLE:
            problem = f"The title has {len(title)} characters; {_LONGEST_TITLE} are the most."
            yield ("shortcut",), problem, "Shorten it."
        case AfterRun(workflow=name):
            example = "Write the id of a workflow."
            yield from _no_name(("after",), "a workflow", name, WORKFLOW_ID, example)
            if name and name == draft.workflow.id:
                problem = f"`{name}` starts after itself, and so again and again."
                yield ("after",), problem, "Name another workflow, or use a `schedule`."
        case OnSignal(signal=name):
            example = "Write for example `signal: checkout-latency`."
            yield from _no_name(("signal",), "a signal", name, SIGNAL, example)


def _webhook(trigger: Webhook) -> Iterator[_Fault]:
    if trigger.name and not WEBHOOK.fullmatch(trigger.name):
        problem = f"The webhook `{trigger.name}` has characters that an address cannot have."
        yield ("webhook",), problem, f"Write `webhook: {alike(trigger.name, '-_')}`."
    if trigger.secret and not inputs.is_secret_name(trigger.secret):
        problem = "`secret` is no name of a secret."
        remedy = "Write its name in capitals, never the secret itself: `secret: SHOP_WEBHOOK`."
        yield ("secret",), problem, remedy


def _channel(path: Path, channel: str) -> Iterator[_Fault]:
    yield from _no_name(path, "a channel", channel, CHANNEL, 'Write `channel: "#ops"`, or its id.')


def _no_name(
    path: Path, what: str, text: str, allowed: re.Pattern[str], remedy: str
) -> Iterator[_Fault]:
    if text and not allowed.fullmatch(text):
        yield path, f"`{text}` is no name of {what}.", remedy


def _inputs(draft: Draft, trigger: Trigger) -> Iterator[_Fault]:
    seen = _SEES[type(trigger)]
    faults = [
        (path, *fault)
        for path, template in leaves(("inputs",), trigger.inputs)
        for fault in _template(template, seen)
    ]
    yield from faults
    if not faults:
        yield from _values(draft, trigger.inputs)


def _template(template: str, seen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    try:
        names = references.names_in(template)
    except ExpressionError as error:
        yield str(error), ""
        return
    for name in sorted(names):
        root, _, key = name.partition(".")
        if root not in seen:
            offered = ", ".join(f"`{one}`" for one in seen)
            remedy = f"It sees {offered}." if seen else "Write the value itself."
            yield f"The trigger uses `{root}`, which is not there.", remedy
        elif root == "run" and key and key not in _OF_RUN:
            yield f"The trigger uses `{name}`, which is not there.", close_to(key, _OF_RUN)


def _values(draft: Draft, given: Json) -> Iterator[_Fault]:
    """Say what does not fit the inputs of the workflow, as far as it is known before a start."""
    if not isinstance(given, Mapping):
        return
    fields = {field.name: field for field in draft.workflow.inputs}
    for name, value in given.items():
        where: Path = ("inputs", name)
        if name not in fields:
            problem = f"The workflow has no input `{name}`."
            yield where, problem, close_to(name, list(fields))
        elif not any("{{" in text for _, text in leaves((), value)):
            try:
                inputs.convert(fields[name], value)
            except BadInput as error:
                yield where, str(error), ""
    lacking = [
        one.name
        for one in fields.values()
        if one.required and one.default is None and given.get(one.name) is None
    ]
    if lacking:
        listed = ", ".join(f"`{name}`" for name in lacking)
        problem = f"The trigger does not give {listed}, which the workflow needs."
        yield (), problem, f"Add `inputs: {{{lacking[0]}: …}}`."
