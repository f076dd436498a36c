"""A small zoo with one variant of each kind, and a way to render variations of it."""

import shutil
from pathlib import Path

import pytest

from metazoo.cards.project import render_project
from metazoo.config import Config

ZOO = Path(__file__).with_name("zoo")


def rendered(root):
    """Render the zoo in a folder; its pages by uri, and the findings."""
    config = Config(root=root, index=root / "index.yml", records=root / "measured")
    result = render_project(config, root / "docs")
    return {page.uri: page for page in result.pages}, result.findings


@pytest.fixture
def zoo(tmp_path):
    """A copy of the small zoo to write in."""
    return Path(shutil.copytree(ZOO, tmp_path / "zoo"))
