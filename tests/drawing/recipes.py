"""Workflows to draw."""

import random

from opstream.domain.workflow import Call, Step, Workflow

EVERYTHING = """
id: trip
title: Trip
description: Books a trip.
inputs: {city: text, days: {type: number, default: 2}}
steps:
  - {id: look, call: travel.search}
  - {id: weather, call: weather.read, needs: [look]}
  - {id: prices, call: travel.prices, needs: [look]}
  - {id: choose, prompt: "Which one?", needs: [look, weather, prices]}
  - {id: approve, approval: {title: Book it?, covers: book}}
  - id: book
    call: travel.book
    undo: {call: travel.cancel}
    on_error:
      steps: [{id: by_hand, ask: {question: Which number?, fields: {number: text}}}]
  - id: each
    for_each:
      items: "{{ inputs.days }}"
      at_once: 2
      steps:
        - {id: plan, call: travel.plan}
        - {id: left, call: travel.left, needs: [plan]}
        - {id: right, call: travel.right, needs: [plan]}
        - {id: join, run: joining, needs: [left, right]}
  - {id: rest, wait: 2h, when: "{{ inputs.days > 3 }}"}
  - {id: tell, notify: Done., needs: [each], on_error: go_on}
"""

HOSTILE = r"""
id: demo
title: "<script>alert(1)</script> & \"quotes\" \u202e\u0007"
steps:
  - {id: a, title: "]]></text><b>\nbold", notify: "one\n● two\u001b[31m"}
"""


def crowd(luck: random.Random, count: int) -> Workflow:
    """Return a workflow in which each step needs a few of those shortly before it."""
    steps: list[Step] = []
    for number in range(count):
        near = [one.id for one in steps[-6:]]
        needs = tuple(sorted(luck.sample(near, min(len(near), luck.choice((0, 1, 1, 1, 2, 3))))))
        steps.append(Step(f"s{number}", f"Step {number}", Call(f"t{number}"), needs=needs))
    return Workflow("crowd", "Crowd", tuple(steps))
