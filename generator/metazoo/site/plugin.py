"""The MkDocs plugin: puts the pages of `metazoo.cards` among a site's files. A thin edge.

Pages are written to a cache folder first, and only where they changed: MkDocs then sees which page
is new, and `mkdocs serve --dirty` builds just that one.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

from mkdocs.config import config_options as options
from mkdocs.config.base import Config as PluginConfig
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel

from metazoo import config as project
from metazoo import files as disk
from metazoo.cards.environment import PACKAGED, CardEnvironment, card_environment
from metazoo.cards.page import Page
from metazoo.cards.pages import PageSources, Rendered, render_what_changed
from metazoo.cards.places import place
from metazoo.cards.render import FAMILIES, with_faults
from metazoo.cards.write import write_page
from metazoo.errors import MetazooError
from metazoo.findings import Finding, Location, Severity
from metazoo.sanitize import printable
from metazoo.site.assets import SCRIPTS, STYLES, assets
from metazoo.site.bundle import SOURCES
from metazoo.site.captions import CaptionExtension
from metazoo.site.explorer.vega import available
from metazoo.site.policy import FILE, inline_scripts, policy
from metazoo.site.render import render_site

log = get_plugin_logger(__name__)

_EXTENSIONS = (
    "admonition",
    "attr_list",
    "md_in_html",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "tables",
)
"""What the pages are written in; added to a site that hasn't enabled it."""
_MOST_IN_NAVIGATION = 200
"""Families that navigation lists one by one. More of them would make every page heavy."""

_JSON_LD = re.compile(r'<script type="application/ld\+json">.*?</script>', re.DOTALL)


class MetazooConfig(PluginConfig):  # type: ignore[misc]
    """The plugin's options; documented in docs/guide/site.md."""

    index = options.Optional(options.Type(str))
    records = options.Optional(options.Type(str))
    section = options.Type(str, default="Models")


class MetazooPlugin(BasePlugin[MetazooConfig]):  # type: ignore[misc]
    """Adds the cards, the list of families and the verification page to a site."""

    def __init__(self) -> None:
        self._serving = False
        self._dirty = False
        self._environment: CardEnvironment | None = None
        self._rendered: Rendered | None = None
        self._written: dict[str, Page] = {}
        self._last: dict[str, Page] = {}
        self._scripts: set[str] = set()
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Remember how this is run; having this event keeps the instance alive while serving."""
        self._serving = command == "serve"
        self._dirty = dirty

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add what the pages need: extensions of Markdown, styles, scripts, folders to watch."""
        if not _writable(Path(config.site_dir)):
            raise PluginError(
                f"{config.site_dir} can't be written to; name another folder with --site-dir"
            )
        config.markdown_extensions.insert(0, CaptionExtension())
        for extension in _EXTENSIONS:
            if extension not in config.markdown_extensions:
                config.markdown_extensions.append(extension)
        # Material styles no other form of tabs.
        config.mdx_configs.setdefault("pymdownx.tabbed", {}).setdefault("alternate_style", True)
        config.extra_css += STYLES
        config.extra_javascript += SCRIPTS
        settings = self._settings(config)
        watched = (settings.index.parent, settings.records, PACKAGED, SOURCES)
        config.watch += [str(path) for path in watched if path.exists()]
        return config

    @event_priority(90)  # type: ignore[untyped-decorator]
    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Put the generated pages in the place of the templates they come from."""
        docs = Path(config.docs_dir)
        pages = self._render(config, docs)
        for file in list(files):
            if file.src_uri.startswith("_includes/"):
                files.remove(file)
        root = Path(config.config_file_path).parent if config.config_file_path else docs.parent
        cache = self._cache(root)
        hide = sum(_is_card(page) for page in pages) > _MOST_IN_NAVIGATION
        for page in pages:
            own = files.get_file_from_path(page.uri)
            if own is not None:
                files.remove(own)
            if not self._dirty and not page.uri.endswith(".md"):
                # Data that is copied whole each time needs no file of its own.
                files.append(File.generated(config, page.uri, content=page.content))
                continue
            written = self._written.get(page.uri) is page and (cache / page.uri).is_file()
            if not written:
                try:
                    write_page(page, cache)
                except MetazooError as error:
                    raise PluginError(str(error)) from error
                self._written[page.uri] = page
            files.append(
                _file(
                    config,
                    page,
                    cache,
                    docs,
                    hidden=_is_redirect(page) or (hide and _is_card(page)),
                )
            )
        self._add_assets(files, config)
        if not self._serving:
            # All of this lives until the site is built, and collecting garbage in it takes longer than
            # making it. A server must not freeze it: it would keep the objects of every build.
            gc.freeze()
        if config.nav is not None:
            config.nav = _navigation(config.nav, pages, self.config.section)
        return files

    @event_priority(-100)  # type: ignore[untyped-decorator]
    def on_post_page(self, output: str, /, *, page: Any, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Move data for search engines into the head: instant navigation runs a page's scripts."""
        self._scripts |= inline_scripts(output)
        found = _JSON_LD.search(output)
        if found is None:
            return output
        without = output[: found.start()] + output[found.end() :]
        return without.replace("</head>", f"{found[0]}</head>", 1)

    @event_priority(-100)  # type: ignore[untyped-decorator]
    def on_post_template(
        self,
        output: str,
        /,
        *,
        template_name: str,
        config: MkDocsConfig,  # noqa: ARG002
    ) -> str:
        """Note the scripts of pages that come from no Markdown, such as ``404.html``."""
        if template_name.endswith(".html"):
            self._scripts |= inline_scripts(output)
        return output

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the policy that the site satisfies; a part of a site has a part of its scripts."""
        if not self._serving and not self._dirty:
            Path(config.site_dir, FILE).write_text(policy(self._scripts) + "\n", "utf-8")

    def on_shutdown(self) -> None:
        """Delete the pages that were kept in a temporary folder."""
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def _cache(self, root: Path) -> Path:
        """The folder for the pages: the project's own, or a temporary one where that can't be used."""
        cache = root / ".cache" / "metazoo"
        if not disk.inside(cache, root):
            # A warning: who checks out a stranger's branch should know.
            log.warning(
                f"{cache} leads out of the project through a link, which is not followed;"
                " the pages go to a temporary folder. Delete the link"
            )
        elif not _writable(cache):
            log.info(
                f"can't write to {cache}; the pages go to a temporary folder, and every build"
                " writes all of them"
            )
        else:
            return cache
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="metazoo-")
        return Path(self._temporary.name)

    def _add_assets(self, files: Files, config: MkDocsConfig) -> None:
        if not available():
            log.info(
                "The explorer has no interactive chart; install it with pip install 'metazoo[charts]'"
            )
        try:
            found = assets()
        except MetazooError as error:
            raise PluginError(printable(str(error))) from error
        for uri, content in found.items():
            if isinstance(content, str):
                files.append(File.generated(config, uri, content=content))
            else:
                files.append(File.generated(config, uri, abs_src_path=str(content)))

    def _settings(self, config: MkDocsConfig) -> project.Config:
        root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        try:
            found = project.load(root)
            own = self.config
            return project.with_paths(
                found,
                index=str(root / own.index) if own.index else None,
                records=str(root / own.records) if own.records else None,
            )
        except MetazooError as error:
            raise PluginError(printable(str(error))) from error

    def _render(self, config: MkDocsConfig, docs: Path) -> list[Page]:
        settings = self._settings(config)
        if self._environment is None:
            self._environment = card_environment(docs, settings.root)
        try:
            rendered = self._rendered_anew(
                PageSources(
                    settings, docs, self._environment, _edit_url(config, settings.root, docs)
                )
            )
            pages, findings = rendered.pages, rendered.findings
            complete = rendered.complete
        except MetazooError as error:
            if not self._serving:
                raise PluginError(printable(str(error))) from error
            # A server must outlive a fault of the data: the pages it had stay, and say so.
            pages, complete = [], False
            findings = [Finding("MZ101", str(error), Location(str(settings.index)))]
        for finding in findings:
            said = printable(f"{place(finding.location, settings.root)}: {finding.message}")
            if finding.severity is Severity.INFO:
                log.info(said)
            elif config.strict and not log.isEnabledFor(logging.WARNING):
                log.error(
                    said
                )  # with --quiet, MkDocs counts no warnings, and a strict build would pass
            else:
                log.warning(said)
        if not self._serving:
            return pages
        if complete:
            self._last = {page.uri: page for page in pages}
            return pages
        return self._with_lost_pages(pages, findings, settings.root)

    def _rendered_anew(self, sources: PageSources) -> Rendered:
        """Everything; where MkDocs builds only what changed, only what changed."""
        if not self._dirty:
            return render_site(sources)
        rendered = self._rendered and render_what_changed(sources, self._rendered)
        self._rendered = rendered or render_site(sources)
        return self._rendered

    def _with_lost_pages(
        self, pages: list[Page], findings: Sequence[Finding], root: Path
    ) -> list[Page]:
        """Add to the pages those of the last complete build that an error in the data took away."""
        errors = [f for f in findings if f.severity is Severity.ERROR]
        now = {page.uri: page for page in pages}
        kept = [
            Page(
                page.uri,
                with_faults(
                    page.content,
                    errors,
                    root,
                    "The data can’t be read; this page shows the last version that could",
                ),
                page.title,
                page.source,
            )
            for page in self._last.values()
            if page.uri not in now or any(f.code == "MZ802" for f in now[page.uri].findings)
        ]
        lost = {page.uri for page in kept}
        return [*(page for page in pages if page.uri not in lost), *kept]


def _writable(folder: Path) -> bool:
    """Whether a folder, made if it isn't there, takes new files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _is_card(page: Page) -> bool:
    return page.uri.startswith("models/") and page.uri != FAMILIES and bool(page.title)


def _is_redirect(page: Page) -> bool:
    return page.uri.endswith(".md") and not page.title


def _file(config: MkDocsConfig, page: Page, cache: Path, docs: Path, *, hidden: bool) -> File:
    inclusion = InclusionLevel.NOT_IN_NAV if hidden else InclusionLevel.UNDEFINED
    file = File.generated(config, page.uri, abs_src_path=str(cache / page.uri), inclusion=inclusion)
    if page.source is not None:
        file.edit_uri = _edit_uri(page.source, docs)
    return file


def _edit_uri(source: Path, docs: Path) -> str | None:
    """The source's path relative to the docs folder, as an edit link needs it."""
    source, docs = source.resolve(), docs.resolve()
    if source.is_relative_to(docs):
        return source.relative_to(docs).as_posix()
    if source.is_relative_to(docs.parent):
        return f"../{source.relative_to(docs.parent).as_posix()}"
    return None


def _edit_url(config: MkDocsConfig, root: Path, docs: Path) -> str | None:
    """Where the project's folder can be edited, from the site's address for its docs folder."""
    if not config.repo_url or not config.edit_uri or not docs.is_relative_to(root):
        return None
    base = urljoin(config.repo_url.rstrip("/") + "/", config.edit_uri).rstrip("/") + "/"
    return str(urljoin(base, "../" * len(docs.relative_to(root).parts)))


def _navigation(nav: list[Any], pages: list[Page], section: str) -> list[Any]:
    """The site's navigation with the families under its section of models.

    Args:
        nav: As mkdocs.yml has it.
        pages: Everything that was generated.
        section: Title of the entry to fill; it is added at the end where there is none.
    """
    cards = [p for p in pages if _is_card(p)]
    shown = cards if len(cards) <= _MOST_IN_NAVIGATION else []
    entry = {section: [{"All families": FAMILIES}, *({p.title: p.uri} for p in shown)]}
    titles = [next(iter(item)) if isinstance(item, dict) else None for item in nav]
    if section in titles:
        return [
            entry if title == section else item for title, item in zip(titles, nav, strict=True)
        ]
    return [*nav, entry]
