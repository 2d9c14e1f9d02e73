"""What steps inside and outside of loops may say about each other."""

from tests.definitions.saying import HEAD, complaints


def test_faults_across_loops_are_told_with_their_lines():
    text = f"""{HEAD}steps:
  - id: a
    call: x
    with: {{n: "{{{{ item }}}}", m: "{{{{ steps.inner.output }}}}"}}
  - id: each
    for_each:
      items: "{{{{ steps.late.output }}}}"
      steps:
        - id: inner
          call: x
          with:
            a: "{{{{ steps.late.output }}}}"
            b: "{{{{ steps.other.output }}}}"
            c: "{{{{ itme }}}}"
        - id: far
          needs: [late]
          notify: x
        - id: around
          needs: [each]
          notify: x
        - id: a
          notify: x
  - id: second
    needs: [inner]
    for_each:
      items: [1]
      steps:
        - id: other
          notify: x
  - id: late
    notify: x
  - id: yes
    approval: {{title: T, covers: inner}}
  - id: third
    for_each:
      items: [1]
      steps:
        - id: no
          approval: {{title: T, covers: hidden}}
  - id: hidden
    call: x
result: "{{{{ steps.far.output }}}}"
"""

    assert complaints(text) == [
        "w.yaml:6: The step `a` uses `item`, but stands in no loop. Put the step into a `for_each`.",
        "w.yaml:6: The step `a` uses the step `inner`, which is inside the loop `each`. "
        "Write `steps.each.output`, the list of its results.",
        "w.yaml:9: The step `each` uses the step `late`, which has not ended by then. "
        "Add `late` to what it needs, or move it after that step.",
        "w.yaml:14: The step `inner` uses the step `late`, which has not ended by then. "
        "Add `late` to what it needs, or move it after that step.",
        "w.yaml:15: The step `inner` uses the step `other`, which is inside the loop `second`. "
        "Write `steps.second.output`, the list of its results.",
        "w.yaml:16: The step `inner` uses `itme`, which is not there. "
        "Begin with `item`, `index`, `inputs.`, `steps.` or `run.`.",
        "w.yaml:18: The step `far` needs `late`, which has not ended when the loop `each` begins. "
        "Let `each` need `late`.",
        "w.yaml:21: The step `around` needs `each`, which is the loop around it. "
        "Take `each` out of `needs`.",
        "w.yaml:23: There are two steps `a`, the first in line 4. Rename one of them.",
        "w.yaml:26: The step `second` needs `inner`, which is inside the loop `each`. "
        "Write `needs: [each]`.",
        "w.yaml:35: `yes` covers `inner`, which is inside the loop `each`. "
        "Put `yes` into that loop, before `inner`.",
        "w.yaml:41: `no` covers `hidden`, which is outside of the loop `third`. "
        "Put both into one loop, or both outside.",
        "w.yaml:44: The result uses the step `far`, which is inside the loop `each`. "
        "Write `steps.each.output`, the list of its results.",
    ]


def test_a_circle_inside_a_loop_is_named():
    text = f"""{HEAD}steps:
  - for_each:
      items: [1]
      steps:
        - {{id: a, call: x, needs: [b]}}
        - {{id: b, call: x}}
"""

    assert complaints(text) == [
        "w.yaml:7: These steps wait for each other: `a` → `b` → `a`. "
        "Take one of them out of `needs`."
    ]


def test_loops_go_three_deep_and_no_deeper():
    inner = "{id: d, for_each: {items: [1], steps: [{notify: x}]}}"
    for name in "cba":
        inner = f"{{id: {name}, for_each: {{items: [1], steps: [{inner}]}}}}"

    assert complaints(f"{HEAD}steps:\n  - {inner}\n") == [
        "w.yaml:4: The loop `d` is inside 3 others, which is one too many. "
        "Let a workflow of its own do the inner part."
    ]


def test_what_only_letters_and_undos_see_is_checked():
    text = f"""{HEAD}steps:
  - id: a
    call: x
    undo: {{call: y, with: {{a: "{{{{ output.id }}}}", b: "{{{{ steps.a.output }}}}", c: "{{{{ steps.b.output }}}}"}}}}
  - id: b
    wait: {{topic: t, where: letter.body.n > output.n}}
  - id: c
    prompt: "{{{{ letter.body }}}} {{{{ steps.d.output }}}}"
  - id: d
    run: {{workflow: other, inputs: {{n: "{{{{ steps.e.output }}}}"}}}}
  - id: e
    wait: {{topic: "{{{{ inputs.id }}}}"}}
"""

    assert complaints(text) == [
        "w.yaml:6: The step `a` uses the step `b`, which has not ended by then. "
        "Add `b` to what it needs, or move it after that step.",
        "w.yaml:8: The step `b` uses `output`, which is not there. "
        "Begin with `letter`, `inputs.`, `steps.` or `run.`.",
        "w.yaml:10: The step `c` uses `letter`, which is not there. "
        "Begin with `inputs.`, `steps.` or `run.`.",
        "w.yaml:10: The step `c` uses the step `d`, which has not ended by then. "
        "Add `d` to what it needs, or move it after that step.",
        "w.yaml:12: The step `d` uses the step `e`, which has not ended by then. "
        "Add `e` to what it needs, or move it after that step.",
        "w.yaml:14: The step `e` uses the input `id`, which is not declared. "
        "Add `inputs: {id: text}`.",
    ]
