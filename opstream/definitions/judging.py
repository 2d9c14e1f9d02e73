"""Answers of models, held against what was expected; pure."""

import json
from collections.abc import Iterator, Mapping, Sequence

from jsonschema import Draft202012Validator
from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

from opstream.domain.template import Expectation
from opstream.domain.values import Json

_CITED = 80


def faults(expect: Expectation, output: Json) -> list[str]:
    """Return what is wrong with an answer, as sentences; none means that it is as expected."""
    return [*_of_words(expect, output), *_of_shape(expect, output)]


def pattern_fault(pattern: str) -> str:
    """Return why a pattern cannot be used, as a sentence, or ''."""
    try:
        _matcher(pattern)
    except SchemaError as error:
        why = str(error).rpartition("error: ")[2].strip().partition("\n")[0]
        return f"`{pattern[:_CITED]}` is no pattern: {why}."
    return ""


def _matcher(pattern: str) -> SchemaValidator:
    """Return what finds a pattern in time linear in the text: the engine never goes back in it."""
    return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))


def _of_words(expect: Expectation, output: Json) -> Iterator[str]:
    text = _as_text(output)
    for one in expect.contains:
        if one.casefold() not in text.casefold():
            yield f"It does not contain “{_cited(one)}”."
    if expect.matches and not _found(expect.matches, text):
        yield f"Nothing in it matches `{_cited(expect.matches)}`."
    words = sum(len(one.split()) for one in _texts(output))
    if expect.max_words is not None and words > expect.max_words:
        yield f"It has {words:,} words; {expect.max_words:,} are the most."


def _found(pattern: str, text: str) -> bool:
    try:
        _matcher(pattern).validate_python(text)
    except ValidationError:
        return False
    return True


def _of_shape(expect: Expectation, output: Json) -> Iterator[str]:
    if expect.equals is not None and not _same(expect.equals, output):
        yield f"It is not “{_cited(expect.equals)}”."
    if isinstance(expect.schema, Mapping):
        # A model asked for free text may answer in JSON; that is what a schema is held against.
        error = next(Draft202012Validator(expect.schema).iter_errors(_as_data(output)), None)
        if error is not None:
            at = ".".join(map(str, error.absolute_path))
            where = f" at `{at}`" if at else ""
            yield f"It does not obey the schema{where}: {_cited(error.message)}."


def _same(wanted: Json, output: Json) -> bool:
    if isinstance(wanted, str) and isinstance(output, str):
        return wanted.strip() == output.strip()
    if isinstance(wanted, str):
        return wanted.strip() == _as_text(output)
    return wanted == _as_data(output)


def _as_data(output: Json) -> Json:
    if not isinstance(output, str):
        return output
    try:
        data: Json = json.loads(output)
    except (ValueError, RecursionError):
        return output
    return data


def _as_text(output: Json) -> str:
    if isinstance(output, str):
        return output
    return json.dumps(output, ensure_ascii=False, default=str)


def _texts(output: Json) -> Iterator[str]:
    if isinstance(output, str):
        yield output
    elif isinstance(output, Mapping):
        for one in output.values():
            yield from _texts(one)
    elif isinstance(output, Sequence):
        for one in output:
            yield from _texts(one)


def _cited(value: Json) -> str:
    text = " ".join(_as_text(value).split())
    return text if len(text) <= _CITED else text[: _CITED - 1] + "…"
