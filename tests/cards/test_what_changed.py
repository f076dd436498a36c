"""After an edit, only the cards it is about are rendered again, and they are as a whole rendering has them."""

import pytest

from metazoo.cards.pages import PageSources, render_pages, render_what_changed
from metazoo.config import Config

ALPHA, SOLO = "models/alpha-net.md", "models/solo-only.md"


@pytest.fixture
def project(zoo):
    config = Config(
        root=zoo, index=zoo / "index.yml", records=zoo / "measured", waivers=zoo / "waivers.yml"
    )
    return PageSources.of(config, zoo / "docs")


@pytest.fixture
def last(project):
    return render_pages(project)


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("families/alpha.yml", "70.5%", "71.25%"),
        ("measured/alpha.json", '"params": ', '"params": 1'),
        ("docs/models/alpha-net.md", "Prose of", "New prose of"),
    ],
)
def test_only_the_card_that_an_edit_is_about_is_new(project, zoo, last, file, old, new):
    edit(zoo / file, old, new)
    again = render_what_changed(project, last)
    pages = {page.uri: page for page in again.pages}
    before = {page.uri: page for page in last.pages}
    assert {uri for uri, page in pages.items() if page is not before[uri]} == {ALPHA}
    whole = {page.uri: page.content for page in render_pages(project).pages}
    assert pages[ALPHA].content == whole[ALPHA] != before[ALPHA].content
    # And from there it goes on.
    edit(zoo / "families/solo.yml", "Name: ", "Name:  ")
    assert render_what_changed(project, again) is not None


def test_nothing_is_new_where_nothing_changed(project, last):
    again = render_what_changed(project, last)
    assert all(a is b for a, b in zip(again.pages, last.pages, strict=True))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("index.yml", "flops", "macs"),
        ("families/alpha.yml", "Alpha Net", "Omega Net"),
        ("families/alpha.yml", "[Convolution, ReLU]", "[Convolution, Something New]"),
        ("families/alpha.yml", "Epochs: 90", "Epochs: ["),
        ("measured/alpha.json", "{", "["),
        ("docs/models/alpha-net.md", "Prose of", "{{ nothing }} of"),
        ("docs/_includes/greeting.md", "", "More. "),
    ],
)
def test_an_edit_that_touches_more_renders_everything(project, zoo, last, file, old, new):
    edit(zoo / file, old, new)
    assert render_what_changed(project, last) is None


def test_a_new_or_a_lost_file_renders_everything(project, zoo, last):
    card = zoo / "docs" / "models" / "alpha-net.md"
    text = card.read_text()
    card.unlink()
    assert render_what_changed(project, last) is None
    card.write_text(text)
    family = zoo / "families" / "omega.yml"
    family.write_text("Models: [{Name: omega}]\n")
    assert render_what_changed(project, last) is None


def test_after_a_fault_everything_is_rendered_until_it_is_mended(project, zoo, last):
    alpha = zoo / "families" / "alpha.yml"
    good = alpha.read_text()
    alpha.write_text(good + "Models: [\n")
    faulty = render_pages(project)
    assert render_what_changed(project, faulty) is None
    alpha.write_text(good)
    assert render_what_changed(project, faulty) is None


def test_an_edit_that_makes_a_fault_renders_everything_and_mending_it_too(project, zoo, last):
    edit(zoo / "families/solo.yml", "Parameters: 1000", "Parameters: ninety")
    assert render_what_changed(project, last) is None
    faulty = render_pages(project)
    assert [f.code for f in faulty.findings] == ["MZ301"]
    edit(zoo / "families/alpha.yml", "70.5%", "71.25%")
    assert render_what_changed(project, faulty) is not None
    edit(zoo / "families/solo.yml", "Parameters: ninety", "Parameters: 1000")
    assert render_what_changed(project, faulty) is None
