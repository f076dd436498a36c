"""A page as the cards make it, before any site tool has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from metazoo.findings import Finding


@dataclass(frozen=True, slots=True)
class Page:
    """A file of the site.

    Attributes:
        uri: Where it goes, with slashes: ``models/resnext.md``.
        content: Its text: Markdown, or data for machines.
        title: What navigation calls it; empty for data.
        source: The file to edit to change it, where there is one.
        findings: What is wrong with it, to be said aloud.
    """

    uri: str
    content: str
    title: str = ""
    source: Path | None = None
    findings: tuple[Finding, ...] = ()
