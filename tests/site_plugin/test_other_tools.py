"""The rendered pages are plain Markdown: other site tools build them, whole and without a plugin."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.site_plugin.building import HANGS
from tests.site_plugin.test_build import broken_links, parsed

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "cards.md"


@pytest.fixture
def rendered(project):
    """The project after `metazoo render`, its site's settings as the guide has them."""
    run = subprocess.run(
        [sys.executable, "-m", "metazoo", "render", "--out", "pages"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    (settings,) = re.findall(r"```yaml\n(use_directory_urls.*?)```", GUIDE.read_text(), re.DOTALL)
    text = f"site_name: Test\ndocs_dir: pages\ntheme: {{name: material, font: false}}\n{settings}"
    (project / "mkdocs.yml").write_text(text)
    (project / "properdocs.yml").write_text(text)
    return project


@pytest.mark.parametrize(
    "command", [["zensical", "build"], ["properdocs", "build", "--strict"]], ids=lambda c: c[0]
)
def test_a_tool_without_a_plugin_builds_the_pages(rendered, command):
    run = subprocess.run(
        [Path(sys.executable).with_name(command[0]), *command[1:]],
        cwd=rendered,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == 0, said
    assert "issue" not in said or "No issues found" in said, said
    site = rendered / "site"
    assert broken_links(parsed(site)) == []
    card = (site / "models" / "alpha-net.html").read_text("utf-8")
    assert '<table class="mz-table mz-variants"' in card
    assert "assets/metazoo/cards.css" in card
    assert "{%" not in card
    assert card.count('class="tabbed-set') == 3
    for name in ("cards.css", "cards.js", "explorer.css", "explorer-loader.js", "explorer.js"):
        assert (site / "assets" / "metazoo" / name).is_file()
