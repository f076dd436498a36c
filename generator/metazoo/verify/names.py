"""Check whether a name still builds the network that the index describes.

A name that resolves may not build the intended model: timm silently maps `ig_resnext101_32x48d` to a
network a tenth of its size.
"""

from __future__ import annotations

import re

from metazoo.facts import FILE_SIZE
from metazoo.findings import Finding, Fix
from metazoo.index.model import Model
from metazoo.measure.measurement import Measurement
from metazoo.rules import finding
from metazoo.verify.verdicts import FieldVerdict, Verdict, why_not_measured

ANOTHER_NETWORK = 0.1
"""A name whose parameters are off by more than this share may build another network.

In timm's 2021 index, the three deprecated names that do are off by at least 118 %, and wrong counts of the
right network by at most 6.7 %.
"""

_NO_UNIT = 100
"""A count that is off by this factor or more lacks its unit and says nothing about the network."""

_WITNESSES_AGREE = 0.1
"""Parameters and file size point to the same network if their differences from the measured ones differ
by at most this share."""

_WEIGHTS = (".bin", ".h5", ".npz", ".pt", ".pth", ".safetensors", ".tar")
"""File endings of weights; links with other endings lead to pages and repositories."""

_SAY_NOTHING = frozenset(
    [
        "best",
        "checkpoint",
        "ckpt",
        "clip",
        "dict",
        "ema",
        "final",
        "flax",
        "last",
        "latest",
        "model",
        "of",
        "open",
        "pytorch",
        "state",
        "tf",
        "weights",
    ]
)
"""Words in file names that don't identify weights, as in ``pytorch_model.bin``."""

_HUB = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf[-_]hub:|hf://", re.IGNORECASE
)
"""The start of a link to the Hugging Face Hub."""

_NO_OWNERS = frozenset(
    ["api", "blog", "collections", "datasets", "docs", "models", "papers", "spaces"]
)
"""First parts of a Hub path that are not the owner of a model repository."""

_NO_NAMES = frozenset(["blob", "raw", "resolve", "tree"])
"""Second parts of a Hub path that are not a repository name: the oldest repositories have no owner."""


def name_verdict(
    model: Model,
    measurement: Measurement | None,
    verdicts: list[FieldVerdict],
    *,
    has_source: bool = True,
) -> FieldVerdict:
    """Return the verdict on a model's name; its `actual` is the source's own full name.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name; None where nothing was.
        verdicts: The verdicts on its facts, which can reveal another network.
        has_source: Whether a source is named for the model.
    """
    reason = why_not_measured(measurement, has_source=has_source)
    if reason or measurement is None:
        return FieldVerdict("Name", Verdict.NOT_MEASURED, model.name, reason=reason)
    wrong = measurement.deprecated or is_another_network(model, measurement, verdicts)
    verdict = Verdict.DIFFERS if wrong else Verdict.VERIFIED
    return FieldVerdict("Name", verdict, model.name, actual=measurement.resolved_name)


def name_findings(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> list[Finding]:
    """Report what is wrong with a model's name and its weights.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name.
        verdicts: The verdicts on its facts, which can reveal another network.
    """
    return [*_name(model, measurement, verdicts), *_weights(model, measurement)]


def is_another_network(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> bool:
    """Whether the index describes another network than the name builds.

    For a deprecated name, the parameters are enough. The count of a current name may simply be wrong, so
    the file size must point to the same network. Weights with another number of classes have another
    classifier, which says nothing about the name.
    """
    difference = _off(verdicts, "Parameters")
    if difference is None or abs(difference) <= ANOTHER_NETWORK:
        return False
    if not 1 / _NO_UNIT < difference + 1 < _NO_UNIT:
        return False
    if measurement.deprecated:
        return True
    classes = model.metadata.number("Num Classes")
    if measurement.facts and classes not in (None, measurement.facts.num_classes):
        return False
    size = _off(verdicts, FILE_SIZE.key)
    return size is not None and abs(size - difference) <= _WITNESSES_AGREE * abs(difference)


def _off(verdicts: list[FieldVerdict], field: str) -> float | None:
    """Return by what share a fact differs from the measured number; None if it agrees."""
    verdict = next((v for v in verdicts if v.field == field), None)
    return verdict.difference if verdict and verdict.verdict is Verdict.DIFFERS else None


def _name(model: Model, measurement: Measurement, verdicts: list[FieldVerdict]) -> list[Finding]:
    if measurement.resolved_name is None:
        return []
    name = model.name.text
    if is_another_network(model, measurement, verdicts):
        declared = next(v.declared for v in verdicts if v.field == "Parameters")
        fits = "" if measurement.deprecated else ", which the declared File Size confirms"
        return [
            finding(
                "MZ607",
                f"the name silently resolves to {measurement.resolved_name}, another network with"
                f" {measurement.params:,} parameters; declared:"
                f" {declared.text if declared else None}{fits}",
                model.name.location,
                model=name,
                hint="Name the intended model, or remove the entry if the source no longer has it",
            )
        ]
    if not measurement.deprecated:
        return []
    return [
        finding(
            "MZ606",
            f"a deprecated name for {measurement.resolved_name}",
            model.name.location,
            model=name,
            hint=f"Write {measurement.resolved_name}",
            fixes=_renaming(model, measurement, measurement.resolved_name),
        )
    ]


def _renaming(model: Model, measurement: Measurement, new: str) -> tuple[Fix, ...]:
    """Return the edits that write the current name, if the weights are known to be the same."""
    compared = _compared_weights(model, measurement)
    if compared is None or compared[0] != compared[1]:
        return ()
    old = model.name.text
    identity = model.written.get("ID")
    places = [model.name.location]
    if identity is not None and identity.text == old:
        places.append(identity.location)
    return tuple(Fix(place, old, new) for place in places)


def _weights(model: Model, measurement: Measurement) -> list[Finding]:
    compared = _compared_weights(model, measurement)
    if compared is None or compared[0] == compared[1] or model.weights is None:
        return []
    declared, loaded = compared
    return [
        finding(
            "MZ611",
            f"Weights links to {declared}, but {measurement.source} loads {loaded}"
            f" ({measurement.resolved_name}) for this name",
            model.weights.location,
            model=model.name.text,
            hint="Name the tag of the intended weights; the results listed here may belong to the other file",
        )
    ]


def _compared_weights(model: Model, measurement: Measurement) -> tuple[str, str] | None:
    """Return what identifies the weights in the index and in the source; equal if they are the same.

    Links to the Hub are compared by repository, others by file name, since the same file may be on several
    servers. None if they can't be compared: only one of them is on the Hub, or the index links to the
    original of weights that the source has converted.
    """
    facts = measurement.facts
    if facts is None or model.weights is None:
        return None
    declared = model.weights.text
    file, loaded_file = _file_name(declared), _file_name(facts.weights_url)
    if file and file == loaded_file:
        return file, loaded_file
    repository = hub_repository(declared)
    loaded = _repository(facts.hub_id) or hub_repository(facts.weights_url)
    if repository and loaded:
        if repository.casefold() == (hub_repository(facts.origin_url) or "").casefold():
            return None
        same = repository.casefold() == loaded.casefold()
        return (loaded if same else repository), loaded
    return (file, loaded_file) if file and loaded_file else None


def hub_repository(link: str | None) -> str | None:
    """Return ``owner/repository`` of a link to the Hugging Face Hub; None for other links.

    ``https://huggingface.co/timm/resnet50.a1_in1k/resolve/main/model.safetensors`` and
    ``hf-hub:timm/resnet50.a1_in1k@main`` both lead to ``timm/resnet50.a1_in1k``.
    """
    begins = _HUB.match(link or "")
    return _repository((link or "")[begins.end() :]) if begins else None


def _repository(path: str | None) -> str | None:
    owner, _, rest = (path or "").partition("/")
    name = re.split(r"[/@?#:]", rest)[0]
    if not owner or not name or owner.lower() in _NO_OWNERS or name in _NO_NAMES:
        return None
    return f"{owner}/{name}"


def _file_name(url: str | None) -> str:
    """Return the file name of the weights that a link leads to.

    Empty for other links, and for names that don't identify weights, such as ``pytorch_model.bin``.
    """
    name = re.split(r"[?#]", url or "")[0].rpartition("/")[2]
    if not name.endswith(_WEIGHTS):
        return ""
    words = re.split(r"[-_0-9]+", name.partition(".")[0].lower())
    return "" if _SAY_NOTHING.issuperset(filter(None, words)) else name
