"""What is added stands where it belongs, and everything else stays to the byte."""

import pytest

from metazoo.errors import UsageError
from metazoo.importing.editing import Draft, value


def _draft(tmp_path, text):
    file = tmp_path / "a.yml"
    file.write_bytes(text.encode())
    return Draft(file)


_TEXT = """\
Models:
- Name: a
  Metadata:
    Epochs: 90  # as in the paper

    LR:
    Tags: [x]

# about b
- Name: b
  Metadata: {Epochs: 1}
"""


def test_keys_are_added_at_the_end_of_their_mapping(tmp_path):
    draft = _draft(tmp_path, _TEXT)
    models = dict(draft.models())
    draft.add(models["a"], {"Weights": "https://example.org/#1"})
    draft.add(value(models["a"], "metadata"), {"Mean": [1, 2]})
    draft.add(value(models["b"], "Metadata"), {"LR": 0.1})
    assert draft.patch().after == _TEXT.replace(
        "    Tags: [x]\n",
        "    Tags: [x]\n    Mean:\n    - 1\n    - 2\n  Weights: https://example.org/#1\n",
    ).replace("{Epochs: 1}", "{Epochs: 1, LR: 0.1}")


def test_values_are_set_in_place_also_where_there_was_none(tmp_path):
    draft = _draft(tmp_path, _TEXT)
    metadata = value(dict(draft.models())["a"], "Metadata")
    draft.set(metadata, "epochs", 100)
    draft.set(metadata, "LR", 0.1)
    draft.set(metadata, "Tags", ["u", "v"])
    assert draft.patch().after == _TEXT.replace("90  #", "100  #").replace(
        "LR:", "LR: 0.1"
    ).replace("[x]", "[u, v]")


def test_models_are_added_behind_another_or_at_the_head(tmp_path):
    draft = _draft(tmp_path, _TEXT)
    draft.add_models([{"Name": "0"}], after=None)
    draft.add_models([{"Name": "a2"}, {"Name": "a3"}], after="a")
    assert draft.patch().after == _TEXT.replace(
        "- Name: a\n", "- Name: '0'\n\n- Name: a\n"
    ).replace("    Tags: [x]\n", "    Tags: [x]\n\n- Name: a2\n\n- Name: a3\n")


@pytest.mark.parametrize("rest", ["", "Models:\n", "Models: []\n", "Models: []"])
def test_the_first_models_make_the_list(tmp_path, rest):
    draft = _draft(tmp_path, "Type: model-index\n" + rest)
    draft.add_models([{"Name": "a"}, {"Name": "b"}], after=None)
    assert draft.patch().after == "Type: model-index\nModels:\n- Name: a\n\n- Name: b\n"


def test_items_are_dropped_with_their_lines_and_comments_stay(tmp_path):
    draft = _draft(tmp_path, "Results:\n- a: 1\n  b: 2\n# why\n- c: 3\n")
    draft.drop(value(draft.root, "Results").value[0])
    draft.add_items(draft.root, "Results", [{"d": 4}])
    assert draft.patch().after == "Results:\n# why\n- c: 3\n- d: 4\n"


def test_a_byte_order_mark_stays(tmp_path):
    draft = _draft(tmp_path, "\ufeffModels: []\n")
    draft.add_models([{"Name": "a"}], after=None)
    assert draft.patch().after == "\ufeffModels:\n- Name: a\n"


@pytest.mark.parametrize("text", ["a: [", "- a\n", ""])
def test_what_is_no_mapping_is_refused(tmp_path, text):
    with pytest.raises(UsageError, match="can't be changed"):
        _draft(tmp_path, text)
