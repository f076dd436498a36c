"""A small zoo with one variant of each kind, and a way to render variations of it."""

import shutil
from pathlib import Path

import pytest

from metazoo.cards.pages import PageSources
from metazoo.config import Config
from metazoo.site.render import render_site

ZOO = Path(__file__).with_name("zoo")


def rendered(root, edit_url=None, **settings):
    """Render the zoo in a folder, with settings of `Config`; its pages and data files by URI, and the findings."""
    config = Config(
        root=root,
        index=root / "index.yml",
        records=root / "measured",
        waivers=root / "waivers.yml",
        **settings,
    )
    result = render_site(PageSources.of(config, root / "docs", edit_url))
    return {page.uri: page for page in result.pages}, result.findings


@pytest.fixture
def zoo(tmp_path):
    """A copy of the small zoo to write in."""
    return Path(shutil.copytree(ZOO, tmp_path / "zoo"))
