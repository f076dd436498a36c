"""The value of ``Inputs``: what it means, what is wrong with it, who inherits it, and how it is written."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from metazoo.export.canonical import as_model_index
from metazoo.export.listing import Listed, as_csv, as_json, as_text, column
from metazoo.export.plain import plain_index
from metazoo.index.reader import read_index
from metazoo.index.schema import schema
from metazoo.inputs import Input
from metazoo.rules import RuleSettings, check

GOOD = Path(__file__).parents[1] / "corpus" / "good" / "inputs.yml"


def read(folder, text):
    file = folder / "index.yml"
    file.write_text(text, "utf-8")
    return read_index([file], root=folder)


def stated(folder, inputs):
    """The index of one model with these inputs."""
    return read(folder, f"Models: [{{Name: net, Metadata: {{Inputs: {inputs}}}}}]\n")


@pytest.fixture(scope="module")
def good():
    return read_index([GOOD], root=GOOD.parent)


def inputs_of(index, name):
    (model,) = (m for m in index.models if m.name.value == name)
    return model.inputs.value


def test_every_kind_of_input_is_read(good):
    assert good.findings == []
    assert inputs_of(good, "text") == (
        Input("input_ids", (128,), "tokens", below=30522),
        Input("attention_mask", (128,), "mask"),
    )
    assert inputs_of(good, "clip") == (
        Input("image", (3, 224, 224), "image"),
        Input("text", (77,), "tokens", below=49408, dtype="int32"),
    )
    assert inputs_of(good, "diffusion") == (
        Input(shape=(4, 64, 64)),
        Input(dtype="int64"),
        Input(
            "condition",
            parts=(
                Input("states", (77, 768)),
                Input(
                    "points",
                    parts=(
                        Input(shape=(16, 3), type="points"),
                        Input(shape=(16,), type="mask", batch="none"),
                    ),
                ),
            ),
        ),
    )


def test_a_model_inherits_the_inputs_of_its_collection(good):
    (model,) = (m for m in good.models if m.name.value == "detector")
    assert model.inputs.value == (Input(shape=(3, 512, 512), type="image", batch="list"),)
    assert model.inputs.inherited
    assert "Inputs" not in model.written


def test_inputs_of_a_model_replace_those_of_its_collection(tmp_path):
    index = read(
        tmp_path,
        "Collections: [{Name: C, Metadata: {Inputs: [{Shape: [8]}]}}]\n"
        "Models:\n- {Name: a, In Collection: C, Metadata: {Inputs: [{Shape: [9]}]}}\n"
        "- {Name: b, In Collection: C, Metadata: {Inputs: null}}\n- {Name: c}\n",
    )
    assert inputs_of(index, "a") == (Input(shape=(9,)),)
    assert inputs_of(index, "b") == (Input(shape=(8,)),)
    assert index.models[2].inputs is None


def test_one_mapping_is_a_list_of_one(tmp_path):
    assert inputs_of(stated(tmp_path, "{Shape: 16000, Type: audio}"), "net") == (
        Input(shape=(16000,), type="audio"),
    )


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ("[{Shape: [3, 8, 8]}, {Type: image}]", "this input has no Shape"),
        ("[{Shape: [0]}]", "the Shape has “0” where a positive whole number is expected"),
        ("[{Shape: [8], Type: imgae}]", "unknown Type “imgae”"),
        ("3", "an item of Inputs must be a mapping, not text"),
        ("[{Shape: [8], Name: [a]}]", "Name must be text, not a list"),
    ],
)
def test_inputs_with_a_fault_are_not_used_at_all(tmp_path, inputs, message):
    index = stated(tmp_path, inputs)
    assert [f.message for f in index.findings] == [message]
    assert [f.model for f in index.findings] == ["net"]
    assert index.models[0].inputs.value is None


@pytest.mark.parametrize(("shape", "fits"), [("[65536, 65536]", True), ("[65536, 65537]", False)])
def test_an_input_has_at_most_2_to_the_32_elements(tmp_path, shape, fits):
    assert (not stated(tmp_path, f"[{{Shape: {shape}}}]").findings) is fits


@pytest.mark.parametrize(
    ("below", "fits"), [(1, True), (0, False), (2**63 - 1, True), (2**63, False)]
)
def test_below_is_a_positive_64_bit_number(tmp_path, below, fits):
    index = stated(tmp_path, f"[{{Shape: [8], Type: tokens, Below: {below}}}]")
    assert (not index.findings) is fits


def nested(levels):
    """An input on this level of groups."""
    text = "{Shape: [8]}"
    for _ in range(levels - 1):
        text = f"{{Parts: [{text}]}}"
    return f"[{text}]"


@pytest.mark.parametrize(("levels", "fits"), [(5, True), (6, False)])
def test_groups_are_nested_at_most_five_levels_deep(tmp_path, levels, fits):
    assert (not stated(tmp_path, nested(levels)).findings) is fits


@pytest.mark.parametrize("inputs", ["null", "[]"])
def test_no_inputs_is_unknown(tmp_path, inputs):
    index = stated(tmp_path, inputs)
    assert index.models[0].inputs.value is None
    assert index.findings == []


def test_an_unknown_key_is_kept(good):
    clip = next(m for m in plain_index(good)["models"] if m["name"] == "clip")
    assert clip["metadata"]["Inputs"] == [
        {"Name": "image", "Shape": [3, 224, 224], "Type": "image", "Note": "RGB"},
        {"Name": "text", "Shape": 77, "Type": "tokens", "Below": 49408, "DType": "int32"},
    ]


def test_an_exported_index_reads_back_equal(good, tmp_path):
    text = as_model_index(good)
    again = read(tmp_path, text)
    assert [m.inputs and m.inputs.value for m in again.models] == [
        m.inputs and m.inputs.value for m in good.models
    ]
    assert as_model_index(again) == text
    assert list(Draft202012Validator(schema()).iter_errors(yaml.safe_load(text))) == []


def test_what_could_not_be_read_is_exported_as_written(tmp_path):
    index = stated(tmp_path, "[{Shape: [-1, x], Type: imgae, Below: many}, {Parts: []}]")
    (model,) = plain_index(index)["models"]
    assert model["metadata"]["Inputs"] == [
        {"Shape": [-1, "x"], "Type": "imgae", "Below": "many"},
        {"Parts": []},
    ]


@pytest.mark.parametrize("inputs", ["text", "[text, {Shape: [8]}]", "[{Shape: {a: 1}}]"])
def test_nothing_is_exported_of_inputs_of_the_wrong_shape(tmp_path, inputs):
    index = stated(tmp_path, inputs)
    assert plain_index(index)["models"][0]["metadata"]["Inputs"] is None
    assert [f.code for f in check(index, RuleSettings(ignore=["MZ210"]))] == ["MZ202"]


def test_a_list_of_models_has_their_inputs(good):
    columns = [column("name", good), column("inputs", good)]
    rows = [Listed(model) for model in good.models]
    assert json.loads(as_json(rows, columns))[2] == {
        "name": "text",
        "inputs": [
            {"Name": "input_ids", "Shape": [128], "Type": "tokens", "Below": 30522},
            {"Name": "attention_mask", "Shape": [128], "Type": "mask"},
        ],
    }
    for text in (as_text(rows[:1], columns), as_csv(rows[:1], columns)):
        assert "Shape: [3, 512, 512], Type: image, Batch: list" in text


@pytest.mark.parametrize(
    "inputs",
    [
        "[]",
        "{Shape: [8]}",
        "[{Type: image}]",
        "[{Shape: [0]}]",
        "[{Shape: [8], Type: smell}]",
        "[{Shape: [8], Type: tokens}]",
        "[{Shape: [8], Below: 9}]",
        "[{Shape: [8], Type: image, Below: 9}]",
        "[{Shape: [8], Type: tokens, Below: 0}]",
        "[{Shape: [8], DType: float33}]",
        "[{Shape: [8], Batch: first}]",
        "[{Shape: [8], Parts: [{Shape: [8]}]}]",
        "[{Type: image, Parts: [{Shape: [8]}]}]",
        "[{Parts: [{Type: image}]}]",
        "[{Parts: []}]",
    ],
)
def test_the_schema_rejects_what_is_not_strict(inputs):
    content = yaml.safe_load(f"Models: [{{Name: a, Metadata: {{Inputs: {inputs}}}}}]")
    assert list(Draft202012Validator(schema()).iter_errors(content)) != []
