"""Render a zoo's pages: one card a family, the pages about the whole zoo, and its data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from metazoo.bench.record import Benchmarks
from metazoo.cards.data import data_pages, json_ld
from metazoo.cards.environment import card_environment
from metazoo.cards.environment import render as render_template
from metazoo.cards.escape import anchor, bare, escaped
from metazoo.cards.explorer import explorer_data
from metazoo.cards.family import Family
from metazoo.cards.glossary import read_glossary
from metazoo.cards.page import Page
from metazoo.cards.places import place, without_root
from metazoo.cards.zoo import Zoo, zoo_of
from metazoo.errors import TemplateError
from metazoo.findings import Finding, Location, Severity
from metazoo.index.model import ModelIndex
from metazoo.verify.verdicts import ModelVerification

HOME = "index.md"
FAMILIES = "models/index.md"
_OVERVIEWS = (
    ("explorer.md", "Explorer", "explorer.md"),
    ("datasets.md", "Results by dataset", "datasets_page.md"),
    ("recipes.md", "Training recipes", "recipes_page.md"),
    ("glossary.md", "Glossary", "glossary.md"),
    ("verification.md", "Verification", "verification_page.md"),
)
"""Pages about the whole zoo: where they go, their titles, and the templates they are made from."""
_MOST_FAULTS = 10


def render(
    index: ModelIndex,
    verifications: Sequence[ModelVerification],
    docs: Path,
    *,
    root: Path | None = None,
    glossary: Path | None = None,
    benchmarks: Sequence[Benchmarks] = (),
    environment: Environment | None = None,
) -> list[Page]:
    """Render every page that comes from the index.

    A fault in the data or in a template never stops the rest: the page says it, and so do the
    findings that come with it.

    Args:
        index: The index as read.
        verifications: One a model, in the index's order.
        docs: The folder with the zoo's own pages, cards and shared parts; it need not exist.
        root: The project's folder, which paths on pages are relative to; by default `docs`' parent.
        glossary: The file with the zoo's own words; it need not exist.
        benchmarks: How fast the models are, one for each hardware.
        environment: Of `card_environment`, to keep compiled templates between two renderings.

    Returns:
        The pages, in the order navigation shows them.
    """
    entries, faults = read_glossary(glossary) if glossary else ({}, [])
    zoo = replace(zoo_of(index, verifications, entries), benchmarks=tuple(benchmarks))
    root = root or docs.parent
    environment = environment or card_environment(docs, root)
    maker = _Maker(environment, docs, root, zoo)
    pages = [maker.page(HOME, zoo.name)] if (docs / HOME).is_file() else []
    pages.append(maker.page(FAMILIES, "All families", default="families.md"))
    pages += [maker.card(family) for family in zoo.families]
    pages += maker.orphans()
    pages += [maker.page(uri, title, default=default) for uri, title, default in _OVERVIEWS]
    pages += maker.redirects({page.uri for page in pages})
    if faults and glossary:
        place = next(n for n, page in enumerate(pages) if page.uri == "glossary.md")
        content = with_faults(pages[place].content, faults, root)
        pages[place] = replace(pages[place], content=content, findings=tuple(faults))
    return [*pages, *data_pages(zoo), explorer_data(zoo)]


class _Maker:
    """Renders single pages of one zoo."""

    def __init__(self, environment: Environment, docs: Path, root: Path, zoo: Zoo) -> None:
        self.environment = environment
        self.docs = docs
        self.root = root
        self.zoo = zoo

    def card(self, family: Family) -> Page:
        """The card of one family: its own template, or else the packaged one."""
        uri = f"models/{family.slug}.md"
        count = len(family.variants)
        description = (
            f"{family.name}: {count} {'variant' if count == 1 else 'variants'},"
            " with numbers as declared and as measured, and code to use them."
        )
        return self.page(
            uri,
            family.name,
            default="card.md",
            family=family,
            description=description,
            edit=self._file(family.source),
        )

    def page(
        self,
        uri: str,
        title: str,
        *,
        default: str | None = None,
        family: Family | None = None,
        description: str = "",
        edit: Path | None = None,
    ) -> Page:
        """One page; a template that can't be rendered gives way to the packaged one."""
        own = self.docs / uri
        scope: dict[str, object] = {
            "zoo": self.zoo,
            "page_uri": uri,
            "root": "../" * uri.count("/"),
        }
        if family is not None:
            scope |= {"family": family, "json_ld": Markup(json_ld(family))}  # noqa: S704
        findings: list[Finding] = []
        text = ""
        # Where a file can't be read, its families may be missing from the list of them.
        faults = () if family is not None else self.zoo.faults
        if own.is_file():
            try:
                text = render_template(self.environment, uri, **scope)
            except TemplateError as error:
                findings.append(self._fault(error, own))
        if not text and default is not None:
            try:
                text = render_template(self.environment, default, **scope)
            except TemplateError as error:
                # A shared part of the zoo's own is broken: it would break every card the same way.
                findings.append(self._fault(error, own))
        text = text.lstrip("\n")
        if not text.startswith("---\n"):
            text = _front_matter(title, description) + (text or f"# {escaped(title)}\n")
        source = own if own.is_file() else edit
        content = with_faults(text, [*faults, *findings], self.root)
        return Page(uri, content, bare(title), source, tuple(findings))

    def redirects(self, taken: set[str]) -> list[Page]:
        """A page for each name that a model used to have, which leads to its card."""
        pages = []
        for family in self.zoo.families:
            for variant in family.variants:
                for name in variant.former_names:
                    uri = f"models/{anchor(name)}.md"
                    if uri in taken:
                        continue
                    taken.add(uri)
                    text = render_template(
                        self.environment,
                        "redirect.md",
                        old_name=name,
                        family=family,
                        variant=variant,
                        root="../",
                    )
                    front = _front_matter(name, "").replace(
                        "---\n\n", "search:\n  exclude: true\n---\n\n"
                    )
                    pages.append(Page(uri, front + text, source=self._file(family.source)))
        return pages

    def orphans(self) -> list[Page]:
        """Cards that belong to no family: most likely its name has changed."""
        known = {f"{f.slug}.md" for f in self.zoo.families} | {"index.md"}
        pages = []
        for file in sorted((self.docs / "models").glob("*.md")):
            if file.name in known:
                continue
            names = ", ".join(sorted(f.slug for f in self.zoo.families)) or "none"
            finding = Finding(
                "MZ802",
                f"no family has the card {file.name}; families are: {names}",
                Location(self._name(file)),
                Severity.WARNING,
                hint="Rename the card after its family, or remove it",
            )
            title = file.stem
            text = f"{_front_matter(title, '')}# {escaped(title)}\n"
            content = with_faults(text, [*self.zoo.faults, finding], self.root)
            pages.append(Page(f"models/{file.name}", content, title, file, (finding,)))
        return pages

    def _fault(self, error: TemplateError, file: Path) -> Finding:
        message = without_root(str(error), self.root)
        return Finding(
            "MZ801",
            f"the card can't be rendered: {message}",
            Location(self._name(file)),
            Severity.ERROR,
            hint="Mend the template; until then the page shows the standard card",
        )

    def _file(self, name: str) -> Path | None:
        return Path.cwd() / name if name else None

    def _name(self, file: Path) -> str:
        return (
            file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else str(file)
        )


def _front_matter(title: str, description: str) -> str:
    lines = [f"title: {json.dumps(bare(title), ensure_ascii=False)}"]
    if description:
        lines.append(f"description: {json.dumps(bare(description), ensure_ascii=False)}")
    return "\n".join(["---", *lines, "---", "", ""])


def with_faults(
    text: str,
    findings: Sequence[Finding],
    root: Path,
    heading: str = "This page has a fault",
) -> str:
    """The page's text with an admonition on top that says what is wrong with it.

    Args:
        text: The page, with front matter or without.
        findings: What is wrong; with none, the page stays as it is.
        root: The project's folder.
        heading: The admonition's title.
    """
    if not findings:
        return text
    lines = [f'!!! danger "{escaped(heading)}"', ""]
    for finding in findings[:_MOST_FAULTS]:
        hint = f" {finding.hint.rstrip('.')}." if finding.hint else ""
        message = without_root(finding.message.rstrip("."), root)
        said = f"{place(finding.location, root)}: {message}.{hint}"
        lines.append(f"    - {escaped(said)}")
    if len(findings) > _MOST_FAULTS:
        lines.append(f"    - … and {len(findings) - _MOST_FAULTS} more.")
    front, body = _split_front_matter(text)
    return front + "\n".join([*lines, "", body])


def _split_front_matter(text: str) -> tuple[str, str]:
    if text.startswith("---\n") and (end := text.find("\n---\n", 3)) >= 0:
        return text[: end + 5] + "\n", text[end + 5 :].lstrip("\n")
    return "", text
