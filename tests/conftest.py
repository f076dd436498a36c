"""What all tests share."""

import pytest
from hypothesis import settings

from metazoo import config

# No example fails for being slow: the machine may be busy. `make test-heavy` asks for the second.
settings.register_profile("quick", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("heavy", max_examples=1000, deadline=None, print_blob=True)
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def no_project(monkeypatch):
    """A test begins as a process does that works on no project yet."""
    monkeypatch.setattr(config, "_project", None)
