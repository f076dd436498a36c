"""Declared numbers that differ, and where they came from."""

from pathlib import Path

import pytest

pytest.importorskip("timm")

from metazoo.errors import RecordError
from metazoo.index.reader import read_index
from metazoo.measure import measure_models
from metazoo.measure.run import source_names
from metazoo.verify.explain import explain, explain_differences, questions_of, summary
from metazoo.verify.explanations import (
    FILE,
    Explanation,
    current,
    read_explanations,
    write_explanations,
)
from metazoo.verify.run import verify

pytestmark = pytest.mark.measure

INDEX = Path(__file__).with_name("explained.yml")


def measure(requests):
    return measure_models(requests, jobs=0)


@pytest.fixture(scope="module")
def questions():
    found = questions_of(read_index([INDEX]), measure, ["FLOPs", "Parameters", "File Size"])
    explain(found, measure, lambda: source_names("timm"))
    return {(q.model.name.text, q.field): q for q in found}


def test_only_what_differs_is_a_question(questions):
    assert ("resnext50_32x4d", "Parameters") not in questions
    assert ("resnext50_32x4d", "FLOPs") in questions


@pytest.mark.parametrize(
    ("name", "convention", "size", "factor"),
    [
        ("resnext50_32x4d", "thop-2020", (3, 224, 285), 1),
        ("tv_resnext50_32x4d", "thop-2020", (3, 224, 285), 1),
        ("res2next50", "thop-2020", (3, 224, 285), 1),
        ("tf_mobilenetv3_small_100", "thop-2020", (3, 224, 285), 1),
        ("tresnet_m", "thop-2020", (3, 224, 224), 1),
        ("ig_resnext101_32x16d", "thop-2020", (3, 224, 285), 1),
    ],
)
def test_operations_are_explained_to_the_last_digit(questions, name, convention, size, factor):
    best = questions[name, "FLOPs"].hypotheses[0]
    assert best.exact
    assert best.value == questions[name, "FLOPs"].declared.value
    assert (best.convention, best.input_size, best.factor) == (convention, size, factor)


def test_a_size_nobody_listed_is_found_from_the_ratio(questions):
    best = questions["resnet18", "FLOPs"].hypotheses[0]
    assert best.exact
    assert best.input_size == (3, 195, 195)


def test_another_network_is_found_by_its_parameters_and_its_file(questions):
    for field in ("Parameters", "File Size"):
        best = questions["ig_resnext101_32x16d", field].hypotheses[0]
        assert best.exact
        assert best.text.endswith(" of resnext101_32x16d")
    assert (
        questions["ig_resnext101_32x16d", "FLOPs"]
        .hypotheses[0]
        .text.endswith("of resnext101_32x16d")
    )


def test_a_missing_classifier_and_half_precision_are_found(questions):
    assert "without its classifier" in questions["resnet18", "Parameters"].hypotheses[0].text
    assert "half precision" in questions["resnet18", "File Size"].hypotheses[0].text


def test_what_cannot_be_explained_is_not_explained(questions):
    assert not questions["resnet34", "FLOPs"].explained


def test_a_hypothesis_is_near_the_number_or_none(questions):
    for question in questions.values():
        for hypothesis in question.hypotheses:
            assert hypothesis.value == pytest.approx(question.number, rel=0.02)


def test_one_convention_is_said_to_explain_most(questions):
    said = summary(list(questions.values()))
    assert "Of 8 declared FLOPs that differ, 7 are explained" in said
    assert "the convention thop-2020 alone explains 6" in said


def test_verification_says_where_a_number_comes_from_and_keeps_it(tmp_path):
    index = read_index([INDEX])
    index.models = index.models[:1]
    outcome = verify(index, measure=measure, records=tmp_path)
    found = explain_differences(outcome.models, index, measure, lambda: source_names("timm"))
    write_explanations(tmp_path, found)
    # What is kept is said again without measuring anything, and not looked for again.
    again = verify(index, measure=None, records=tmp_path)
    (finding,) = [f for f in again.findings if f.code == "MZ601"]
    assert "; it is what thop-2020 counts at 224×285" in finding.message
    assert "thop-2020" in again.models[0].verdict("FLOPs").reason
    assert not explain_differences(again.models, index, None, None)


def test_an_explanation_is_of_the_number_that_it_was_found_for(tmp_path):
    index = read_index([INDEX])
    (model,) = index.models[:1]
    index.models = [model]
    verify(index, measure=measure, records=tmp_path)
    old = Explanation(model.name.text, "FLOPs", 1, 2, "it is of another age")
    write_explanations(tmp_path, [old])
    outcome = verify(index, measure=None, records=tmp_path)
    assert not outcome.models[0].verdict("FLOPs").reason
    assert current(outcome.models, [old]) == []
    assert current([], [old]) == [old]


def test_a_damaged_file_of_explanations_is_said_with_its_line(tmp_path):
    (tmp_path / FILE).write_text('{"model": "m"}\n')
    with pytest.raises(RecordError, match=r"explanations\.jsonl:1: is no explanation"):
        read_explanations(tmp_path)
