"""From a project's settings to its pages, in one step; for the edges that publish them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from metazoo.bench.files import read_file
from metazoo.bench.record import Benchmarks
from metazoo.cards.glossary import FILE
from metazoo.cards.page import Page
from metazoo.cards.render import render
from metazoo.config import Config
from metazoo.errors import RecordError
from metazoo.findings import Finding, Location
from metazoo.index.model import ModelIndex
from metazoo.index.reader import read_index
from metazoo.verify.compare import verify_index
from metazoo.verify.run import verify_from_records
from metazoo.verify.verdicts import ModelVerification


@dataclass(frozen=True, slots=True)
class Rendered:
    """A project's pages, and what they were made from.

    Attributes:
        pages: In the order navigation shows them.
        files: Every index file that was read.
        findings: What is wrong with the data and the templates; what verification found is on
            the pages and not here.
    """

    pages: list[Page]
    files: list[Path]
    findings: list[Finding]


def render_project(config: Config, docs: Path, environment: Environment | None = None) -> Rendered:
    """Read the index and the records, and render every page. Measures nothing.

    Args:
        config: The project's settings.
        docs: The folder of its own pages, cards and shared parts.
        environment: Of `metazoo.cards.environment.card_environment`, to keep compiled templates.

    Raises:
        UsageError: The index isn't there.
    """
    index = read_index([config.index], root=config.root)
    verifications, findings = _verified(index, config)
    benchmarks, damaged = _benchmarks(config.index.parent / "benchmarks")
    findings += damaged
    pages = render(
        index,
        verifications,
        docs,
        root=config.root,
        glossary=config.index.parent / FILE,
        benchmarks=benchmarks,
        environment=environment,
    )
    findings = [*index.findings, *findings, *(f for page in pages for f in page.findings)]
    return Rendered(pages, index.files, findings)


def _verified(index: ModelIndex, config: Config) -> tuple[list[ModelVerification], list[Finding]]:
    try:
        return verify_from_records(index, config.records), []
    except RecordError as error:
        # The cards are worth having without the records; they then say "not measured".
        place = Location(str(config.records))
        return verify_index(index, lambda _: None), [Finding("MZ610", str(error), place)]


def _benchmarks(folder: Path) -> tuple[list[Benchmarks], list[Finding]]:
    found, damaged = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            found.append(read_file(file))
        except RecordError as error:
            damaged.append(Finding("MZ610", str(error), Location(str(file))))
    return found, damaged
