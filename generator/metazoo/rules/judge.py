"""The final list of findings: waived ones marked, and severities as the project sets them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from metazoo.findings import Finding
from metazoo.index.paths import is_link, is_there
from metazoo.rules import RuleSettings, settle, waivers


def judge(
    findings: Sequence[Finding],
    settings: RuleSettings,
    waiver_file: Path,
    ran: frozenset[str],
) -> list[Finding]:
    """Apply the waivers of the project, then its selection and severities of rules.

    Args:
        findings: Of all rules that ran.
        settings: Which rules to report, and with which severity.
        waiver_file: The waivers of the project; the file may be missing.
        ran: Codes of the rules that ran. Waivers for other rules are not reported as unused.

    Returns:
        The findings to report, in the order of their locations, waived ones with their reason.
    """
    if not (is_there(waiver_file) or is_link(waiver_file)):
        return settle(findings, settings)
    accepted, faults = waivers.read(waiver_file)
    return settle([*waivers.apply(findings, accepted, ran=ran), *faults], settings)
