"""The result of a verification, as a table for people and as plain values for programs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from metazoo.index.model import Value
from metazoo.index.plain import plain
from metazoo.rules import CATALOGUE
from metazoo.sanitize import printable, printable_anywhere
from metazoo.verify.compare import FIELDS, WHERE_DECLARED
from metazoo.verify.run import Outcome
from metazoo.verify.settings import as_written
from metazoo.verify.verdicts import FieldVerdict, ModelVerification, Verdict

_LISTED = 40
"""Up to this many models get one line each; if there are more, only those that differ or failed do."""


def print_verification(outcome: Outcome, console: Console) -> None:
    """Print one line per model and the counts per field."""
    if not outcome.models:
        console.print("No models.")
        return
    listed = outcome.models
    if len(listed) > _LISTED:
        listed = [m for m in listed if any(f.verdict in _NOT_RIGHT for f in m.fields)]
    fields = _fields(outcome)
    if listed:
        table = Table("Model", *fields, box=None, pad_edge=False, header_style="bold")
        for model in listed:
            table.add_row(
                Text(printable_anywhere(model.model.name.text)), *(_cell(model, f) for f in fields)
            )
        console.print(table)
        console.print()
    for field in fields:
        counts = Counter(v.verdict for m in outcome.models if (v := m.verdict(field)))
        said = ", ".join(f"{counts[v]} {_said(v, counts[v])}" for v in Verdict if counts[v])
        console.print(f"{field}: {said}", highlight=False)
    by_rule = Counter(f.code for f in outcome.findings if f.waived is None)
    for code, count in sorted(by_rule.items()):
        rule = CATALOGUE[code]
        console.print(f"{count} × {code} {rule.name} ({rule.severity})", highlight=False)
    if waived := sum(f.waived is not None for f in outcome.findings):
        console.print(f"{waived} waived", highlight=False)
    if outcome.removed:
        shown = ", ".join(outcome.removed[:_NAMED])
        more = f" and {len(outcome.removed) - _NAMED} more" if len(outcome.removed) > _NAMED else ""
        said = f"Removed from the records, since the index no longer has them: {shown}{more}"
        console.print(Text(printable(said)), soft_wrap=True)
    console.print(_where_from(outcome), highlight=False)


_NAMED = 10
"""Models removed from the records that are named; the others are counted."""


def _where_from(outcome: Outcome) -> str:
    said = f"{outcome.measured} measured now, {len(outcome.recorded)} from records"
    if outcome.measured_again:
        said += f" ({outcome.measured_again} of these measured again)"
    if outcome.unmeasured:
        said += f", {outcome.unmeasured} not measured"
    return f"{_models(len(outcome.models))}: {said}"


def _fields(outcome: Outcome) -> list[str]:
    """The facts that are measured, and those that some model has a verdict on."""
    declared = [f for f in WHERE_DECLARED if any(m.verdict(f) for m in outcome.models)]
    return [*FIELDS, *declared]


_NOT_RIGHT = (Verdict.DIFFERS, Verdict.NOT_MEASURED)


def _models(count: int) -> str:
    return f"{count} model" if count == 1 else f"{count} models"


def _said(verdict: Verdict, count: int) -> str:
    return "differ" if verdict is Verdict.DIFFERS and count > 1 else str(verdict)


def _cell(model: ModelVerification, field: str) -> Text:
    verdict = model.verdict(field)
    if verdict is None:
        return Text("")
    if verdict.verdict is Verdict.VERIFIED:
        return Text(printable_anywhere(f"✓ {verdict.convention or ''}"), style="green")
    if verdict.verdict is Verdict.DIFFERS:
        return Text(f"≠ {_by(verdict)}", style="red")
    if verdict.verdict is Verdict.NOT_MEASURED:
        return Text("not measured", style="yellow")
    return Text("undeclared", style="dim")


def _by(verdict: FieldVerdict) -> str:
    return f"{verdict.difference * 100:+.3g} %" if verdict.difference is not None else ""


def verification_as_json(outcome: Outcome) -> dict[str, Any]:
    """Plain values for ``--format json``: a verdict a field, findings, and counts."""
    return {
        "verdicts": [
            _verdict_as_json(model, verdict)
            for model in outcome.models
            for verdict in (*model.fields, *model.settings)
        ],
        "findings": [finding.as_json() for finding in outcome.findings],
        "summary": {
            field: {
                str(verdict): sum(
                    1
                    for m in outcome.models
                    if (v := m.verdict(field)) is not None and v.verdict is verdict
                )
                for verdict in Verdict
            }
            for field in _fields(outcome)
        },
        "measured_now": outcome.measured,
        "from_records": len(outcome.recorded),
        "not_measured": outcome.unmeasured,
        "measured_again": outcome.measured_again,
        "removed": outcome.removed,
    }


def _verdict_as_json(model: ModelVerification, verdict: FieldVerdict) -> dict[str, Any]:
    declared = verdict.declared
    place = declared.location if declared else model.model.location
    return {
        "model": model.model.name.text,
        "field": verdict.field,
        "declared": _meaning(declared) if declared else None,
        "written": as_written(declared) if declared else None,
        "measured": verdict.actual if verdict.measured is None else verdict.measured,
        "verdict": str(verdict.verdict),
        "difference": verdict.difference,
        "convention": verdict.convention,
        "explanation": verdict.reason,
        "file": place.file,
        "line": place.line,
        "column": place.column,
    }


def _meaning(declared: Value[Any]) -> Any:
    return plain(declared) if isinstance(declared.value, list | dict) else declared.value
