"""Write pages to a folder, touching only the files that change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from metazoo.cards.page import Page
from metazoo.errors import UsageError


def write_pages(pages: Iterable[Page], folder: Path) -> int:
    """Write each page where its `uri` says.

    A file that already has the same content keeps its time, so that site tools and `make` see no
    change. Other files in the folder stay.

    Returns:
        How many files were new or changed.

    Raises:
        UsageError: The folder can't be written to.
    """
    return sum(write_page(page, folder) for page in pages)


def write_page(page: Page, folder: Path) -> bool:
    """Write one page, unless it is there already; says whether it was written."""
    target = folder / page.uri
    content = page.content.encode("utf-8")
    try:
        if target.is_file() and target.read_bytes() == content:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{target} can't be written: {error.strerror}") from error
    return True
