"""A prompt template and values for its inputs -> the question to a model."""

from collections.abc import Mapping

from opstream.definitions import prompt_checks
from opstream.definitions.inputs import convert
from opstream.definitions.section import close_to
from opstream.domain.prompt import PromptRequest, Purpose
from opstream.domain.template import PromptTemplate
from opstream.domain.values import Json
from opstream.engine import expressions
from opstream.errors import BadInput


def request(template: PromptTemplate, given: Mapping[str, Json], purpose: Purpose) -> PromptRequest:
    """Return the question that a template asks with some inputs.

    Raises:
        BadInput: an input is unknown, missing, or not of its kind.
        ExpressionError: a text cannot be worked out with them.
    """
    fields = {field.name: field for field in template.inputs}
    for name in given:
        if name not in fields:
            hint = close_to(name, list(fields))
            raise BadInput(f"The template `{template.id}` has no input `{name}`. {hint}")
    values = {name: convert(field, given.get(name)) for name, field in fields.items()}
    if missing := prompt_checks.lacking(template, values):
        listed = ", ".join(f"`{name}`" for name in missing)
        raise BadInput(f"The template `{template.id}` still needs {listed}.")
    seen = {"inputs": values}
    return PromptRequest(
        text=str(expressions.render(template.text, seen)),
        system=str(expressions.render(template.system, seen)),
        model=template.model,
        schema=template.schema,
        purpose=purpose,
    )
