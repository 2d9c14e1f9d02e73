"""Put what was read together into one tree that remembers where each value comes from."""

import difflib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from config.faults import Fault
from config.reading import Keys, Page, Reading, read_env_file, read_yaml

FILES: Mapping[str, Keys] = {
    "opstream.yaml": (),
    "slack.yaml": ("slack",),
    "mcp.yaml": ("mcp",),
    "apis.yaml": ("apis",),
    "models.yaml": ("models",),
    "roles.yaml": ("roles",),
}
_NOT_IN_FILES = {
    "config_dir": "Set OPSTREAM_CONFIG in the environment or in `.env`.",
    "notes": "Take it out.",
}
# The Slack file keeps the shape that older installs wrote; the tree is flat.
SLACK_NAMES: Mapping[Keys, Keys] = {
    ("slack", "bot", "token"): ("slack", "bot_token"),
    ("slack", "bot", "app_token"): ("slack", "app_token"),
    ("slack", "bot", "signing_secret"): ("slack", "signing_secret"),
    ("slack", "bot", "client_id"): ("slack", "client_id"),
    ("slack", "bot", "client_secret"): ("slack", "client_secret"),
    ("slack", "channels", "default"): ("slack", "default_channel"),
    ("slack", "channels", "critical"): ("slack", "critical_channel"),
}
SECRETS = {
    "bot_token",
    "app_token",
    "signing_secret",
    "client_secret",
    "env",
    "headers",
    "keys",
    "auth",
}
# Secrets that one text holds, and the variable to keep each in.
_SECRET_TEXTS: Mapping[Keys, str] = {
    **{("slack", name): f"SLACK_{name.upper()}" for name in SECRETS},
    ("database", "url"): "OPSTREAM_DATABASE_URL",
    ("database", "key"): "OPSTREAM_KEY",
    ("http", "token"): "OPSTREAM_API_TOKEN",
    ("models", "keys", "gemini"): "GEMINI_API_KEY",
    ("apis", "composio", "key"): "COMPOSIO_API_KEY",
    ("models", "keys", "google"): "GOOGLE_API_KEY",
    ("models", "keys", "claude"): "ANTHROPIC_API_KEY",
    ("models", "keys", "openai"): "OPENAI_API_KEY",
}


@dataclass(frozen=True, slots=True)
class Assembly:
    """What was read.

    Args:
        tree: Values by section, as the models take them.
        origins: The reading each value came from, by its place in the tree.
        faults: What could not be read at all.
        folder: The project's folder; relative paths begin there.
    """

    tree: dict[str, object]
    origins: Mapping[Keys, Reading]
    faults: tuple[Fault, ...]
    folder: Path


def gather(model: type[BaseModel], environ: Mapping[str, str], folder: Path) -> Assembly:
    """Read every source; of two values for one setting the one nearer to the process wins."""
    from_file, faults = read_env_file(folder / ".env")
    variables = {**from_file, **{name: value for name, value in environ.items() if value}}
    config = folder / Path(variables.get("OPSTREAM_CONFIG", "config")).expanduser()
    pages = [_page(config, folder, file, variables) for file in FILES]
    known = dict(environment(model))
    workflows = Reading(("workflow_dirs",), [str(config / "workflows")], "defaults", "")
    here = Reading(("config_dir",), str(config), "environment", "OPSTREAM_CONFIG")
    readings = [workflows, *(one for page in pages for one in page.readings)]
    readings += _from_variables(known, from_file, ".env") + _from_variables(known, environ)
    chosen = {one.keys: one for one in (*readings, here)}
    notes = [*_misspelt(known, variables), *_written_secrets(pages, variables)]
    tree = _placed(chosen, folder)
    tree["notes"] = tuple(notes)
    missing = () if config.is_dir() else (_no_folder(here),)
    found = (*faults, *missing, *(fault for page in pages for fault in page.faults))
    return Assembly(tree, chosen, found, folder)


def _page(config: Path, folder: Path, file: str, variables: Mapping[str, str]) -> Page:
    path = config / file
    shown = path.relative_to(folder) if path.is_relative_to(folder) else path
    page = read_yaml(path, str(shown), FILES[file], variables)
    readings = tuple(
        Reading(SLACK_NAMES.get(one.keys, one.keys), one.value, one.place, one.written_as)
        for one in page.readings
    )
    misplaced = tuple(
        Fault(one.place, one.written_as, "It cannot be set in a file.", _NOT_IN_FILES[one.keys[0]])
        for one in readings
        if one.keys[0] in _NOT_IN_FILES
    )
    return Page(readings, page.faults + misplaced)


def environment(model: type[BaseModel], above: Keys = ()) -> Iterator[tuple[str, Keys]]:
    """Yield every environment variable with the setting it sets."""
    for name, field in model.model_fields.items():
        below = field.annotation
        extra = field.json_schema_extra
        if isinstance(below, type) and issubclass(below, BaseModel):
            yield from environment(below, (*above, name))
        elif isinstance(extra, dict) and extra.get("env"):
            yield str(extra["env"]), (*above, name)


def _from_variables(
    known: Mapping[str, Keys], variables: Mapping[str, str], place: str = "environment"
) -> list[Reading]:
    return [
        Reading(keys, variables[name], place, name)
        for name, keys in known.items()
        if variables.get(name)
    ]


def _misspelt(known: Mapping[str, Keys], variables: Mapping[str, str]) -> Iterator[str]:
    for name in variables:
        if name.startswith("OPSTREAM_") and name not in known:
            for close in difflib.get_close_matches(name, known, n=1, cutoff=0.8):
                yield f"{name} is not a setting. Did you mean {close}?"


def _written_secrets(pages: Sequence[Page], variables: Mapping[str, str]) -> Iterator[str]:
    for reading in (one for page in pages for one in page.readings):
        variable = _SECRET_TEXTS.get(reading.keys)
        if variable and reading.value not in variables.values():
            yield (
                f"{reading.place}: `{reading.written_as}` is a secret written into a file. "
                f"Keep it in the environment and write `${{{variable}}}` here."
            )


def _no_folder(here: Reading) -> Fault:
    problem = f"There is no folder {here.value}."
    return Fault(here.place, here.written_as, problem, "Name the folder with the YAML files.")


def _placed(chosen: Mapping[Keys, Reading], folder: Path) -> dict[str, object]:
    data = chosen.get(("data_dir",))
    data_dir = folder / Path(str(data.value) if data else ".opstream").expanduser()
    names = {"{python}": sys.executable, "{data}": str(data_dir), "{project}": str(folder)}
    tree: dict[str, object] = {}
    for keys, reading in chosen.items():
        branch = tree
        for key in keys[:-1]:
            below = branch.setdefault(key, {})
            branch = below if isinstance(below, dict) else {}
        in_servers = keys[:2] == ("mcp", "servers")
        branch[keys[-1]] = _named(reading.value, names) if in_servers else reading.value
    return tree


def _named(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if isinstance(value, str):
        for name, meaning in names.items():
            value = value.replace(name, meaning)
    return value
