"""What a yes would do, exactly: calls and their arguments, in full, in short, and against what was before."""

import json
import re
from collections.abc import Iterator, Mapping

from blocks import kit
from blocks.kit import Block, Message
from blocks.wording import as_text, clean, code, count, flat, line, listed
from opstream.domain.approval import Approval, ProposedCall
from opstream.domain.values import Json

_ARGUMENTS_LIMIT = 30
_VALUE_LIMIT = 700
AT_ONCE = "This is done at once, in your name:"
_CONFIRM_LIMIT = 300 - len(AT_ONCE) - 1
_ODD = re.compile(r'[,="\n]')
_PIECE, _PIECES_A_MESSAGE, _MESSAGES = 3_000, 3, 5


def shown(title: str, call: ProposedCall | None) -> list[Block]:
    """Return a call with its arguments, below a title."""
    if call is None:
        return []
    lines = arguments(call.arguments)
    return [kit.section(f"*{title}:* {code(call.operation, 200)}"), *kit.paragraphs(lines)]


def arguments(values: Mapping[str, Json]) -> list[str]:
    """Return the arguments of a call, one mrkdwn line each, as exactly as there is room for."""
    lines = [
        f"• {line(name, 80)} = {exact(value)}"
        for name, value in list(values.items())[:_ARGUMENTS_LIMIT]
    ]
    more = len(values) - _ARGUMENTS_LIMIT
    return [*lines, f"• and {count(more, 'more argument')}"] if more > 0 else lines


def exact(value: Json) -> str:
    """Return a value as code; one that is too long says how much of it is not shown."""
    text = as_text(value)
    if len(text) <= _VALUE_LIMIT:
        return code(text, 2 * _VALUE_LIMIT)
    return f"{code(text, _VALUE_LIMIT)} ({len(text):,} characters in all)"


def in_short(call: ProposedCall, limit: int = _CONFIRM_LIMIT) -> str:
    """Return a call as one line of plain text; what is left out of it is counted."""
    head = flat(call.operation, 100)
    named = [f"{flat(name, 40)} = {_bare(value)}" for name, value in call.arguments.items()]
    for kept in range(len(named), -1, -1):
        left = len(named) - kept
        more = [f"{count(left, 'argument')} that only the message shows"] if left else []
        said = listed([*named[:kept], *more]) if left else ", ".join(named)
        if len(head) + 2 + len(said) <= limit:
            return f"{head}: {said}" if said else head
    return head


def _bare(value: Json) -> str:
    """Return a value as text that cannot be taken for another argument."""
    text = as_text(value)
    odd = isinstance(value, str) and (text != text.strip() or not text or _ODD.search(text))
    return flat(json.dumps(value, ensure_ascii=False) if odd else text, 1_000)


def changed(old: ProposedCall | None, new: ProposedCall | None) -> dict[str, tuple[Json, Json]]:
    """Return the arguments that differ between two proposals, each with its old and new value."""
    before = old.arguments if old else {}
    after = new.arguments if new else {}
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }


def short(value: Json) -> str:
    """Return a value as code, cut to a glance."""
    return code(as_text(value), 60)


def whole(approval: Approval) -> Iterator[Message]:
    """Yield messages with all arguments in full, where the question itself has to shorten them."""
    call = approval.call
    if call is None or not _is_shortened(call):
        return
    text = "\n".join(f"{name} = {as_text(value)}" for name, value in call.arguments.items())
    pieces = list(_pieces(clean(text)))
    kept = pieces[: _PIECES_A_MESSAGE * _MESSAGES]
    for number in range(0, len(kept), _PIECES_A_MESSAGE):
        said = kept[number : number + _PIECES_A_MESSAGE]
        head = f"📄 *In full:* {code(call.operation, 200)}" if not number else "📄 *Further:*"
        last = number + len(said) == len(kept) and len(kept) < len(pieces)
        left = sum(map(len, pieces[len(kept) :]))
        more = [kit.context(f"{left:,} more characters do not fit here.")] if last else []
        blocks = [kit.section(head), *map(_preformatted, said), *more]
        yield kit.message(f"In full what a yes does: {flat(approval.title, 200)}", blocks)


def _is_shortened(call: ProposedCall) -> bool:
    values = map(as_text, call.arguments.values())
    many = len(call.arguments) > _ARGUMENTS_LIMIT
    return many or any(len(one) > _VALUE_LIMIT for one in values)


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces, cut at the ends of lines where there are any."""
    while len(text) > _PIECE:
        cut = text.rfind("\n", _PIECE // 2, _PIECE) + 1 or _PIECE
        yield text[:cut]
        text = text[cut:]
    if text.strip():
        yield text


def _preformatted(text: str) -> Block:
    """Return text exactly as it is."""
    inner: list[Json] = [{"type": "text", "text": text}]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": inner}],
    }
