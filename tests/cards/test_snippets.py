"""Every Python snippet that a reader can copy from a card runs, offline, for every family."""

import subprocess
import sys
from pathlib import Path

import pytest

from metazoo import config
from metazoo.cards.project import render_project

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("run_snippets.py")
CARDS = {
    page.uri: page.content
    for page in render_project(config.load(ROOT), ROOT / "docs").pages
    if page.uri.startswith("models/") and page.uri != "models/index.md" and page.title
}


@pytest.mark.slow
@pytest.mark.measure
@pytest.mark.parametrize("uri", CARDS)
def test_the_snippets_of_a_card_run(uri, tmp_path):
    card = tmp_path / "card.md"
    card.write_text(CARDS[uri], "utf-8")
    run = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", RUNNER, card],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "torch.Size([1000])" in run.stdout
    assert "1/32: (1, " in run.stdout
    assert "torch.Size([1, 2048])" in run.stdout or "torch.Size([1, 1024])" in run.stdout
    assert run.stdout.count("%") == 5
    assert "ran 7 snippets" in run.stdout
