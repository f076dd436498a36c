"""The structure rules at their boundaries, and what they must leave to others."""

import pytest

MODEL = """\
Models:
- Name: a
  Metadata:
    FLOPs: 3628146688
    Parameters: 11689512
    Tasks: Image Classification
    Training Data: ImageNet
  Weights: https://example.org/a.pth
  Paper: https://arxiv.org/abs/1512.03385
  Results: {Task: Image Classification, Dataset: ImageNet, Metrics: {Top 1 Accuracy: 69.76%}}
"""


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("Models:\n- Name: ''\n", "this model has no name", 2, 3),
        ("Models:\n- Name: ' '\n", "this model has no name", 2, 3),
        ("Models:\n- Weights: a.pth\n", "this model has no name", 2, 3),
        ("Models:\n- Weights: a.pth\n  Name:\n", "this model has no name", 3, 3),
        ("Collections:\n- Weights: a.pth\n", "this collection has no name", 2, 3),
    ],
)
def test_missing_name(text, message, line, column, found):
    (problem,) = found("MZ204", text)
    assert (problem.message, problem.location[1:]) == (message, (line, column))


@pytest.mark.parametrize(
    ("text", "lines", "models"),
    [
        ("Models:\n- Name: a\n- Name: b\n- Name: a\n- Name: a\n", [4, 5], ["a", "a"]),
        ("Models:\n- Name: a\n- Name: A\n", [], []),
        ("Models:\n- Weights: x.pth\n- Weights: y.pth\n", [], []),
        ("Models:\n- Name: ''\n- Name: ''\n", [], []),
        ("Collections:\n- Name: a\nModels:\n- Name: a\n  In Collection: a\n", [], []),
        ("Collections:\n- Name: a\n- Name: a\nModels:\n- Name: b\n", [3], [None]),
    ],
)
def test_duplicate_name(text, lines, models, found):
    problems = found("MZ205", text)
    assert [f.location.line for f in problems] == lines
    assert [f.model for f in problems] == models


def test_duplicate_name_names_the_first(found):
    problems = found("MZ205", "Models:\n- Name: a\n- Name: a\n- Name: a\n")
    assert all("index.yml:2:9" in f.message for f in problems)


@pytest.mark.parametrize(
    ("collections", "name", "hint", "fix"),
    [
        (["ResNet"], "resnet", "Did you mean “ResNet”?", "ResNet"),
        (["ResNet"], "Res-Net", "Did you mean “ResNet”?", "ResNet"),
        (["ResNet", "RESNET"], "resnet", "Did you mean “ResNet”?", None),  # either may be meant
        (["ResNet"], "ResNt", "Did you mean “ResNet”?", None),
        (["ResNet"], "Swin", "Add the collection under Collections.", None),
    ],
)
def test_unknown_collection(collections, name, hint, fix, found):
    listed = "".join(f"- Name: {c}\n" for c in collections)
    text = f"Collections:\n{listed}Models:\n- Name: a\n  In Collection: {name}\n"
    (problem,) = found("MZ206", text)
    assert problem.model == "a"
    if len(collections) == 1:
        assert problem.hint == hint
    assert [f.new for f in problem.fixes] == ([fix] if fix else [])


def test_known_collections_and_nameless_ones(found):
    text = "Collections:\n- Name: A\n- Weights: x\nModels:\n- Name: a\n  In Collection: [A, B]\n"
    (problem,) = found("MZ206", text)
    assert "“B”" in problem.message


def test_empty_collection(found):
    text = (
        "Collections:\n- Name: A\n- Name: B\n- Name: C\n- Weights: x\n"
        "Models:\n- Name: a\n  In Collection: [A, B]\n"
    )
    (problem,) = found("MZ207", text)
    assert problem.location.line == 4


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("Parametres", "Parameters"),
        ("Paramters", "Parameters"),
        ("Epcohs", "Epochs"),
        ("spoche", None),  # swapped, but not neighbors
        ("Epabhs", None),  # neighbors, but not swapped
        ("Dropo", "Dropout"),  # 0.83 alike
        ("Wxight Dxcay", None),  # 0.818 alike
        ("RL", None),  # too short to tell
        ("LRs", None),
        ("Epoches", "Epochs"),
        ("Dorpout", "Dropout"),
        ("Dropuot", "Dropout"),
        ("uDpropot", None),
        ("Framework", None),
        ("epochs", None),  # known
        ("L", None),
    ],
)
def test_misspelled_metadata_key(key, meant, found):
    problems = found("MZ208", f"Models:\n- Name: a\n  Metadata:\n    {key}: 90\n")
    assert [f.hint for f in problems] == ([f"Did you mean “{meant}”?"] if meant else [])
    assert [fix.new for f in problems for fix in f.fixes] == ([meant] if meant else [])
    assert all(f.model == "a" and f.location[1:] == (4, 5) for f in problems)


@pytest.mark.parametrize(
    ("text", "meant", "model"),
    [
        ("Modles:\n- Name: b\nModels:\n- Name: a\n", "Models", None),
        ("Library: {Souce: timm}\nModels:\n- Name: a\n", "Source", None),
        ("Library: {Ulr: 'https://x.org/a'}\nModels:\n- Name: a\n", "URL", None),
        ("Collections:\n- Name: A\n  Wieghts: x\nModels:\n- Name: a\n", "Weights", None),
        ("Models:\n- Name: a\n  Wieghts: x\n", "Weights", "a"),
        ("Models:\n- Name: a\n  In Colection: x\n", "In Collection", "a"),
        ("Models:\n- Name: a\n  Paper: {Titel: x, URL: 'https://x.org/a'}\n", "Title", "a"),
        ("Models:\n- Name: a\n  Results: {Taks: x, Metrics: {mAP: 1}}\n", "Task", "a"),
    ],
)
def test_misspelled_key_anywhere(text, meant, model, found):
    (problem,) = found("MZ208", text)
    assert (problem.hint, problem.model) == (f"Did you mean “{meant}”?", model)


@pytest.mark.parametrize(
    "text",
    [
        "Models:\n- Name: a\n  Tags: [b]\n",
        "Models:\n- Name: a\n  Weights: [x.pth, y.pth]\n",  # a known key among the extra ones
        "Collections:\n- Name: A\n  Weights: [x.pth, y.pth]\nModels:\n- Name: a\n",
        "Library: {Docs: 'https://x.org/a', Headline: b}\nModels:\n- Name: a\n",
        "Library: {Uxr: b, Ulx: b}\nModels:\n- Name: a\n",  # only one letter is where the other was
    ],
)
def test_keys_that_are_not_misspelled(text, found):
    assert found("MZ208", text) == []


@pytest.mark.parametrize(
    ("text", "place", "model"),
    [
        ("Models:\n- Name: a\n  Epochs: 90\n", "under Metadata", "a"),
        ("Collections:\n- Name: A\n  Epochs: 90\nModels:\n- Name: a\n", "under Metadata", None),
        ("Models:\n- Name: a\n  Metadata: {Weights: x.pth}\n", "next to Metadata", "a"),
        ("Models:\n- Name: a\nWeights: x.pth\n", "in a model", None),
        ("Models:\n- Name: a\nEpochs: 90\n", "in a model", None),
    ],
)
def test_misplaced_key(text, place, model, found):
    (problem,) = found("MZ209", text)
    assert place in problem.message
    assert problem.model == model


@pytest.mark.parametrize(
    "text",
    [
        "Models:\n- Name: a\n  Metadata: {Name: b}\n",  # a name of its own, such as a backbone's
        "Models:\n- Name: a\n  Framework: b\n",
        "Models:\n- Name: a\n  Metadata: {Framework: b}\n",
        "Models:\n- Name: a\nFramework: b\n",
        "Library: {Epochs: 90}\nModels:\n- Name: a\n",
        "Models:\n- Name: a\n  Results: {Epochs: 90, Metrics: {mAP: 1}}\n",
    ],
)
def test_keys_that_are_not_misplaced(text, found):
    assert found("MZ209", text) == []


def test_nothing_is_missing(found):
    assert found("MZ210", MODEL) == []
    assert found("MZ210", MODEL.replace("Tasks: Image", "Tasks: [Segmentation, Image]  #")) == []
    assert found("MZ204", MODEL) == []


@pytest.mark.parametrize(
    ("line", "instead", "missing"),
    [
        ("    FLOPs: 3628146688\n", "", "FLOPs is"),
        ("    FLOPs: 3628146688\n", "    FLOPs: null\n", "FLOPs is"),
        ("    FLOPs: 3628146688\n", "    FLOPs: ''\n", "FLOPs is"),
        ("    Parameters: 11689512\n", "    Parameters:\n", "Parameters is"),
        ("    Training Data: ImageNet\n", "    Training Data: []\n", "Training Data is"),
        ("    Training Data: ImageNet\n", "    Training Data: null\n", "Training Data is"),
        ("  Weights: https://example.org/a.pth\n", "", "Weights is"),
        ("  Weights: https://example.org/a.pth\n", "  Weights: null\n", "Weights is"),
        ("  Paper: https://arxiv.org/abs/1512.03385\n", "", "Paper is"),
        (MODEL.splitlines(keepends=True)[-1], "", "Results is"),
    ],
)
def test_missing_field(line, instead, missing, found):
    (problem,) = found("MZ210", MODEL.replace(line, instead))
    assert problem.message == f"{missing} missing"
    assert problem.model == "a"


def test_missing_fields_are_named_together(found):
    (problem,) = found("MZ210", MODEL.replace("FLOPs", "Layers").replace("Weights", "Config"))
    assert problem.message == "FLOPs, Weights are missing"


@pytest.mark.parametrize(
    ("line", "instead", "code"),
    [
        ("FLOPs: 3628146688", "FLOPs: x", "MZ301"),
        ("FLOPs: 3628146688", "FLOPs: [1, 2]", "MZ202"),
        ("Parameters: 11689512", "Parameters: {a: 1}", "MZ202"),
        ("Training Data: ImageNet", "Training Data: {a: b}", "MZ202"),
        ("Training Data: ImageNet", "Training Data: [[a]]", "MZ202"),
        ("Training Data: ImageNet", "Training Data:\n    - {a: b}", "MZ202"),
        ("Weights: https://example.org/a.pth", "Weights: {a: b}", "MZ202"),
        ("Paper: https://arxiv.org/abs/1512.03385", "Paper: [[a]]", "MZ202"),
        ("FLOPs: 3628146688", "FLPOs: 3628146688", "MZ208"),
        ("Weights: https://example.org/a.pth", "Wieghts: https://example.org/a.pth", "MZ208"),
    ],
)
def test_what_cannot_be_read_is_not_missing(line, instead, code, found):
    text = MODEL.replace(line, instead)
    assert found("MZ210", text) == []
    assert len(found(code, text)) == 1


def test_a_fault_elsewhere_does_not_make_an_empty_list_stated(found):
    before = MODEL.replace("Training Data: ImageNet", "Epochs: [1]\n    Training Data: []")
    after = MODEL.replace("Training Data: ImageNet", "Training Data: []\n    Epochs: [1]")
    aside = MODEL.replace("    Training Data: ImageNet\n", "").replace(
        "  Metadata:\n", "  Metadata: {Epochs: [1], Training Data: []}\n  x:\n"
    )
    for text in (before, after):
        (problem,) = found("MZ210", text)
        assert problem.message == "Training Data is missing"
    assert "Training Data" in found("MZ210", aside)[0].message


def test_what_a_collection_states_is_not_missing(found):
    text = "Collections:\n- Name: A\n  Metadata: {FLOPs: 1G}\n" + MODEL.replace(
        "    FLOPs: 3628146688\n", ""
    ).replace("- Name: a\n", "- Name: a\n  In Collection: A\n")
    assert found("MZ210", text) == []


def test_what_an_unknown_collection_states_is_not_known(found):
    text = "Collections:\n- Name: A\nModels:\n- Name: a\n  In Collection: [A, B]\n- Name: b\n"
    assert [f.model for f in found("MZ210", text)] == ["b"]


def test_task_of_results(found):
    without = MODEL.replace("    Tasks: Image Classification\n", "")
    assert found("MZ210", without) == []
    (problem,) = found("MZ210", without.replace("Task: Image Classification, ", ""))
    assert problem.message == "Tasks is missing"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Models:\n- Name: a\n  Metadata:\n    Epochs:\n", [4]),
        ("Models:\n- Name: a\n  Metadata:\n    Epochs: null\n", []),
        ("Models:\n- Name: a\n  Metadata:\n    Epochs: x\n", []),
        ("Models:\n- Name: a\n  Metadata:\n    Epochs: [1]\n", []),  # MZ202 reports it
        ("Models:\n- Name: a\n  Metadata:\n    Epochs: 90\n", []),
        ("Models:\n- Name: a\n  Framework:\n", [3]),
        ("Models:\n- Name: a\n  Weights:\n", [3]),
        ("Models:\n- Name: a\n  Framework: []\n", []),
        ("Collections:\n- Name: A\n  Metadata:\n    Epochs:\nModels:\n- Name: a\n", [4]),
    ],
)
def test_empty_value(text, lines, found):
    problems = found("MZ211", text)
    assert [f.location.line for f in problems] == lines


def test_empty_value_names_its_model(found):
    assert [f.model for f in found("MZ211", "Models:\n- Name: a\n  Weights:\n")] == ["a"]


@pytest.mark.parametrize(
    ("value", "columns"),
    [
        ("[b, b]", [9]),
        ("[b, c]", []),
        ("[b]", []),
        ("[b, c, b, b, c]", [12, 15, 18]),
        ("[b, B]", []),
        ("['', '']", []),
        ("[b, '', '']", []),
    ],
)
def test_repeated_item(value, columns, found):
    text = f"Models:\n- Name: a\n  Metadata:\n   Tasks:\n    {value}\n"
    problems = found("MZ212", text)
    assert [f.location.column for f in problems] == columns
    assert all(f.model == "a" for f in problems)


def test_repeated_numbers_may_be_meant(found):
    assert found("MZ212", "Models:\n- Name: a\n  Metadata: {Std: [1, 1, 1]}\n") == []
    assert found("MZ212", "Models:\n- Name: a\n  Metadata: {Std: [b, c, b]}\n") != []


def test_only_a_metadata_list_repeats_items(found):
    assert found("MZ212", "Models:\n- Name: a\n  Metadata: {Optimizer: aa}\n") == []
