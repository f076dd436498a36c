"""From a project's settings to its pages, in one step; for the edges that publish them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from metazoo.cards.changes import last_changes
from metazoo.cards.environment import PACKAGED, CardEnvironment, card_environment
from metazoo.cards.family import Family
from metazoo.cards.page import Page
from metazoo.cards.render import Renderer
from metazoo.cards.zoo import Zoo, zoo_of
from metazoo.config import Config
from metazoo.findings import Finding, Severity
from metazoo.garbage import gc_pause
from metazoo.index.glossary import FILE
from metazoo.index.model import Library, ModelIndex
from metazoo.project import Project
from metazoo.verify.books import record_names

Stamps = Mapping[Path, tuple[int, int]]
"""Time of change and size of files: whether one has changed."""


@dataclass(frozen=True, slots=True)
class PageSources:
    """Where everything is that pages are made from.

    Attributes:
        config: The project's settings.
        docs: The folder of its own pages, cards and shared parts; it need not exist.
        environment: Templates, kept compiled from one rendering to the next.
        edit_url: Where the project's folder can be edited, with a slash at its end.
    """

    config: Config
    docs: Path
    environment: CardEnvironment
    edit_url: str | None = None

    @classmethod
    def of(cls, config: Config, docs: Path, edit_url: str | None = None) -> PageSources:
        """Sources whose templates are not compiled yet."""
        return cls(config, docs, card_environment(docs, config.root), edit_url)

    @property
    def glossary(self) -> Path:
        """The file with the zoo's own words."""
        return self.config.index.parent / FILE

    @property
    def benchmarks(self) -> Path:
        """The folder of how fast its models are."""
        return self.config.index.parent / "benchmarks"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A project's pages, and what they were made from.

    Attributes:
        pages: In the order navigation shows them.
        files: Every index file that was read.
        findings: What is wrong with the data and the templates, but for notes; what verification
            found is on the pages and not here.
        index: As read.
        zoo: What the pages are about.
        stamps: Of every file that they were made from, taken before it was read.
        checked: Those of the findings that `metazoo check` has as well.
    """

    pages: list[Page]
    files: list[Path]
    findings: list[Finding]
    index: ModelIndex
    zoo: Zoo
    stamps: Stamps
    checked: Sequence[Finding]

    @property
    def complete(self) -> bool:
        """Whether the index was read whole, so that what has no page is no longer in it."""
        return not any(f.severity is Severity.ERROR for f in self.index.findings)


def render_pages(sources: PageSources) -> Rendered:
    """Read the index and the records, and render every page. Measures nothing.

    Raises:
        ConfigError: The settings name a rule that doesn't exist.
        UsageError: The index isn't there.
    """
    with gc_pause():
        before = stamps(sources, ())
        project = Project.of(sources.config)
        index, glossary = project.index, project.glossary
        verifications, findings = project.verify_from_records()
        benchmarks, damaged = project.read_benchmarks()
        checked = _worth_saying(project.check())
        zoo = zoo_of(index, verifications, glossary.entries, checked)
        zoo = replace(zoo, benchmarks=tuple(benchmarks))
        pages = _renderer(sources, zoo).all_pages(glossary.findings)
        faults = [*findings, *damaged, *(f for page in pages for f in page.findings)]
        known = set(checked)
        return Rendered(
            pages,
            index.files,
            [*checked, *(fault for fault in faults if fault not in known)],
            index,
            zoo,
            {**stamps(sources, index.files), **before},
            checked,
        )


def render_what_changed(sources: PageSources, last: Rendered) -> Rendered | None:
    """Render again only the cards of the families whose own files have changed.

    The pages about the whole zoo stay as they were, until all is rendered again.

    Args:
        sources: The same as last time.
        last: What was rendered then.

    Returns:
        All pages, the others as they were; None where the change touches more than single families,
        or anything is wrong, so that all must be rendered.
    """
    zoo, index = last.zoo, last.index
    # Faults that the rules find concern their own file; all others may be of anything.
    others = last.findings[len(last.checked) :]
    if not last.complete or _any_above_note(others):
        return None
    now = stamps(sources, last.files)
    changed = {file for file in {*now, *last.stamps} if now.get(file) != last.stamps.get(file)}
    files = _index_files(sources, zoo, index)
    touched = {files.get(file) for file in changed}
    if None in touched or any(file not in now for file in changed):
        return None
    families = list(zoo.families)
    for source in touched:
        again = _families_of(sources, last, zoo, index.library, Path(str(source)))
        if again is None:
            return None
        by_slug = {family.slug: family for family in again}
        families = [by_slug.get(family.slug, family) for family in families]
    changed_zoo = replace(zoo, families=tuple(families))
    renderer = _renderer(sources, changed_zoo)
    cards = {
        f"models/{family.slug}.md": renderer.card(family)
        for family, old in zip(families, zoo.families, strict=True)
        if family is not old
    }
    if any(card.findings for card in cards.values()):
        return None
    pages = [cards.get(page.uri, page) for page in last.pages]
    return replace(last, pages=pages, zoo=changed_zoo, stamps=now)


def stamps(sources: PageSources, files: Sequence[Path]) -> Stamps:
    """The stamps of all files that a project's pages are made from.

    Args:
        sources: The project's.
        files: Those of its index.
    """
    config = sources.config
    everything = [
        *files,
        # A new one among them may be imported by a glob.
        *(file for folder in {file.parent for file in files} for file in folder.iterdir()),
        *config.records.glob("*.json*"),
        *sources.benchmarks.glob("*.json"),
        *(config.waivers, sources.glossary),
        *sources.docs.glob("models/*.md"),
        *sources.docs.glob("_includes/**/*"),
        *sources.docs.glob("*.md"),
        *PACKAGED.glob("*"),
    ]
    found = {}
    for file in everything:
        if file.is_file():
            stat = file.stat()
            found[Path.cwd() / file] = (stat.st_mtime_ns, stat.st_size)
    return found


def _index_files(sources: PageSources, zoo: Zoo, index: ModelIndex) -> dict[Path, Path]:
    """The files that only the families of one index file are made from, and which file that is."""
    files: dict[Path, Path] = {}
    names = record_names(index)
    for family in zoo.families:
        source = Path.cwd() / family.source
        record = names.get(str(family.source))
        if record is not None and record != f"{source.stem}.json":
            continue  # read by itself, it would be looked for under its own name
        files[source] = source
        files[sources.config.records / f"{source.stem}.json"] = source
        files[sources.docs / "models" / f"{family.slug}.md"] = source
    return files


def _families_of(
    sources: PageSources, rendered: Rendered, last: Zoo, library: Library | None, file: Path
) -> list[Family] | None:
    """The families of one index file, read again; None where they can't be had by themselves."""
    project = Project.of(sources.config, named=(file,), root=sources.config.root)
    index = project.index
    index.library, index.metrics = library, last.metrics
    if index.findings or {Path.cwd() / read for read in index.files} != {file}:
        return None
    verifications, findings = project.verify_from_records()
    checked = _worth_saying(project.check())
    if _any_in(file, (*checked, *rendered.checked)):
        return None
    zoo = zoo_of(index, verifications, {}, checked)
    before = [f for f in last.families if Path.cwd() / f.source == file]
    known = {term.name.casefold() for terms in last.terms.values() for term in terms}
    words = {term.name.casefold() for terms in zoo.terms.values() for term in terms}
    same = [(f.slug, f.name) for f in zoo.families] == [(f.slug, f.name) for f in before]
    return list(zoo.families) if same and words <= known and not findings else None


def _renderer(sources: PageSources, zoo: Zoo) -> Renderer:
    return Renderer(
        zoo=zoo,
        docs=sources.docs,
        root=sources.config.root,
        environment=sources.environment,
        changes=last_changes(sources.config.index.parent),
        edit_url=sources.edit_url,
    )


def _worth_saying(findings: Sequence[Finding]) -> list[Finding]:
    """Findings but for notes and for what is accepted on purpose."""
    return [f for f in findings if f.severity is not Severity.INFO and f.waived is None]


def _any_above_note(findings: Sequence[Finding]) -> bool:
    return any(f.severity is not Severity.INFO for f in findings)


def _any_in(file: Path, findings: Sequence[Finding]) -> bool:
    return any(Path.cwd() / f.location.file == file for f in findings)
