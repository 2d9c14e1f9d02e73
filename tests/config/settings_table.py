"""The table of docs/settings.md, as the tree of settings itself has it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import UnionType
from typing import get_args, get_origin

from pydantic import BaseModel

from config.assembly import SLACK_NAMES
from config.settings import Settings

HEAD = "| key | file | environment | default | meaning |\n|---|---|---|---|---|"
_FILE_OF = {
    "slack": "slack.yaml",
    "mcp": "mcp.yaml",
    "apis": "apis.yaml",
    "roles": "roles.yaml",
    "models": "models.yaml",
}
_ONLY_ENVIRONMENT = ("config_dir",)
_NOT_SET_BY_HAND = ("notes",)


def rows() -> Iterator[str]:
    for keys, field in _settings(Settings, ()):
        file = _FILE_OF.get(keys[0], "opstream.yaml")
        written = {new: old for old, new in SLACK_NAMES.items()}.get(keys, keys)
        key = ".".join(written if keys[0] not in _FILE_OF else written[1:])
        if keys in ((name,) for name in _ONLY_ENVIRONMENT):
            key, file = "", ""
        extra = field.json_schema_extra
        env = str(extra["env"]) if isinstance(extra, dict) else ""
        cells = (_code(key), _code(file), _code(env), _default(field.default), field.description)
        yield f"| {' | '.join(str(cell) for cell in cells)} |"


def _settings(model: type[BaseModel], above: tuple[str, ...]) -> Iterator[tuple]:
    for name, field in model.model_fields.items():
        below = _model_in(field.annotation)
        if name in _NOT_SET_BY_HAND:
            continue
        if below is None:
            yield (*above, name), field
        elif below is field.annotation or get_origin(field.annotation) is UnionType:
            yield from _settings(below, (*above, name))
        else:
            place = "<number>" if get_origin(field.annotation) is tuple else "<name>"
            yield from _settings(below, (*above, name, place))


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((one for one in map(_model_in, get_args(annotation)) if one), None)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _default(value: object) -> str:
    match value:
        case None | () | {}:
            return ""
        case bool():
            return _code(str(value).lower())
        case timedelta():
            minutes, seconds = divmod(int(value.total_seconds()), 60)
            return _code(f"{seconds}s" if seconds else f"{minutes}m")
        case tuple():
            return _code(f"[{', '.join(map(str, value))}]")
        case Path():
            return _code(value.as_posix())
        case _:
            return _code(str(value))
