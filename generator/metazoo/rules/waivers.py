"""Findings accepted on purpose: ``model_index/waivers.yml``.

A waiver names a rule, the models it applies to, a reason, and the day on which it expires. A waived
finding is still counted, and shown as waived. A waiver that has expired or that no finding needs is
reported as a finding itself, so that the file stays up to date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from metazoo.errors import ConfigError
from metazoo.findings import Finding, Location, Severity
from metazoo.index import nodes, text
from metazoo.rules.rule import CATALOGUE, reported_elsewhere
from metazoo.spelling import folded

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

reported_elsewhere(
    "MZ701",
    "malformed-waiver",
    _ERROR,
    "A waiver lacks its rule, its reason or its expiry date, or names a rule that does not exist.",
    why="A finding may be accepted, but only with a reason, and only until a date on which someone reviews it.",
    bad="Waivers:\n- Rule: MZ407\n  Models: resnet18\n",
    good="Waivers:\n- Rule: MZ407\n  Models: resnet18\n  Reason: one file at two image sizes\n"
    "  Expires: 2099-01-01\n",
    file="waivers.yml",
)
reported_elsewhere(
    "MZ702",
    "expired-waiver",
    _ERROR,
    "The expiry date of a waiver has passed.",
    why="The finding was accepted until that day, and must be reviewed now. The waiver has no effect anymore.",
    remedy="Fix the finding and delete the waiver, or set a new date.",
)
reported_elsewhere(
    "MZ703",
    "unused-waiver",
    _WARNING,
    "A waiver matches no finding.",
    why="The finding has been fixed, or the waiver names the wrong model. If it stays, it may hide the next "
    "finding of this rule.",
    remedy="Delete the waiver, or correct its rule or its models.",
)


@dataclass(slots=True)
class Waiver:
    """An entry of the file.

    Attributes:
        location: Where the entry begins.
        codes: The rules it waives.
        models: Globs of model names; ``*`` also covers findings about no model.
        reason: Why the finding is accepted.
        expires: The last day on which it holds.
        used: Whether it has waived something.
    """

    location: Location
    codes: frozenset[str]
    models: list[str]
    reason: str
    expires: dt.date
    used: bool = False

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver applies to a finding."""
        if finding.code not in self.codes:
            return False
        if finding.model is None:
            return "*" in self.models
        return any(fnmatchcase(finding.model, glob) for glob in self.models)


def read(path: Path) -> tuple[list[Waiver], list[Finding]]:
    """Read a file of waivers.

    Args:
        path: The file: a list of waivers, or a mapping with ``Waivers``.

    Returns:
        The valid waivers, and findings about the others.
    """
    label = path.as_posix()
    content, findings = text.read(path, label)
    if content is None:
        return [], findings
    part = content.part()
    place = part.location
    roots, faults = nodes.compose(part)
    findings += faults
    waivers: list[Waiver] = []

    for document in roots:
        for item in _entries(document):
            location = place(item.start_mark)
            made = _waiver(item, location)
            if isinstance(made, Waiver):
                waivers.append(made)
            else:
                hint = "Write Rule, Models, Reason and Expires (a date such as 2027-01-31)."
                findings.append(Finding("MZ701", made, location, hint=hint))
    return waivers, findings


def _entries(root: Node) -> list[Node]:
    if isinstance(root, MappingNode):
        for key, value in root.value:
            if isinstance(key, ScalarNode) and folded(key.value) == "waivers":
                root = value
                break
    if nodes.is_null(root):
        return []
    return list(root.value) if isinstance(root, SequenceNode) else [root]


def _waiver(node: Node, location: Location) -> Waiver | str:
    """The waiver, or a message if it is malformed."""
    from metazoo.rules import find

    if not isinstance(node, MappingNode):
        return "a waiver must be a mapping"
    fields: dict[str, list[str]] = {}
    for key, value in node.value:
        if isinstance(key, ScalarNode):
            items = value.value if isinstance(value, SequenceNode) else [value]
            name = folded(key.value).removesuffix("s")
            if name not in {"rule", "model", "reason", "expire"}:
                return f"unknown key “{key.value}” in a waiver"
            fields[name] = [
                i.value for i in items if isinstance(i, ScalarNode) and not nodes.is_null(i)
            ]
    missing = [
        name
        for key, name in (("rule", "Rule"), ("reason", "Reason"), ("expire", "Expires"))
        if not any(part.strip() for part in fields.get(key, []))
    ]
    if missing:
        return f"this waiver has no {' and no '.join(missing)}"
    try:
        codes = frozenset(rule.code for name in fields["rule"] for rule in find(name))
    except ConfigError as error:
        return str(error)
    try:
        expires = dt.date.fromisoformat(fields["expire"][0].strip())
    except ValueError:
        return f"the expiry date “{fields['expire'][0]}” is not a date such as 2027-01-31"
    return Waiver(location, codes, fields.get("model") or ["*"], fields["reason"][0], expires)


def mark(
    findings: Sequence[Finding], waivers: Sequence[Waiver], today: dt.date | None = None
) -> list[Finding]:
    """Mark the findings that a waiver covers with its reason.

    Args:
        findings: Of all rules that ran.
        waivers: As read; expired waivers cover nothing.
        today: The date to compare with; today by default.
    """
    today = today or _today()
    active = [waiver for waiver in waivers if waiver.expires >= today]
    result: list[Finding] = []
    for finding in findings:
        waiver = next((w for w in active if w.covers(finding)), None)
        if waiver is None:
            result.append(finding)
        else:
            waiver.used = True
            result.append(replace(finding, waived=waiver.reason))
    return result


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()


def apply(
    findings: Sequence[Finding],
    waivers: Sequence[Waiver],
    *,
    ran: frozenset[str],
    today: dt.date | None = None,
) -> list[Finding]:
    """Mark waived findings, and report waivers that are expired or unused.

    Args:
        findings: Of all rules that ran.
        waivers: As read.
        ran: Codes of the rules that ran. Waivers for other rules are not reported as unused.
        today: The date to compare with; today by default.

    Returns:
        The findings, waived ones with their reason, and those about the waivers.
    """
    today = today or _today()
    result = mark(findings, waivers, today)
    for waiver in waivers:
        if waiver.expires < today:
            result.append(
                Finding(
                    "MZ702",
                    f"this waiver expired on {waiver.expires.isoformat()}",
                    waiver.location,
                    CATALOGUE["MZ702"].severity,
                    hint="Fix the finding and delete the waiver, or set a new date.",
                )
            )
        elif not waiver.used and waiver.codes <= ran:
            result.append(
                Finding(
                    "MZ703",
                    f"this waiver for {', '.join(sorted(waiver.codes)[:3])} matches no finding",
                    waiver.location,
                    CATALOGUE["MZ703"].severity,
                    hint="Delete the waiver, or correct its rule or its models.",
                )
            )
    return result
