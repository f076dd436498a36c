"""`metazoo render`: the cards as plain Markdown in a folder, for any site tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from metazoo.cli import CLEAN, FOUND
from metazoo.cli.output import print_line


def render(
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder to write to; created if it does not exist.")
    ],
    docs: Annotated[
        Path | None,
        typer.Option("--docs", help="Folder with the cards and shared parts; `docs` by default."),
    ] = None,
) -> None:
    """Write every card and overview page as Markdown, with the styles and scripts that they need.

    The pages are the same bytes that the plugin gives to MkDocs. Reads the index and the records of
    the project in the working directory; measures nothing. The folder must be empty, new, or from
    an earlier run, whose pages are replaced; files that metazoo did not write stay. Exits with 1 if
    the data or a template has an error: the pages are still written, and show it.
    """
    from metazoo import config
    from metazoo.cards.pages import PageSources
    from metazoo.cards.write import refuse_sources, write_pages
    from metazoo.findings import Severity
    from metazoo.site.assets import asset_pages
    from metazoo.site.render import render_site

    settings = config.load()
    folder = docs.resolve() if docs else settings.root / "docs"
    project = PageSources.of(settings, folder)
    refuse_sources(
        out,
        settings.root,
        [folder, settings.index.parent, settings.records, project.benchmarks],
    )
    rendered = render_site(project)
    pages = [*rendered.pages, *asset_pages()]
    written = write_pages(pages, out, whole=rendered.complete)
    for finding in rendered.findings:
        print_line(f"{finding.location}: {finding.severity}: {finding.message}", err=True)
        if finding.hint:
            print_line(f"  {finding.hint}", err=True)
    said = f"{len(rendered.pages)} pages in {out}, {written.changed} of them changed"
    if written.deleted:
        said += f"; {len(written.deleted)} files that are no longer rendered were deleted"
    print_line(said, err=True)
    for uri in written.kept:
        print_line(f"{out / uri} is no longer rendered; it was edited, so it is kept", err=True)
    failed = any(f.severity is Severity.ERROR for f in rendered.findings)
    raise typer.Exit(FOUND if failed else CLEAN)
