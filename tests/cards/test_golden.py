"""The pages of a small zoo, as they were looked at and found good.

After a change that is meant: ``METAZOO_WRITE_GOLDEN=1 pytest tests/cards/test_golden.py``, then read
the difference.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.cards.conftest import ZOO, rendered

GOLDEN = Path(__file__).with_name("golden")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    # A copy, since a page says when a file in a repository last changed.
    copy = shutil.copytree(ZOO, tmp_path_factory.mktemp("golden") / "zoo")
    pages, findings = rendered(copy)
    assert findings == []
    if os.environ.get("METAZOO_WRITE_GOLDEN"):
        for old in GOLDEN.glob("**/*.md"):
            old.unlink()
        for uri, page in pages.items():
            if not uri.endswith(".md"):
                continue
            target = GOLDEN / uri
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page.content, "utf-8")
    return pages


def test_the_same_pages_are_made(pages):
    golden = {f.relative_to(GOLDEN).as_posix() for f in GOLDEN.glob("**/*.md")}
    assert golden == {uri for uri in pages if uri.endswith(".md")}


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("**/*.md")), ids=lambda f: f.name)
def test_a_page_is_as_it_was_found_good(pages, file):
    uri = file.relative_to(GOLDEN).as_posix()
    assert pages[uri].content == file.read_text("utf-8")
