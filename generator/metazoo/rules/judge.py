"""The last word on findings: what the project accepts on purpose, and how much the rest weighs."""

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
    """Apply the project's waivers, then its choice and weighing of rules.

    Args:
        findings: Of all rules that ran.
        settings: Which rules count, and how much.
        waiver_file: The project's waivers; it need not be there.
        ran: Codes of the rules that ran; a waiver for others is not called unused.

    Returns:
        What to report, in the order of its places; the waived with their reason.
    """
    if not (is_there(waiver_file) or is_link(waiver_file)):
        return settle(findings, settings)
    accepted, faults = waivers.read(waiver_file)
    return settle([*waivers.apply(findings, accepted, ran=ran), *faults], settings)
