"""A project with the small zoo of the card tests, for MkDocs to build."""

import shutil
from pathlib import Path

import pytest

from tests.site_plugin.browsing import address, browser, open_page, site  # noqa: F401 - fixtures

ZOO = Path(__file__).parents[1] / "cards" / "zoo"

MKDOCS_YML = """\
site_name: Test
use_directory_urls: false
repo_url: https://example.org/repo
edit_uri: edit/main/docs/
theme:
  name: material
  font: false
  features: [content.action.edit, navigation.indexes]
plugins: [search, metazoo]
nav:
- Home: index.md
- Models: models/index.md
- Verification: verification.md
validation:
  anchors: warn
  unrecognized_links: warn
"""


@pytest.fixture
def project(tmp_path):
    """A folder with mkdocs.yml, docs and model_index."""
    root = tmp_path / "project"
    shutil.copytree(ZOO, root / "model_index", ignore=shutil.ignore_patterns("docs"))
    shutil.copytree(ZOO / "docs", root / "docs")
    (root / "mkdocs.yml").write_text(MKDOCS_YML)
    return root
