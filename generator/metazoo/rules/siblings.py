# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether the models of one family or architecture contradict each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from statistics import median

from metazoo.findings import Severity
from metazoo.index.model import Model, Value
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Scope

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


def _area(model: Model) -> int | None:
    value = model.metadata.get("Image Size")
    if value is None or not isinstance(value.value, tuple):
        return None
    _, height, width = value.value
    return int(height * width)


_SIZE_IN_NAME = re.compile(r"(?<![0-9])(?:[0-9]{2,4})(?![0-9])")


@rule(
    "MZ404",
    "flops-without-image-size",
    _WARNING,
    "An architecture has the same or fewer FLOPs at a larger image size.",
    why="The cost of a network grows with its input. The FLOPs were probably copied from the smaller size.",
    bad="""\
Models:
- Name: tresnet_l
  Metadata: {FLOPs: 10873416792, Parameters: 55990000, Image Size: 224}
- Name: tresnet_l_448
  Metadata: {FLOPs: 10873416792, Parameters: 55990000, Image Size: 448}
""",
    good="""\
Models:
- Name: tresnet_l
  Metadata: {FLOPs: 10873416792, Parameters: 55990000, Image Size: 224}
- Name: tresnet_l_448
  Metadata: {FLOPs: 43488238584, Parameters: 55990000, Image Size: 448}
""",
)
def flops_without_image_size(scope: Scope) -> Iterator[Problem]:
    groups: dict[str, list[Model]] = defaultdict(list)
    for model in scope.index.models:
        size = model.metadata.get("Image Size")
        if size is None or not isinstance(size.value, tuple) or not model.metadata.number("FLOPs"):
            continue
        # `vit_base_patch16_384` and `vit_base_patch16_224` are one architecture at two sizes.
        side = str(size.value[1])
        name = _SIZE_IN_NAME.sub(partial(_without, side), model.name.text)
        groups[name.rstrip("_-").replace("__", "_")].append(model)
    for models in groups.values():
        if len(models) < 2:
            continue
        models.sort(key=lambda m: _area(m) or 0)
        for smaller, larger in pairwise(models):
            less, more = smaller.metadata.number("FLOPs"), larger.metadata.number("FLOPs")
            if not less or not more or _area(smaller) == _area(larger) or more > less:
                continue
            if not _same_size(smaller, larger):
                continue
            value = larger.metadata.values["FLOPs"]
            yield Problem(
                f"FLOPs is {value.text} at image size {larger.metadata.text('Image Size')}, no more than for"
                f" {smaller.name.text} at {smaller.metadata.text('Image Size')}",
                value.location,
                larger.name.text,
                "Measure the FLOPs again at this image size.",
            )


def _without(side: str, digits: re.Match[str]) -> str:
    return "" if digits[0] == side else digits[0]


def _same_size(one: Model, other: Model) -> bool:
    """Whether two models have the same number of parameters, apart from position embeddings."""
    a, b = one.metadata.number("Parameters"), other.metadata.number("Parameters")
    return bool(a and b and abs(a - b) <= 0.03 * max(a, b))


_FAR = 5.0
"""Factor between a model and the median of its family. In timm's families it is below 4.8."""
_FAR_UNSIZED = 8.0
"""The factor if some image sizes are unknown, so that FLOPs can't be related to them."""


@rule(
    "MZ405",
    "far-from-siblings",
    _WARNING,
    "A model's FLOPs per parameter are far from those of its family.",
    why="Within a family this ratio changes little. If it differs by a factor of five or more, one of the two "
    "numbers has a wrong digit or unit.",
    bad="""\
Collections:
- Name: ResNet
Models:
- {Name: resnet18, In Collection: ResNet, Metadata: {FLOPs: 1.82G, Parameters: 11.69M}}
- {Name: resnet34, In Collection: ResNet, Metadata: {FLOPs: 36.8G, Parameters: 21.80M}}
- {Name: resnet50, In Collection: ResNet, Metadata: {FLOPs: 4.12G, Parameters: 25.56M}}
- {Name: resnet101, In Collection: ResNet, Metadata: {FLOPs: 7.85G, Parameters: 44.55M}}
""",
    good="""\
Collections:
- Name: ResNet
Models:
- {Name: resnet18, In Collection: ResNet, Metadata: {FLOPs: 1.82G, Parameters: 11.69M}}
- {Name: resnet34, In Collection: ResNet, Metadata: {FLOPs: 3.68G, Parameters: 21.80M}}
- {Name: resnet50, In Collection: ResNet, Metadata: {FLOPs: 4.12G, Parameters: 25.56M}}
- {Name: resnet101, In Collection: ResNet, Metadata: {FLOPs: 7.85G, Parameters: 44.55M}}
""",
)
def far_from_siblings(scope: Scope) -> Iterator[Problem]:
    for family, models in scope.families.items():
        ratios = [
            (flops / parameters / (_area(model) or 224 * 224), model)
            for flops, parameters, model in _costs(models)
        ]
        if len(ratios) < 4:
            continue
        middle = median(ratio for ratio, _ in ratios)
        far = _FAR if all(_area(model) for _, model in ratios) else _FAR_UNSIZED
        certain = {id(model) for model, _ in _with_lost_digits(models)}  # MZ413 reports them
        for ratio, model in ratios:
            times = ratio / middle
            if 1 / far < times < far or id(model) in certain:
                continue
            how_far = f"{times:.3g} times" if times > 1 else f"1/{1 / times:.3g} of"
            value = _suspect(model, models)
            yield Problem(
                f"FLOPs per parameter are {how_far} the median of {family}: {value.key}"
                f" {value.text} looks wrong",
                value.location,
                model.name.text or None,
                "Check FLOPs and Parameters for a missing digit or a wrong unit.",
            )


@rule(
    "MZ413",
    "lost-digit",
    _ERROR,
    "The Parameters of a model have one digit too few or too many.",
    why="Siblings with similar FLOPs have at least five times as many parameters, or at most a fifth. With the "
    "digit corrected, the model fits among them.",
    bad="""\
Collections:
- Name: ResNet
Models:
- {Name: resnet18, In Collection: ResNet, Metadata: {FLOPs: 1.82G, Parameters: 11.69M}}
- {Name: resnet34, In Collection: ResNet, Metadata: {FLOPs: 3.68G, Parameters: 2.18M}}
- {Name: resnet50, In Collection: ResNet, Metadata: {FLOPs: 4.12G, Parameters: 25.56M}}
- {Name: resnet101, In Collection: ResNet, Metadata: {FLOPs: 7.85G, Parameters: 44.55M}}
""",
    good="""\
Collections:
- Name: ResNet
Models:
- {Name: resnet18, In Collection: ResNet, Metadata: {FLOPs: 1.82G, Parameters: 11.69M}}
- {Name: resnet34, In Collection: ResNet, Metadata: {FLOPs: 3.68G, Parameters: 21.80M}}
- {Name: resnet50, In Collection: ResNet, Metadata: {FLOPs: 4.12G, Parameters: 25.56M}}
- {Name: resnet101, In Collection: ResNet, Metadata: {FLOPs: 7.85G, Parameters: 44.55M}}
""",
    remedy="The rule compares a model with at least three models of the same collection whose FLOPs are within "
    "a factor of 2.5 and whose parameters agree with each other. [MZ405](MZ405.md) reports other outliers.",
)
def lost_digit(scope: Scope) -> Iterator[Problem]:
    for family, models in scope.families.items():
        for model, mended in _with_lost_digits(models):
            value = model.metadata.values["Parameters"]
            yield Problem(
                f"{value.key} {value.text} has one digit too few or too many: models of"
                f" {family} with similar FLOPs have about {mended:,.0f}",
                value.location,
                model.name.text or None,
                f"Check the value. It is probably {mended:.0f}.",
            )


def _costs(models: list[Model]) -> Iterator[tuple[float, float, Model]]:
    """FLOPs and Parameters of the models that state both."""
    for model in models:
        flops, parameters = model.metadata.number("FLOPs"), model.metadata.number("Parameters")
        if flops is not None and parameters is not None and flops > 0 and parameters > 0:
            yield flops, parameters, model


_LIKE_FLOPS = 2.5
"""Factor within which FLOPs are similar, so that parameters differ by much less than a factor of 10."""
_FAR_BELOW = 5.0
"""Factor by which the parameters must be outside the range of these siblings."""
_AGREE = 8.0
"""Factor within which the parameters of the siblings must agree."""


def _with_lost_digits(models: list[Model]) -> Iterator[tuple[Model, float]]:
    """Find models whose parameters fit those of siblings with similar FLOPs after adding or removing a digit.

    FLOPs depend on the image size, which is often unknown; MZ405 checks them.

    Yields:
        The model and its corrected number of parameters.
    """
    numbers = list(_costs(models))
    for flops, parameters, model in numbers:
        near = [
            p
            for f, p, m in numbers
            if m is not model and flops / _LIKE_FLOPS <= f <= flops * _LIKE_FLOPS
        ]
        if len(near) < 3 or max(near) > _AGREE * min(near):
            continue
        if min(near) / _FAR_BELOW < parameters < max(near) * _FAR_BELOW:
            continue
        mended = parameters * 10 if parameters < min(near) else parameters / 10
        if min(near) <= mended <= max(near):
            yield model, mended


def _suspect(model: Model, siblings: list[Model]) -> Value[float]:
    """FLOPs or Parameters, whichever is further from the median of the siblings."""

    def distance(key: str) -> float:
        own = model.metadata.number(key) or 1
        others = [m.metadata.number(key) for m in siblings if m is not model]
        middle = median(o for o in others if o)
        return max(own / middle, middle / own)

    key = "Parameters" if distance("Parameters") > distance("FLOPs") else "FLOPs"
    return model.metadata.values[key]


@rule(
    "MZ407",
    "shared-weights",
    _WARNING,
    "Two models have the same weights file.",
    why="Two names for the same weights are listed and compared as two models. More often, the link was "
    "copied and not changed.",
    bad="""\
Models:
- Name: efficientnet_b3
  Weights: https://example.org/efficientnet_b3-cf984f9c.pth
- Name: efficientnet_b2a
  Weights: https://example.org/efficientnet_b3-cf984f9c.pth
""",
    good="""\
Models:
- Name: efficientnet_b3
  Weights: https://example.org/efficientnet_b3-cf984f9c.pth
- Name: efficientnet_b2a
  Weights: https://example.org/efficientnet_b2-bf78e7c1.pth
""",
    remedy="If both models do use the same file (one network at two image sizes), waive the finding.",
)
def shared_weights(scope: Scope) -> Iterator[Problem]:
    users: dict[str, list[Model]] = defaultdict(list)
    for model in scope.index.models:
        if model.weights is not None and model.weights.value and not model.weights.inherited:
            users[model.weights.text].append(model)
    for file, models in users.items():
        if len(models) < 2:
            continue
        rightful = max(models, key=lambda m: _likeness(m.name.text, file))
        for model in models:
            if model is not rightful and model.weights is not None:
                yield Problem(
                    f"“{rightful.name.text}” has the same weights file",
                    model.weights.location,
                    model.name.text or None,
                    "Check which of the models the file belongs to.",
                )


def _likeness(name: str, file: str) -> float:
    """How similar the name of a weights file is to that of a model."""
    stem = file.rpartition("/")[2]
    shared = next(
        (i for i, (a, b) in enumerate(zip(name, stem, strict=False)) if a != b), len(name)
    )
    return shared / (len(name) or 1) + (name in stem)
