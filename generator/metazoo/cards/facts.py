"""One number of one model, with where it comes from and what may be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from metazoo.cards.numbers import exact, scaled, signed_percent
from metazoo.facts import FACTS, FILE_SIZE, MeasuredFact
from metazoo.verify.verdicts import FieldVerdict, ModelVerification, Verdict


@dataclass(frozen=True, slots=True)
class Fact:
    """A number as a page shows it.

    Attributes:
        key: ``Parameters``, ``MACs``, ``FLOPs``, ``Activations`` or ``File Size``.
        value: The number to show: the measured one, else the declared one, else None.
        shown: `value` in the table's unit: ``25.03``.
        exact: `value` with every digit.
        origin: ``measured``, ``declared`` or empty where there is no number.
        verdict: ``verified``, ``differs``, ``not measured``, ``undeclared``; empty for what no
            index declares.
        declared: The declared number with every digit; empty where it is undeclared.
        measured: The measured one; empty where it is not.
        difference: Declared against measured, with a sign; empty where they are the same.
        note: All of that in one sentence or two.
        declared_value: The declared number.
        measured_value: The measured one.
    """

    key: str
    value: float | None = None
    shown: str = ""
    exact: str = ""
    origin: str = ""
    verdict: str = ""
    declared: str = ""
    measured: str = ""
    difference: str = ""
    note: str = ""
    declared_value: float | None = None
    measured_value: int | None = None


def facts_of(verification: ModelVerification) -> dict[str, Fact]:
    """Every number of one model under its key, the ones that are missing too."""
    measurement = verification.measurement
    return {
        fact.key: _fact(
            fact,
            getattr(measurement, fact.attribute) if measurement else None,
            verification.verdict(fact.key),
        )
        for fact in FACTS
    }


def _fact(kind: MeasuredFact, measured: int | None, verdict: FieldVerdict | None) -> Fact:
    declared = verdict.declared if verdict else None
    number = declared.value if declared and isinstance(declared.value, int | float) else None
    # A file is a little larger than its tensors: what it really takes is what was declared of it.
    keeps_declared = (
        kind is FILE_SIZE and verdict is not None and verdict.verdict is Verdict.VERIFIED
    )
    value = number if keeps_declared or measured is None else measured
    if value is None:
        reason = verdict.reason if verdict and measured is None else ""
        note = f"Neither declared nor measured{': ' + reason if reason else ''}."
        return Fact(kind.key, verdict=str(verdict.verdict) if verdict else "", note=note)
    return Fact(
        kind.key,
        value=value,
        shown=scaled(value, kind.size),
        exact=exact(value),
        origin="declared" if measured is None or keeps_declared else "measured",
        verdict=str(verdict.verdict) if verdict else "",
        declared=exact(number) if number is not None else declared.text if declared else "",
        measured=exact(measured) if measured is not None else "",
        difference=_difference(verdict),
        note=_note(kind, number, measured, verdict),
        declared_value=number,
        measured_value=measured,
    )


def _difference(verdict: FieldVerdict | None) -> str:
    if verdict is None or not verdict.difference:
        return ""
    return signed_percent(verdict.difference)


def _note(
    kind: MeasuredFact, declared: float | None, measured: int | None, verdict: FieldVerdict | None
) -> str:
    if measured is None:
        reason = verdict.reason if verdict else ""
        said = f"Declared: {exact(declared or 0)} {kind.noun}. Not measured"
        return f"{said}: {reason}." if reason else f"{said}."
    if verdict is None:
        return f"Measured: {exact(measured)} {kind.noun}."
    tensors = "in the tensors of the state dict" if kind is FILE_SIZE else ""
    found = f"{exact(measured)} {kind.noun} {tensors}".strip()
    if declared is None:
        text = verdict.declared.text if verdict.declared else ""
        return f"Measured: {found}. " + (f"Declared: {text}." if text else "Nothing is declared.")
    if verdict.verdict is Verdict.VERIFIED:
        if declared == measured:
            return f"Verified: declared and measured are both {found}."
        if verdict.convention == "macs":
            return (
                f"Verified: the declared {exact(declared)} counts multiply-accumulates;"
                f" twice that is {found}."
            )
        return f"Verified: declared {exact(declared)}, measured {found}."
    against = "" if verdict.measured == measured else " of the multiply-accumulates"
    by = f" ({_difference(verdict)}{against})" if _difference(verdict) else ""
    reason = f" {verdict.reason[0].upper()}{verdict.reason[1:]}." if verdict.reason else ""
    return f"Differs: declared {exact(declared)}{by}, measured {found}.{reason}"
