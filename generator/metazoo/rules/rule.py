"""What a rule is, and the catalogue that every rule enters itself into."""

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
"""The first three characters of a code, and the group they stand for."""


class Problem(NamedTuple):
    """What a rule found; the catalogue adds the code and the severity.

    Attributes:
        message: What is wrong, naming the value. One sentence without a full stop.
        location: Where.
        model: The model it is about, if one.
        hint: What to do about it.
        fixes: Edits that mend it without asking anyone.
    """

    message: str
    location: Location
    model: str | None = None
    hint: str | None = None
    fixes: tuple[Fix, ...] = ()


Check = Callable[["Scope"], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue: all that its documentation page says.

    Attributes:
        code: ``MZ`` and three digits.
        name: Words with dashes between them.
        severity: Unless the configuration says otherwise.
        summary: What it finds, one sentence.
        why: Why that is bad.
        bad: A file that breaks the rule; empty where none can be shown.
        good: The same file, mended.
        remedy: How to mend it, where `good` doesn't say it all.
        file: The name of the example file.
        fixable: Whether `metazoo check --fix` can mend some of what it finds.
        check: Finds the problems; None where another part of metazoo reports them.
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
        """The group its code belongs to."""
        return GROUPS[self.code[:3]]


CATALOGUE: dict[str, Rule] = {}
"""Every rule under its code, in the order of the codes once `metazoo.rules` is imported."""


def enter(rule: Rule) -> None:
    """Put a rule into the catalogue.

    Raises:
        ValueError: Its code or name is taken, or belongs to no group.
    """
    if rule.code in CATALOGUE or any(rule.name == other.name for other in CATALOGUE.values()):
        raise ValueError(f"{rule.code} ({rule.name}) is in the catalogue already")
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
    """Enter the decorated function into the catalogue; the arguments are those of `Rule`."""

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
    """Enter a rule whose findings the reader, the verification or the waivers report."""
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
    """A finding of a rule, as severe as the catalogue says; the arguments are those of `Finding`."""
    return Finding(code, message, location, CATALOGUE[code].severity, model, hint, fixes=fixes)
