"""Declared numbers that differ, and where they came from."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("timm")

from metazoo.errors import RecordError
from metazoo.explain.explain import FIELDS, differences, explain, explain_differences, summary
from metazoo.explain.explanations import (
    FILE,
    Explanation,
    add_explanations,
    current,
    read_explanations,
    update_explanations,
)
from metazoo.explain.networks import NetworkCatalog
from metazoo.index.reader import read_index
from metazoo.measure.request import Request
from metazoo.measure.run import measure_models, source_names
from metazoo.verify.run import verify

pytestmark = pytest.mark.measure

INDEX = Path(__file__).with_name("explained.yml")


def measure(requests):
    return measure_models(requests, jobs=0)


@pytest.fixture(scope="module")
def questions():
    found = differences(read_index([INDEX]), measure, FIELDS).questions
    explain(found, measure, NetworkCatalog(source_names))
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
    assert best.input_size == (3, 196, 196)  # 195×195 gives the same count, and is less round


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
    said = " ".join(summary(list(questions.values())))
    assert "7 of 8 declared FLOPs that differ are explained" in said
    assert "the convention thop-2020 alone explains 6" in said


def test_verification_says_where_a_number_comes_from_and_keeps_it(tmp_path):
    index = read_index([INDEX])
    index.models = index.models[:1]
    outcome = verify(index, measure=measure, records=tmp_path)
    found = explain_differences(outcome.models, index, measure, NetworkCatalog(source_names))
    update_explanations(tmp_path, lambda _: found)
    # What is kept is said again without measuring anything, and not looked for again.
    again = verify(index, measure=None, records=tmp_path)
    add_explanations(again.models, read_explanations(tmp_path))
    (finding,) = [f for v in again.models for f in v.findings if f.code == "MZ601"]
    assert "; it is what thop-2020 counts at 224×285" in finding.message
    assert "thop-2020" in again.models[0].verdict("FLOPs").reason
    assert not explain_differences(again.models, index, None, None)


def test_an_explanation_is_of_the_number_that_it_was_found_for(tmp_path):
    index = read_index([INDEX])
    (model,) = index.models[:1]
    index.models = [model]
    verify(index, measure=measure, records=tmp_path)
    old = Explanation(model.name.text, "FLOPs", 1, 2, "it is of another age")
    update_explanations(tmp_path, lambda _: [old])
    outcome = verify(index, measure=None, records=tmp_path)
    add_explanations(outcome.models, [old])
    assert not outcome.models[0].verdict("FLOPs").reason
    assert current(outcome.models, [old]) == []
    assert current([], [old]) == [old]


def test_a_damaged_file_of_explanations_is_said_with_its_line(tmp_path):
    (tmp_path / FILE).write_text('{"model": "m"}\n')
    with pytest.raises(RecordError, match=r"explanations\.jsonl:1:1: is not an explanation"):
        read_explanations(tmp_path)


def explained(tmp_path, text, known=()):
    """Every question of an index written as text, by model and field."""
    path = tmp_path / "index.yml"
    path.write_text(text, "utf-8")
    said = []
    found = differences(read_index([path]), measure, FIELDS).questions
    explain(found, measure, NetworkCatalog(source_names, lambda _source: known), said.append)
    return {(q.model.name.text, q.field): q for q in found}, said


def test_two_digits_explain_nothing(tmp_path):
    found, _ = explained(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- {Name: resnet18, Metadata: {FLOPs: 1.9 G}}\n"
        "- {Name: resnet50, Metadata: {FLOPs: 5.3 G}}\n",
    )
    assert len(found) == 2
    for question in found.values():
        assert not question.explained
        assert question.hypotheses[0].text.startswith("consistent with ")
    assert "0 of 2 declared FLOPs" in summary(list(found.values()))[0]


def test_what_is_only_consistent_is_not_published(tmp_path):
    path = tmp_path / "index.yml"
    path.write_text(
        "Library: {Source: timm}\nModels: [{Name: resnet18, Metadata: {FLOPs: 1.9 G}}]\n", "utf-8"
    )
    index = read_index([path])
    outcome = verify(index, measure=measure)
    assert explain_differences(outcome.models, index, measure, NetworkCatalog(source_names)) == []


def test_macs_are_operations(tmp_path):
    found, said = explained(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- {Name: resnet18, Metadata: {MACs: 46820000}}\n"
        "- {Name: resnet18.a1_in1k, Metadata: {MACs: 1819065856}}\n",
    )
    assert not found["resnet18", "MACs"].explained
    best = found["resnet18.a1_in1k", "MACs"].hypotheses[0]
    assert (best.exact, best.convention) == (True, "fvcore")
    assert said == []


def test_a_network_that_was_folded_for_inference_is_found(tmp_path):
    found, _ = explained(
        tmp_path,
        "Library: {Source: timm}\nModels: [{Name: repvgg_a0, Metadata: {FLOPs: 1361451008, Parameters: 8309384,"
        " File Size: 33255000}}]\n",
    )
    for question in found.values():
        assert question.explained
        assert "the network reparameterized" in question.hypotheses[0].text
    assert len(found) == 3


def test_the_number_of_classes_is_found(tmp_path):
    found, _ = explained(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- {Name: resnet18, Metadata: {FLOPs: 1813566474, Parameters: 11181642}}\n"
        "- {Name: resnet34, Metadata: {FLOPs: 3663268352, Parameters: 21303653}}\n"
        "- {Name: resnet26, Metadata: {FLOPs: 2340956160}}\n",
    )
    for name, classes in (("resnet18", 10), ("resnet34", 37), ("resnet26", 365)):
        for field in ("FLOPs", "Parameters"):
            if (name, field) != ("resnet26", "Parameters"):
                best = found[name, field].hypotheses[0]
                assert best.exact, (name, field, best)
                assert best.text.endswith(f"of the network with {classes} classes")


def test_another_architecture_is_looked_up_in_the_index_s_own_source(tmp_path):
    found, said = explained(
        tmp_path,
        "Library: {Name: x, Source: torchvision}\n"
        "Models: [{Name: efficientnet_v2_s, Metadata: {Parameters: 54139356}}]\n",
    )
    (question,) = found.values()
    assert question.explained
    assert question.hypotheses[0].text == "the parameters of efficientnet_v2_m"
    assert "of the 109 architectures of torchvision" in said[0]


def test_another_architecture_of_no_like_name_is_found_where_it_was_measured_before(tmp_path):
    (known,) = measure([Request("vit_tiny_patch16_224.augreg_in21k_ft_in1k", "timm")])
    text = f"Library: {{Source: timm}}\nModels: [{{Name: resnet18, Metadata: {{Parameters: {known.params}}}}}]\n"
    found, _ = explained(tmp_path, text)
    assert not found["resnet18", "Parameters"].explained
    found, _ = explained(tmp_path, text, [known])
    best = found["resnet18", "Parameters"].hypotheses[0]
    assert (best.exact, best.text) == (True, "the parameters of vit_tiny_patch16_224")


def test_one_convention_for_as_many_models_as_it_explains(tmp_path):
    # thop of both ages counts regnets alike, whose norms neither sees.
    found, _ = explained(
        tmp_path,
        "Library: {Source: timm}\nModels:\n- {Name: regnetx_002, Metadata: {FLOPs: 255276032}}\n"
        "- {Name: res2next50, Metadata: {FLOPs: 5396798208}}\n",
    )
    assert {q.hypotheses[0].convention for q in found.values()} == {"thop-2020"}


def test_operations_tell_of_which_network_rounded_parameters_are(tmp_path):
    # Three digits of parameters are too few among so many networks; the operations are of one.
    text = "{FLOPs: 46623691776, Parameters: 194M}"
    text = (
        f"Library: {{Source: timm}}\nModels: [{{Name: ig_resnext101_32x16d, Metadata: {text}}}]\n"
    )
    found, _ = explained(tmp_path, text)
    assert not found["ig_resnext101_32x16d", "Parameters"].explained
    best = found["ig_resnext101_32x16d", "FLOPs"].hypotheses[0]
    assert best.exact
    assert best.text.endswith("of resnext101_32x16d")


def test_a_like_name_is_found_however_many_others_are_known(tmp_path):
    (real,) = measure([Request("resnext101_32x16d", "timm")])
    others = [
        replace(real, model=f"x{n}", architecture=f"x{n}", params=real.params + n * 100_000)
        for n in range(1, 30)
    ]
    text = "Library: {Source: timm}\nModels: [{Name: ig_resnext101_32x16d, Metadata: {Parameters: 194030000}}]\n"
    found, _ = explained(tmp_path, text, others)
    (question,) = found.values()
    assert question.explained
    assert question.hypotheses[0].text == "the parameters of resnext101_32x16d"


def test_half_a_count_at_a_size_nobody_listed_is_found(tmp_path):
    (at_304,) = measure([Request("resnet18", "timm", input_size=(3, 304, 304))])
    text = f"Library: {{Source: timm}}\nModels: [{{Name: resnet18, Metadata: {{FLOPs: {at_304.macs // 2}}}}}]\n"
    found, _ = explained(tmp_path, text)
    best = found["resnet18", "FLOPs"].hypotheses[0]
    assert (best.exact, best.factor, best.input_size) == (True, 0.5, (3, 304, 304))
