"""What all tests share."""

import pytest

from metazoo import config


@pytest.fixture(autouse=True)
def no_project(monkeypatch):
    """A test begins as a process does that works on no project yet."""
    monkeypatch.setattr(config, "_project", None)
