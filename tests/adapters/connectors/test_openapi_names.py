"""Tried: ids of several styles, none at all, clashes, names without end."""

import pytest

from opstream.adapters.connectors.openapi import naming
from opstream.adapters.connectors.openapi.naming import Named


@pytest.mark.parametrize(
    ("method", "path", "id", "name"),
    [
        ("GET", "/pets", "listPets", "list_pets"),
        ("GET", "/repos/{o}", "repos/get-HTTPStatus", "repos_get_http_status"),
        ("GET", "/items/{item_id}", "read_item_items__item_id__get", "read_item"),
        ("GET", "/pets/{petId}/toys", "", "get_pets_by_pet_id_toys"),
        ("DELETE", "/", "", "delete"),
        ("GET", "/größe", "größe?", "gr_e"),
    ],
)
def test_names_are_short_and_in_small_letters(method, path, id, name):
    one = Named(method, path, id)

    assert naming.names("pets", [one]) == {one: name}


def test_names_are_unique_and_do_not_depend_on_the_order():
    clash = [
        Named("GET", "/a", "read_a_get"),
        Named("GET", "/b/a", "read_b_a_get"),
        Named("POST", "/a", "thing"),
        Named("PUT", "/a", "Thing"),
        Named("GET", "/x" * 80, ""),
        Named("GET", "/x" * 80 + "y", ""),
        Named("GET", "/long", "word_" * 30),
    ]

    found = naming.names("pets", clash)

    assert len(set(found.values())) == len(clash)
    assert all(len(f"pets.{name}") <= 60 for name in found.values())
    assert naming.names("pets", clash[::-1]) == found
