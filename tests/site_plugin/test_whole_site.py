"""The site that ships here, whole: every link leads somewhere, and nothing comes from elsewhere."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.site_plugin.building import mkdocs
from tests.site_plugin.test_build import broken_links, parsed

ROOT = Path(__file__).parents[2]


@pytest.mark.heavy
def test_no_link_is_broken_and_nothing_is_loaded_from_elsewhere(tmp_path):
    run = mkdocs("build", "--strict", "-d", tmp_path / "site", cwd=ROOT)
    assert run.returncode == 0, run.stderr
    pages = parsed(tmp_path / "site")
    assert len(pages) > 400
    assert broken_links(pages) == []
    loaded = {address for page in pages.values() for address in page.loads}
    assert {address for address in loaded if urlsplit(address).netloc} == set()
