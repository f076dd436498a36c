"""An index from a stranger: its text is text, on the built page too."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from tests.cards.conftest import rendered

PAYLOADS = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "<https://evil.example>",
    "{{ 7*7 }} {% include 'macros.md' %}",
    "```\n<script>alert(1)</script>\n```",
    "a | b | c",
    "# heading",
    "x { onclick=alert(1) }",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "--8<-- 'index.yml'",
    "*[HTML]: <b>x</b>",
]


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def quoted(text):
    """The text as a YAML string."""
    import json

    return json.dumps(text)


def hostile_index(payload):
    text = quoted(payload)
    return f"""
Collections:
- Name: {text}
  Metadata: {{Architecture: [{text}], Tasks: [{text}], Training Data: [{text}]}}
  Paper: {{Title: {text}, URL: "javascript:alert(1)", Authors: [{text}], Venue: {text}, Year: 2020}}
  Code: "javascript:alert(1)"
Models:
- Name: {text}
  In Collection: {text}
  Former Names: [{text}]
  Weights: "javascript:alert(1)"
  Metadata:
    Parameters: {text}
    FLOPs: 10
    Crop Pct: {text}
    Training Techniques: [{text}]
    Training Resources: {text}
    License: {text}
    Unheard Of: {text}
  Results:
  - Task: {text}
    Dataset: {text}
    Metrics: {{{text}: {text}}}
- Name: second
  In Collection: {text}
  Metadata: {{FLOPs: 20}}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A site of a family for each payload, built by MkDocs."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text(
        "# {{ zoo.name }}\n\n{% include 'families_table.md' %}\n"
    )
    families = root / "model_index" / "families"
    families.mkdir(parents=True)
    (root / "model_index" / "index.yml").write_text(
        f"Library:\n  Name: {quoted(PAYLOADS[0])}\nImport:\n- families/*.yml\n"
    )
    for number, payload in enumerate(PAYLOADS):
        (families / f"f{number:02}.yml").write_text(hostile_index(payload))
    (root / "mkdocs.yml").write_text(
        "site_name: Hostile\ntheme: {name: material, font: false}\nplugins: [search, metazoo]\n"
        "nav: [{Home: index.md}, {Models: models/index.md}]\n"
        "markdown_extensions: [pymdownx.snippets, abbr, footnotes, toc]\n"
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=600)
    return root


def test_there_is_a_page_for_each_family(built):
    pages = (built / "site" / "models").glob("*/index.html")
    cards = [page for page in pages if 'id="variants"' in page.read_text("utf-8")]
    assert len(cards) == len(PAYLOADS)


def test_no_markup_comes_of_the_index(built):
    for page in (built / "site").glob("**/*.html"):
        tags = Tags()
        tags.feed(page.read_text("utf-8"))
        for tag, attributes in tags.found:
            assert not any(name.startswith("on") for name in attributes), (page, tag, attributes)
            for name in ("href", "src"):
                value = attributes.get(name) or ""
                assert not value.lower().startswith(("javascript:", "data:text")), (page, value)
                assert not value.startswith("https://evil.example"), (page, value)
        text = page.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<b>x</b>" not in text


def test_the_text_is_shown_as_it_is(built):
    import html

    page = (built / "site" / "verification" / "index.html").read_text("utf-8")
    shown = html.unescape(re.sub(r"<[^>]*>", "", page))
    assert "{{ 7*7 }}" in shown
    assert "49" not in shown.split("Families", 1)[1][:2000]
    assert "[click](javascript:alert(1))" in shown


def test_an_address_that_is_refused_is_shown_as_text(zoo):
    alpha = zoo / "families" / "alpha.yml"
    text = alpha.read_text().replace("https://arxiv.org/abs/1611.05431", "javascript:alert(1)")
    alpha.write_text(text)
    pages, _ = rendered(zoo)
    assert 'href="javascript' not in pages["models/alpha-net.md"].content
    assert "Alpha &#38; Omega" in pages["models/alpha-net.md"].content


def test_the_data_for_search_engines_cannot_end_its_element(zoo):
    alpha = zoo / "families" / "alpha.yml"
    alpha.write_text(alpha.read_text().replace("License: MIT", "License: '</script><b>'"))
    pages, _ = rendered(zoo)
    assert "</script><b>" not in pages["models/alpha-net.md"].content
    assert "\\u003c/script\\u003e" in pages["models/alpha-net.md"].content
