"""The rules about the values of one model, at their boundaries."""

import pytest


def model(*, results="", **values):
    lines = "".join(f"    {key.replace('_', ' ')}: {value}\n" for key, value in values.items())
    return f"Models:\n- Name: a\n  Metadata:\n{lines or '    Layers: 1'}\n" + (
        f"  Results:\n    Dataset: D\n    Metrics: {{{results}}}\n" if results else ""
    )


@pytest.mark.parametrize(
    ("passes", "fails", "says"),
    [
        (
            "Top 1 Accuracy: 80, Top 5 Accuracy: 80",
            "Top 1 Accuracy: 80.01, Top 5 Accuracy: 80",
            "above",
        ),
        ("Top 1 Error: 20, Top 5 Error: 20", "Top 1 Error: 19.99, Top 5 Error: 20", "below"),
        ("Top 1 Accuracy: 90", "acc@1: 90, Acc 5: 80", "above"),
        ("Top 5 Accuracy: 10", "Top 1 Accuracy: 90%, Top 5 Accuracy: 80", "above"),
        ("Top 1 Accuracy: 90, Top 5 Error: 80", None, ""),
        ("Top 1 Accuracy: high, Top 5 Accuracy: 80", None, ""),
        ("Top 1 Accuracy: 90 ms, Top 5 Accuracy: 80", None, ""),
        ("Top 1 Accuracy: 90, acc1: 70, Top 5 Accuracy: 80", None, ""),  # which one is it?
        ("Top 1 Accuracy: 90, Top 5 Accuracy: 95, acc5: 80", None, ""),
    ],
)
def test_top1_against_top5(passes, fails, says, found):
    assert found("MZ401", model(results=passes)) == []
    if fails is not None:
        (problem,) = found("MZ401", model(results=fails))
        assert says in problem.message
        assert problem.model == "a"


def test_top1_and_top5_of_different_results_are_not_compared(found):
    text = """\
Models:
- Name: a
  Results:
  - {Dataset: D, Metrics: {Top 1 Accuracy: 90}}
  - {Dataset: E, Metrics: {Top 5 Accuracy: 80}}
"""
    assert found("MZ401", text) == []


@pytest.mark.parametrize(
    ("metadata", "reported"),
    [("ID: b", True), ("ID: a", False), ("ID: null", False), ("ID: ''", False), ("ID: A", True)],
)
def test_id_and_name(metadata, reported, found):
    problems = found("MZ402", f"Models:\n- Name: a\n  Metadata: {{{metadata}}}\n")
    assert [f.model for f in problems] == (["a"] if reported else [])


def test_only_a_model_with_a_name_has_an_id_that_differs(found):
    text = "Collections:\n- {Name: A, Metadata: {ID: b}}\nModels:\n- Metadata: {ID: b}\n"
    assert found("MZ402", text) == []


@pytest.mark.parametrize(
    ("size", "reported"),
    [
        (974_000, True),
        (980_000, False),
        (1_200_000, False),
        (1_201_000, True),
        (1_949_000, True),
        (1_950_000, False),
        (2_400_000, False),
        (2_401_000, True),
        (3_899_000, True),
        (3_900_000, False),
        (4_750_000, False),
        (4_751_000, True),
    ],
)
def test_bytes_of_each_parameter(size, reported, found):
    problems = found("MZ403", model(Parameters=1_000_000, File_Size=size))
    assert bool(problems) is reported
    if reported:
        assert f"{size / 1_000_000:.3g} bytes" in problems[0].message
        assert problems[0].model == "a"


@pytest.mark.parametrize(
    ("values", "reported"),
    [
        ({"Parameters": 100_000, "File_Size": 900_000}, True),
        ({"Parameters": 99_999, "File_Size": 900_000}, False),  # the container outweighs them
        ({"Parameters": 100_000}, False),
        ({"File_Size": 900_000}, False),
        ({"Parameters": 100_000, "File_Size": 0}, False),
        ({"Parameters": 0, "File_Size": 900_000}, False),
    ],
)
def test_file_size_is_compared_if_both_are_known(values, reported, found):
    assert bool(found("MZ403", model(**values))) is reported


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"LR_Gamma": 0.1}, "LR Gamma is given without LR Step Size"),
        ({"LR_Step_Size": 30}, "LR Step Size is given without LR Gamma"),
        ({"LR_Gamma": 0.1, "LR_Step_Size": 30}, None),
        ({"LR": 0.1}, None),
    ],
)
def test_incomplete_schedule(values, message, found):
    problems = found("MZ408", model(**values))
    assert [f.message for f in problems] == ([message] if message else [])
    assert all(f.model == "a" and f.location[1:] == (4, 5) for f in problems)


def test_inherited_schedule_is_not_the_models_fault(found):
    text = (
        "Collections:\n- {Name: A, Metadata: {LR Gamma: 0.1}}\n"
        "Models:\n- {Name: a, In Collection: A}\n"
    )
    assert found("MZ408", text) == []
    assert found("MZ408", text.replace("A}\n", "A, Metadata: {LR Step Size: 30}}\n")) == []


@pytest.mark.parametrize(
    ("warmup", "whole"), [("Warmup_Epochs", "Epochs"), ("Warmup_Steps", "Training_Steps")]
)
@pytest.mark.parametrize(
    ("short", "long", "reported"),
    [(89, 90, False), (90, 90, True), (91, 90, True), (0, 90, False), (5, 0, False)],
)
def test_warmup_against_training(warmup, whole, short, long, reported, found):
    problems = found("MZ409", model(**{warmup: short, whole: long}))
    assert [f.model for f in problems] == (["a"] if reported else [])


def test_warmup_epochs_are_not_compared_with_steps(found):
    assert found("MZ409", model(Warmup_Epochs=100, Training_Steps=90)) == []
    assert found("MZ409", model(Warmup_Epochs=100)) == []


@pytest.mark.parametrize(
    ("step", "epochs", "reported"), [(90, 90, False), (91, 90, True), (91, 0, False)]
)
def test_step_against_training(step, epochs, reported, found):
    problems = found("MZ410", model(LR_Gamma=0.1, LR_Step_Size=step, Epochs=epochs))
    assert [f.model for f in problems] == (["a"] if reported else [])


def test_step_without_epochs(found):
    assert found("MZ410", model(LR_Step_Size=91)) == []


@pytest.mark.parametrize(
    ("flops", "parameters", "reported"),
    [
        (1_000_000, 1_000_000, False),
        (999_999, 1_000_000, True),
        (1, 1_000_000, True),
        (0, 1_000_000, False),
        (-1, 1_000_000, False),
        (1, "many", False),
    ],
)
def test_flops_against_parameters(flops, parameters, reported, found):
    problems = found("MZ412", model(FLOPs=flops, Parameters=parameters))
    assert [f.model for f in problems] == (["a"] if reported else [])


def test_flops_alone(found):
    assert found("MZ412", model(FLOPs=5)) == []
    assert found("MZ412", model(Parameters=5)) == []


@pytest.mark.parametrize(
    ("inputs", "reported"),
    [
        ("[{Shape: [128], Type: tokens, Below: 30522}]", False),
        ("[{Parts: [{Shape: [128], Type: tokens, Below: 30522}]}]", False),
        ("[{Shape: [128], Type: mask}]", True),
    ],
)
def test_a_vocabulary_may_have_more_parameters_than_the_model_has_flops(inputs, reported, found):
    text = model(FLOPs=5330896, Parameters=44540000, Inputs=inputs)
    assert bool(found("MZ412", text)) is reported
