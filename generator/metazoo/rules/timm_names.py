"""The old model names of timm, and what they are called today.

Checking must not import timm, so the names lie beside this module as data. They change with timm
only; a test compares them with the installed one.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Renamed(NamedTuple):
    """What became of an old name.

    Attributes:
        name: The name today, with its tag.
        weights: The file name of its weights, where timm knows them by an address.
    """

    name: str
    weights: str | None


@cache
def _names() -> dict[str, Renamed]:
    text = files("metazoo.rules").joinpath("timm_names.json").read_text("utf-8")
    return {old: Renamed(*new) for old, new in json.loads(text)["names"].items()}


def renamed(name: str) -> Renamed | None:
    """What timm calls `name` today; None where it is no old name."""
    return _names().get(name)
