"""Text -> prompt templates, in our own format or as older systems kept them; every complaint with its line.

id: summarise
title: Summarise a text
inputs:
  text: {type: text, title: Text}
text: "Say in two sentences: {{ inputs.text }}"
examples:
  - inputs: {text: The shop was closed for an hour.}
    expect: {contains: shop, max_words: 40}
"""

from dataclasses import dataclass

from opstream.definitions import fields, prompt_checks, prompts_json
from opstream.definitions.document import Document, decode
from opstream.definitions.document import read as read_document
from opstream.definitions.section import Section, kind_of
from opstream.definitions.writing import as_yaml
from opstream.definitions.writing_fields import filled, written_fields
from opstream.domain.template import Example, Expectation, PromptTemplate
from opstream.domain.values import Json
from opstream.errors import Complaint, DefinitionErrors

_EXAMPLES = "Write `- inputs: {text: …}` and below it `expect: {contains: …}`."
_EXPECT = "Write for example `expect: {contains: shop, max_words: 40}`."
_SCHEMA = "Write a JSON schema, such as `schema: {type: object, properties: {…}}`."


@dataclass(frozen=True, slots=True)
class LoadedTemplate:
    """A template that can be used.

    Args:
        template: As read; its version is 0.
        source: The text to publish: that of the file, or of this template alone in our own format.
        older: Whether it was written for an older system.
        line: Where it begins.
    """

    template: PromptTemplate
    source: str
    file: str
    older: bool = False
    line: int = 1


def load(text: str, file: str) -> list[LoadedTemplate]:
    """Return the templates in a text.

    Args:
        text: YAML or JSON.
        file: Its name in complaints; `.json` tells how to read it.

    Raises:
        DefinitionErrors: something is wrong with it; the error has all complaints.
    """
    document = read_document(text, file)
    complaints: list[Complaint] = []
    if prompts_json.fits(document):
        older = prompts_json.read(document, complaints)
        found = [
            LoadedTemplate(one, write(one), file, True, document.line(path)) for one, path in older
        ]
        for one in found:
            complaints += _at(one.line, prompt_checks.complaints(_document(one), one.template))
    else:
        template = _native(document, complaints)
        found = [LoadedTemplate(template, text, file)]
        complaints += prompt_checks.complaints(document, template)
    if complaints:
        raise DefinitionErrors(sorted(dict.fromkeys(complaints), key=lambda one: one.line))
    return found


def load_bytes(raw: bytes, file: str) -> list[LoadedTemplate]:
    """Return the templates in a file's content.

    Raises:
        DefinitionErrors: something is wrong with it; the error has all complaints.
    """
    return load(decode(raw, file), file)


def only(text: str, file: str) -> PromptTemplate:
    """Return the one template in a text.

    Raises:
        DefinitionErrors: something is wrong with it, or it holds more than one.
    """
    found = load_bytes(text.encode(), file)
    if len(found) != 1:
        problem = f"This holds {len(found)} templates."
        raise DefinitionErrors([Complaint(file, 1, problem, "Write one at a time.")])
    return found[0].template


def reload(source: str, name: str) -> PromptTemplate:
    """Return a template from its published text; a check that came later does not stop it.

    Args:
        source: In our own format, wherever it came from.
        name: Of the template, for complaints.

    Raises:
        DefinitionErrors: the text cannot be read at all.
    """
    return _native(read_document(source, name), [])


def write(template: PromptTemplate) -> str:
    """Return a template as a text of our own format; reading it again gives the same template."""
    head: dict[str, Json] = {
        "id": template.id,
        "title": template.title,
        "description": template.description,
        "inputs": written_fields(template.inputs),
        "model": template.model,
        "system": template.system,
    }
    examples: Json = [_example_of(one) for one in template.examples]
    rest = filled({"schema": template.schema, "examples": examples})
    return as_yaml({**filled(head), "text": template.text, **rest})


def _example_of(example: Example) -> Json:
    expect = example.expect
    wanted: dict[str, Json] = {
        "contains": list(expect.contains),
        "matches": expect.matches,
        "max_words": expect.max_words,
        "schema": expect.schema,
    }
    equals = {} if expect.equals is None else {"equals": expect.equals}
    return {"title": example.title, "inputs": example.inputs, "expect": filled(wanted) | equals}


def _native(document: Document, complaints: list[Complaint]) -> PromptTemplate:
    section = Section(document, (), complaints, "the template")
    template = PromptTemplate(
        id=section.text("id", required=True),
        title=section.text("title", required=True),
        description=section.text("description").strip(),
        inputs=fields.read(section, "inputs"),
        system=section.text("system"),
        text=section.text("text", required=True),
        model=section.text("model"),
        schema=_schema(section),
        examples=_examples(section),
    )
    section.finish()
    return template


def _examples(owner: Section) -> tuple[Example, ...]:
    count = owner.items("examples", _EXAMPLES)
    return tuple(_example(owner, number) for number in range(count))


def _example(owner: Section, number: int) -> Example:
    title = f"Example {number + 1}"
    section = owner.inner("examples", number, what=f"example {number + 1}", hint=_EXAMPLES)
    example = Example(
        title=section.text("title", default=title),
        inputs={name: _value(section, name) for name in section.names("inputs", _EXAMPLES)},
        expect=_expectation(section),
    )
    section.finish()
    return example


def _value(section: Section, name: str) -> Json:
    inputs = section.raw("inputs")
    return inputs.get(name) if isinstance(inputs, dict) else None


def _expectation(owner: Section) -> Expectation:
    if owner.raw("expect") is None:
        if owner.is_mapping:
            owner.complain(None, f"{owner.what.capitalize()} expects nothing.", _EXPECT)
        return Expectation()
    section = owner.inner("expect", what="`expect`", hint=_EXPECT)
    most = section.whole("max_words", 100, 1, 100_000)
    expect = Expectation(
        contains=section.texts("contains"),
        matches=section.text("matches"),
        max_words=most if section.has("max_words") else None,
        schema=_schema(section),
        equals=section.raw("equals"),
    )
    section.finish()
    if section.is_mapping and expect.is_empty:
        section.complain(None, f"{owner.what.capitalize()} expects nothing.", _EXPECT)
    return expect


def _schema(section: Section) -> Json:
    schema = section.raw("schema")
    if not (schema is None or isinstance(schema, dict)):
        section.complain("schema", f"`schema` is {kind_of(schema)}.", _SCHEMA)
        return None
    return schema


def _document(one: LoadedTemplate) -> Document:
    """Return what a template of an older system would be as a document of our own."""
    return Document(one.file, {})


def _at(line: int, complaints: list[Complaint]) -> list[Complaint]:
    return [Complaint(one.file, line, one.problem, one.remedy) for one in complaints]
