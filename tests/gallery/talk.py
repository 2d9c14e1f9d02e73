"""What the gallery shows of talking with the bot, and of the forms that it opens."""

from dataclasses import replace
from datetime import timedelta

from blocks import (
    closeups,
    conversation,
    deciding,
    drafts,
    forms,
    help,
    journal,
    kit,
    preferences,
    questions,
    retrying,
    shortcuts,
    unfurls,
)
from blocks.conversation import Prompt
from handlers.commands.table import VERBS
from handlers.events import guesses, stories
from opstream.domain.approval import ProposedCall
from tests.blocks.stories import (
    ASKING,
    ENDED,
    FAILED,
    PROFILING,
    QUESTION,
    RESTING,
    RUN,
    at,
    every_state,
    view,
)
from tests.blocks.test_deciding import OPEN
from tests.blocks.test_notices import CHOSEN
from tests.gallery.exhibit import Exhibit

_PLACE = {"channel": "C0OPS00001"}
_LINK = "https://acme.slack.com/archives/C0OPS00001/p1795176000000100"
_PHRASES = ("profile my-service for 2 hours", "check the objectives")
_SAID = "could you have a look at the failure please"
_PROMPTS = ("What waits for me?", "How are my runs doing?", "What can I start?", "What is running?")
_RECIPE = """\
id: restart_checkout
title: Restart checkout
steps:
  - id: ask
    approval: {title: "Restart checkout?", covers: restart}
  - id: restart
    title: Restart it
    call: estate.restart_service
    with: {service: checkout}
"""


def _not_understood() -> kit.Message:
    guess = guesses.guess(_SAID, in_thread=False)
    message = conversation.not_understood(_SAID, guess.topic, guess.tries)
    return conversation.rateable(message, _SAID)


def _log() -> str:
    facts = [*ENDED]
    names = {fact.by.id: fact.by.name for fact in facts if getattr(fact, "by", None)}
    lines = (
        stories.markdown(f"{fact.at:%H:%M:%S} {journal.sentence(fact)}", names)
        for fact in facts[: len(facts) // 2]
    )
    return f"**All that happened in {RUN}**\n\n" + "".join(f"- {line}\n" for line in lines)


def conversations() -> tuple[Exhibit, ...]:
    """Return what is said to people who talk with the bot."""
    going = view(*RESTING, left=timedelta(seconds=42))
    status = conversation.rateable(closeups.brief_status(going), "how is it going?")
    entries = [verb.entry for verb in VERBS]
    rating = next(step for step in PROFILING.steps if step.id == "rate")
    return (
        Exhibit("prompts", "The first words", "The Messages tab offers what somebody may want to say as things stand.",
                prompts=tuple(Prompt(one, one) for one in _PROMPTS)),
        Exhibit("greeting", "A greeting", "Said to “hello”, and to nothing in particular.",
                help.greeting("Ana", _PHRASES)),
        Exhibit("answer", "An answer in a thread", "“How is it going?”, where the run is known; two thumbs say whether it helped.",
                status),
        Exhibit("stream", "A long answer", "It grows while one reads; nobody named in it is called.",
                stream=_log()),
        Exhibit("stopped", "After Stop", "What is told ends; what a run does is another matter, and asked.",
                conversation.stopped(going.run)),
        Exhibit("lost", "Not understood", "Nothing is done; what it may be about, and sentences that work.",
                _not_understood()),
        Exhibit("help", "Help", "Written from the table that parses the commands.",
                help.overview(entries, _PHRASES)),
        Exhibit("asked", "A question to people", "A step asks for what only people know.",
                questions.ask(view(*QUESTION).run, rating)),
        Exhibit("shared", "A shared run", "Below a message with its address, where everybody who reads it may see the run.",
                kit.message("A run", unfurls.unfurl(view(*ASKING), _LINK, at(90)))),
    )  # fmt: skip


def asked_in_forms() -> tuple[Exhibit, ...]:
    """Return the forms, in the order in which people meet them."""
    approval = every_state()["asking"].run.state("ask").approval
    question = every_state()["question"].run.state("rate")
    rating = next(step for step in PROFILING.steps if step.id == "rate")
    call = ProposedCall("fix", "estate.roll_back", {"service": "payments"})
    critical = replace(OPEN, risk="critical", title="Roll back payments?", call=call)
    assert approval is not None
    return (
        Exhibit("form-anything", "Form: start something", "The shortcut *Start a workflow*: first which one.",
                form=shortcuts.anything((PROFILING,))),
        Exhibit("form-start", "Form: what is missing", "Only what was not said already; what was stands in its field.",
                form=forms.start(PROFILING, {"service": "checkout"}, _PLACE, "k1")),
        Exhibit("form-answer", "Form: an answer", "For a question of a step.",
                form=forms.answer(RUN, rating, question, _PLACE)),
        Exhibit("form-type", "Form: a critical yes", "It takes the name of the operation, typed in full.",
                form=deciding.type_word(critical, _PLACE)),
        Exhibit("form-all", "Form: several at once", "Equal questions, each with what a yes does.",
                form=deciding.approve_all((OPEN, replace(OPEN, run="rh2m8p4tze")), _PLACE)),
        Exhibit("form-deny", "Form: a no", "With the reason that the asker will read.",
                form=forms.deny(RUN, approval, _PLACE)),
        Exhibit("form-changes", "Form: changes", "Sent back with a comment, and with other arguments if wanted.",
                form=forms.ask_changes(RUN, approval, _PLACE)),
        Exhibit("form-retry", "Form: try again", "From where, and with which version.",
                form=retrying.form(view(*FAILED), view(*FAILED).run.workflow_version + 1, _PLACE)),
        Exhibit("form-draft", "Form: a workflow", "Faults are told below the field that they stand in.",
                form=drafts.editor(_RECIPE, _PLACE)),
        Exhibit("form-preferences", "Form: notifications", "What, where, when, how often.",
                form=preferences.form("U0ANA00001", CHOSEN, ["oncall", "mail"], _PLACE)),
    )  # fmt: skip
