"""A database of its own for each test."""

import pytest

from tests import postgres


@pytest.fixture
def url():
    """The address of an empty database."""
    return postgres.empty_database()
