"""Citations: balanced braces, escaped characters, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metazoo.cards.bibtex import arxiv_id, bibtex, latex
from metazoo.findings import Location
from metazoo.index.model import Paper, Value

HERE = Location("index.yml", 1, 1)


def value(text):
    return Value(text, text, HERE)


def paper(title="A Title", authors=(), year=None, **fields):
    return Paper(
        HERE,
        title=value(title),
        authors=[value(a) for a in authors],
        year=Value(year, str(year), HERE) if year else None,
        **{name: value(text) for name, text in fields.items()},
    )


def test_an_entry_in_full():
    entry = bibtex(
        [
            paper(
                "Aggregated Residual Transformations for Deep Neural Networks",
                ["Saining Xie", "Piotr Dollár"],
                2017,
                venue="IEEE Conference on Computer Vision and Pattern Recognition (CVPR)",
                arxiv="1611.05431",
                url="https://arxiv.org/abs/1611.05431",
            )
        ]
    )
    assert entry == (
        "@inproceedings{xie2017aggregated,\n"
        "  author        = {Saining Xie and Piotr Dollár},\n"
        "  title         = {{Aggregated Residual Transformations for Deep Neural Networks}},\n"
        "  booktitle     = {IEEE Conference on Computer Vision and Pattern Recognition (CVPR)},\n"
        "  year          = {2017},\n"
        "  eprint        = {1611.05431},\n"
        "  archiveprefix = {arXiv},\n"
        "  url           = {https://arxiv.org/abs/1611.05431},\n"
        "}"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Piotr Dollár, Søren Łuk", "Piotr Dollár, Søren Łuk"),
        ("Dolla\u0301r", "Dollár"),
        ("50% of R&D_x #1 {a}", r"50\% of R\&D\_x \#1 \{a\}"),
        ("a ~ b^2 \\ c `d`", r"a \textasciitilde{} b\textasciicircum{}2 \textbackslash{} c 'd'"),
        ("1–2 — 3", "1--2 --- 3"),
        ("李飞飞", "李飞飞"),
    ],
)
def test_letters_stay_and_special_characters_are_escaped(text, written):
    assert latex(text) == written


@given(st.text())
def test_braces_are_balanced(text):
    entry = bibtex([paper(text, [text], venue=text)])
    depth = 0
    for position, char in enumerate(entry):
        if char in "{}" and entry[position - 1] != "\\":
            depth += 1 if char == "{" else -1
        assert depth >= 0
    assert depth == 0
    assert "`" not in entry


def test_keys_are_unique():
    entry = bibtex([paper("Same Word", ["A B"], 2020), paper("Same Word", ["C B"], 2020)])
    assert "{b2020same," in entry
    assert "{b2020same-2," in entry


def test_an_author_with_and_in_the_name_is_one_author():
    assert "{Rock and Roll}" in bibtex([paper(authors=["Rock and Roll"])])


def test_a_paper_without_a_title_has_no_entry():
    assert bibtex([Paper(HERE, url=value("https://example.org"))]) == ""


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"arxiv": "1611.05431"}, "1611.05431"),
        ({"arxiv": "arXiv:1611.05431v2"}, "1611.05431v2"),
        ({"url": "https://arxiv.org/pdf/1611.05431.pdf"}, "1611.05431"),
        ({"url": "https://example.org/1611.05431"}, None),
        ({}, None),
    ],
)
def test_the_arxiv_number(fields, number):
    assert arxiv_id(paper(**fields)) == number
