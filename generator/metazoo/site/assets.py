"""The styles and scripts that pages need beside their Markdown, whichever tool builds the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from metazoo.cards.page import Page
from metazoo.site.bundle import SOURCES, bundle
from metazoo.site.explorer.vega import available, script_name, vega_script

FOLDER = "assets/metazoo"
"""Where they are put, below the site's root."""
_OWN = Path(__file__).with_name("assets")
_STYLE_FILES = {"cards.css": _OWN / "cards.css", "explorer.css": SOURCES / "explorer.css"}
_SCRIPT_FILES = {"cards.js": _OWN / "cards.js", "explorer-loader.js": SOURCES / "loader.js"}

STYLES = tuple(f"{FOLDER}/{name}" for name in _STYLE_FILES)
"""Style sheets that every page must load."""
SCRIPTS = tuple(f"{FOLDER}/{name}" for name in _SCRIPT_FILES)
"""Scripts that every page must load. They load the explorer's where it is needed."""


def assets() -> Mapping[str, Path | str]:
    """Every asset: a file to copy or a text to write, by its place in the site.

    Vega is among them where it is installed; without it the explorer has no chart of its own.

    Raises:
        MetazooError: Vega can't be put together.
    """
    found: dict[str, Path | str] = {
        f"{FOLDER}/{name}": file for name, file in {**_STYLE_FILES, **_SCRIPT_FILES}.items()
    }
    vega = script_name() if available() else None
    if vega is not None:
        found[f"{FOLDER}/{vega}"] = vega_script()
    found[f"{FOLDER}/explorer.js"] = bundle(vega=vega)
    return found


def asset_pages() -> list[Page]:
    """The same, as files to write beside the pages.

    Raises:
        MetazooError: As `assets`.
    """
    return [
        Page(uri, content if isinstance(content, str) else content.read_text("utf-8"))
        for uri, content in assets().items()
    ]
