"""Prompt templates: the list, one of them, its editor and proposal, and how it did in a test."""

from collections.abc import Mapping, Sequence

from blocks import drafts, forms, ids, kit, lists, tables
from blocks.forms import View
from blocks.kit import Block, Message
from blocks.wording import as_text, clean, code, count, line, person, safe
from opstream.domain.person import Who
from opstream.domain.report import Table
from opstream.domain.template import PromptTemplate, TemplateTest, Trial
from opstream.domain.values import Json
from opstream.errors import Complaint

A_PAGE = 10
_UNUSABLE = "⚠️ *These templates cannot be used yet*"
_VERSIONS_SHOWN = 8
_TEXT_SHOWN = 6_000
_TRIALS_SHOWN = 10


def listing(
    found: Sequence[PromptTemplate], faults: Sequence[Complaint], offset: int = 0
) -> Message:
    """Return a page of the templates that there are, and what keeps files out."""
    if not found and not faults:
        return kit.sentence(
            "There is no prompt template yet. Put one into `config/prompts/`, or write one: "
            "`/opstream prompts new`."
        )
    shown = found[offset : offset + A_PAGE]
    blocks: list[Block] = [kit.section(f"*Prompt templates* · {count(len(found), 'template')}")]
    for one in shown:
        value = ids.carried(words=one.id)
        show = kit.button("Show", ids.PROMPT_SHOW, value, label=f"Show {one.title}")
        blocks.append(kit.section(_entry(one), show))
    turn = lists.pager("prompts", offset, len(shown), len(found), size=A_PAGE)
    wrong = lists.faults_under(_UNUSABLE, faults)
    return kit.message("Prompt templates", [*blocks, *wrong, *turn])


def _entry(one: PromptTemplate) -> str:
    said = f"\n{line(one.description, 300)}" if one.description else ""
    examples = count(len(one.examples), "example") if one.examples else "no example"
    return f"{_title(one)} · version {one.version}{said}\nTakes {_inputs(one)} · {examples}"


def _inputs(one: PromptTemplate) -> str:
    named = [
        code(field.name, 60) + ("" if field.required and field.default is None else " (optional)")
        for field in one.inputs[:12]
    ]
    return ", ".join(named) or "nothing"


def _title(one: PromptTemplate) -> str:
    return f"*{line(one.title, 150)}* · {code(one.id, 80)}"


def closeup(
    template: PromptTemplate, versions: Sequence[str], used_by: Sequence[str], older: int = 0
) -> Message:
    """Return one template: what it asks, who changed it, and what uses it.

    Args:
        template: The template.
        versions: Its versions, newest first, as `drafts.version_line` has them.
        used_by: Ids of the workflows that name it.
        older: The version before this one, which can be brought back; 0 for none.
    """
    said = f"\n{safe(template.description, 600)}" if template.description else ""
    model = f" · {code(template.model, 80)}" if template.model else ""
    head = f"{_title(template)} · version {template.version}{model}{said}"
    blocks = [kit.section(f"{head}\nTakes {_inputs(template)}")]
    if template.system:
        blocks += [kit.context("What the model is told about its part")]
        blocks += drafts.preformatted(template.system[:_TEXT_SHOWN])
    blocks += [kit.context("What it is asked")]
    blocks += drafts.preformatted(template.text[:_TEXT_SHOWN])
    more = len(versions) - _VERSIONS_SHOWN
    said_of_more = [f"and {count(more, 'older version')}"] if more > 0 else []
    used = f"Used by {', '.join(code(one, 80) for one in used_by[:12])}." if used_by else ""
    blocks.append(kit.context("\n".join([*versions[:_VERSIONS_SHOWN], *said_of_more])))
    blocks += [kit.context(used)] if used else []
    return kit.message(
        f"The prompt template {template.title}", [*blocks, _buttons(template, older)]
    )


def _buttons(template: PromptTemplate, older: int) -> Block:
    value = ids.carried(words=template.id)
    buttons = [kit.button("Change it", ids.PROMPT_EDIT, value)]
    if template.examples:
        buttons.insert(0, kit.button("Test it", ids.PROMPT_TEST, value, style="primary"))
    if older:
        back = ids.carried(words=template.id, revision=older)
        buttons.append(kit.button(f"Bring back version {older}", ids.PROMPT_BACK, back))
    return kit.actions(*buttons)


def editor(text: str, place: Mapping[str, Json], draft: str = "") -> View:
    """Return the form in which a template is written, in as many fields as its text needs.

    Args:
        text: What stands in it.
        place: Where whoever fills it in hears how it went.
        draft: Id of the draft that it began with, or ''.

    Raises:
        BadInput: the text is too long for a form.
    """
    hint = "The keys are explained in docs/prompts.md; nothing is published yet."
    return forms.modal(
        "Write a prompt",
        [kit.context(hint), *drafts.fields_for(text, "Template")],
        callback=ids.FORM_PROMPT,
        submit=kit.plain_text("Check it", 24),
        private_metadata=ids.carried(draft=draft, place=place),
    )


def proposal(draft: str, template: PromptTemplate, difference: str) -> Message:
    """Return a checked draft as it would change what there is, with the button that publishes it."""
    if not difference:
        return kit.sentence(
            f"{_title(template)} is published just like this already; there is nothing to do."
        )
    said = f"{drafts.changes(difference)} Nothing is published yet."
    value = ids.carried(draft=draft, words=template.id)
    buttons = [
        kit.button("Publish …", ids.PROMPT_PUBLISH, value, style="primary"),
        kit.button("Go on writing", ids.PROMPT_DRAFT_EDIT, value),
    ]
    if template.examples:
        buttons.insert(1, kit.button("Test it", ids.PROMPT_DRAFT_TEST, value))
    blocks = [kit.section(f"📝 {_title(template)}\n{said}"), *drafts.preformatted(difference)]
    return kit.message(f"A draft of {template.title}", [*blocks, kit.actions(*buttons)])


def publication(draft: str, template_id: str, place: Mapping[str, Json]) -> View:
    """Return the form that asks why a draft is published."""
    said = (
        "Workflows that name it use this version from their next run on; the runs under way stay on the "
        "version that they began with."
    )
    return forms.modal(
        "Publish",
        [
            kit.section(f"{code(template_id, 80)}: {said}"),
            forms.text_block(ids.FIELD_WHY, "What is different, and why?", "", multiline=True),
        ],
        callback=ids.FORM_PROMPT_PUBLISH,
        submit=kit.plain_text("Publish", 24),
        private_metadata=ids.carried(draft=draft, words=template_id, place=place),
    )


def published(template: PromptTemplate, by: Who, why: str) -> Message:
    """Return what all hear of a publication."""
    said = f"📗 {person(by)} published version {template.version} of {_title(template)}"
    show = kit.button("Show", ids.PROMPT_SHOW, ids.carried(words=template.id))
    return kit.message(
        f"Version {template.version} of {template.title} is published",
        [kit.section(f"{said}\n> {line(why, 600)}"), kit.actions(show)],
    )


def tested(test: TemplateTest) -> Message:
    """Return how a model did on the examples of a template, as a table, and what was wrong in words."""
    total, template = len(test.trials), test.template
    sign = "✅" if test.passed == total else "❌"
    which = f"version {template.version}" if template.version else "the draft"
    said = f"{sign} {test.passed} of {count(total, 'example')} as expected · {which}"
    table = tables.table(_table(test.trials))
    blocks = [kit.section(f"{_title(template)}\n{said}"), *([table] if table else [])]
    failed = [one for one in test.trials if not one.passed]
    for one in failed[:_TRIALS_SHOWN]:
        blocks.append(kit.section(_failure(one)))
    left = len(failed) - _TRIALS_SHOWN
    more = [f"and {count(left, 'more example')} that did not go as expected"] if left > 0 else []
    blocks.append(kit.context("\n".join([*more, _spent(test.trials)])))
    return kit.message(f"{template.title}: {test.passed} of {total} as expected", blocks)


def _table(trials: Sequence[Trial]) -> Table:
    rows = tuple(
        (
            one.example.title,
            "passed" if one.passed else "failed",
            one.example.expect.in_words,
            f"{one.tokens_in + one.tokens_out:,}",
        )
        for one in trials
    )
    return Table("Examples", ("Example", "Outcome", "Expected", "Tokens"), rows)


def _failure(trial: Trial) -> str:
    faults = " ".join(trial.faults)
    answer = clean(as_text(trial.output)).strip() if trial.output is not None else ""
    shown = f"\n> {line(answer, 500)}" if answer else ""
    return f"*{line(trial.example.title, 150)}*: {safe(faults, 1_000)}{shown}"


def _spent(trials: Sequence[Trial]) -> str:
    models = dict.fromkeys(one.model for one in trials if one.model)
    tokens = sum(one.tokens_in + one.tokens_out for one in trials)
    costs = [one.cost for one in trials if one.cost is not None]
    cost = f" · ${sum(costs):.4f}" if costs else ""
    notes = dict.fromkeys(one.note for one in trials if one.note)
    asked = f"Answered by {', '.join(code(one, 80) for one in models)}" if models else "No answer"
    said = [f"{asked} · {count(tokens, 'token')}{cost}", *(safe(one, 300) for one in notes)]
    return "\n".join(said)
