# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""timm's deprecated model names: the table of what they are called today, and the rule that uses it.

Checking must not import timm, so the table lies beside this module as data. It changes only with
timm; a test compares it with the installed version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from metazoo.findings import Fix, Severity
from metazoo.index.model import Model
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Scope


class Renamed(NamedTuple):
    """The replacement of a deprecated name.

    Attributes:
        name: The current name, with its tag.
        weights: The file name of its weights; None if timm has no URL for them.
    """

    name: str
    weights: str | None


@cache
def _names() -> dict[str, Renamed]:
    text = files("metazoo.rules").joinpath("timm_names.json").read_text("utf-8")
    return {old: Renamed(*new) for old, new in json.loads(text)["names"].items()}


def renamed(name: str) -> Renamed | None:
    """The replacement of a deprecated name; None if `name` isn't deprecated."""
    return _names().get(name)


@rule(
    "MZ411",
    "deprecated-name",
    Severity.WARNING,
    "A model has a name that timm has deprecated.",
    why="Deprecated names print a warning and will stop working. Some of them already build a different "
    "network or load different weights.",
    bad="""\
Library: {Source: timm}
Models:
- Name: tv_resnext50_32x4d
  Weights: https://download.pytorch.org/models/resnext50_32x4d-7cdf4587.pth
""",
    good="""\
Library: {Source: timm}
Models:
- Name: resnext50_32x4d.tv_in1k
  Weights: https://download.pytorch.org/models/resnext50_32x4d-7cdf4587.pth
""",
    remedy="`--fix` renames a model if the new name has the same weights file as the index. The rule checks "
    "models whose library, code or weights are timm's.",
    fixable=True,
)
def deprecated_name(scope: Scope) -> Iterator[Problem]:
    for model in scope.index.models:
        name = model.name.text
        today = renamed(name)
        if today is None:
            continue
        source = scope.index.source_of(model)
        if not ((source is not None and source.text == "timm") or _of_timm(model)):
            continue
        same = bool(
            today.weights
            and model.weights
            and model.weights.text.rpartition("/")[2] == today.weights
        )
        fixes = []
        if same:
            fixes.append(Fix(model.name.location, name, today.name))
            identity = model.written.get("ID")
            if identity is not None and identity.text == name:
                fixes.append(Fix(identity.location, name, today.name))
        yield Problem(
            f"timm has deprecated the name “{name}”; it is now “{today.name}”",
            model.name.location,
            name,
            f"Rename it to {today.name}."
            if same
            else f"Rename it to {today.name}, if its weights are the intended ones.",
            tuple(fixes),
        )


def seems_of_timm(model: Model) -> bool:
    """Whether a model's name, code or weights are timm's, as far as that can be told without timm."""
    return _of_timm(model) or model.name.text in _names_old_and_new()


@cache
def _names_old_and_new() -> frozenset[str]:
    tagged = {new.name for new in _names().values()}
    return frozenset({*_names(), *tagged, *(name.partition(".")[0] for name in tagged)})


_TIMM = ("pytorch-image-models", "huggingface.co/timm/")


def _of_timm(model: Model) -> bool:
    code = model.code.url.text if model.code and model.code.url else ""
    weights = model.weights.text if model.weights else ""
    return any(mark in code or mark in weights for mark in _TIMM)
