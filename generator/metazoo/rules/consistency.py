# ruff: noqa: D103 (each rule is documented by its catalogue entry)
"""Whether the values of one model contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from metazoo.facts import FILE_SIZE
from metazoo.findings import Severity
from metazoo.index.model import Model, Result, StatedInputs, Value
from metazoo.inputs import TOKENS, image_size, leaves
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
    why="If the right class is ranked first, it is also among the first five. The two values were "
    "swapped, or one of them is wrong.",
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
    """The number and the value of a metric that a result gives exactly once, else None."""
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
    "The `ID` of a model differs from its `Name`.",
    why="People read the name, and the library builds the ID. If they differ, one of them usually "
    "comes from the entry that this one was copied from.",
    bad="Models:\n- Name: resnet34\n  Metadata:\n    ID: resnet18\n",
    good="Models:\n- Name: resnet34\n  Metadata:\n    ID: resnet34\n",
)
def id_differs_from_name(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        value = owner.metadata.get("ID")
        if value is not None and value.value and owner.name and value.text != owner.name:
            yield Problem(
                f"the ID “{value.text}” differs from the name “{owner.name}”",
                value.location,
                owner.name,
                "Make them the same, or delete the ID.",
            )


_BYTES_A_PARAMETER = ((3.9, 4.75), (1.95, 2.4), (0.98, 1.2))
"""Single precision, half precision and 8 bits, each with room for buffers and the container."""


@rule(
    "MZ403",
    "file-size-against-parameters",
    _WARNING,
    "A file size does not fit the number of parameters.",
    why="A weights file holds four bytes per parameter (two in half precision) and little else. If "
    "the file size doesn't fit, one of the two numbers belongs to another model.",
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
                f"File Size {value.text} is {each:.3g} bytes per parameter, with"
                f" {owner.metadata.values['Parameters'].text} parameters",
                value.location,
                owner.name,
                "Check both numbers: about 4 bytes are expected, or 2 in half precision.",
            )


@rule(
    "MZ408",
    "incomplete-schedule",
    _WARNING,
    "`LR Gamma` is given without `LR Step Size`, or the other way around.",
    why="A step schedule needs both: how often the learning rate drops, and by which factor.",
    bad="Models:\n- Name: a\n  Metadata:\n    LR: 0.1\n    LR Gamma: 0.1\n",
    good="Models:\n- Name: a\n  Metadata:\n    LR: 0.1\n    LR Gamma: 0.1\n    LR Step Size: 30\n",
)
def incomplete_schedule(scope: Scope) -> Iterator[Problem]:
    for model in scope.index.models:
        has = model.metadata.values
        for one, other in (("LR Gamma", "LR Step Size"), ("LR Step Size", "LR Gamma")):
            if one in has and other not in has and not has[one].inherited:
                yield Problem(
                    f"{one} is given without {other}",
                    has[one].key_location or has[one].location,
                    model.name.text or None,
                    f"Add {other}, or delete {one}.",
                )


@rule(
    "MZ409",
    "warmup-longer-than-training",
    _ERROR,
    "The warmup is at least as long as the training.",
    why="The learning rate would never reach its maximum.",
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
                    "Correct one of the two values.",
                )


@rule(
    "MZ410",
    "step-longer-than-training",
    _WARNING,
    "`LR Step Size` is longer than the training.",
    why="The learning rate would never drop. The step size is probably in iterations, not epochs.",
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
                "Correct one of the two values.",
            )


@rule(
    "MZ412",
    "fewer-flops-than-parameters",
    _WARNING,
    "A model has fewer FLOPs than parameters.",
    why="Apart from the vocabulary of a model of text, every weight is used in at least one multiplication. One of the two numbers is "
    "wrong, often because of its unit.",
    bad="Models:\n- Name: a\n  Metadata:\n    FLOPs: 5330896\n    Parameters: 44540000\n",
    good="Models:\n- Name: a\n  Metadata:\n    FLOPs: 31600000000\n    Parameters: 44540000\n",
)
def fewer_flops_than_parameters(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        flops, parameters = owner.metadata.number("FLOPs"), owner.metadata.number("Parameters")
        inputs = owner.item.inputs if isinstance(owner.item, Model) else None
        if inputs and inputs.value and any(one.type == TOKENS for one in leaves(inputs.value)):
            continue  # a vocabulary is looked up, not multiplied
        if flops and parameters and 0 < flops < parameters:
            value = owner.metadata.values["FLOPs"]
            yield Problem(
                f"FLOPs {value.text} are fewer than Parameters"
                f" {owner.metadata.values['Parameters'].text}",
                value.location,
                owner.name,
                "Check both for a missing digit or a wrong unit.",
            )


@rule(
    "MZ414",
    "inputs-against-image-size",
    _ERROR,
    "The images in `Inputs` have another size than `Image Size`.",
    why="Accuracy and cost depend on the size of the images, so there can be only one. The inputs are what "
    "is measured; readers of the card see the image size.",
    bad="""\
Models:
- Name: detector
  Metadata:
    Image Size: 640
    Inputs: [{Shape: [3, 512, 512], Type: image}]
""",
    good="""\
Models:
- Name: detector
  Metadata:
    Image Size: 512
    Inputs: [{Shape: [3, 512, 512], Type: image}]
""",
    remedy="A model may state an `Image Size` of its own beside the `Inputs` of its collection; its images then "
    "have that size.",
)
def inputs_against_image_size(scope: Scope) -> Iterator[Problem]:
    for owner in scope.owners:
        size, inputs = owner.metadata.get("Image Size"), owner.metadata.get("Inputs")
        if size is None or not isinstance(size.value, tuple):
            continue
        if not isinstance(inputs, StatedInputs) or inputs.value is None:
            continue
        stated = image_size(inputs.value)
        if stated is not None and stated != size.value:
            yield Problem(
                f"Image Size is {size.text}, but the image in Inputs is {'×'.join(map(str, stated))}",
                size.location,
                owner.name,
                "Correct one of the two, or delete Image Size.",
            )
