"""Every action_id, block_id and callback_id, and what buttons and forms carry with them."""

import json
from collections.abc import Mapping
from typing import Final

# Buttons on a run.
RUN_PAUSE: Final = "run_pause"
RUN_RESUME: Final = "run_resume"
RUN_CANCEL: Final = "run_cancel"
RUN_RETRY: Final = "run_retry"
RETRY_OPEN: Final = "retry_open"
RETRY_SURE: Final = "retry_sure"
RUN_DETAILS: Final = "run_details"
RUN_LOGS: Final = "run_logs"
RUN_AGAIN: Final = "run_again"

# Buttons on what a person decides.
APPROVAL_GRANT: Final = "approval_grant"
APPROVAL_TYPE: Final = "approval_type"
APPROVAL_DENY: Final = "approval_deny"
APPROVAL_CHANGES: Final = "approval_changes"
APPROVAL_ALL: Final = "approval_all"
RUN_TAKE: Final = "run_take"
QUESTION_ANSWER: Final = "question_answer"
CALL_ANSWER: Final = "call_answer"
CALL_ACCEPT: Final = "call_accept"
CALL_DECLINE: Final = "call_decline"
CALL_CANCEL: Final = "call_cancel"
CALL_VISIT: Final = "call_visit"
DOUBT_REPEAT: Final = "doubt_repeat"
DOUBT_SKIP: Final = "doubt_skip"
DOUBT_DONE: Final = "doubt_done"

# Buttons on lists and on Home.
START_OPEN: Final = "start_open"
PAGE_TURN: Final = "page_turn"
HOME_VERB: Final = "home_verb"
HOME_TURN: Final = "home_turn"

# Buttons on workflows and their drafts.
WORKFLOW_SHOW: Final = "workflow_show"
WORKFLOW_EDIT: Final = "workflow_edit"
DRAFT_NEW: Final = "draft_new"
DRAFT_EDIT: Final = "draft_edit"
DRAFT_PUBLISH: Final = "draft_publish"
SCHEDULE_REMOVE: Final = "schedule_remove"

# Buttons on prompt templates and their drafts.
PROMPT_SHOW: Final = "prompt_show"
PROMPT_EDIT: Final = "prompt_edit"
PROMPT_TEST: Final = "prompt_test"
PROMPT_BACK: Final = "prompt_back"
PROMPT_DRAFT_EDIT: Final = "prompt_draft_edit"
PROMPT_DRAFT_TEST: Final = "prompt_draft_test"
PROMPT_PUBLISH: Final = "prompt_publish"

# Buttons on notices and preferences.
PREFS_OPEN: Final = "prefs_open"
RUN_WATCH: Final = "run_watch"
RUN_UNWATCH: Final = "run_unwatch"

# Thumbs below an answer.
ANSWER_RATED: Final = "answer_rated"

# Steps for Slack's Workflow Builder.
STEP_RUN: Final = "run_workflow"

# Shortcuts: from anywhere, and on messages.
START_ANYTHING: Final = "start_anything"
START_FROM_MESSAGE: Final = "start_from_message"
INVESTIGATE: Final = "investigate_this"

# Forms.
FORM_START: Final = "form_start"
FORM_DENY: Final = "form_deny"
FORM_APPROVE: Final = "form_approve"
FORM_TYPE: Final = "form_type"
FORM_CHANGES: Final = "form_changes"
FORM_ANSWER: Final = "form_answer"
FORM_CALL: Final = "form_call"
FORM_DRAFT: Final = "form_draft"
FORM_PUBLISH: Final = "form_publish"
FORM_RETRY: Final = "form_retry"
FORM_CHOOSE: Final = "form_choose"
FORM_ANYTHING: Final = "form_anything"
FORM_PREFS: Final = "form_prefs"
FORM_PROMPT: Final = "form_prompt"
FORM_PROMPT_PUBLISH: Final = "form_prompt_publish"

# Input blocks of forms: `INPUT_PREFIX + name` for inputs, the others as they are.
INPUT_PREFIX: Final = "input:"
INPUT_VALUE: Final = "value"
FIELD_REASON: Final = "reason"
FIELD_TYPED: Final = "typed"
FIELD_COMMENT: Final = "comment"
FIELD_WHY: Final = "why"
FIELD_STEP: Final = "step"
FIELD_CHANNEL: Final = "channel"
FIELD_VERSION: Final = "version"
FIELD_SURE: Final = "sure"
FIELD_WORKFLOW: Final = "workflow"
FIELD_KINDS: Final = "kinds"
FIELD_WHERE: Final = "where"
FIELD_OUTSIDE: Final = "outside"
FIELD_QUIET: Final = "quiet"
FIELD_ZONE: Final = "zone"
FIELD_FREQUENCY: Final = "frequency"
FIELD_DIGEST: Final = "digest"
FIELD_PAUSE: Final = "pause"
TEXT_PREFIX: Final = "text:"

VALUE_LIMIT: Final = 2000


def carried(**fields: object) -> str:
    """Return what a button or form carries, as compact JSON; empty fields are left out.

    What comes back is a claim of whoever pressed: it is read in `handlers/payloads.py` and checked
    by the services, never trusted.
    """
    kept = {name: value for name, value in fields.items() if value not in (None, "", 0, {})}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def carried_start(workflow_id: str, given: Mapping[str, object]) -> str:
    """Return what a start button carries: the workflow, and as many given inputs as fit."""
    kept = dict(given)
    while len(packed := carried(workflow=workflow_id, inputs=kept)) > VALUE_LIMIT and kept:
        kept.popitem()
    return packed
