"""The verdicts on the declared facts of each model."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from metazoo.findings import Finding
from metazoo.index.model import Model, Value
from metazoo.measure.measurement import Measurement

NO_SOURCE = "no source is named for it"
"""Why a model without a source is not measured."""


class Verdict(StrEnum):
    """What became of one declared fact.

    Attributes:
        VERIFIED: The measured value agrees within the tolerance.
        DIFFERS: The measured value does not agree.
        NOT_MEASURED: There is no measurement to compare with.
        UNDECLARED: The index does not state the fact.
    """

    VERIFIED = "verified"
    DIFFERS = "differs"
    NOT_MEASURED = "not measured"
    UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True)
class FieldVerdict:
    """The verdict on one fact of one model.

    Attributes:
        field: Canonical key of the fact: ``FLOPs``, ``Parameters``, ``File Size``.
        verdict: The result.
        declared: The value in the index; None where it is undeclared.
        measured: What was measured, in the field's unit (operations, elements, bytes).
        difference: ``declared / measured - 1``; None unless both are known.
        convention: For FLOPs: ``macs`` where the declared number counts multiply-accumulates,
            ``flops`` where it counts both; None where it fits neither.
        reason: Why it was not measured, or what explains the difference; may be empty.
        actual: For settings and names, which aren't numbers: what the source says instead of
            `measured`.
    """

    field: str
    verdict: Verdict
    declared: Value[Any] | None = None
    measured: int | None = None
    difference: float | None = None
    convention: str | None = None
    reason: str = ""
    actual: str | None = None


def why_not_measured(measurement: Measurement | None, *, has_source: bool = True) -> str:
    """Return why there is nothing to compare a declared value with; empty if there is.

    Args:
        measurement: What was measured; None where nothing was.
        has_source: Whether a source is named for the model.
    """
    if measurement is None:
        return "it has not been measured yet" if has_source else NO_SOURCE
    return "" if measurement.skipped else measurement.error or ""


@dataclass(frozen=True, slots=True)
class ModelVerification:
    """The result of verifying one model.

    Attributes:
        model: The model as the index has it.
        measurement: The measurement; None if there is none.
        fields: The verdict on each fact, in the order FLOPs, Parameters, File Size.
        findings: The findings on it, including those on facts that differ.
        settings: The verdicts on its name and on the settings that its source also states; see
            `metazoo.verify.settings`.
    """

    model: Model
    measurement: Measurement | None
    fields: list[FieldVerdict] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    settings: list[FieldVerdict] = field(default_factory=list)

    def verdict(self, name: str) -> FieldVerdict | None:
        """Return the verdict on the fact with this canonical name, or None."""
        return next((f for f in self.fields if f.field == name), None)
