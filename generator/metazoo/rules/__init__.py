"""Static checks: one function a rule, with a code, a reason and a page.

`check` runs them over an index. `CATALOGUE` holds them all, also those whose findings the reader,
the verification and the waivers report; the documentation is made from it.
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
"""Importing these enters their rules into the catalogue."""

for _code in sorted(CATALOGUE):
    CATALOGUE[_code] = CATALOGUE.pop(_code)


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Which rules count, and how much.

    Rules are named by code (``MZ401``), the beginning of codes (``MZ4``), name
    (``top1-above-top5``) or group (``consistency``).

    Attributes:
        select: Rules to report; all where empty.
        ignore: Rules to leave out, after `select`.
        severity: Severities other than the catalogue's.
    """

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)


def find(name: str) -> list[Rule]:
    """The rules that a code, the beginning of codes, a name or a group stands for.

    Raises:
        ConfigError: There is none.
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
    """Run every rule over an index.

    Args:
        index: As read; what the reader found is among the result.
        settings: Which rules count, and how much; by default all, as the catalogue says.

    Returns:
        The findings in the order of their places.
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
    """Codes of the rules that `check` runs under these settings, the reader's included."""
    groups = {"reading", "structure", "values", "consistency", "links"}
    return frozenset(code for code in _wanted(settings) if CATALOGUE[code].group in groups)


def settle(findings: Iterable[Finding], settings: RuleSettings) -> list[Finding]:
    """Leave out what isn't wanted, weigh the rest, and put it in order."""
    wanted = _wanted(settings)
    weights = {
        rule.code: severity for name, severity in settings.severity.items() for rule in find(name)
    }
    kept = [
        f.with_severity(weights.get(f.code, CATALOGUE[f.code].severity))
        for f in findings
        if f.code in wanted
    ]
    return in_order(kept)


def _wanted(settings: RuleSettings) -> set[str]:
    selected = [rule for name in settings.select for rule in find(name)] or CATALOGUE.values()
    ignored = {rule.code for name in settings.ignore for rule in find(name)}
    return {rule.code for rule in selected} - ignored
