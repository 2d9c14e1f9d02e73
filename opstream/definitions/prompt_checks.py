"""Whether a prompt template holds together: its names, its texts, its examples."""

from collections.abc import Iterator, Mapping

from opstream.definitions import checks, judging, references, step_checks
from opstream.definitions.document import Document
from opstream.definitions.inputs import convert
from opstream.definitions.names import WORKFLOW_ID, alike
from opstream.definitions.section import close_to
from opstream.definitions.yaml_events import Path
from opstream.domain.template import Example, PromptTemplate
from opstream.errors import BadInput, Complaint, ExpressionError

MOST_EXAMPLES = 50


def complaints(document: Document, template: PromptTemplate) -> list[Complaint]:
    """Return what is wrong with a template, in the order of its lines."""
    found = [
        Complaint(document.file, document.line(path), problem, remedy)
        for path, problem, remedy in _faults(template)
    ]
    for field in template.inputs:
        line = document.line(("inputs", field.name))
        found += checks.of_field(document.file, line, field)
    return sorted(dict.fromkeys(found), key=lambda one: one.line)


def _faults(template: PromptTemplate) -> Iterator[tuple[Path, str, str]]:
    if template.id and not WORKFLOW_ID.fullmatch(template.id):
        problem = f"The id `{template.id}` has characters that an id cannot have."
        yield ("id",), problem, f"Write `{alike(template.id, '-_')}`."
    for key, text in (("text", template.text), ("system", template.system)):
        for problem, remedy in _of_text(template, key, text):
            yield (key,), problem, remedy
    for field in template.inputs:
        if "{{" in str(field.default):
            problem = f"The default of `{field.name}` has `{{{{` in it, but is taken as it stands."
            yield ("inputs", field.name), problem, "Write the value itself."
    if template.schema is not None:
        yield from step_checks.of_schema(("schema",), template.schema)
    yield from _of_examples(template)


def _of_examples(template: PromptTemplate) -> Iterator[tuple[Path, str, str]]:
    if len(template.examples) > MOST_EXAMPLES:
        problem = f"There are {len(template.examples)} examples; {MOST_EXAMPLES} are the most."
        yield ("examples",), problem, "Keep those that tell most."
    for number, example in enumerate(template.examples[:MOST_EXAMPLES]):
        for path, problem, remedy in _of_example(template, example):
            yield ("examples", number, *path), f"Example {number + 1}: {problem}", remedy


def _of_text(template: PromptTemplate, key: str, text: str) -> Iterator[tuple[str, str]]:
    try:
        names = references.names_in(text)
    except ExpressionError as error:
        yield str(error), ""
        return
    known = [field.name for field in template.inputs]
    for name in sorted(names):
        root, _, used = name.partition(".")
        if root == "inputs" and used in known:
            continue
        if root == "inputs" and used:
            remedy = close_to(used, known) if known else f"Add `inputs: {{{used}: text}}`."
            yield f"`{key}` uses the input `{used}`, which is not declared.", remedy
        elif root == "inputs":
            yield f"`{key}` uses `inputs` without naming one.", "Write `inputs.text`."
        elif root in known:
            yield f"`{key}` uses `{root}`, which is no name by itself.", f"Write `inputs.{root}`."
        else:
            problem = f"`{key}` uses `{root}`, but a template sees only its inputs."
            yield problem, "Declare an input, and give it where the template is used."


def _of_example(template: PromptTemplate, example: Example) -> Iterator[tuple[Path, str, str]]:
    fields = {field.name: field for field in template.inputs}
    for name, value in example.inputs.items():
        path = ("inputs", name)
        if name not in fields:
            yield path, f"there is no input `{name}`.", close_to(name, list(fields))
            continue
        try:
            convert(fields[name], value)
        except BadInput as error:
            yield path, str(error), ""
    for name in lacking(template, example.inputs):
        yield ("inputs",), f"the input `{name}` is missing.", f"Add `{name}: …` to its `inputs`."
    expect = example.expect
    if expect.matches and (said := judging.pattern_fault(expect.matches)):
        yield ("expect", "matches"), said, "Write for example `[0-9]+ euros`."
    if expect.schema is not None:
        yield from step_checks.of_schema(("expect", "schema"), expect.schema)


def lacking(template: PromptTemplate, given: Mapping[str, object]) -> list[str]:
    """Return the required inputs that were not given."""
    return [
        field.name
        for field in template.inputs
        if field.required and field.default is None and given.get(field.name) is None
    ]
