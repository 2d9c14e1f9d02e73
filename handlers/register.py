"""The table of contents: every Slack id and the function that answers it."""

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from blocks import ids
from handlers.actions import (
    approvals,
    calls,
    drafts,
    pages,
    prefs,
    prompts,
    ratings,
    runs,
    shortcuts,
)
from handlers.commands import slash
from handlers.edge import Edge
from handlers.events import agent, chat, home, links, mention, step
from handlers.failures import AnswerEvent, AnswerPress, AnswerSubmission, Check, Listening
from handlers.views import calls as call_form
from handlers.views import choose, decide, draft, prefer, prompt, retry, start_run

_ANY = re.compile(r".*", re.DOTALL)

ACTIONS: tuple[tuple[str, AnswerPress], ...] = (
    (ids.RUN_PAUSE, runs.pause),
    (ids.RUN_RESUME, runs.resume),
    (ids.RUN_CANCEL, runs.cancel),
    (ids.RUN_RETRY, runs.retry),
    (ids.RETRY_OPEN, runs.open_retry),
    (ids.RETRY_SURE, runs.retry_surely),
    (ids.RUN_DETAILS, runs.details),
    (ids.RUN_LOGS, runs.logs),
    (ids.RUN_AGAIN, runs.again),
    (ids.APPROVAL_GRANT, approvals.grant),
    (ids.APPROVAL_TYPE, approvals.type_word),
    (ids.APPROVAL_ALL, approvals.approve_all),
    (ids.RUN_TAKE, runs.take),
    (ids.APPROVAL_DENY, approvals.deny),
    (ids.APPROVAL_CHANGES, approvals.ask_changes),
    (ids.QUESTION_ANSWER, approvals.answer),
    (ids.CALL_ANSWER, calls.answer),
    (ids.CALL_ACCEPT, calls.accept),
    (ids.CALL_DECLINE, calls.decline),
    (ids.CALL_CANCEL, calls.cancel),
    (ids.CALL_VISIT, calls.visited),
    (ids.DOUBT_REPEAT, approvals.repeat),
    (ids.DOUBT_SKIP, approvals.skip),
    (ids.DOUBT_DONE, approvals.done),
    (ids.START_OPEN, runs.open_start),
    (ids.PAGE_TURN, pages.turn),
    (ids.HOME_VERB, runs.verb),
    (ids.HOME_TURN, home.turn),
    (ids.SCHEDULE_REMOVE, runs.unschedule),
    (ids.WORKFLOW_SHOW, drafts.show),
    (ids.WORKFLOW_EDIT, drafts.edit),
    (ids.DRAFT_NEW, drafts.new),
    (ids.DRAFT_EDIT, drafts.edit_draft),
    (ids.DRAFT_PUBLISH, drafts.publish),
    (ids.PROMPT_SHOW, prompts.show),
    (ids.PROMPT_EDIT, prompts.edit),
    (ids.PROMPT_TEST, prompts.test),
    (ids.PROMPT_BACK, prompts.bring_back),
    (ids.PROMPT_DRAFT_EDIT, prompts.edit_draft),
    (ids.PROMPT_DRAFT_TEST, prompts.test_draft),
    (ids.PROMPT_PUBLISH, prompts.publish),
    (ids.PREFS_OPEN, prefs.edit),
    (ids.RUN_WATCH, prefs.watch),
    (ids.RUN_UNWATCH, prefs.unwatch),
    (ids.ANSWER_RATED, ratings.rate),
)

EVENTS: tuple[tuple[str, AnswerEvent], ...] = (
    ("app_home_opened", home.opened),
    ("agent_session_stopped", agent.stopped),
    ("link_shared", links.shared),
    ("entity_details_requested", links.asked),
)

FORMS: tuple[tuple[str, AnswerSubmission, Check | None], ...] = (
    (ids.FORM_START, start_run.start, start_run.check),
    (ids.FORM_APPROVE, decide.approve, None),
    (ids.FORM_TYPE, decide.approve_typed, decide.check_typed),
    (ids.FORM_DENY, decide.deny, None),
    (ids.FORM_CHANGES, decide.ask_changes, None),
    (ids.FORM_ANSWER, decide.answer, None),
    (ids.FORM_CHOOSE, choose.start, None),
    (ids.FORM_RETRY, retry.retry, None),
    (ids.FORM_DRAFT, draft.propose, draft.check),
    (ids.FORM_PUBLISH, draft.publish, None),
    (ids.FORM_PROMPT, prompt.propose, prompt.check),
    (ids.FORM_PROMPT_PUBLISH, prompt.publish, None),
    (ids.FORM_PREFS, prefer.prefer, prefer.check),
)


def register(app: AsyncApp, edge: Edge) -> Listening:
    """Attach every listener to the app, and return who knows which of them are at work."""
    listening = Listening(edge)
    app.command(_ANY)(listening.command(slash.answer))

    for action_id, answer in ACTIONS:
        app.action(re.compile(rf"\A{re.escape(action_id)}(:.*)?\Z"))(listening.press(answer))
    app.action(_ANY)(listening.press(runs.stale))

    for callback_id, submitted, check in FORMS:
        app.view(callback_id)(listening.submission(submitted, check))
    app.view(ids.FORM_CALL)(listening.submission(call_form.answer))
    app.view(ids.FORM_ANYTHING)(listening.chosen(choose.asked_for))
    app.view_submission(_ANY)(_only_ack)
    app.view_closed(_ANY)(_only_ack)

    app.event("app_mention")(listening.heard(mention.answer))
    app.event("message")(listening.overheard(chat.overheard, mention.answer))
    app.event("reaction_added")(listening.reaction(chat.reacted))
    for event, tell in EVENTS:
        app.event(event)(listening.event(tell))
    app.function(ids.STEP_RUN)(listening.step(step.run))
    app.event(_ANY)(_only_ack)
    app.shortcut(ids.START_ANYTHING)(listening.shortcut(shortcuts.start))
    app.shortcut(ids.START_FROM_MESSAGE)(listening.shortcut(shortcuts.choose))
    app.shortcut(ids.INVESTIGATE)(listening.shortcut(shortcuts.investigate))
    app.shortcut(_ANY)(_only_ack)
    app.options(_ANY)(_no_options)
    return listening


async def _only_ack(ack: AsyncAck) -> None:
    await ack()


async def _no_options(ack: AsyncAck) -> None:
    await ack(options=[])
