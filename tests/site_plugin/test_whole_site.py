"""The whole site of this repository: built without torch, no link is broken, no file is loaded from elsewhere."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.cli.command import DATA
from tests.site_plugin.test_build import broken_links, parsed

ROOT = Path(__file__).parents[2]


@pytest.mark.heavy
def test_the_whole_site_is_built_without_torch_and_its_links_hold(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", tmp_path / "site"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(DATA / "without_torch"), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "25.03" in (tmp_path / "site/models/resnext.html").read_text("utf-8")
    pages = parsed(tmp_path / "site")
    assert len(pages) > 400
    assert broken_links(pages) == []
    loaded = {address for page in pages.values() for address in page.loads}
    assert {address for address in loaded if urlsplit(address).netloc} == set()
