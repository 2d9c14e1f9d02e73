"""Whether the parts of a workflow fit together."""

import pytest

from opstream.definitions import loader
from opstream.errors import DefinitionErrors


def complaints(text):
    with pytest.raises(DefinitionErrors) as caught:
        loader.load(text, "w.yaml")
    return str(caught.value).splitlines()


def with_steps(steps, inputs=""):
    return f"id: w\ntitle: W\n{inputs}steps:\n{steps}"


def test_steps_that_do_not_fit_together_are_named():
    text = with_steps("""\
  - {id: a, call: x, needs: [c]}
  - {id: b, call: x}
  - {id: c, call: x}
  - {id: a, call: x, needs: [nope]}
  - {id: ok, needs: [], approval: {title: T, covers: d}}
  - {id: d, call: x, needs: []}
  - {id: ok2, approval: {title: T, covers: say}}
  - {id: say, notify: hello}
""")

    assert complaints(text) == [
        "w.yaml:7: There are two steps `a`, the first in line 4. Rename one of them.",
        "w.yaml:7: The step `a` needs `nope`, which does not exist. "
        "Use one of `a`, `b`, `c`, `ok`, `d`, `ok2`, `say`.",
        "w.yaml:8: `d` may begin before `ok` has its answer. Add `needs: [ok]` to `d`.",
        "w.yaml:10: `ok2` covers `say`, which calls nothing. "
        "Name the step whose `call` needs the yes.",
    ]


def test_a_circle_is_named_step_by_step():
    text = with_steps("""\
  - {id: a, call: x, needs: [c]}
  - {id: b, call: x}
  - {id: c, call: x}
""")

    assert complaints(text) == [
        "w.yaml:4: These steps wait for each other: `a` → `b` → `c` → `a`. "
        "Take one of them out of `needs`."
    ]


def test_what_templates_refer_to_is_checked():
    text = with_steps(
        """\
  - id: a
    call: x
    with:
      one: "{{ inputs.servce }}"
      two: "{{ steps.b.output }}"
      three: ["{{ steps.c.output }}", "{{ service }}"]
      four: "{{ a_output }} {{ foo }} {{ run.name }} {{ steps }}"
      five: "{{ 'a' * 10**9 }}"
  - id: b
    call: y
    when: inputs.service ==
    fail_if: steps.a.output
  - id: ok
    approval: {title: T, covers: d}
  - id: between
    call: z
  - id: d
    call: w
    with: {x: "{{ steps.between.output }}"}
result: "{{ steps.e.output }}"
""",
        "inputs: {service: text}\n",
    )

    assert complaints(text) == [
        "w.yaml:8: The step `a` uses the input `servce`, which is not declared. "
        "Did you mean `service`?",
        "w.yaml:9: The step `a` uses the step `b`, which has not ended by then. "
        "Add `b` to what it needs, or move it after that step.",
        "w.yaml:10: The step `a` uses the step `c`, which does not exist. "
        "Use one of `a`, `b`, `ok`, `between`, `d`.",
        "w.yaml:10: The step `a` uses `service`, which is no name by itself. "
        "Write `inputs.service`.",
        "w.yaml:11: The step `a` uses `a_output`, which is no name by itself. "
        "Write `steps.a.output`.",
        "w.yaml:11: The step `a` uses `foo`, which is not there. "
        "Begin with `inputs.`, `steps.` or `run.`.",
        "w.yaml:11: The step `a` uses `run.name`, which is not there. "
        "Use one of `id`, `asker`, `asker_id`, `started_at`.",
        "w.yaml:11: The step `a` uses `steps` without naming one. Write `steps.<id>.output`.",
        "w.yaml:12: `{{ 'a' * 10**9 }}` cannot be read: "
        "`**` is not part of the language; write the number out.",
        "w.yaml:15: `{{ inputs.service == }}` cannot be read: unexpected `}}`; "
        "write an expression such as `{{ inputs.service }}`.",
        "w.yaml:16: `fail_if` uses `steps.a`, but it sees only `output`. "
        "Write `output.status == 'failed'`.",
        "w.yaml:23: This call is shown for a yes by `ok`, but `between`, which it uses, "
        "has not ended by then. Move `between` before `ok`.",
        "w.yaml:24: The result uses the step `e`, which does not exist. "
        "Use one of `a`, `b`, `ok`, `between`, `d`.",
    ]


def test_ten_thousand_steps_are_checked_and_one_more_is_too_many():
    steps = "".join(
        f"  - {{id: s{n}, call: x, with: {{y: '{{{{ steps.s{n - 1}.output }}}}'}}}}\n"
        if n
        else "  - {id: s0, call: x}\n"
        for n in range(10_000)
    )

    [loaded] = loader.load(with_steps(steps), "w.yaml")

    assert len(loaded.workflow.steps) == 10_000
    assert complaints(with_steps(steps + "  - {for_each: {items: [1], steps: [{call: x}]}}")) == [
        "w.yaml:3: The workflow has 10,002 steps; 10,000 are the most. "
        "Split it into several workflows."
    ]
