"""Does a name still mean what the index means by it?

A name that resolves is not yet the model that was meant: timm maps `ig_resnext101_32x48d` to a
network a tenth of its size, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from metazoo.findings import Finding, Fix, Severity
from metazoo.index.model import Model, Value
from metazoo.measure.measurement import Measurement
from metazoo.verify.verdicts import FieldVerdict, Verdict

ANOTHER_NETWORK = 0.1
"""A deprecated name whose parameters are off by more than this share leads to another network.

In timm's 2021 index the three names that do are off by 118 % and more, wrong counts of the right
network by 6.7 % at most.
"""

_WEIGHTS = (".bin", ".h5", ".npz", ".pt", ".pth", ".safetensors", ".tar")
"""What a link to a file of weights ends with; other links lead to pages and repositories."""


def name_findings(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> list[Finding]:
    """What must be said of a model's name and of the settings that go with it.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name.
        verdicts: The verdicts on its facts; the one on Parameters tells another network.
    """
    found = _deprecated(model, measurement, verdicts)
    return [*found, *_weights(model, measurement), *_preprocessing(model, measurement)]


def _deprecated(
    model: Model, measurement: Measurement, verdicts: list[FieldVerdict]
) -> list[Finding]:
    if not measurement.deprecated or measurement.resolved_name is None:
        return []
    name = model.name.text
    parameters = next((v for v in verdicts if v.field == "Parameters"), None)
    if (
        parameters is not None
        and parameters.verdict is Verdict.DIFFERS
        and parameters.declared is not None
        and parameters.difference is not None
        and abs(parameters.difference) > ANOTHER_NETWORK
    ):
        return [
            Finding(
                "MZ607",
                f"the name silently resolves to {measurement.resolved_name}, another network: it has"
                f" {measurement.params:,} parameters, declared are {parameters.declared.text}",
                model.name.location,
                Severity.ERROR,
                name,
                "Name the model that is meant, or drop the entry if its source no longer has it",
            )
        ]
    return [
        Finding(
            "MZ606",
            f"a deprecated name of {measurement.resolved_name}",
            model.name.location,
            Severity.WARNING,
            name,
            f"Write {measurement.resolved_name}",
            fixes=_renaming(model, measurement, measurement.resolved_name),
        )
    ]


def _renaming(model: Model, measurement: Measurement, new: str) -> tuple[Fix, ...]:
    """The edits that write the current name, where the weights are known to be the same."""
    loaded = _file_name(measurement.facts.weights_url if measurement.facts else None)
    if not loaded or model.weights is None or _file_name(model.weights.text) != loaded:
        return ()
    old = model.name.text
    identity = model.written.get("ID")
    places = [model.name.location]
    if identity is not None and identity.text == old:
        places.append(identity.location)
    return tuple(Fix(place, old, new) for place in places)


def _file_name(url: str | None) -> str:
    """Name of the file of weights that a link leads to; empty for links to anything else."""
    name = PurePosixPath(urlsplit(url or "").path).name
    return name if name.endswith(_WEIGHTS) else ""


def _weights(model: Model, measurement: Measurement) -> list[Finding]:
    # Files are compared by name: the same file lies on several servers. Where the source has its
    # weights on the hub and nowhere else, there is no file name to compare with.
    loaded = _file_name(measurement.facts.weights_url if measurement.facts else None)
    declared = _file_name(model.weights.text if model.weights else None)
    if model.weights is None or not declared or not loaded or declared == loaded:
        return []
    return [
        Finding(
            "MZ611",
            f"Weights leads to {declared}; under this name {measurement.source} loads {loaded}"
            f" ({measurement.resolved_name})",
            model.weights.location,
            Severity.WARNING,
            model.name.text,
            "Name the tag whose weights are meant; the results here may be of the other file",
        )
    ]


def setting_verdicts(model: Model, measurement: Measurement | None) -> list[FieldVerdict]:
    """The verdicts on a model's name and on the settings that its source states too.

    Args:
        model: The model as the index has it.
        measurement: What was measured under its name; None where nothing was.

    Returns:
        One verdict each for Name, Image Size, Crop Pct and Interpolation, with `actual` in the
        place of a measured number.
    """
    if measurement is None or measurement.facts is None or measurement.error:
        reason = (measurement.error if measurement else None) or "there is no measurement of it yet"
        return [
            FieldVerdict(key, Verdict.NOT_MEASURED, declared, reason=reason)
            for key, declared in (("Name", model.name), *_declared_settings(model))
        ]
    facts, metadata = measurement.facts, model.metadata
    sizes = [s for s in (facts.input_size, facts.test_input_size) if s]
    crops = [c for c in (facts.crop_pct, facts.test_crop_pct) if c is not None]
    size, crop = metadata.get("Image Size"), metadata.number("Crop Pct")
    interpolation = (metadata.text("Interpolation") or "").lower()
    right = {
        "Image Size": size is not None and size.value in sizes,
        "Crop Pct": crop is not None and any(abs(crop - c) <= 5e-4 for c in crops),
        "Interpolation": interpolation == facts.interpolation,
    }
    actual = {
        "Image Size": _either("×".join(map(str, s[1:])) for s in sizes),
        "Crop Pct": _either(f"{c:g}" for c in crops),
        "Interpolation": facts.interpolation or "",
    }
    name = Verdict.DIFFERS if measurement.deprecated else Verdict.VERIFIED
    verdicts = [FieldVerdict("Name", name, model.name, actual=measurement.resolved_name)]
    for key, declared in _declared_settings(model):
        if declared is None:
            verdict = Verdict.UNDECLARED
        elif not actual[key]:
            verdict = Verdict.NOT_MEASURED
        else:
            verdict = Verdict.VERIFIED if right[key] else Verdict.DIFFERS
        reason = f"{measurement.source} doesn't say" if verdict is Verdict.NOT_MEASURED else ""
        verdicts.append(FieldVerdict(key, verdict, declared, reason=reason, actual=actual[key]))
    return verdicts


def _declared_settings(model: Model) -> list[tuple[str, Value[Any] | None]]:
    return [(key, model.metadata.get(key)) for key in ("Image Size", "Crop Pct", "Interpolation")]


def _either(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(values))


def _preprocessing(model: Model, measurement: Measurement) -> list[Finding]:
    return [
        Finding(
            "MZ608",
            f"{verdict.field} is declared as {verdict.declared.text}; {measurement.source} evaluates"
            f" {measurement.resolved_name} with {verdict.actual}",
            verdict.declared.location,
            Severity.WARNING,
            model.name.text,
            f"Write {verdict.actual}, or name the weights that are meant",
        )
        for verdict in setting_verdicts(model, measurement)
        if verdict.field != "Name" and verdict.verdict is Verdict.DIFFERS and verdict.declared
    ]
