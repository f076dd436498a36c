"""What rules see of an index: everything that is written, once, with the model it belongs to."""

import pytest

from metazoo.index.reader import read_index
from metazoo.rules.scope import Scope
from tests.rules.test_corpus import GOOD

TEXT = """\
Library:
  Name: my zoo
  URL: https://x.org/zoo
  Docs: docs/zoo.md
  Image: zoo.png
  README: zoo.md
  Headline: nothing to follow
Collections:
- Name: A
  Metadata: {FLOPs: 5, Optimizer: SGD}
  Paper: {Title: T, URL: https://x.org/paper, Authors: [K]}
  Code: https://x.org/code
  Weights: https://x.org/A.pth
  Results: [{Task: C, Dataset: D, Metrics: {mAP: 1}}, {Metrics: {mAP: 2}}]
- Name: B
Models:
- Name: a
  In Collection: [A, B]
- Name: b
  In Collection: B
  Metadata: {FLOPs: many, Epochs: 90, LR: 0.1, Image Size: 224, File Size: 5, Tags: [x]}
  Weights: b.pth
  Config: b.py
  README: b.md
  Image: b.png
  Framework: PyTorch
  Paper: {Title: U}
- Weights: ''
"""


@pytest.fixture
def scope(tmp_path):
    file = tmp_path / "sub" / "index.yml"
    file.parent.mkdir()
    file.write_text(TEXT, "utf-8")
    return Scope(read_index([file], root=tmp_path))


def test_owners_are_collections_and_models_without_what_they_inherit(scope):
    assert [o.name for o in scope.owners] == [None, None, "a", "b", None]
    assert [o.item.name.text for o in scope.owners][:2] == ["A", "B"]
    assert [len(o.papers) for o in scope.owners] == [1, 0, 0, 1, 0]
    assert [len(o.results) for o in scope.owners] == [2, 0, 0, 0, 0]
    assert len(scope.owners[2].item.papers) == 1


def test_numbers_are_the_known_numeric_fields(scope):
    numbers = [(n.owner.item.name.text, n.field.name) for n in scope.numbers]
    assert numbers == [
        ("A", "FLOPs"),
        ("b", "FLOPs"),
        ("b", "Epochs"),
        ("b", "LR"),
        ("b", "Image Size"),
        ("b", "File Size"),
    ]


def test_links_are_listed_where_they_are_written(scope):
    assert [(link.field, link.value.text, link.model) for link in scope.links] == [
        ("Paper", "https://x.org/paper", None),
        ("Code", "https://x.org/code", None),
        ("Weights", "https://x.org/A.pth", None),
        ("Weights", "b.pth", "b"),
        ("Config", "b.py", "b"),
        ("README", "b.md", "b"),
        ("Image", "b.png", "b"),
        ("Library URL", "https://x.org/zoo", None),
        ("Docs", "docs/zoo.md", None),
        ("Image", "zoo.png", None),
        ("README", "zoo.md", None),
    ]


def test_a_model_belongs_to_the_family_of_its_first_collection(scope):
    families = {name: [m.name.text for m in models] for name, models in scope.families.items()}
    assert families == {"A": ["a"], "B": ["b"]}


def test_texts(scope):
    texts = {value.text: model for value, model in scope.texts()}
    expected = {
        **dict.fromkeys(("A", "SGD", "T", "K", "C", "D", "5")),
        **dict.fromkeys(("b", "many", "90", "PyTorch", "x", "U"), "b"),
    }
    assert {text: texts.get(text, "missing") for text in expected if text not in "5x"} == {
        text: model for text, model in expected.items() if text not in "5x"
    }


def test_distinct_texts_of_incomplete_results(scope):
    assert scope.distinct_texts == {value.text for value, _ in scope.texts()}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_distinct_texts_are_those_of_texts(path):
    scope = Scope(read_index([path], root=path if path.is_dir() else path.parent))
    assert scope.distinct_texts == {value.text for value, _ in scope.texts()}


def test_paths_lead_from_their_file_the_root_and_the_bases(scope, tmp_path):
    link = next(link for link in scope.links if link.field == "Config")
    assert scope.candidates(link.value, "b.py") == [
        tmp_path / "sub" / "b.py",
        tmp_path / "b.py",
        *(base / "b.py" for base in scope.index.bases),
    ]


def test_an_index_without_a_library(tmp_path):
    (tmp_path / "index.yml").write_text("Models:\n- Name: a\n", "utf-8")
    assert Scope(read_index([tmp_path / "index.yml"])).links == []
    (tmp_path / "index.yml").write_text("Library: {Docs: d.md}\nModels: []\n", "utf-8")
    assert [link.field for link in Scope(read_index([tmp_path / "index.yml"])).links] == ["Docs"]
