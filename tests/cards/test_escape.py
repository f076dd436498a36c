"""Text of the index is shown as it is, wherever it lands."""

import ast
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from markupsafe import Markup

from metazoo.cards.escape import (
    anchor,
    bare,
    breakable,
    code_text,
    escaped,
    link,
    one_line,
    python_string,
    safe_url,
    slug,
)

EXTENSIONS = [
    "admonition",
    "attr_list",
    "md_in_html",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "tables",
    "toc",
]


def as_html(markdown):
    return Markdown(extensions=EXTENSIONS).convert(markdown)


def text_of(markup):
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(st.text())
def test_text_survives_markdown_unchanged(text):
    """The reader sees the same characters, and no element comes of them."""
    rendered = as_html(f"x {escaped(text)} x")
    assert re.findall(r"<(\w+)", rendered) == ["p"]
    assert text_of(rendered).split() == f"x {one_line(text)} x".split()


@given(st.text())
def test_text_survives_an_html_table(text):
    rendered = as_html(f"<table>\n<tr><td>{escaped(text)}</td></tr>\n</table>")
    assert re.findall(r"<(\w+)", rendered) == ["table", "tr", "td"]
    assert one_line(text) in html.unescape(rendered)


@given(st.text(alphabet="ab_./-*`<&"))
def test_a_breakable_name_is_the_same_name(text):
    rendered = as_html(f"x {breakable(text)} x")
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "wbr"}
    assert text_of(rendered).split() == f"x {one_line(text)} x".split()


def test_ordinary_names_stay_readable_in_the_source():
    assert escaped("resnext50_32x4d.a1h_in1k") == "resnext50_32x4d.a1h_in1k"
    assert escaped("Res2Net: A New Multi-scale Backbone") == "Res2Net: A New Multi-scale Backbone"


def test_what_a_template_made_passes():
    assert escaped(Markup("<b>bold</b>")) == "<b>bold</b>"


@given(st.text())
def test_a_python_string_means_the_text_and_cannot_end_its_code_block(text):
    literal = str(python_string(text))
    assert ast.literal_eval(literal) == text
    assert "`" not in literal
    assert "\n" not in literal
    assert "<" not in literal


@given(st.text(alphabet="`~ab \n"))
def test_code_text_cannot_end_its_code_block(text):
    assert as_html(f"```text\n{code_text(text)}\n```\n\nafter").endswith("<p>after</p>")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/x",
        "https:///nohost",
        "https://[bad",
        "relative/path.md",
        "",
    ],
)
def test_a_link_that_must_not_be_followed_is_refused(url):
    assert safe_url(url) is None
    assert "href" not in link(url, "text")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://arxiv.org/abs/1611.05431", "https://arxiv.org/abs/1611.05431"),
        ("http://example.org/a?b=c&d=%20#e", "http://example.org/a?b=c&d=%20#e"),
        ('https://example.org/"><script>', "https://example.org/%22%3E%3Cscript%3E"),
        ("https://example.org/`code`", "https://example.org/%60code%60"),
    ],
)
def test_a_good_link_is_kept_and_made_harmless(url, address):
    assert safe_url(url) == address


@given(st.text())
def test_no_address_leaves_its_attribute(path):
    rendered = as_html(f"x {link('https://example.org/' + path, 'text')} x")
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "a"}
    assert not re.search(r"<a [^>]*\son", rendered)


@given(st.text())
def test_bare_text_is_no_markup_anywhere(text):
    assert not set("<>\"'&`") & set(bare(text))


def test_direction_overrides_and_control_characters_are_shown_not_obeyed():
    assert one_line("a\u202eb\x00c\nd") == "a\ufffdb\ufffdc d"


@pytest.mark.parametrize(
    ("name", "page"),
    [("ResNeXt", "resnext"), ("SE ResNeXt", "se-resnext"), ("Évo+", "evo"), ("…", "unnamed")],
)
def test_the_name_of_a_page(name, page):
    assert slug(name) == page


def test_an_anchor_keeps_a_models_name():
    assert anchor("resnext50_32x4d.a1h_in1k") == "resnext50_32x4d.a1h_in1k"
    assert anchor('x" onclick="y') == "x-onclick-y"
