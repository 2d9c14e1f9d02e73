"""The language of workflows in short, for a model that writes one; docs/workflows.md has all of it."""

from typing import Final

EXAMPLE: Final = """\
id: restart_when_slow
title: Restart a slow service
description: Restarts a service after a yes, when its requests have become slow.
inputs:
  service: {type: text, description: The service to look after.}
  limit_ms: {type: number, default: 500}
steps:
  - id: metrics
    title: Read metrics
    call: estate.cloudwatch_metrics
    with: {service: "{{ inputs.service }}", duration: 2m}
  - id: approve
    when: "{{ steps.metrics.output.summary.latency_p99_ms.mean > inputs.limit_ms }}"
    approval:
      title: Restart {{ inputs.service }}?
      covers: restart
      risk: medium
  - id: restart
    when: "{{ steps.metrics.output.summary.latency_p99_ms.mean > inputs.limit_ms }}"
    call: estate.restart_service
    with: {service: "{{ inputs.service }}"}
  - id: done
    notify: "{{ 'Restarted.' if steps.restart.status == 'succeeded' else 'It was fast enough.' }}"
"""

_RULES = """\
A workflow is one YAML document. Top keys: id (letters, digits, _), title, description, phrases (sentences that start it, \
{name} stands for an input), inputs, triggers, limits, steps, result (a template), notices.
Inputs: `name: {type, title, description, default, required, choices}`; types are text, number, choice, duration, date, \
person, channel, secret.
Steps run one after the other unless `needs: [ids]` says otherwise. Any step may have id, title, needs, when (a condition), \
on_error (stop, go_on, or a list of steps), retry ({attempts, wait, on}), timeout.
Each step does just one thing:
- call: a tool, with `with: {name: value}`; `fail_if` is a condition over `output`.
- prompt: {text, system, schema}; its output is the text, or an object that obeys the JSON schema.
- agent: {task, tools, turns, schema}; a model works with tools until it answers: output.text, output.data.
- approval: {title, details, covers, risk, role}; `covers` is the id of the call that it asks for. Put one before each call \
that changes something.
- ask: {question, fields: {name: {type: text}}} asks a person; output.<name>.
- wait: a duration such as 20s, or {until: …}, {reply: true}, {topic: …}.
- notify: a text for the thread, or {text, report}.
- run: {workflow, inputs} runs another one. - for_each: {items: a template, steps: [...], at_once}.
Templates are {{ … }}: inputs.x, steps.id.output.field, steps.id.status, run.asker, item and index in a for_each. \
A value that is one template keeps its type. Quote values that begin with {{.
Triggers: `- schedule: "every weekday at 9"` and others; leave them out unless they were asked for.
Example:
"""

SHORT: Final = _RULES + EXAMPLE
