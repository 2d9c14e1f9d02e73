"""Tried: odd schemas, circles, other versions, files that refer to others, overrides."""

import json

import pytest
from jsonschema import Draft202012Validator

from opstream.adapters.connectors.openapi.document import parsed
from opstream.adapters.connectors.openapi.schemas import Schemas
from opstream.adapters.connectors.openapi.settings import Api
from opstream.adapters.connectors.openapi.tools import toolbox
from opstream.domain.operation import Repeat
from opstream.errors import BadInput
from tests.adapters.connectors.descriptions import (
    NUMBER,
    TEXT,
    described,
    get,
    object_of,
    parameter,
    sends,
)


def tools(paths, api=None, **more):
    found = toolbox(described("https://pets", paths, **more), api or Api("pets", "x"))
    return {name.removeprefix("pets."): tool for name, tool in found.tools.items()}


def inputs(operation, **more):
    (tool,) = tools({"/pets/{id}": {"post": {"operationId": "x", **operation}}}, **more).values()
    Draft202012Validator.check_schema(tool.operation.inputs)
    return tool.operation.inputs


def test_arguments_that_models_cannot_write_get_other_names():
    found = inputs(
        {
            "parameters": [
                parameter("$top"),
                parameter("filter[name]"),
                parameter("id", "header"),
                parameter("Authorization", "header"),
            ]
        }
    )

    assert list(found["properties"]) == ["id", "top", "filter_name", "header_id"]
    assert found["required"] == ["id"]
    assert found["additionalProperties"] is False


@pytest.mark.parametrize(
    ("schema", "names"),
    [
        (object_of("name", name=TEXT), ["id", "name"]),
        (object_of("id", id=TEXT), ["id", "body"]),
        ({"oneOf": [object_of(a=TEXT), object_of(b=TEXT)]}, ["id", "body"]),
        ({"type": "array", "items": TEXT}, ["id", "body"]),
        ({**object_of(a=TEXT), "additionalProperties": True}, ["id", "body"]),
        ({"allOf": [object_of("a", a=TEXT), object_of(b=NUMBER)]}, ["id", "a", "b"]),
        ({"$ref": "#/components/schemas/Pet"}, ["id", "name"]),
        ({}, ["id", "body"]),
    ],
)
def test_a_body_is_laid_flat_where_nothing_is_lost_by_it(schema, names):
    schemas = {"Pet": object_of("name", name=TEXT)}

    found = inputs(sends(schema), components={"schemas": schemas})

    assert list(found["properties"]) == names


def test_what_the_service_fills_in_is_no_argument():
    pet = object_of("id", "name", name=TEXT)
    pet["properties"] = {"number": {**NUMBER, "readOnly": True}, **pet["properties"]}
    pet["required"] = ["number", "name"]

    found = inputs(sends(pet))

    assert list(found["properties"]) == ["id", "name"]
    assert found["required"] == ["id", "name"]


def test_circles_end_in_a_plain_object():
    node = {
        "type": "object",
        "properties": {"next": {"$ref": "#/components/schemas/Node"}, "name": TEXT},
    }
    both = {"$ref": "#/components/schemas/A"}
    schemas = {"Node": node, "A": {"allOf": [both]}, "Self": {"$ref": "#/components/schemas/Self"}}
    document = {"components": {"schemas": schemas}}

    plain = Schemas(document)

    assert plain.plain({"$ref": "#/components/schemas/Node"}) == {
        "type": "object",
        "properties": {"next": {"type": "object"}, "name": TEXT},
    }
    assert plain.plain({"$ref": "#/components/schemas/Self"}) == {"type": "object"}
    assert plain.plain(both) == {"type": "object"}
    assert plain.plain({"$ref": "#/nowhere"}) == {}


def test_schemas_that_grow_without_bound_are_cut():
    schemas = {
        f"S{n}": object_of(
            **{f"p{k}": {"$ref": f"#/components/schemas/S{n + 1}"} for k in range(9)}
        )
        for n in range(30)
    }

    found = Schemas({"components": {"schemas": schemas}}).plain({"$ref": "#/components/schemas/S0"})

    assert len(json.dumps(found)) < 200_000


def test_older_ways_to_say_things_are_said_as_json_schema_does():
    plain = Schemas({}).plain

    assert plain({"type": "string", "nullable": True, "enum": ["a"]}) == {
        "type": ["string", "null"],
        "enum": ["a", None],
    }
    assert plain({"type": "integer", "minimum": 1, "exclusiveMinimum": True}) == {
        "type": "integer",
        "exclusiveMinimum": 1,
    }
    assert plain({"type": "string", "pattern": r"^\p{L}(?<n>", "example": "a", "x-y": 1}) == {
        "type": "string",
        "examples": ["a"],
    }
    assert plain({"oneOf": [TEXT, NUMBER]}) == {"anyOf": [TEXT, NUMBER]}
    assert plain({"type": "object", "required": True}) == {"type": "object"}
    assert plain({"allOf": [{"$ref": "#/a"}], "description": "b"}) == {"description": "b"}


@pytest.mark.parametrize(
    ("method", "writes", "repeat"),
    [
        ("get", False, Repeat.ALWAYS),
        ("head", False, Repeat.ALWAYS),
        ("options", False, Repeat.ALWAYS),
        ("put", True, Repeat.ALWAYS),
        ("delete", True, Repeat.ALWAYS),
        ("post", True, Repeat.NEVER),
        ("patch", True, Repeat.NEVER),
    ],
)
def test_the_method_says_whether_something_changes_and_may_be_repeated(method, writes, repeat):
    (tool,) = tools({"/a": {method: {"operationId": "a"}}}).values()

    assert (tool.operation.writes, tool.operation.repeat) == (writes, repeat)


def test_settings_know_better_what_reads_and_what_writes_and_what_is_wanted():
    paths = {
        "/search": {"post": {"operationId": "search", "tags": ["pets"]}},
        "/kick": {"get": {"operationId": "kick", "tags": ["pets"]}},
        "/rest": {"get": {"operationId": "rest"}, "put": {"operationId": "put"}},
    }
    api = Api("pets", "x", only=("PETS", "put /rest"), reads=("search*",), writes=("GET /kick",))

    found = tools(paths, api)

    assert {name: tool.operation.writes for name, tool in found.items()} == {
        "search": False,
        "kick": True,
        "put": True,
    }
    assert found["search"].operation.repeat is Repeat.ALWAYS


def test_descriptions_say_what_is_done_in_few_words():
    long = {"summary": "List pets.", "description": "Lists *all* pets.\n\n" + "Really. " * 200}
    paths = {"/pets": get("pets", parameter("page", kind="integer"), **long)}
    answers = {
        "responses": {"200": {"content": {"application/json": {"schema": {"type": "array"}}}}}
    }
    paths["/pets"]["get"] |= answers

    operation = tools(paths)["pets"].operation

    assert operation.title == "List pets"
    assert operation.description.startswith("List pets. Lists *all* pets. Really.")
    assert operation.description.endswith(
        "… All pages come together as `results`, with `more: true` when there are still more. "
        "(GET /pets)"
    )
    assert len(operation.description) < 800


def test_what_cannot_be_read_is_left_out_with_its_reason():
    paths = {
        "/a": get("a", {"$ref": "other.yaml#/x"}),
        "/b": {"$ref": "#/components/pathItems/b"},
        "/c": {"get": {"parameters": [{"name": "x", "in": "body"}]}},
        "/d": get("d"),
    }

    found = toolbox(described("https://pets", paths), Api("pets", "x"))

    assert list(found.tools) == ["pets.d"]
    assert [one.partition(":")[0] for one in found.left_out] == ["/b", "GET /a", "GET /c"]
    assert "`other.yaml#/x`" in found.left_out[1]


def test_parameters_of_the_path_hold_for_all_and_those_nobody_describes_are_texts():
    paths = {
        "/a/{x}/{y}": {
            "parameters": [parameter("x", "path", "integer"), parameter("z")],
            "get": {"operationId": "a", "parameters": [parameter("z", kind="boolean")]},
        }
    }

    properties = tools(paths)["a"].operation.inputs["properties"]

    assert properties == {"x": {"type": "integer"}, "y": TEXT, "z": {"type": "boolean"}}


def test_servers_have_variables_with_defaults():
    servers = [
        {
            "url": "https://{region}.pets/v{n}",
            "variables": {"region": {"default": "eu"}, "n": {"default": 2}},
        }
    ]

    assert (
        toolbox({"paths": {}, "servers": servers}, Api("pets", "x")).server == "https://eu.pets/v2"
    )


def test_yaml_is_read_as_json_means_it():
    found = parsed(
        "openapi: 3.1.0\npaths: {}\nx: {no: NO, date: 2026-01-01, 200: 1e3, a: [1, 2.5, true, ~, 0o7]}",
        "It",
    )

    assert found["x"] == {
        "no": "NO",
        "date": "2026-01-01",
        "200": "1e3",
        "a": [1, 2.5, True, None, "0o7"],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("swagger: '2.0'\npaths: {}", "Swagger 2.0.*Convert it once, as with `npx swagger2openapi"),
        ("openapi: 2.1.0", "says `openapi: 2.1.0`"),
        ("hello", "has no `openapi: 3.1.0`"),
        ("{broken", "neither JSON nor YAML"),
        ("a: [", "neither JSON nor YAML"),
        ("<html><body>Not found</body></html>", "has no `openapi: 3.1.0`"),
        ('{"openapi": "3.1.0", "a": ' + "[" * 100_000, "neither JSON nor YAML"),
        (
            "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 8)),
            "it holds too much",
        ),
    ],
)
def test_what_is_no_description_is_refused_in_a_sentence(text, said):
    with pytest.raises(BadInput, match=said):
        parsed(text, "It")
