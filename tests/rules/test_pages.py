from pathlib import Path

from metazoo.rules import CATALOGUE
from metazoo.rules.pages import page, pages

DOCS = Path(__file__).parents[2] / "docs" / "rules"


def test_the_committed_pages_are_those_of_the_catalogue():
    written = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.md")}
    assert written == pages(), "run: python -m metazoo.rules.pages docs/rules"


def test_invisible_characters_of_an_example_can_be_seen():
    assert "<U+202E>" in page(CATALOGUE["MZ105"])
    assert all(c.isprintable() or c == "\n" for text in pages().values() for c in text)
