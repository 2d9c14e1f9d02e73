"""Inputs of a workflow and fields of a question, as a definition writes them."""

from opstream.definitions.section import Section
from opstream.domain.values import Json
from opstream.domain.workflow import Input, InputKind

_HINT = "Write for example `{type: text}`."


def read(owner: Section, key: str) -> tuple[Input, ...]:
    """Return the inputs that stand below a key: a mapping of names.

    Each is a mapping (`{type: duration, default: 2h}`) or, in short, only its type.
    """
    hint = f"Write `{key}:` and below it, indented, `service: {{type: text}}`."
    return tuple(_field(owner, key, name) for name in list(owner.names(key, hint)))


def _field(owner: Section, key: str, name: str) -> Input:
    fields = owner.raw(key)
    value: Json = fields.get(name) if isinstance(fields, dict) else None
    if value is None or isinstance(value, str):
        return _short(owner, key, name, value)
    section = owner.inner(key, name, what=f"the input `{name}`", hint=_HINT)
    choices = section.texts("choices")
    default = section.raw("default")
    kind = section.choice("type", InputKind, InputKind.CHOICE if choices else InputKind.TEXT)
    found = Input(
        name=name,
        kind=kind,
        title=section.text("title", default=spoken(name)),
        description=section.text("description"),
        required=section.flag("required", default=default is None),
        default=default,
        choices=choices,
    )
    section.finish()
    return found


def _short(owner: Section, key: str, name: str, value: str | None) -> Input:
    if value is not None and value not in tuple(InputKind):
        kinds = ", ".join(f"`{kind}`" for kind in InputKind)
        owner.inner(key, what=f"`{key}`").complain(
            name, f"The input `{name}` cannot be of type `{value}`.", f"Use one of {kinds}."
        )
        value = None
    return Input(name=name, kind=InputKind(value or "text"), title=spoken(name))


def spoken(name: str) -> str:
    """Return a name as a title: `slo_checker` -> `Slo checker`."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
