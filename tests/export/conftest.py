"""Exports are tested with the small zoo of the card tests."""

from tests.cards.conftest import zoo  # noqa: F401 - a fixture
