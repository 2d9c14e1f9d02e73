"""Forms: starting a workflow, saying no, asking for changes, answering a question."""

import re
from collections.abc import Mapping, Sequence

from blocks import ids, kit
from blocks.kit import Block, Element
from blocks.wording import as_text, code, line, plain, safe
from opstream.domain.approval import Approval, ProposedCall
from opstream.domain.run import StepState
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Input, InputKind, Step, Workflow

View = JsonObject
_ANY = re.compile(r".*", re.DOTALL)
_FITTING = {
    InputKind.NUMBER: re.compile(r"-?[0-9]{1,15}(\.[0-9]+)?"),
    InputKind.DATE: re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    InputKind.PERSON: re.compile(r"[UW][A-Z0-9]{2,20}"),
    InputKind.CHANNEL: re.compile(r"[CG][A-Z0-9]{2,20}"),
}
FIELDS_LIMIT = 40
TEXT_INPUT_LIMIT = 3_000
_HINTS = {
    InputKind.DURATION: "such as 2m, 90s or 1h 30m",
    InputKind.NUMBER: "a number",
    InputKind.SECRET: "the name of a secret, such as DEPLOY_KEY",
}


def modal(title: str, blocks: Sequence[Block], *, callback: str = "", **extra: Json) -> View:
    """Return a form; `extra` is what else Slack wants, such as `submit`."""
    view: dict[str, Json] = {
        "type": "modal",
        "title": kit.plain_text(title, 24),
        "close": kit.plain_text("Close", 24),
        "blocks": list(blocks),
        **extra,
    }
    if callback:
        view["callback_id"] = callback
    return view


def loading(title: str) -> View:
    """Return what is shown while a form is made."""
    return modal(title, [kit.section("⏳ One moment, please…")])


def notice(title: str, text: str) -> View:
    """Return a form that only says something; `text` is plain."""
    return modal(title, [kit.section(safe(text, 2_500))])


def start(
    workflow: Workflow, given: Mapping[str, Json], place: Mapping[str, Json], request: str
) -> View:
    """Return the form that starts a workflow.

    Args:
        workflow: What to start.
        given: Inputs that are known already; they stand in the form.
        place: Where the run shall be shown, as the submission will carry it.
        request: What makes this request one of a kind, so that a doubled submission starts one run.
    """
    title = f"*{line(workflow.title, 200)}*"
    said = [kit.section(f"{title}\n{line(workflow.description, 600)}".strip())]
    inputs = [
        field(one, given.get(one.name, one.default)) for one in workflow.inputs[:FIELDS_LIMIT]
    ]
    nothing = [] if inputs else [kit.context("It needs nothing from you.")]
    return modal(
        "Start a workflow",
        [*said, *inputs, *nothing],
        callback=ids.FORM_START,
        submit=kit.plain_text("Start", 24),
        private_metadata=ids.carried(workflow=workflow.id, place=place, request=request),
    )


def deny(run_id: str, approval: Approval, place: Mapping[str, Json]) -> View:
    """Return the form that asks why not; `place` is where whoever fills it in hears of failures."""
    blocks = [
        kit.section(
            f"*{line(approval.title, 300)}*\nThe asker and the thread will see your reason."
        ),
        text_block(ids.FIELD_REASON, "Why not?", "", multiline=True),
    ]
    return modal(
        "Deny",
        blocks,
        callback=ids.FORM_DENY,
        submit=kit.plain_text("Deny", 24),
        private_metadata=_about(run_id, approval, place),
    )


def ask_changes(run_id: str, approval: Approval, place: Mapping[str, Json]) -> View:
    """Return the form that sends a proposal back: a comment, and its arguments to be edited."""
    call = approval.call
    blocks = [
        kit.section(f"*{line(approval.title, 300)}*\nIt is asked again with your changes."),
        text_block(ids.FIELD_COMMENT, "What should be different?", "", multiline=True),
        *(_argument_blocks(call) if call else []),
    ]
    return modal(
        "Ask for changes",
        blocks,
        callback=ids.FORM_CHANGES,
        submit=kit.plain_text("Send back", 24),
        private_metadata=_about(run_id, approval, place),
    )


def _about(run_id: str, approval: Approval, place: Mapping[str, Json]) -> str:
    return ids.carried(run=run_id, step=approval.step, revision=approval.revision, place=place)


def editable(call: ProposedCall) -> dict[str, str]:
    """Return the arguments of a call that a form can hold, as the text that stands in it."""
    texts = {name: as_text(value) for name, value in call.arguments.items()}
    short = {name: text for name, text in texts.items() if len(text) <= TEXT_INPUT_LIMIT}
    return dict(list(short.items())[:FIELDS_LIMIT])


def _argument_blocks(call: ProposedCall) -> list[Block]:
    head = kit.section(f"*The arguments of* {code(call.operation, 200)}")
    blocks = [
        text_block(f"{ids.INPUT_PREFIX}{name}", name, text, required=False, multiline="\n" in text)
        for name, text in editable(call).items()
    ]
    return [head, *blocks] if blocks else []


def answer(run_id: str, step: Step, state: StepState, place: Mapping[str, Json]) -> View:
    """Return the form that a question opens."""
    blocks = [
        kit.section(f"*{line(step.title or step.id, 200)}*\n{safe(state.question, 2_500)}"),
        *(field(one, one.default) for one in state.fields[:FIELDS_LIMIT]),
    ]
    return modal(
        "Answer",
        blocks,
        callback=ids.FORM_ANSWER,
        submit=kit.plain_text("Answer", 24),
        private_metadata=ids.carried(run=run_id, step=step.id, place=place),
    )


def field(one: Input, value: Json = None) -> Block:
    """Return the field for an input, with a value in it when there is one."""
    block: dict[str, Json] = {
        "type": "input",
        "block_id": f"{ids.INPUT_PREFIX}{one.name}"[:255],
        "label": kit.plain_text(one.title or one.name, 200),
        "element": _element(one, value),
        "optional": not one.required,
    }
    if hint := plain(one.description, 500):
        block["hint"] = kit.plain_text(hint, 500)
    return block


def _element(one: Input, value: Json) -> Element:
    text = "" if value is None else as_text(value)
    if not _FITTING.get(one.kind, _ANY).fullmatch(text):
        text = ""  # Slack would refuse the whole form
    match one.kind:
        case InputKind.CHOICE if one.choices:
            return _select(one.choices, text)
        case InputKind.NUMBER:
            return _with("number_input", "initial_value", text, is_decimal_allowed=True)
        case InputKind.DATE:
            return _with("datepicker", "initial_date", text)
        case InputKind.PERSON:
            return _with("users_select", "initial_user", text)
        case InputKind.CHANNEL:
            only = {"include": ["public", "private"]}
            return _with("conversations_select", "initial_conversation", text, filter=only)
    return _typed(text, placeholder=_HINTS.get(one.kind, ""))


def _with(kind: str, initial: str, text: str, **extra: Json) -> Element:
    element: dict[str, Json] = {"type": kind, "action_id": ids.INPUT_VALUE, **extra}
    if text:
        element[initial] = text
    return element


def _select(choices: Sequence[str], text: str) -> Element:
    options: list[Json] = [
        {"text": kit.plain_text(one, 75), "value": one[:150]}
        for one in choices[: kit.OPTIONS_LIMIT]
        if one
    ]
    element: dict[str, Json] = {
        "type": "static_select",
        "action_id": ids.INPUT_VALUE,
        "options": options,
    }
    if text in choices[: kit.OPTIONS_LIMIT]:
        element["initial_option"] = {"text": kit.plain_text(text, 75), "value": text[:150]}
    return element


def _typed(text: str, placeholder: str = "", *, multiline: bool = False) -> Element:
    element: dict[str, Json] = {
        "type": "plain_text_input",
        "action_id": ids.INPUT_VALUE,
        "multiline": multiline,
        "max_length": TEXT_INPUT_LIMIT,
    }
    if text and len(text) <= TEXT_INPUT_LIMIT:
        element["initial_value"] = text
    if placeholder:
        element["placeholder"] = kit.plain_text(placeholder, 150)
    return element


def text_block(
    name: str, label: str, text: str, *, required: bool = True, multiline: bool = False
) -> Block:
    """Return a field for text."""
    return {
        "type": "input",
        "block_id": name[:255],
        "label": kit.plain_text(label, 200),
        "element": _typed(text, multiline=multiline),
        "optional": not required,
    }
