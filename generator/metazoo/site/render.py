"""Render everything of a site that comes from a project: the pages, and the data beside them."""

from __future__ import annotations

from dataclasses import replace

from metazoo.cards.pages import PageSources, Rendered, render_pages
from metazoo.export.data import data_pages
from metazoo.garbage import gc_pause


def render_site(sources: PageSources) -> Rendered:
    """Render the pages and the data files of a project. Measures nothing.

    Raises:
        ConfigError: The settings name a rule that doesn't exist.
        UsageError: The index doesn't exist.
    """
    with gc_pause():
        rendered = render_pages(sources)
        return replace(rendered, pages=[*rendered.pages, *data_pages(rendered.zoo)])
