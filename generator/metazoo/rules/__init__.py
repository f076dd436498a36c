"""Static checks: one function a rule, with a code, a reason and a page.

`check` runs them on an index. `CATALOGUE` contains all rules, including those whose findings the
reader, the verification and the waivers report; the documentation is generated from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from metazoo.errors import ConfigError
from metazoo.findings import Finding, Severity, in_order
from metazoo.index.model import ModelIndex
from metazoo.rules import (
    cards,
    consistency,
    links,
    reading,
    siblings,
    spellings,
    structure,
    timm_names,
    values,
    verification,
    waivers,
)
from metazoo.rules.rule import CATALOGUE, GROUPS, Rule, finding
from metazoo.rules.scope import Scope

__all__ = ["CATALOGUE", "GROUPS", "Rule", "RuleSettings", "check", "find", "finding", "settle"]

_MODULES = (
    reading,
    structure,
    values,
    consistency,
    siblings,
    spellings,
    timm_names,
    links,
    verification,
    waivers,
    cards,
)
"""Importing these registers their rules in the catalogue."""

for _code in sorted(CATALOGUE):
    CATALOGUE[_code] = CATALOGUE.pop(_code)


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Which rules to report, and with which severity.

    Rules are named by code (``MZ401``), the beginning of codes (``MZ4``), name
    (``top1-above-top5``) or group (``consistency``).

    Attributes:
        select: Rules to report; all if empty.
        ignore: Rules not to report, even if selected.
        severity: Severities that differ from the catalogue. The last entry for a rule wins.
    """

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)


def find(name: str) -> list[Rule]:
    """Find rules by code, beginning of codes, name or group.

    Raises:
        ConfigError: There is no such rule.
    """
    word = name.strip()
    found = [
        rule
        for rule in CATALOGUE.values()
        if rule.code.startswith(word.upper()) or word.lower() in {rule.name, rule.group}
    ]
    if not found or not word:
        raise ConfigError(f"there is no rule {name!r}; `metazoo rules` lists them")
    return found


def check(index: ModelIndex, settings: RuleSettings | None = None) -> list[Finding]:
    """Run every rule on an index.

    Args:
        index: As read. The findings of the reader are part of the result.
        settings: Which rules to report, and with which severity; by default all, as in the catalogue.

    Returns:
        The findings in the order of their locations.
    """
    scope = Scope(index)
    settings = settings or RuleSettings()
    wanted = _wanted(settings)
    findings = list(index.findings)
    for rule in CATALOGUE.values():
        if rule.check is None or rule.code not in wanted:
            continue
        findings.extend(
            finding(
                rule.code,
                problem.message,
                problem.location,
                model=problem.model,
                hint=problem.hint,
                fixes=problem.fixes,
            )
            for problem in rule.check(scope)
        )
    return settle(findings, settings)


def checked(settings: RuleSettings) -> frozenset[str]:
    """Codes of the rules that `check` runs with these settings, including those of the reader."""
    groups = {"reading", "structure", "values", "consistency", "links"}
    return frozenset(code for code in _wanted(settings) if CATALOGUE[code].group in groups)


def settle(findings: Iterable[Finding], settings: RuleSettings) -> list[Finding]:
    """Drop findings of rules that aren't selected, set the severities, and sort."""
    wanted = _wanted(settings)
    severities = {
        rule.code: severity for name, severity in settings.severity.items() for rule in find(name)
    }
    kept = [
        f.with_severity(severities.get(f.code, CATALOGUE[f.code].severity))
        for f in findings
        if f.code in wanted
    ]
    return in_order(kept)


def _wanted(settings: RuleSettings) -> set[str]:
    selected = [rule for name in settings.select for rule in find(name)] or CATALOGUE.values()
    ignored = {rule.code for name in settings.ignore for rule in find(name)}
    return {rule.code for rule in selected} - ignored
