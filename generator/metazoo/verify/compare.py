"""Compare the declared facts of an index with the measured ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from metazoo.facts import FACTS, FILE_SIZE, FLOPS, MACS, PARAMETERS
from metazoo.findings import Finding, Fix, Location
from metazoo.index.model import Library, Model, ModelIndex, Value
from metazoo.index.nodes import NULLS
from metazoo.inputs import as_words
from metazoo.measure.faults import remedy
from metazoo.measure.measurement import Measurement
from metazoo.rules import finding
from metazoo.verify.names import ANOTHER_NETWORK, name_findings, name_verdict
from metazoo.verify.settings import setting_findings, setting_verdicts
from metazoo.verify.tolerance import agrees, file_size_agrees
from metazoo.verify.verdicts import FieldVerdict, ModelVerification, Verdict, why_not_measured

FIELDS = (FLOPS.key, PARAMETERS.key, FILE_SIZE.key)
"""The facts that are measured, under their canonical keys."""

WHERE_DECLARED = (MACS.key,)
"""Facts that get a verdict only if they are declared, since they are FLOPs by another name."""

_FACTS = {fact.key: fact for fact in FACTS}


def verify_index(
    index: ModelIndex, measurement_of: Callable[[Model], Measurement | None]
) -> list[ModelVerification]:
    """Return a verdict on each fact of each model.

    Args:
        index: The index as read.
        measurement_of: Returns the measurement of a model, or None if there is none.

    Returns:
        One verification per model, in the order of the index. If the zoo counts FLOPs in both ways, the
        first model of the minority gets a finding.
    """
    convention = stated_convention(index.library)
    verifications = [
        _verify(m, measurement_of(m), convention, has_source=index.source_of(m) is not None)
        for m in index.models
    ]
    if convention is None:
        _report_mixed_conventions(verifications)
    return verifications


def stated_convention(library: Library | None) -> str | None:
    """Return ``macs`` or ``flops`` if the Library states which its numbers count, else None."""
    stated = library.flops_convention if library else None
    word = stated.value.strip().lower() if stated and stated.value else None
    return word if word in ("macs", "flops") else None


def _verify(
    model: Model, measurement: Measurement | None, convention: str | None, *, has_source: bool
) -> ModelVerification:
    fields = [*FIELDS, *(f for f in WHERE_DECLARED if model.metadata.get(f) is not None)]
    why = why_not_measured(measurement, has_source=has_source)
    verdicts = [_verdict(f, model.metadata.get(f), measurement, convention, why) for f in fields]
    findings = [
        _difference(model, verdict, measurement, convention)
        for verdict in verdicts
        if verdict.verdict is Verdict.DIFFERS and measurement is not None
    ]
    settings = setting_verdicts(model, measurement, has_source=has_source)
    if measurement is not None:
        findings += name_findings(model, measurement, verdicts)
        findings += setting_findings(model, measurement, settings)
        findings += _measuring_faults(model, measurement)
    name = name_verdict(model, measurement, verdicts, has_source=has_source)
    return ModelVerification(model, measurement, verdicts, findings, [name, *settings])


def _verdict(
    field: str,
    declared: Value[Any] | None,
    measurement: Measurement | None,
    stated: str | None,
    why: str,
) -> FieldVerdict:
    measured = _measured(field, measurement)
    if measurement is None or measured is None:
        reason = why or "it was not counted"
        return FieldVerdict(field, Verdict.NOT_MEASURED, declared, reason=reason)
    if declared is None or (declared.value is None and declared.text.strip() in NULLS):
        return FieldVerdict(field, Verdict.UNDECLARED, measured=measured)
    number = declared.value
    if not isinstance(number, int | float):
        reason = f"{declared.text!r} is not a number"
        return FieldVerdict(field, Verdict.DIFFERS, declared, measured, reason=reason)
    text = declared.text
    convention = None
    if field == FLOPS.key:
        macs = measurement.macs or 0
        fitting = [
            name
            for name, count in (("macs", macs), ("flops", measured))
            if name == (stated or name) and agrees(number, text, count)
        ]
        convention = fitting[0] if fitting else None
        right = convention is not None
        # A number that fits neither count is compared with the nearer one.
        nearer_macs = stated is None and abs(number - macs) < abs(number - measured)
        if "macs" in (convention, stated) or (not right and nearer_macs):
            measured = macs
    elif field == FILE_SIZE.key:
        tensors = measurement.state_dict_tensors or 0
        right = file_size_agrees(number, text, measured, tensors)
    else:
        right = agrees(number, text, measured)
    return FieldVerdict(
        field,
        Verdict.VERIFIED if right else Verdict.DIFFERS,
        declared,
        measured,
        difference=number / measured - 1 if measured else None,
        convention=convention,
    )


def _measured(field: str, measurement: Measurement | None) -> int | None:
    return getattr(measurement, _FACTS[field].attribute) if measurement else None


def _difference(
    model: Model, verdict: FieldVerdict, measurement: Measurement, stated: str | None
) -> Finding:
    declared = verdict.declared
    if declared is None:
        raise ValueError(f"{verdict.field} of {model.name.text!r} differs from nothing")
    # A number without a unit is in bytes.
    unit = " bytes" if verdict.field == FILE_SIZE.key and declared.text.strip().isdecimal() else ""
    truth = _truth(verdict, measurement)
    instead = _counts_instead(verdict, measurement, stated)
    by = f"it is the {instead}" if instead else _by(verdict, measurement)
    return finding(
        _FACTS[verdict.field].difference,
        f"{verdict.field} is declared as {declared.text}{unit}; {truth}{f' ({by})' if by else ''}",
        declared.location,
        model=model.name.text,
        hint=_hint(verdict, stated, instead),
        fixes=_fixes(verdict, stated),
    )


def _truth(verdict: FieldVerdict, measurement: Measurement) -> str:
    if verdict.field == FLOPS.key:
        return (
            f"measured: {measurement.macs:,} MACs = {measurement.flops:,} FLOPs"
            f" at {_size(measurement)}"
        )
    if verdict.field == FILE_SIZE.key:
        return f"the state dict has {verdict.measured:,} bytes"
    return f"measured: {verdict.measured:,}"


def _by(verdict: FieldVerdict, measurement: Measurement) -> str:
    if verdict.difference is None:
        return ""
    base = "measured MACs" if verdict.measured == measurement.macs else "measured"
    side = "above" if verdict.difference > 0 else "below"
    return f"{_percent(verdict.difference)} {side} {base}"


def _counts_instead(
    verdict: FieldVerdict, measurement: Measurement, stated: str | None
) -> str | None:
    """Return ``MACs`` or ``FLOPs`` if the declared number is that one but should be the other."""
    declared = verdict.declared
    right = "macs" if verdict.field == MACS.key else stated if verdict.field == FLOPS.key else None
    if right is None or declared is None or not isinstance(declared.value, int | float):
        return None
    name, count = ("FLOPs", measurement.flops) if right == "macs" else ("MACs", measurement.macs)
    return name if count and agrees(declared.value, declared.text, count) else None


def _hint(verdict: FieldVerdict, stated: str | None, instead: str | None) -> str:
    if verdict.field == PARAMETERS.key:
        return "Declare the measured number, or name the intended model"
    if verdict.field == FILE_SIZE.key:
        return (
            "Declare the size of the file that Weights links to. If this is its size, the file holds"
            " other weights, another precision, or more than the model"
        )
    if verdict.field == MACS.key:
        return "Declare the measured number" + (", or call this one FLOPs" if instead else "")
    if stated is None:
        return "Declare one of the two, and state the FLOPs Convention under Library"
    if instead:
        says = f"FLOPs Convention: {instead.lower()}"
        return f"State {says} under Library if all models follow it, or declare {verdict.measured}"
    return f"Declare {verdict.measured}, because the Library states FLOPs Convention: {stated}"


def _fixes(verdict: FieldVerdict, stated: str | None) -> tuple[Fix, ...]:
    """Return the edit that writes the measured value, if that is certainly right.

    It is not if the name may be wrong (the count is very different), if FLOPs could be written in two ways
    (no convention is stated), for file sizes (which the tensors don't determine), and for values of a
    collection (which apply to other models too).
    """
    declared = verdict.declared
    if declared is None or declared.inherited or verdict.measured is None:
        return ()
    if verdict.field == PARAMETERS.key:
        safe = verdict.difference is not None and abs(verdict.difference) <= ANOTHER_NETWORK
    else:
        safe = verdict.field == MACS.key or (verdict.field == FLOPS.key and stated is not None)
    return (Fix(declared.location, declared.text, str(verdict.measured)),) if safe else ()


def _percent(difference: float) -> str:
    share = abs(difference)
    return f"{share * 100:.4g} %" if share >= 0.001 else f"{share * 100:.2g} %"


def _size(measurement: Measurement) -> str:
    """What a model was counted with: ``224×224``, ``input_ids tokens 128``."""
    if measurement.input_size:
        return "×".join(map(str, measurement.input_size[1:]))
    return as_words(measurement.inputs) or "its default size"


def _measuring_faults(model: Model, measurement: Measurement) -> list[Finding]:
    name = model.name.text
    where = model.name.location
    if measurement.skipped:
        return [
            finding(
                "MZ615",
                f"was counted, but not run: {measurement.error}",
                where,
                model=name,
                hint="Verify it on a machine with more memory, or without --device",
            )
        ]
    if measurement.error:
        return [
            finding(
                "MZ604",
                f"could not be measured: {measurement.error}",
                where,
                model=name,
                hint=remedy(measurement),
            )
        ]
    findings = []
    if measurement.depends_on_values:
        findings.append(
            finding(
                "MZ617",
                "its count depends on values, because of "
                + ", ".join(measurement.depends_on_values),
                where,
                model=name,
                hint="What follows these operations was counted with random weights",
            )
        )
    if measurement.uncounted:
        findings.append(
            finding(
                "MZ609",
                "these operations compute but are not counted: " + ", ".join(measurement.uncounted),
                where,
                model=name,
                hint="Its FLOPs are a lower bound; say so where you publish them",
            )
        )
    return findings


_CAMPS = {"macs": MACS.key, "flops": FLOPS.key}


def _report_mixed_conventions(verifications: list[ModelVerification]) -> None:
    camps: dict[str, list[tuple[ModelVerification, Location]]] = {"macs": [], "flops": []}
    for verification in verifications:
        verdict = verification.verdict("FLOPs")
        if verdict and verdict.convention and verdict.declared:
            camps[verdict.convention].append((verification, verdict.declared.location))
    sizes = Counter({name: len(members) for name, members in camps.items()})
    (larger, most), (smaller, fewest) = sizes.most_common()
    if not fewest:
        return
    verification, where = camps[smaller][0]
    verification.findings.append(
        finding(
            "MZ605",
            f"the zoo counts FLOPs in two ways: {most} of its values are {_CAMPS[larger]} and {fewest}"
            f" are {_CAMPS[smaller]}, of which this is the first",
            where,
            model=verification.model.name.text,
            hint="Use one of them, and state it as FLOPs Convention under Library",
        )
    )
