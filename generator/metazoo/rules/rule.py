"""The rule class, and the catalogue in which every rule registers itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from metazoo.findings import Finding, Fix, Location, Severity

if TYPE_CHECKING:
    from metazoo.rules.scope import Scope

GROUPS = {
    "MZ1": "reading",
    "MZ2": "structure",
    "MZ3": "values",
    "MZ4": "consistency",
    "MZ5": "links",
    "MZ6": "verification",
    "MZ7": "waivers",
    "MZ8": "cards",
}
"""Groups of rules by the first three characters of their codes."""


class Problem(NamedTuple):
    """A problem that a rule found; the catalogue adds the code and the severity.

    Attributes:
        message: What is wrong, including the value. One sentence without a period.
        location: Where.
        model: The model concerned, if any.
        hint: What to do about it.
        fixes: Edits that fix it safely.
    """

    message: str
    location: Location
    model: str | None = None
    hint: str | None = None
    fixes: tuple[Fix, ...] = ()


Check = Callable[["Scope"], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue, with everything that its documentation page says.

    Attributes:
        code: ``MZ`` and three digits.
        name: Lowercase words, joined by hyphens.
        severity: The default; the configuration can change it.
        summary: What it finds, one sentence.
        why: Why this is a problem.
        bad: A file that breaks the rule; empty if none can be shown.
        good: The same file, fixed.
        remedy: How to fix it, if `good` is not enough.
        file: The name of the example file.
        fixable: Whether `metazoo check --fix` can fix some of its findings.
        check: Finds the problems; None if another part of metazoo reports them.
    """

    code: str
    name: str
    severity: Severity
    summary: str
    why: str
    bad: str = ""
    good: str = ""
    remedy: str = ""
    file: str = "index.yml"
    fixable: bool = False
    check: Check | None = None

    @property
    def group(self) -> str:
        """The group of the rule."""
        return GROUPS[self.code[:3]]


CATALOGUE: dict[str, Rule] = {}
"""Every rule by code, sorted once `metazoo.rules` is imported."""


def enter(rule: Rule) -> None:
    """Add a rule to the catalogue.

    Raises:
        ValueError: The code or name is taken, or the code belongs to no group.
    """
    if rule.code in CATALOGUE or any(rule.name == other.name for other in CATALOGUE.values()):
        raise ValueError(f"{rule.code} ({rule.name}) is already in the catalogue")
    if rule.code[:3] not in GROUPS:
        raise ValueError(f"{rule.code} belongs to no group")
    CATALOGUE[rule.code] = rule


def rule(
    code: str,
    name: str,
    severity: Severity,
    summary: str,
    *,
    why: str,
    bad: str,
    good: str,
    remedy: str = "",
    file: str = "index.yml",
    fixable: bool = False,
) -> Callable[[Check], Check]:
    """Register the decorated function as a rule; the arguments are those of `Rule`."""

    def decorate(check: Check) -> Check:
        enter(
            Rule(code, name, severity, summary, why, bad, good, remedy, file, fixable, check=check)
        )
        return check

    return decorate


def reported_elsewhere(
    code: str,
    name: str,
    severity: Severity,
    summary: str,
    *,
    why: str,
    bad: str = "",
    good: str = "",
    remedy: str = "",
    file: str = "index.yml",
    fixable: bool = False,
) -> None:
    """Register a rule whose findings another part of metazoo reports."""
    enter(Rule(code, name, severity, summary, why, bad, good, remedy, file, fixable))


def finding(
    code: str,
    message: str,
    location: Location,
    *,
    model: str | None = None,
    hint: str | None = None,
    fixes: tuple[Fix, ...] = (),
) -> Finding:
    """Make a finding with the severity of its rule; the arguments are those of `Finding`."""
    return Finding(code, message, location, CATALOGUE[code].severity, model, hint, fixes=fixes)
