"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

from metazoo import config

# `make test-heavy` asks for the second. No example fails because it is slow: the machine may be busy.
for profile, examples in (("quick", 50), ("heavy", 1000)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")


@pytest.fixture(autouse=True)
def no_project(monkeypatch):
    """A test begins as a process does that works on no project yet."""
    monkeypatch.setattr(config, "_project", None)
