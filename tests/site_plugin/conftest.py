"""A project with the small zoo of the card tests, for MkDocs to build."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def mkdocs(*arguments, cwd):
    """Run MkDocs in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
