"""How long it takes until a described API with 500 operations can be called: read, understood, offered.

The description is made here: each operation has parameters, a body of nested schemas that are shared and
go in circles, and answers. It is read as JSON, and as YAML for the first time and again: what was understood
of a text is kept.
"""

import argparse
import asyncio
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import yaml

from benchmarks.measure import Figure, Outcome, Ratio, report
from opstream.adapters.connectors.openapi.descriptions import Descriptions
from opstream.adapters.connectors.openapi.http import Http
from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.source import ApiSource, Around
from opstream.domain.operation import Health
from opstream.domain.values import Json

_BAR_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Size:
    """How often, and how large."""

    rounds: int = 3
    operations: int = 500
    schemas: int = 400


def description(operations: int, schemas: int) -> Mapping[str, Json]:
    """Return a description; the same each time."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Made", "version": "1"},
        "servers": [{"url": "https://made.example"}],
        "paths": {
            f"/things{n}/{{id}}/parts": {"post": _operation(n, schemas)} for n in range(operations)
        },
        "components": {"schemas": {f"S{n}": _schema(n, schemas) for n in range(schemas)}},
    }


def _operation(number: int, schemas: int) -> Json:
    content: Json = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/S{number % schemas}"}}
    }
    return {
        "operationId": f"createPartOfThing{number}",
        "tags": [f"things{number % 20}"],
        "summary": "Create a part of a thing",
        "description": "Creates a part and returns it. " * 8,
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
            {"name": "page", "in": "query", "schema": {"type": "integer", "default": 1}},
            {
                "name": "fields",
                "in": "query",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {"200": {"description": "The part", "content": content}},
    }


def _schema(number: int, schemas: int) -> Json:
    texts: dict[str, Json] = {
        f"field_{n}": {"type": "string", "description": f"What field {n} says", "maxLength": 80}
        for n in range(10)
    }
    children: dict[str, Json] = {
        f"child_{n}": {"$ref": f"#/components/schemas/S{(number * 3 + n) % schemas}"}
        for n in (1, 2)
    }
    return {"type": "object", "required": ["field_1"], "properties": {**texts, **children}}


async def ready_after(file: Path, operations: int) -> float:
    """Return how many seconds it takes from the start of a source until all operations are there."""
    http = Http()
    around = Around(
        http,
        Descriptions(http, file.parent, file.parent / "copies"),
        lambda name: None,
        lambda: datetime(2026, 1, 1, tzinfo=UTC),
        perf_counter,
    )
    source = ApiSource(Api("made", file.name), around)
    began = perf_counter()
    source.start()
    health = await source.settled()
    seconds = perf_counter() - began
    await source.stop()
    if health.health is not Health.READY or len(health.operations) != operations:
        raise RuntimeError(health.sentence)
    return seconds


def measure(size: Size) -> Outcome:
    """Measure both ways to write it."""
    made = description(size.operations, size.schemas)
    with tempfile.TemporaryDirectory() as where:
        files = {"JSON": Path(where, "made.json"), "YAML": Path(where, "made.yaml")}
        files["JSON"].write_text(json.dumps(made))
        files["YAML"].write_text(yaml.dump(made, Dumper=yaml.CSafeDumper))
        found: dict[str, list[float]] = {}
        for _ in range(size.rounds):
            shutil.rmtree(Path(where, "copies"), ignore_errors=True)
            for form in ("JSON", "YAML for the first time", "YAML again"):
                file = files[form.partition(" ")[0]]
                seconds = asyncio.run(ready_after(file, size.operations))
                found.setdefault(form, []).append(seconds)
    figures = tuple(
        Figure(f"{size.operations} operations, {form} → ready", "s", tuple(rounds))
        for form, rounds in found.items()
    )
    ratios = tuple(
        Ratio(f"{form}, of {_BAR_SECONDS:g} s", tuple(one / _BAR_SECONDS for one in rounds), "1")
        for form, rounds in found.items()
    )
    return Outcome("Described APIs", figures, ratios)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=Size().rounds)
    report(measure(Size(rounds=parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
