# ruff: noqa: D103 (what a rule says of itself stands in the catalogue)
"""Whether the values of one model, and of the models of one family, can be true together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from statistics import median

from metazoo.facts import FILE_SIZE
from metazoo.findings import Fix, Location, Severity
from metazoo.index.model import Model, Result, Value
from metazoo.rules import timm_names
from metazoo.rules.rule import Problem, rule
from metazoo.rules.scope import Scope

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

_RESULT = """\
Models:
- Name: resnet18
  Results:
  - Task: Image Classification
    Dataset: ImageNet
    Metrics:
      Top 1 Accuracy: {}%
      Top 5 Accuracy: {}%
"""


@rule(
    "MZ401",
    "top1-above-top5",
    _ERROR,
    "A top-1 accuracy is higher than the top-5 accuracy on the same data, or an error lower.",
    why="Whoever has the right class first has it among the first five. The two were swapped, or "
    "one is wrong.",
    bad=_RESULT.format(89.08, 69.76),
    good=_RESULT.format(69.76, 89.08),
)
def top1_above_top5(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        for result in owner.results:
            for kind in ("Accuracy", "Error"):
                one, five = (_only(scope, result, f"Top {n} {kind}") for n in (1, 5))
                if one is None or five is None:
                    continue
                if one[0] > five[0] if kind == "Accuracy" else one[0] < five[0]:
                    than = "above" if kind == "Accuracy" else "below"
                    yield Problem(
                        f"top-1 {kind.lower()} {one[1].text} is {than} top-5 {kind.lower()} {five[1].text}",
                        one[1].location,
                        owner.name,
                        "Check whether the two were swapped.",
                    )


def _only(scope: Scope, result: Result, name: str) -> tuple[float, Value[float]] | None:
    """The value of a metric, if it stands once in a result: the number to compare, and as written."""
    metrics = scope.index.metrics
    found = []
    for metric in result.metrics:
        known, number = metrics.find(metric.name), metric.value.value
        if known is not None and known.name == name and number is not None:
            figure = metrics.figure(metric.name, number, metric.value.unit)
            if figure is not None:
                found.append((figure.value, metric.value))
    return found[0] if len(found) == 1 else None


@rule(
    "MZ402",
    "id-differs-from-name",
    _WARNING,
    "`ID` and `Name` of a model differ.",
    why="The name is what people read, the ID what the library builds. Where they differ, one of "
    "them usually belongs to the entry this one was copied from.",
    bad="Models:\n- Name: resnet34\n  Metadata:\n    ID: resnet18\n",
    good="Models:\n- Name: resnet34\n  Metadata:\n    ID: resnet34\n",
)
def id_differs_from_name(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        value = owner.metadata.get("ID")
        if value is not None and value.value and owner.name and value.text != owner.name:
            yield Problem(
                f"the ID is “{value.text}”, the name “{owner.name}”",
                value.location,
                owner.name,
                "Make them the same, or delete the ID.",
            )


_BYTES_A_PARAMETER = ((3.9, 4.75), (1.95, 2.4), (0.98, 1.2))
"""Single precision, half precision and eight bits, each with room for buffers and the container."""


@rule(
    "MZ403",
    "file-size-against-parameters",
    _WARNING,
    "A file size does not fit the number of parameters.",
    why="A weights file holds four bytes a parameter (two in half precision) and little else. "
    "Where it doesn't, one of the two numbers belongs to another model.",
    bad="Models:\n- Name: resnest200e\n  Metadata:\n    Parameters: 70200000\n    File Size: 193782911\n",
    good="Models:\n- Name: resnest200e\n  Metadata:\n    Parameters: 70200000\n    File Size: 281170000\n",
)
def file_size_against_parameters(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        size = owner.metadata.number(FILE_SIZE.key)
        parameters = owner.metadata.number("Parameters")
        # Below a few thousand parameters the container outweighs them.
        if not size or not parameters or parameters < 100_000:
            continue
        each = size / parameters
        if not any(low <= each <= high for low, high in _BYTES_A_PARAMETER):
            value = owner.metadata.values[FILE_SIZE.key]
            yield Problem(
                f"File Size {value.text} is {each:.3g} bytes for each of"
                f" {owner.metadata.values['Parameters'].text} parameters",
                value.location,
                owner.name,
                "Expected are about 4, or 2 in half precision: check both numbers.",
            )


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
    "One architecture has the same or fewer FLOPs at a larger image size.",
    why="The cost of a network grows with its input. The FLOPs were copied from the other size.",
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
                f"FLOPs is {value.text} at {larger.metadata.text('Image Size')} pixels, no more than"
                f" {smaller.name.text} needs at {smaller.metadata.text('Image Size')}",
                value.location,
                larger.name.text,
                "Measure again at this image size.",
            )


def _without(side: str, digits: re.Match[str]) -> str:
    return "" if digits[0] == side else digits[0]


def _same_size(one: Model, other: Model) -> bool:
    """Whether two models have the same parameters, but for position embeddings."""
    a, b = one.metadata.number("Parameters"), other.metadata.number("Parameters")
    return bool(a and b and abs(a - b) <= 0.03 * max(a, b))


_FAR = 5.0
"""Times the family's median. The real families of timm stay below 4.8."""
_FAR_UNSIZED = 8.0
"""The same where image sizes are not given, so that FLOPs can't be set against them."""


@rule(
    "MZ405",
    "far-from-siblings",
    _WARNING,
    "A model's FLOPs for each parameter are far from those of its family.",
    why="Within a family the ratio changes slowly. A jump by five or more means that a digit or a "
    "unit is wrong in one of the two numbers.",
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
        if len(models) < 4:
            continue
        ratios: list[tuple[float, Model]] = []
        for model in models:
            flops, parameters = model.metadata.number("FLOPs"), model.metadata.number("Parameters")
            if flops and parameters and flops > 0 and parameters > 0:
                ratios.append((flops / parameters / (_area(model) or 224 * 224), model))
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
                f"FLOPs for each parameter are {how_far} the median of {family}: {value.key or 'value'}"
                f" {value.text} looks wrong",
                value.location,
                model.name.text or None,
                "Check FLOPs and Parameters for a lost digit or a wrong unit.",
            )


@rule(
    "MZ413",
    "lost-digit",
    _ERROR,
    "A model's Parameters have a digit too few or too many.",
    why="Its siblings with like FLOPs have five times as many, or a fifth; with the digit restored it is "
    "one of them.",
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
    remedy="The rule compares with at least three models of the same collection whose FLOPs lie within "
    "a factor of 2.5 and which agree with each other. Other outliers are left to [MZ405](MZ405.md).",
)
def lost_digit(scope: Scope) -> Iterator[Problem]:
    for family, models in scope.families.items():
        for model, mended in _with_lost_digits(models):
            value = model.metadata.values["Parameters"]
            yield Problem(
                f"{value.key or 'Parameters'} {value.text} has a digit too few or too many: models of"
                f" {family} with such FLOPs have about {mended:,.0f}",
                value.location,
                model.name.text or None,
                f"Check it; {mended:.0f} is likely.",
            )


_LIKE_FLOPS = 2.5
"""Factor within which FLOPs are alike; Parameters of one family then differ by far less than ten."""
_FAR_BELOW = 5.0
"""Factor by which a number must lie beyond all those siblings'."""
_AGREE = 8.0
"""Factor within which the siblings' own numbers must lie."""


def _with_lost_digits(models: list[Model]) -> Iterator[tuple[Model, float]]:
    """Models whose Parameters are unlike those of all siblings with like FLOPs, but for a digit.

    FLOPs themselves depend on the image size, which is often not given, and are left to MZ405.
    """
    pairs = [(m.metadata.number("FLOPs"), m.metadata.number("Parameters"), m) for m in models]
    numbers = [(f, p, m) for f, p, m in pairs if f and p and f > 0 and p > 0]
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
    """Which of the two numbers is further from the siblings' own."""

    def distance(key: str) -> float:
        own = model.metadata.number(key) or 1
        others = [m.metadata.number(key) for m in siblings if m is not model]
        middle = median(o for o in others if o)
        return max(own / middle, middle / own)

    key = "Parameters" if distance("Parameters") > distance("FLOPs") else "FLOPs"
    return model.metadata.values[key]


_FOLD = re.compile(r"[^0-9a-z+#.]|(?<![0-9])\.|\.(?![0-9])")
"""What two spellings may differ in: all but letters, digits and the point in a number."""


@rule(
    "MZ406",
    "several-spellings",
    _WARNING,
    "One dataset, metric, task or method is written in several ways.",
    why="Filters, tables and charts take `CIFAR100` and `CIFAR-100` for two things.",
    bad="""\
Models:
- {Name: a, Metadata: {Training Data: CIFAR-100}}
- {Name: b, Metadata: {Training Data: CIFAR-100}}
- {Name: c, Metadata: {Training Data: CIFAR100}}
""",
    good="""\
Models:
- {Name: a, Metadata: {Training Data: CIFAR-100}}
- {Name: b, Metadata: {Training Data: CIFAR-100}}
- {Name: c, Metadata: {Training Data: CIFAR-100}}
""",
    remedy="The spelling used most often is proposed; of two used equally often, the first.",
    fixable=True,
)
def several_spellings(scope: Scope) -> Iterator[Problem]:
    counts = _spellings(scope)
    preferred = {what: _preferred(texts) for what, texts in counts.items()}
    if not any(preferred.values()):
        return
    for what, value, place, model in _uses(scope):
        better = preferred[what].get(value)
        if better is not None and better != value:
            yield Problem(
                f"the {what} “{value}” is written “{better}” elsewhere",
                place,
                model,
                f"Write “{better}” everywhere.",
                (Fix(place, value, better),),
            )


_VOCABULARIES = {
    "Architecture": "method",
    "Training Techniques": "technique",
    "Training Data": "dataset",
    "Tasks": "task",
}


def _spellings(scope: Scope) -> dict[str, Counter[str]]:
    """How often each text is used, by vocabulary."""
    texts: dict[str, list[str]] = {what: [] for what in (*_VOCABULARIES.values(), "metric")}
    for owner in scope.owners:
        values = owner.metadata.values
        for key, what in _VOCABULARIES.items():
            value = values.get(key)
            if value is not None and value.value:
                texts[what].extend([item.text for item in value.value])
        for result in owner.results:
            if result.task is not None and result.task.value:
                texts["task"].append(result.task.text)
            if result.dataset is not None and result.dataset.value:
                texts["dataset"].append(result.dataset.text)
            texts["metric"].extend([metric.name for metric in result.metrics])
    return {what: Counter(found) for what, found in texts.items()}


def _preferred(counts: Counter[str]) -> dict[str, str]:
    """For each text that has another spelling, the one used most."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        spellings[_FOLD.sub("", text.lower())].append(text)
    return {
        text: max(same, key=lambda t: counts[t])
        for folded, same in spellings.items()
        if len(same) > 1 and folded
        for text in same
    }


def _uses(scope: Scope) -> Iterator[tuple[str, str, Location, str | None]]:
    """Every use of a vocabulary: which, the text, where it stands, and the model."""
    for owner in scope.owners:
        model = owner.name
        for key, what in _VOCABULARIES.items():
            value = owner.metadata.values.get(key)
            if value is not None and value.value:
                for item in value.value:
                    yield what, item.text, item.location, model
        for result in owner.results:
            if result.task is not None and result.task.value:
                yield "task", result.task.text, result.task.location, model
            if result.dataset is not None and result.dataset.value:
                yield "dataset", result.dataset.text, result.dataset.location, model
            for metric in result.metrics:
                # The name of a metric is a key, unless it stands under Name.
                if metric.value.key == metric.name:
                    place = metric.value.key_location or metric.value.location
                    yield "metric", metric.name, place, model


@rule(
    "MZ407",
    "shared-weights",
    _WARNING,
    "Two models have the same weights file.",
    why="Two names for one set of weights are counted and compared as two models. More often the "
    "link was copied and never changed.",
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
    remedy="Where one file does hold the weights of both (one network at two image sizes), waive it.",
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
                    f"these are the weights of “{rightful.name.text}” too",
                    model.weights.location,
                    model.name.text or None,
                    "Check which model the file belongs to.",
                )


def _likeness(name: str, file: str) -> float:
    """How much the name of a weights file looks like a model's."""
    stem = file.rsplit("/", 1)[-1]
    shared = next(
        (i for i, (a, b) in enumerate(zip(name, stem, strict=False)) if a != b), len(name)
    )
    return shared / (len(name) or 1) + (name in stem)


@rule(
    "MZ408",
    "incomplete-schedule",
    _WARNING,
    "`LR Gamma` stands without `LR Step Size`, or the other way round.",
    why="A rate that falls by a factor needs to know when, and one that falls at a step by how much.",
    bad="Models:\n- Name: a\n  Metadata:\n    LR: 0.1\n    LR Gamma: 0.1\n",
    good="Models:\n- Name: a\n  Metadata:\n    LR: 0.1\n    LR Gamma: 0.1\n    LR Step Size: 30\n",
)
def incomplete_schedule(scope: Scope) -> Iterator[Problem]:
    for model in scope.index.models:
        has = model.metadata.values
        for one, other in (("LR Gamma", "LR Step Size"), ("LR Step Size", "LR Gamma")):
            if one in has and other not in has and not has[one].inherited:
                yield Problem(
                    f"{one} stands without {other}",
                    has[one].key_location or has[one].location,
                    model.name.text or None,
                    f"Add {other}, or delete {one}.",
                )


@rule(
    "MZ409",
    "warmup-longer-than-training",
    _ERROR,
    "The warm-up is as long as the training, or longer.",
    why="The rate would never reach its height.",
    bad="Models:\n- Name: a\n  Metadata:\n    Epochs: 90\n    Warmup Epochs: 100\n",
    good="Models:\n- Name: a\n  Metadata:\n    Epochs: 90\n    Warmup Epochs: 5\n",
)
def warmup_longer_than_training(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        for warm, whole in (("Warmup Epochs", "Epochs"), ("Warmup Steps", "Training Steps")):
            short, long = owner.metadata.number(warm), owner.metadata.number(whole)
            if short and long and short >= long:
                value = owner.metadata.values[warm]
                yield Problem(
                    f"{warm} is {value.text}, but {whole} is only"
                    f" {owner.metadata.values[whole].text}",
                    value.location,
                    owner.name,
                    "Correct one of the two.",
                )


@rule(
    "MZ410",
    "step-longer-than-training",
    _WARNING,
    "`LR Step Size` is longer than the training.",
    why="The rate would never fall. The step is probably counted in iterations, not epochs.",
    bad="Models:\n- Name: a\n  Metadata: {Epochs: 90, LR Step Size: 300, LR Gamma: 0.1}\n",
    good="Models:\n- Name: a\n  Metadata: {Epochs: 90, LR Step Size: 30, LR Gamma: 0.1}\n",
)
def step_longer_than_training(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        step, epochs = owner.metadata.number("LR Step Size"), owner.metadata.number("Epochs")
        if step and epochs and step > epochs:
            value = owner.metadata.values["LR Step Size"]
            yield Problem(
                f"LR Step Size is {value.text} epochs, but the training has"
                f" {owner.metadata.values['Epochs'].text}",
                value.location,
                owner.name,
                "Correct one of the two.",
            )


@rule(
    "MZ412",
    "fewer-flops-than-parameters",
    _WARNING,
    "A model has fewer FLOPs than parameters.",
    why="Every weight of a network takes part in at least one multiplication. One of the two "
    "numbers is wrong, often by its unit.",
    bad="Models:\n- Name: a\n  Metadata:\n    FLOPs: 5330896\n    Parameters: 44540000\n",
    good="Models:\n- Name: a\n  Metadata:\n    FLOPs: 31600000000\n    Parameters: 44540000\n",
)
def fewer_flops_than_parameters(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        flops, parameters = owner.metadata.number("FLOPs"), owner.metadata.number("Parameters")
        if flops and parameters and 0 < flops < parameters:
            value = owner.metadata.values["FLOPs"]
            yield Problem(
                f"FLOPs {value.text} are fewer than the"
                f" {owner.metadata.values['Parameters'].text} parameters",
                value.location,
                owner.name,
                "Check both for a lost digit or a wrong unit.",
            )


@rule(
    "MZ411",
    "deprecated-name",
    _WARNING,
    "timm keeps a model's name only as an old spelling of a new one.",
    why="Old names print a warning, will stop working, and some of them now build another network "
    "or load other weights than they did.",
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
    remedy="`--fix` renames a model where the new name has the very weights file that the index "
    "links. The rule looks at models whose library, code or weights are timm's.",
    fixable=True,
)
def deprecated_name(scope: Scope) -> Iterator[Problem]:
    library = scope.index.library
    source = library.source.text if library and library.source else ""
    for model in scope.index.models:
        name = model.name.text
        renamed = timm_names.renamed(name)
        if renamed is None or not (source == "timm" or _of_timm(model)):
            continue
        same = bool(
            renamed.weights
            and model.weights
            and model.weights.text.rsplit("/", 1)[-1] == renamed.weights
        )
        fixes = []
        if same:
            fixes.append(Fix(model.name.location, name, renamed.name))
            identity = model.written.get("ID")
            if identity is not None and identity.text == name:
                fixes.append(Fix(identity.location, name, renamed.name))
        yield Problem(
            f"“{name}” is an old name of “{renamed.name}” in timm",
            model.name.location,
            name,
            f"Write {renamed.name}."
            if same
            else f"Write {renamed.name}, if its weights are the ones meant.",
            tuple(fixes),
        )


_TIMM = ("pytorch-image-models", "huggingface.co/timm/")


def _of_timm(model: Model) -> bool:
    code = model.code.url.text if model.code and model.code.url else ""
    weights = model.weights.text if model.weights else ""
    return any(mark in code or mark in weights for mark in _TIMM)
