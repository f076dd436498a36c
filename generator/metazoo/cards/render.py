"""Render a zoo's pages: one card a family, and the pages about the whole zoo."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from markupsafe import Markup

from metazoo.cards.environment import CardEnvironment
from metazoo.cards.environment import render as render_template
from metazoo.cards.escape import anchor, bare, escaped
from metazoo.cards.explorer import explorer_data
from metazoo.cards.family import Family
from metazoo.cards.json_ld import json_ld
from metazoo.cards.page import Page
from metazoo.cards.places import place, without_root
from metazoo.cards.zoo import Zoo
from metazoo.errors import TemplateError
from metazoo.findings import Finding, Location, Severity

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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file to edit to change a family's facts.

    Attributes:
        name: Its path in the project.
        edit_url: Where it can be edited; None where that isn't known.
        changed: The day of its last change; None where that isn't known.
    """

    name: str
    edit_url: str | None
    changed: str | None


@dataclass(frozen=True, slots=True)
class Renderer:
    """Renders the pages of one zoo.

    A fault in the data or in a template never stops the rest: the page says it, and so do the
    findings that come with it.

    Attributes:
        zoo: What the pages are about.
        docs: The folder with the zoo's own pages, cards and shared parts; it need not exist.
        root: The project's folder, which paths on pages are relative to.
        environment: Of `metazoo.cards.environment.card_environment`.
        changes: The day of each file's last change, by absolute path.
        edit_url: Where the project's folder can be edited, with a slash at its end.
    """

    zoo: Zoo
    docs: Path
    root: Path
    environment: CardEnvironment
    changes: Mapping[Path, str]
    edit_url: str | None

    def all_pages(self, glossary_faults: Sequence[Finding] = ()) -> list[Page]:
        """Every page that comes from the index, in the order navigation shows them.

        Args:
            glossary_faults: What is wrong with the glossary, to be said on its page.
        """
        zoo = self.zoo
        pages = [self.page(HOME, zoo.name)] if (self.docs / HOME).is_file() else []
        pages.append(self.page(FAMILIES, "All families", default="families.md"))
        pages += [self.card(family) for family in zoo.families]
        pages += self.orphans()
        for uri, title, default in _OVERVIEWS:
            faults = glossary_faults if uri == "glossary.md" else ()
            page = self.page(uri, title, default=default)
            if faults:
                content = with_faults(page.content, faults, self.root)
                page = replace(page, content=content, findings=(*page.findings, *faults))
            pages.append(page)
        pages += self.redirects({page.uri for page in pages})
        return [*pages, explorer_data(zoo)]

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
            scope |= {
                "family": family,
                "json_ld": Markup(json_ld(family)),  # noqa: S704
                "source": self._source(family),
            }
        findings: list[Finding] = []
        text = ""
        # Where a file can't be read, its families may be missing from the list of them.
        faults = family.faults if family is not None else self.zoo.faults
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

    def _source(self, family: Family) -> SourceFile | None:
        """The file with a family's facts; None where it has none, as text read from a stream."""
        file = self._file(family.source)
        if file is None or not file.is_relative_to(self.root):
            return None
        name = file.relative_to(self.root).as_posix()
        return SourceFile(name, self.edit_url and self.edit_url + name, self.changes.get(file))

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
                    front = _front_matter(name, "")
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
                f"the card {file.name} belongs to no family; the families are: {names}",
                Location(self._name(file)),
                Severity.WARNING,
                hint="Rename the card after its family, or delete it",
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
            hint="Fix the template; until then the page shows the standard card",
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
    heading: str = "This page has an error",
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
