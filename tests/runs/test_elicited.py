import pytest

from opstream.domain.inputs import InputKind
from opstream.errors import BadInput
from opstream.runs.elicited import fields, values

SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Name", "minLength": 2, "maxLength": 5},
        "mail": {"type": "string", "format": "email"},
        "page": {"type": "string", "format": "uri"},
        "day": {"type": "string", "format": "date"},
        "at": {"type": "string", "format": "date-time"},
        "size": {"type": "number", "minimum": 0.5, "description": "In metres."},
        "count": {"type": "integer", "maximum": 9, "default": 3},
        "sure": {"type": "boolean", "default": True},
        "plain": {"type": "string", "enum": ["a", "b"]},
        "named": {"type": "string", "enum": ["a", "b"], "enumNames": ["Ant", "Bee"]},
        "titled": {"type": "string", "oneOf": [{"const": "x", "title": "The X"}]},
        "many": {"type": "array", "items": {"anyOf": [{"const": "r", "title": "Red"}]}},
        "some": {"type": "array", "items": {"type": "string", "enum": ["p", "q"]}, "maxItems": 1},
    },
    "required": ["name"],
}


def test_each_kind_of_property_becomes_a_field():
    found = {one.name: one for one in fields(SCHEMA)}

    kinds = {name: one.kind for name, one in found.items()}
    assert kinds["day"] is InputKind.DATE
    assert kinds["count"] is kinds["size"] is InputKind.NUMBER
    assert kinds["sure"] is kinds["plain"] is kinds["titled"] is InputKind.CHOICE
    assert kinds["many"] is kinds["mail"] is kinds["at"] is InputKind.TEXT
    assert [name for name, one in found.items() if one.required] == ["name"]
    assert (found["name"].title, found["sure"].choices) == ("Name", ("yes", "no"))
    assert (found["sure"].default, found["count"].default) == ("yes", 3)
    assert found["named"].choices == ("Ant", "Bee")
    assert found["size"].description == "In metres. At least 0.5."
    assert "One or more of Red" in found["many"].description


def test_what_was_filled_in_goes_back_in_the_types_of_the_tool():
    given = {
        "name": "Ada",
        "mail": "ada@example.com",
        "page": "https://example.com",
        "day": "2026-12-24",
        "at": "2026-12-24T09:00:00+01:00",
        "size": "2.5",
        "sure": "no",
        "named": "Bee",
        "titled": "The X",
        "many": "red",
        "some": "q",
    }

    found = values(SCHEMA, given)

    assert found == given | {
        "size": 2.5,
        "count": 3,
        "sure": False,
        "named": "b",
        "titled": "x",
        "many": ["r"],
        "some": ["q"],
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "A", "`name` has 1 characters. Write at least 2."),
        ("name", "Adalbert", "`name` has 8 characters. Write at most 5."),
        ("mail", "ada", "`mail` does not fit. An e-mail address."),
        ("page", "nowhere", "`page` does not fit."),
        ("at", "soon", "`at` does not fit. A date and time such as"),
        ("size", "0.1", "`size` must be at least 0.5, not 0.1."),
        ("count", "12", "`count` must be at most 9, not 12."),
        ("count", "1.5", "`count` must be a whole number, not 1.5."),
        ("plain", "c", "it is no choice"),
        ("many", "red, blue", "`many` cannot be `blue`. Write one or more of `Red`."),
        ("some", "p, q", "`some` takes at most 1 of them."),
        ("other", "x", "The question has no field `other`."),
    ],
)
def test_what_does_not_fit_is_said_with_what_to_write(name, value, said):
    with pytest.raises(BadInput) as refused:
        values(SCHEMA, {"name": "Ada"} | {name: value})

    assert said in str(refused.value)


def test_a_field_that_is_needed_and_empty_is_named():
    with pytest.raises(BadInput, match="`name` is empty"):
        values(SCHEMA, {})


@pytest.mark.parametrize("schema", [{}, {"properties": 3}, {"properties": {"a": 1}, "required": 7}])
def test_a_schema_that_is_none_has_no_fields(schema):
    assert fields(schema) == ()
    assert values(schema, {}) == {}
