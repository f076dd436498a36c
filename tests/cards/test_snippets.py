"""Every Python snippet that a reader can copy from a card runs, offline, for every family.

`make test` runs those of two small models, `make test-heavy` those of all families.

The snippets name the family's first variant; here, as a reader could with the picker, the smallest
one that the picker offers, so that all families together take minutes and not hours. Families whose
smallest variant needs more than `MOST_MACS` are left out aloud; ``METAZOO_HEAVY=1`` runs them too.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metazoo import config
from metazoo.cards.pages import PageSources, render_pages
from metazoo.cards.zoo import zoo_of
from metazoo.index.reader import read_index
from metazoo.verify.run import verify

ROOT = Path(__file__).parents[2]
RUNNER = Path(__file__).with_name("run_snippets.py")
GROUPS = 12
MOST_MACS = 50e9
"""At batch 1: more takes minutes on two processors, and gigabytes to fine-tune."""


@pytest.fixture(scope="session")
def cards():
    """Each family's card with its smallest variant in the snippets, and that variant."""
    project = config.load(ROOT)
    index = read_index([project.index], root=project.root)
    families = zoo_of(index, verify(index, measure=None, records=project.records).models).families
    pages = {
        page.uri: page.content
        for page in render_pages(PageSources.of(project, ROOT / "docs")).pages
    }
    made = {}
    for family in families:
        offered = [v for v in family.variants if v.classifies == family.first.classifies]
        smallest = min(offered, key=lambda v: v.facts["Parameters"].value or 0)
        content = pages[f"models/{family.slug}.md"]
        text = content.replace(f'"{family.first.name}"', f'"{smallest.name}"')
        made[family.slug] = (text, smallest)
    return made


def too_large(variant):
    return variant.facts["MACs"].value > MOST_MACS and not os.environ.get("METAZOO_HEAVY")


@pytest.mark.heavy
def test_what_is_left_out_is_said(cards):
    left_out = [slug for slug, (_, variant) in cards.items() if too_large(variant)]
    assert len(left_out) < len(cards) / 8
    if left_out:
        pytest.skip(f"snippets not run, their smallest models are too large: {', '.join(left_out)}")


@pytest.mark.measure
def test_the_snippets_of_a_card_with_and_without_a_classifier_run(cards, tmp_path):
    by_cost = sorted(cards, key=lambda slug: cards[slug][1].facts["MACs"].value)
    few = [
        next(slug for slug in by_cost if cards[slug][1].classifies is classifies)
        for classifies in (True, False)
    ]
    run_snippets({slug: cards[slug] for slug in few}, tmp_path)


@pytest.mark.heavy
@pytest.mark.measure
@pytest.mark.parametrize("group", range(GROUPS))
def test_the_snippets_of_the_cards_run(cards, group, tmp_path):
    left = {slug: card for slug, card in cards.items() if not too_large(card[1])}
    by_cost = sorted(left, key=lambda slug: left[slug][1].facts["MACs"].value)
    run_snippets({slug: left[slug] for slug in by_cost[group::GROUPS]}, tmp_path)


def run_snippets(chosen, folder):
    for slug, (text, _) in chosen.items():
        (folder / f"{slug}.md").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, RUNNER, *sorted(folder.glob("*.md"))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    results = {r["card"]: r for r in map(json.loads, done.stdout.splitlines())}
    assert results.keys() == chosen.keys()
    assert {slug: r["error"] for slug, r in results.items() if r["error"]} == {}
    for slug, (_, variant) in chosen.items():
        printed, classifies = results[slug]["printed"], variant.classifies
        assert results[slug]["blocks"] == (7 if classifies else 5), slug
        assert printed.count("%") == (5 if classifies else 0), slug
        assert "1/" in printed, f"{slug} printed no feature maps"
        assert "torch.Size([1, " in printed, f"{slug} printed no embedding"
