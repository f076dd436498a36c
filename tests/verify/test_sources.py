"""What is asked of a source: which one, with which inputs and configuration; and what is said without one."""

import json

import pytest

from metazoo import config
from metazoo.explain.explain import FIELDS, differences
from metazoo.findings import Severity
from metazoo.index.reader import read_index
from metazoo.inputs import Input
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import read_file
from metazoo.project import Project
from metazoo.verify.run import request_of, verify
from metazoo.verify.verdicts import Verdict

from .test_run import Instrument

IMAGE = Input(shape=(3, 64, 64), type="image", batch="list")
MASK = Input(shape=(8,), type="mask")


def read(folder, text):
    (folder / "index.yml").write_text(text, "utf-8")
    return read_index([folder / "index.yml"], root=folder)


def requests(folder, text):
    index = read(folder, text)
    return [request_of(model, index) for model in index.models]


# -- which source ------------------------------------------------------------------------------

NEARER = """\
{library}
Collections:
- {{Name: C, Source: torchvision}}
- {{Name: D}}
Models:
- {{Name: own, In Collection: C, Source: ours}}
- {{Name: of_collection, In Collection: C}}
- {{Name: of_library, In Collection: D}}
- {{Name: unknown, In Collection: C, Source: null}}
"""


def test_the_nearest_source_counts(tmp_path):
    found = requests(tmp_path, NEARER.format(library="Library: {Source: timm}"))
    assert [r.source for r in found] == ["ours", "torchvision", "timm", "torchvision"]


@pytest.mark.parametrize("library", ["", "Library: {Name: Zoo}", "Library: {Source: null}"])
def test_no_source_is_none(tmp_path, library):
    found = requests(tmp_path, NEARER.format(library=library))
    assert [r and r.source for r in found] == ["ours", "torchvision", None, "torchvision"]


# -- inputs and configuration ------------------------------------------------------------------

STATED = "Inputs: [{Shape: [3, 64, 64], Type: image, Batch: list}, {Shape: [8], Type: mask}]"


@pytest.mark.parametrize(
    ("own", "shared", "inputs", "size"),
    [
        ("{}", "{}", (), None),
        ("{Image Size: 288}", "{}", (), (3, 288, 288)),
        (f"{{{STATED}}}", "{}", (IMAGE, MASK), (3, 64, 64)),
        (f"{{{STATED}, Image Size: 288}}", "{}", (IMAGE, MASK), (3, 64, 64)),
        ("{}", f"{{{STATED}, Image Size: 288}}", (IMAGE, MASK), (3, 64, 64)),
        (f"{{{STATED}}}", "{Image Size: 288}", (IMAGE, MASK), (3, 64, 64)),
        (
            "{Image Size: 288}",
            f"{{{STATED}}}",
            (Input(shape=(3, 288, 288), type="image", batch="list"), MASK),
            (3, 288, 288),
        ),
        ("{Inputs: [{Shape: [1, 28, 28], Type: image}]}", "{}", (), (1, 28, 28)),
        ("{Inputs: [{Shape: [8], Type: mask}], Image Size: 288}", "{}", (MASK,), None),
        ("{Inputs: [{Type: mask}], Image Size: 288}", "{}", (), (3, 288, 288)),
    ],
)
def test_a_request_has_the_declared_inputs(tmp_path, own, shared, inputs, size):
    (request,) = requests(
        tmp_path,
        f"Library: {{Source: ours}}\nCollections: [{{Name: C, Metadata: {shared}}}]\n"
        f"Models: [{{Name: m, In Collection: C, Metadata: {own}}}]\n",
    )
    assert (request.inputs, request.input_size) == (inputs, size)


@pytest.mark.parametrize(
    ("source", "written", "asked"),
    [
        ("transformers", "bert/config.json", "zoo/bert/config.json"),
        ("transformers", "zoo/bert/config.json", "zoo/bert/config.json"),
        ("transformers", "missing.json", "missing.json"),
        ("transformers", "../outside.json", "../outside.json"),
        (
            "openmmlab",
            "configs/resnet/resnet18_8xb32_in1k.py",
            "configs/resnet/resnet18_8xb32_in1k.py",
        ),
        ("timm", "bert/config.json", None),
        ("ours", "bert/config.json", None),
    ],
)
def test_a_source_by_configuration_gets_the_config(tmp_path, source, written, asked):
    root = tmp_path / "root"
    (root / "zoo/bert").mkdir(parents=True)
    (root / "zoo/bert/config.json").write_text("{}")
    (tmp_path / "outside.json").write_text("{}")
    (root / "index.yml").write_text("Import: [zoo/index.yml]\n")
    (root / "zoo/index.yml").write_text(
        f"Library: {{Source: {source}}}\nModels: [{{Name: m, Config: {written}}}]\n"
    )
    config.work_on(root)
    index = read_index([root / "index.yml"], root=root)
    assert request_of(index.models[0], index).config == asked


# -- without a source --------------------------------------------------------------------------

SOME = """\
Models:
- {Name: a, Source: timm, Metadata: {Parameters: 100}}
- {Name: b, Metadata: {Parameters: 100, Image Size: 224}}
- {Name: c}
"""


def said(outcome):
    return [f for f in outcome.findings if f.code == "MZ616"]


@pytest.mark.parametrize("measure", [Instrument(), None])
def test_one_finding_says_that_no_source_is_named(tmp_path, measure):
    index = read(tmp_path, "Library: {Name: Zoo}\nModels: [{Name: a}, {Name: b}, {Name: c}]\n")
    outcome = verify(index, measure=measure)
    (finding,) = said(outcome)
    assert outcome.findings == [finding]
    assert finding.severity is Severity.ERROR
    assert finding.message == "no source is named, so no model is measured"
    assert (finding.location.line, finding.model) == (1, None)
    assert "Library: {Source: NAME}" in finding.hint
    assert "timm, torchvision, open_clip" in finding.hint
    assert (outcome.measured, outcome.unmeasured) == (0, 3)


def test_without_a_library_the_first_model_is_the_place(tmp_path):
    (finding,) = said(verify(read(tmp_path, "Models:\n- Name: a\n"), measure=None))
    assert (finding.location.line, finding.location.column) == (2, 9)


def test_only_models_with_a_source_are_measured(tmp_path):
    measure = Instrument()
    outcome = verify(read(tmp_path, SOME), measure=measure)
    assert measure.asked == ["a"]
    (finding,) = said(outcome)
    assert finding.message == "2 of 3 models have no source and can't be measured: b, c"
    assert finding.location.line == 3
    _, b, _ = outcome.models
    verdicts = [b.verdict("Parameters"), *b.settings]
    assert {v.verdict for v in verdicts} == {Verdict.NOT_MEASURED}
    assert {v.reason for v in verdicts} == {"no source is named for it"}


def test_models_that_are_not_wanted_need_no_source(tmp_path):
    index = read(tmp_path, SOME)
    assert said(verify(index, measure=None, wanted=lambda m: m.name.text == "a")) == []
    (finding,) = said(verify(index, measure=None, wanted=lambda m: m.name.text != "c"))
    assert finding.message == "1 of 2 models has no source and can't be measured: b"


@pytest.mark.parametrize(
    ("models", "hint"),
    [
        (["Config: configs/resnet/resnet18.py"] * 2 + ["License: MIT"], "Source: openmmlab"),
        (["Config: configs/resnet/resnet18.py", "License: MIT"], "Source: NAME"),
        (["Config: configs/resnet/resnet18.yml"], "Source: NAME"),
        (["Weights: 'https://huggingface.co/timm/a'"] * 2 + ["License: MIT"], "Source: timm"),
        (["Weights: 'https://huggingface.co/timm/a'", "License: MIT"], "Source: NAME"),
    ],
)
def test_the_hint_guesses_from_most_models(tmp_path, models, hint):
    entries = [f"- {{Name: m{n}, {text}}}\n" for n, text in enumerate(models)]
    (finding,) = said(verify(read(tmp_path, f"Models:\n{''.join(entries)}"), measure=None))
    assert f"{{{hint}}}" in finding.hint


@pytest.mark.parametrize("name", ["tv_resnext50_32x4d", "resnext50_32x4d.tv_in1k"])
def test_the_hint_knows_names_of_timm(tmp_path, name):
    (finding,) = said(verify(read(tmp_path, f"Models: [{{Name: {name}}}]\n"), measure=None))
    assert "Source: timm" in finding.hint


def names(folder, file):
    return [m.model for m in read_file(folder / "measured" / file)]


def kept(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.yml").write_text(text)
    index = read_index([folder / "index.yml"], root=folder)
    return verify(index, measure=Instrument(), records=folder / "measured", whole=True)


def test_records_of_models_without_a_source_stay(tmp_path):
    kept(
        tmp_path,
        index="Library: {Source: timm}\nImport: [one.yml, two.yml]\n",
        one="Models: [{Name: a}, {Name: b}, {Name: gone}]\n",
        two="Models: [{Name: c}]\n",
    )
    before = json.loads((tmp_path / "measured/two.json").read_text())
    outcome = kept(
        tmp_path,
        index="Import: [one.yml, new.yml]\n",
        one="Models: [{Name: a, Source: timm}, {Name: b}]\n",
        new="Models: [{Name: c}]\n",
    )
    assert names(tmp_path, "one.json") == ["a", "b"]
    assert json.loads((tmp_path / "measured/two.json").read_text()) == before
    assert outcome.removed == ["gone"]


def test_explain_says_once_that_no_source_is_named(tmp_path):
    index = read(tmp_path, SOME.replace("Source: timm, ", ""))
    found = differences(index, Instrument(), FIELDS)
    assert found.questions == []
    (sentence,) = found.unanswered
    assert sentence.startswith(f"{index.models[0].name.location}: no source is named")


def test_a_project_measures_what_has_a_source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    read(tmp_path, SOME)
    project = Project.open([tmp_path / "index.yml"])
    assert [m.model for m in project.measure(Instrument())] == ["a"]


def test_a_count_that_depends_on_values_is_noted(tmp_path):
    index = read(tmp_path, "Library: {Source: ours}\nModels: [{Name: a}]\n")

    def measure(asked):
        for request in asked:
            yield Measurement(
                request.model,
                request.source,
                macs=1,
                flops=2,
                uncounted=("aten.fft",),
                depends_on_values=("aten.nonzero", "torchvision.nms"),
            )

    outcome = verify(index, measure=measure)
    assert sorted((f.code, f.severity) for f in outcome.findings) == [
        ("MZ609", Severity.WARNING),
        ("MZ617", Severity.INFO),
    ]
    (note,) = (f for f in outcome.findings if f.code == "MZ617")
    assert note.message == "its count depends on values, because of aten.nonzero, torchvision.nms"
