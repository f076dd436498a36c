"""Does a name still mean what the index means by it?

A name that resolves is not yet the model that was meant: timm maps `ig_resnext101_32x48d` to a
network a tenth of its size, without a word.
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
"""A name whose parameters are off by more than this share may lead to another network.

In timm's 2021 index the three deprecated names that do are off by 118 % and more, wrong counts of the
right network by 6.7 % at most.
"""

_NO_UNIT = 100
"""A count that is off by this factor or more lacks its unit: it says nothing of the network."""

_WITNESSES_AGREE = 0.1
"""Parameters and file size tell of one network where they differ from each other by no more than this
share of what they differ from the measured one."""

_WEIGHTS = (".bin", ".h5", ".npz", ".pt", ".pth", ".safetensors", ".tar")
"""What a link to a file of weights ends with; other links lead to pages and repositories."""

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
"""Words of file names that any weights may have: ``pytorch_model.bin`` says nothing of which."""

_HUB = re.compile(
    r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/|hf[-_]hub:|hf://", re.IGNORECASE
)
"""What a link to something on the Hugging Face hub begins with."""

_NO_OWNERS = frozenset(
    ["api", "blog", "collections", "datasets", "docs", "models", "papers", "spaces"]
)
"""What follows the hub's address where no owner of a repository of weights does."""

_NO_NAMES = frozenset(["blob", "raw", "resolve", "tree"])
"""What follows the name of a repository, and so is none: the hub's oldest ones have no owner."""


def name_verdict(
    model: Model,
    measurement: Measurement | None,
    verdicts: list[FieldVerdict],
    *,
    has_source: bool = True,
) -> FieldVerdict:
    """The verdict on a model's name; `actual` is the source's own full name.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name; None where nothing was.
        verdicts: The verdicts on its facts, which tell another network.
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
    """What must be said of a model's name and of the weights that go with it.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name.
        verdicts: The verdicts on its facts, which tell another network.
    """
    return [*_name(model, measurement, verdicts), *_weights(model, measurement)]


def is_another_network(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> bool:
    """Whether the index describes another network than the name builds.

    Of a deprecated name the parameters alone tell it. A current one may have a wrong count beside
    it, so there the file size must tell the same. Weights that state other classes have another
    classifier, which says nothing of the name.
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
    """By what share of the measured number a fact differs from it; None where it doesn't."""
    verdict = next((v for v in verdicts if v.field == field), None)
    return verdict.difference if verdict and verdict.verdict is Verdict.DIFFERS else None


def _name(model: Model, measurement: Measurement, verdicts: list[FieldVerdict]) -> list[Finding]:
    if measurement.resolved_name is None:
        return []
    name = model.name.text
    if is_another_network(model, measurement, verdicts):
        declared = next(v.declared for v in verdicts if v.field == "Parameters")
        fits = "" if measurement.deprecated else ", and the declared File Size fits those"
        return [
            finding(
                "MZ607",
                f"the name silently resolves to {measurement.resolved_name}, another network: it has"
                f" {measurement.params:,} parameters, declared are"
                f" {declared.text if declared else None}{fits}",
                model.name.location,
                model=name,
                hint="Name the model that is meant, or drop the entry if its source no longer has it",
            )
        ]
    if not measurement.deprecated:
        return []
    return [
        finding(
            "MZ606",
            f"a deprecated name of {measurement.resolved_name}",
            model.name.location,
            model=name,
            hint=f"Write {measurement.resolved_name}",
            fixes=_renaming(model, measurement, measurement.resolved_name),
        )
    ]


def _renaming(model: Model, measurement: Measurement, new: str) -> tuple[Fix, ...]:
    """The edits that write the current name, where the weights are known to be the same."""
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
            f"Weights leads to {declared}; under this name {measurement.source} loads {loaded}"
            f" ({measurement.resolved_name})",
            model.weights.location,
            model=model.name.text,
            hint="Name the tag whose weights are meant; the results here may be of the other file",
        )
    ]


def _compared_weights(model: Model, measurement: Measurement) -> tuple[str, str] | None:
    """What the index and its source say of the weights, alike where they are the same.

    Two links to the hub are compared by their repositories, others by the names of their files: the
    same file lies on several servers. None where that says nothing: one of the two is on the hub only,
    or the index links to the origin of what the source has converted.
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
    """``owner/repository`` of a link to the Hugging Face hub; None for all others.

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
    """Name of the file of weights that a link leads to.

    Empty for links to anything else, and for names that say nothing: ``pytorch_model.bin``.
    """
    name = re.split(r"[?#]", url or "")[0].rpartition("/")[2]
    if not name.endswith(_WEIGHTS):
        return ""
    words = re.split(r"[-_0-9]+", name.partition(".")[0].lower())
    return "" if _SAY_NOTHING.issuperset(filter(None, words)) else name
