"""Questions of tools in the middle of a call: a form to fill in, a page to visit, a yes to asking a model."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from blocks import forms, ids, kit
from blocks.forms import View
from blocks.kit import Block, Element, Message
from blocks.wording import as_text, code, line, person, safe, when
from opstream.domain.call_question import AskedInCall, Reply, Wanted
from opstream.domain.run import Run
from opstream.domain.values import Json
from opstream.domain.workflow import Step

_NAMES_SHOWN = 20
_TITLES = {
    Wanted.ANSWER: "🙋 {} asks",
    Wanted.VISIT: "🔗 {} wants you to visit a page",
    Wanted.MODEL: "🙋 May {} ask a language model?",
}
_SETTLED = {
    Reply.GIVEN: "✅ *Answered*",
    Reply.DECLINED: "✋ *Declined*",
    Reply.CANCELLED: "🚫 *Dismissed*",
    Reply.EXPIRED: "⌛ *Nobody answered in time.* The tool was told so.",
}


def ask(run: Run, step: Step, asked: AskedInCall) -> Message:
    """Return the question with its buttons; settled, it shows who said what."""
    title = _TITLES[asked.question.wanted].format(asked.question.source)
    head = [kit.header(title), *_question(asked)]
    if asked in run.state(step.id).asks_now and not run.status.ended:
        blocks = [*head, *_open(run.id, step, asked)]
        return kit.message(f"{asked.question.source} asks: {asked.question.text}", blocks)
    return kit.message(f"Settled: {asked.question.text}", [*head, kit.section(_settled(asked))])


def form(run_id: str, step: Step, asked: AskedInCall, place: Mapping[str, Json]) -> View:
    """Return the form that a question opens."""
    said = f"*{line(step.title or step.id, 200)}*\n{_quoted(asked, 2_500)}"
    shown = asked.fields[: forms.FIELDS_LIMIT]
    blocks = [kit.section(said), *(forms.field(one, one.default) for one in shown)]
    return forms.modal(
        "Answer",
        blocks,
        callback=ids.FORM_CALL,
        submit=kit.plain_text("Answer", 24),
        private_metadata=_carried(run_id, step, asked, place=place),
    )


def _question(asked: AskedInCall) -> list[Block]:
    if asked.question.wanted is Wanted.MODEL:
        intro = kit.section("This is exactly what would be asked; its answer goes to the tool:")
        return [intro, *kit.paragraphs(_quoted(asked, 6_000).splitlines())]
    return [kit.section(_quoted(asked, 2_000))]


def _quoted(asked: AskedInCall, limit: int) -> str:
    """Return what the tool says, marked as its words."""
    return "\n".join(f"> {one}" for one in safe(asked.question.text, limit).splitlines())


def _open(run_id: str, step: Step, asked: AskedInCall) -> list[Block]:
    names = [f"• {line(one.title or one.name, 120)}" for one in asked.fields[:_NAMES_SHOWN]]
    address = asked.question.url
    if asked.question.wanted is Wanted.VISIT:
        names = [
            f"The page is at *{line(urlsplit(address).hostname or '', 200)}*: {code(address, 500)}"
        ]
    until = f" · open until {when(asked.expires_at)}" if asked.expires_at else ""
    about = f"{line(step.title or step.id, 100)} · run {code(run_id, 80)}{until}"
    said = [kit.section("\n".join(names))] if names else []
    return [*said, kit.context(about), kit.actions(*_buttons(run_id, step, asked))]


def _buttons(run_id: str, step: Step, asked: AskedInCall) -> tuple[Element, ...]:
    value = _carried(run_id, step, asked)
    decline = kit.button("Decline", ids.CALL_DECLINE, value)
    cancel = kit.button("Dismiss", ids.CALL_CANCEL, value)
    match asked.question.wanted:
        case Wanted.ANSWER if asked.fields:
            yes = kit.button("Answer", ids.CALL_ANSWER, value, style="primary")
            return (yes, decline, cancel)
        case Wanted.ANSWER:
            yes = kit.button("Yes", ids.CALL_ACCEPT, value, style="primary")
            return (yes, decline, cancel)
        case Wanted.VISIT:
            visit = kit.button("Open the page", ids.CALL_VISIT, value)
            done = kit.button("I have been there", ids.CALL_ACCEPT, value, style="primary")
            return ({**visit, "url": asked.question.url[:3_000]}, done, decline, cancel)
        case Wanted.MODEL:
            yes = kit.button("Allow", ids.CALL_ACCEPT, value, style="primary")
            return (yes, kit.button("Do not allow", ids.CALL_DECLINE, value))


def _carried(
    run_id: str, step: Step, asked: AskedInCall, *, place: Mapping[str, Json] | None = None
) -> str:
    return ids.carried(run=run_id, step=step.id, revision=asked.number, place=place or {})


def _settled(asked: AskedInCall) -> str:
    if asked.reply is Reply.OPEN:
        return "⌛ *The call is over*, so nobody has to answer any more."
    if asked.reply is Reply.CANCELLED and asked.by is None:
        return "🔁 *Asked anew*: the call was made again and asks something else."
    by = f" by {person(asked.by)}" if asked.by else ""
    at = f" · {when(asked.settled_at)}" if asked.by and asked.settled_at else ""
    values = [
        f"• {line(name, 80)} = {line(as_text(one), 200)}" for name, one in asked.values.items()
    ]
    return "\n".join([f"{_SETTLED[asked.reply]}{by}{at}", *values])
