"""Keep the facts of a model zoo true, and publish them.

    project = metazoo.load("my-zoo")
    for finding in project.check():
        print(finding.location, finding.message)

Everything in `__all__` is public and documented; everything else may change without notice.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metazoo.errors import MetazooError
    from metazoo.explain.hypotheses import Question
    from metazoo.findings import Finding, Fix, Location, Severity
    from metazoo.measure.measurement import Measurement
    from metazoo.measure.request import Request
    from metazoo.measure.run import measure_models
    from metazoo.measure.workers import Limits
    from metazoo.project import Project, load
    from metazoo.verify.run import Outcome
    from metazoo.verify.verdicts import FieldVerdict, ModelVerification, Verdict

__version__ = "0.2.0"

_PLACES = {
    "FieldVerdict": "metazoo.verify.verdicts",
    "Finding": "metazoo.findings",
    "Fix": "metazoo.findings",
    "Limits": "metazoo.measure.workers",
    "Location": "metazoo.findings",
    "Measurement": "metazoo.measure.measurement",
    "MetazooError": "metazoo.errors",
    "ModelVerification": "metazoo.verify.verdicts",
    "Outcome": "metazoo.verify.run",
    "Project": "metazoo.project",
    "Question": "metazoo.explain.hypotheses",
    "Request": "metazoo.measure.request",
    "Severity": "metazoo.findings",
    "Verdict": "metazoo.verify.verdicts",
    "load": "metazoo.project",
    "measure_models": "metazoo.measure.run",
}

__all__ = [
    "FieldVerdict",
    "Finding",
    "Fix",
    "Limits",
    "Location",
    "Measurement",
    "MetazooError",
    "ModelVerification",
    "Outcome",
    "Project",
    "Question",
    "Request",
    "Severity",
    "Verdict",
    "load",
    "measure_models",
]


def __getattr__(name: str) -> object:
    # Imported on first use: the command line first removes the working directory from the search path,
    # and most commands need only a few of these modules.
    if name not in _PLACES:
        raise AttributeError(f"module 'metazoo' has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
