"""What a project reads, checks, verifies and explains, and what its options leave out; nothing is built."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from metazoo import config
from metazoo.errors import UsageError
from metazoo.explain.explanations import FILE, Explanation, read_explanations, update_explanations
from metazoo.explain.networks import NetworkCatalog
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.measure.records import read_file
from metazoo.measure.versions import installed_versions
from metazoo.project import Again, Project, load
from metazoo.rules import RuleSettings

BASE = Path(__file__).parent / "hostile" / "base"
NO_NETWORKS = NetworkCatalog(lambda _source: [])


class Instrument:
    """Stands in for building models: all have 100 parameters and 1000 MACs."""

    def __init__(self, **changes):
        self.asked = []
        self.changes = changes

    def __call__(self, requests):
        for request in requests:
            self.asked.append(request.model)
            yield Measurement(
                **{
                    "model": request.model,
                    "source": request.source,
                    "input_size": request.input_size or (3, 8, 8),
                    "num_classes": request.num_classes,
                    "reparameterized": request.reparameterize,
                    "device": request.device,
                    "params": 100,
                    "macs": 1000,
                    "flops": 2000,
                    "state_dict_bytes": 400,
                    "state_dict_tensors": 2,
                    "components": {"conv": 1000},
                    "facts": SourceFacts(input_size=(3, 8, 8)),
                    "versions": installed_versions("timm"),
                    **self.changes,
                }
            )


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A project of two families in which two facts are wrong: parameters of b, FLOPs of c."""
    index = tmp_path / "model_index"
    index.mkdir()
    (tmp_path / "metazoo.toml").write_text("")
    (index / "index.yml").write_text(
        "Library: {Name: Zoo, Source: timm}\nImport: [one.yml, two.yml]\n"
    )
    (index / "one.yml").write_text(
        "Models:\n- {Name: a, Metadata: {Parameters: 100}}\n- {Name: b, Metadata: {Parameters: 101}}\n"
    )
    (index / "two.yml").write_text("Models:\n- {Name: c, Metadata: {FLOPs: 1500}}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "_project", None)
    return tmp_path


def names(project):
    return [model.name.text for model in project.models]


def verified(outcome):
    return [v.model.name.text for v in outcome.models]


def codes(findings):
    return [(f.code, f.model) for f in findings if f.code.startswith("MZ6")]


# -- reading ------------------------------------------------------------------------------


def test_a_folder_is_read_by_its_own_index_and_a_file_by_itself(zoo):
    whole = load()
    assert (names(whole), whole.is_own, whole.named) == (["a", "b", "c"], True, ())
    file = load("model_index/two.yml")
    assert (names(file), file.is_own) == (["c"], False)
    assert file.named == (Path("model_index/two.yml"),)
    assert file.config.root == zoo
    assert config.current_root() == zoo


def test_settings_are_the_configuration_s_unless_chosen(zoo):
    (zoo / "metazoo.toml").write_text("ignore = ['MZ2']\n")
    assert Project.open().settings.ignore == ("MZ2",)
    chosen = RuleSettings(select=("MZ4",))
    assert Project.open(settings=lambda _: chosen).settings is chosen


def test_a_root_bounds_the_index(zoo):
    (zoo / "outside.yml").write_text("Models: [{Name: d}]\n")
    (zoo / "model_index/two.yml").write_text("Import: [../outside.yml]\n")
    assert names(Project.open()) == ["a", "b", "d"]
    assert names(Project.open(root=zoo / "model_index")) == ["a", "b"]
    part = [Path("model_index/two.yml")]
    assert names(Project.open(part, root=zoo)) == ["d"]
    assert names(Project.open(part, root=zoo / "model_index")) == []


def test_a_project_is_read_again_as_it_was(zoo):
    part = Project.open([Path("model_index/two.yml")]).within_own_index()
    (zoo / "model_index/two.yml").write_text("Models: [{Name: d}]\n")
    again = part.read_again()
    assert (names(again), again.part, again.settings) == (["d"], part.part, part.settings)
    assert len(again.index.models) == 3
    assert names(Project.open().read_again()) == ["a", "b", "d"]
    file = Project.open([Path("model_index/two.yml")])
    assert len(file.read_again().index.models) == 1


def test_named_files_of_the_index_are_a_part_of_it(zoo):
    own = Project.open()
    assert own.within_own_index() is own
    part = Project.open([Path("model_index/two.yml")]).within_own_index()
    assert (names(part), part.is_own, len(part.index.models)) == (["c"], True, 3)
    assert part.index.library is not None
    every = [Path(f"model_index/{name}.yml") for name in ("index", "one", "two")]
    whole = Project.open(every).within_own_index()
    assert (whole.named, whole.part, whole.is_own) == ((), None, True)


def test_files_that_the_index_does_not_read_are_no_part_of_it(zoo):
    (zoo / "other.yml").write_text("Models: [{Name: d}]\n")
    for paths in (["other.yml"], ["other.yml", "model_index/one.yml"]):
        other = Project.open(list(map(Path, paths)))
        assert other.within_own_index() is other
        assert not other.is_own
    (zoo / "notes.md").write_text("# no index\n")
    (zoo / "more.md").write_text("# no index\n")
    none = Project.open([Path("notes.md"), Path("more.md")])
    assert none.within_own_index() is none
    (zoo / "model_index/index.yml").unlink()
    gone = Project.open([Path("model_index/one.yml")])
    assert gone.within_own_index() is gone


def test_findings_of_the_index_and_the_glossary_stand_in_order(zoo):
    (zoo / "model_index/glossary.yml").write_text("- a list\n")
    (zoo / "model_index/two.yml").write_text("Models: [\n")
    found = [(Path(f.location.file).name, f.code) for f in load().findings]
    assert found == sorted(found)
    assert {file for file, _ in found} == {"glossary.yml", "two.yml"}
    assert ("glossary.yml", "MZ803") in {
        (Path(f.location.file).name, f.code) for f in load().check()
    }


def test_records_and_benchmarks_lie_beside_the_index(zoo):
    project = load()
    assert project.records == Path("model_index/measured")
    assert project.benchmarks == zoo / "model_index/benchmarks"


# -- checking -----------------------------------------------------------------------------


def waive(zoo, rule, *, model="*"):
    (zoo / "model_index/waivers.yml").write_text(
        f"Waivers: [{{Rule: {rule}, Models: '{model}', Reason: on purpose, Expires: 2099-01-01}}]\n"
    )


def test_waivers_are_called_unused_only_where_the_whole_index_was_read(zoo):
    waive(zoo, "MZ404")
    assert "MZ703" in [f.code for f in load().check()]
    assert "MZ703" not in [f.code for f in load("model_index/one.yml").check()]
    whole = Project.open([Path("model_index/index.yml")])
    assert "MZ703" in [f.code for f in whole.check()]


def test_check_looks_at_what_changed_since_a_revision(zoo):
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    (zoo / "model_index/two.yml").write_text("Models:\n- {Name: c, Nmae: x}\n")
    every = load().check()
    changed = load().check(changed_since="HEAD")
    assert {Path(f.location.file).name for f in every} > {"two.yml"}
    assert {Path(f.location.file).name for f in changed} == {"two.yml"}


def test_checking_imports_nothing_that_only_verifying_needs(zoo):
    program = (
        "import sys, metazoo; metazoo.load('.').check();"
        "rooms = {m.split('.')[1] for m in sys.modules if m.startswith('metazoo.')};"
        "assert not rooms & {'verify', 'explain', 'bench', 'measure', 'changed', 'git'}, rooms"
    )
    subprocess.run([sys.executable, "-P", "-c", program], check=True)


# -- measuring and verifying --------------------------------------------------------------


def test_models_are_measured_once_at_the_size_they_declare(zoo):
    (zoo / "model_index/two.yml").write_text(
        "Models:\n- {Name: a}\n- {Name: a, Metadata: {Image Size: 16}}\n"
    )
    found = list(load().measure(Instrument()))
    assert [(m.model, m.input_size) for m in found] == [
        ("a", (3, 8, 8)),
        ("b", (3, 8, 8)),
        ("a", (3, 16, 16)),
    ]
    part = Project.open([Path("model_index/one.yml")]).within_own_index()
    assert [m.model for m in part.measure(Instrument())] == ["a", "b"]


def test_verification_keeps_records_where_it_is_told_to(zoo):
    project = load()
    assert codes(project.verify(Instrument()).findings) == [("MZ602", "b"), ("MZ601", "c")]
    assert not project.records.exists()
    project.verify(Instrument(), records=project.records, keep=False)
    assert not project.records.exists()
    project.verify(Instrument(), records=project.records)
    assert [m.model for m in read_file(project.records / "one.json")] == ["a", "b"]


def test_what_is_on_record_is_measured_again_only_by_force(zoo):
    project = load()
    project.verify(Instrument(), records=project.records)
    for force, asked in ((False, []), (True, ["a", "b", "c"])):
        measure = Instrument()
        project.verify(measure, records=project.records, force=force)
        assert measure.asked == asked
    outcome = project.verify(None, records=project.records, device="cpu")
    assert [f.code for f in outcome.findings if f.code == "MZ610"] == ["MZ610", "MZ610"]


def test_globs_choose_models_case_included(zoo):
    project = load()
    assert verified(project.verify(Instrument(), models=["[ab]", "c*"])) == ["a", "b", "c"]
    assert verified(project.verify(Instrument(), models=["b"])) == ["b"]
    with pytest.raises(UsageError, match=r"--models A: no model in the index \(3 in all\)"):
        project.verify(Instrument(), models=["a", "A"])


def test_a_glob_is_not_refused_where_there_is_no_model(zoo):
    for name in ("one", "two"):
        (zoo / f"model_index/{name}.yml").write_text("Collections: []\n")
    assert verified(load().verify(Instrument(), models=["a"])) == []


def test_a_part_is_verified_alone(zoo):
    part = Project.open([Path("model_index/one.yml")]).within_own_index()
    assert verified(part.verify(Instrument())) == ["a", "b"]
    assert verified(part.verify(Instrument(), models=["b"])) == ["b"]
    assert verified(part.verify(Instrument(), models=["c"])) == []


@pytest.mark.parametrize(
    ("paths", "folder", "removing"),
    [
        (None, "model_index/measured", True),
        (None, None, True),
        (None, "elsewhere", False),
        (["model_index/one.yml"], "model_index/measured", False),
    ],
)
def test_records_are_removed_only_from_the_project_s_own_folder(zoo, paths, folder, removing):
    project = Project.open([Path(p) for p in paths] if paths else None)
    outcome = project.verify(Instrument(), records=Path(folder) if folder else None)
    assert outcome.removing is removing
    part = project.within_own_index().verify(Instrument())
    assert part.removing is (paths is None)


def test_a_waived_difference_is_marked(zoo):
    waive(zoo, "MZ602", model="b")
    found = {f.code: f.waived for f in load().verify(Instrument()).findings if f.model}
    assert found["MZ602"] == "on purpose"
    assert found["MZ601"] is None


def test_unused_waivers_of_other_rules_are_left_to_check(zoo):
    waive(zoo, "MZ404")
    assert "MZ703" not in [f.code for f in load().verify(Instrument()).findings]
    waive(zoo, "MZ603")
    assert "MZ703" in [f.code for f in load().verify(Instrument()).findings]


# -- explanations -------------------------------------------------------------------------

HALF = "it is half of what torch counts at 8×8"


def with_half(zoo):
    (zoo / "model_index/two.yml").write_text("Models:\n- {Name: c, Metadata: {FLOPs: 617283}}\n")
    return Instrument(macs=1_234_566, flops=2_469_132, components={"conv": 1_234_566})


def test_what_explains_a_difference_is_said_and_kept(zoo):
    measure, project = with_half(zoo), load()
    outcome = project.verify(measure, records=project.records, explain_with=NO_NETWORKS)
    (said,) = [f.message for f in outcome.findings if f.code == "MZ601"]
    assert said.endswith(f"; {HALF}")
    assert [e.text for e in read_explanations(project.records)] == [HALF]
    # It is said again without looking for it.
    again = Instrument()
    outcome = project.verify(again, records=project.records, explain_with=NO_NETWORKS)
    assert [f.message for f in outcome.findings if f.code == "MZ601"] == [said]
    assert "c" not in again.asked
    verified, findings = project.verify_from_records()
    assert [f.message for v in verified for f in v.findings if f.code == "MZ601"] == [said]
    assert findings == []


@pytest.mark.parametrize("options", [{"keep": False}, {"records": None}])
def test_explanations_are_kept_only_among_records_that_are_kept(zoo, options):
    measure = with_half(zoo)
    project = load()
    options = {"records": project.records, "explain_with": NO_NETWORKS, **options}
    outcome = project.verify(measure, **options)
    assert any(f.message.endswith(HALF) for f in outcome.findings)
    assert not (project.records / FILE).exists()


def test_without_measuring_nothing_new_is_explained(zoo):
    measure = with_half(zoo)
    project = load()
    project.verify(measure, records=project.records)
    outcome = project.verify(None, records=project.records, explain_with=NO_NETWORKS)
    assert [f.message.endswith(HALF) for f in outcome.findings if f.code == "MZ601"] == [False]


@pytest.mark.parametrize(("models", "left"), [((), ["c", "gone"]), (("c",), ["a", "c", "gone"])])
def test_old_explanations_leave_with_a_run_over_the_whole_index(zoo, models, left):
    measure = with_half(zoo)
    project = load()
    old = [
        Explanation("gone", "FLOPs", 1, 2, "it is old"),
        Explanation("a", "FLOPs", 1, 2, "it is old"),
    ]
    project.records.mkdir()
    update_explanations(project.records, lambda _: old)
    project.verify(measure, records=project.records, explain_with=NO_NETWORKS, models=models)
    # Those of models that the index doesn't have stay.
    assert [e.model for e in read_explanations(project.records)] == left


def test_damaged_explanations_are_named_once_and_nothing_else_is_lost(zoo):
    measure = with_half(zoo)
    project = load()
    project.records.mkdir()
    (project.records / FILE).write_text("{\n")
    outcome = project.verify(measure, records=project.records, explain_with=NO_NETWORKS)
    found = [f.code for f in outcome.findings if f.code in ("MZ601", "MZ602", "MZ613")]
    assert found == ["MZ613", "MZ602", "MZ601"]
    assert (project.records / FILE).read_text() == "{\n"
    _, findings = project.verify_from_records()
    assert [f.code for f in findings] == ["MZ613"]


def test_pages_see_what_is_accepted_on_purpose(zoo):
    project = load()
    project.verify(Instrument(), records=project.records)
    waive(zoo, "MZ602", model="b")
    verified, findings = project.verify_from_records()
    assert {f.code: f.waived for v in verified for f in v.findings} == {
        "MZ602": "on purpose",
        "MZ601": None,
    }
    assert findings == []


def test_explain_answers_for_the_facts_and_models_asked_for(zoo):
    project = load()

    def asked(**options):
        found = project.explain(Instrument(), catalog=NO_NETWORKS, **options)
        return [(q.model.name.text, q.field) for q in found.questions]

    assert asked() == [("b", "Parameters"), ("c", "FLOPs")]
    assert asked(fields=["FLOPs"]) == [("c", "FLOPs")]
    assert asked(fields=[]) == []
    assert asked(models=["a", "b"]) == [("b", "Parameters")]
    (zoo / "model_index/one.yml").write_text(
        "Models: [{Name: b, Metadata: {Parameters: 101, FLOPs: 1500}}]\n"
    )
    project = load()
    # Parameters are looked at, too, as they tell which network it is, but not answered for.
    assert asked(fields=["FLOPs"]) == [("b", "FLOPs"), ("c", "FLOPs")]


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (["b", "x*"], "nothing to explain: no model matches 'x*'"),
        (["B"], "nothing to explain: no model matches 'B'"),
    ],
)
def test_explain_refuses_a_name_that_no_model_has(zoo, models, said):
    with pytest.raises(UsageError) as error:
        load().explain(Instrument(), models=models)
    assert str(error.value) == said


def test_explain_refuses_an_index_without_models_or_with_errors(zoo):
    (zoo / "model_index/one.yml").write_text("Collections: []\n")
    (zoo / "model_index/two.yml").write_text("Collections: []\n")
    with pytest.raises(UsageError, match="the index has no models"):
        load().explain(Instrument())
    (zoo / "model_index/two.yml").write_text("Models: [\n")
    with pytest.raises(UsageError, match=r"two\.yml:1:9: .*; fix this first"):
        load().explain(Instrument())


def test_a_warning_does_not_keep_explain_from_its_work(zoo):
    (zoo / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nImport: [one.yml, one.yml]\n"
    )
    found = load().explain(Instrument(), catalog=NO_NETWORKS)
    assert [q.model.name.text for q in found.questions] == ["b"]


# -- measuring again ----------------------------------------------------------------------


@pytest.fixture
def recorded(zoo):
    project = load()
    project.verify(Instrument(), records=project.records)
    return project


@pytest.mark.parametrize(("sample", "again"), [(0, 0), (2, 2), (3, 3), (9, 3)])
def test_a_sample_of_what_is_on_record_is_measured_again(recorded, sample, again):
    anew = Instrument(params=99)
    outcome = recorded.verify(None, records=recorded.records, again=Again(sample, anew))
    assert outcome.measured_again == again == len(anew.asked)
    assert len([f for f in outcome.findings if f.code == "MZ612"]) == again


def test_what_was_measured_in_this_run_is_not_measured_again(zoo):
    project, anew = load(), Instrument()
    outcome = project.verify(Instrument(), again=Again(9, anew))
    assert (outcome.measured_again, anew.asked) == (0, [])


def test_what_changed_is_measured_again_besides_the_sample(recorded):
    git = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    Path("model_index/two.yml").write_text("Models:\n- {Name: c}\n")
    for count, asked in ((0, ["c"]), (1, 2), (2, ["a", "b", "c"])):
        anew = Instrument()
        again = Again(count, anew, changed_since="HEAD")
        outcome = load().verify(None, records=recorded.records, again=again)
        assert sorted(anew.asked) == asked or len(anew.asked) == asked
        assert outcome.measured_again == len(anew.asked)


def test_models_are_measured_again_on_the_device_asked_for(recorded):
    recorded.verify(Instrument(), records=recorded.records, device="cpu")
    devices = []

    def anew(requests):
        devices.extend(r.device for r in requests)
        return Instrument()(requests)

    recorded.verify(None, records=recorded.records, device="cpu", again=Again(9, anew))
    assert devices == ["cpu"] * 3


# -- benchmarks ---------------------------------------------------------------------------


def test_benchmarks_are_read_in_order_and_damaged_files_named(zoo):
    assert load().read_benchmarks() == ([], [])
    folder = zoo / "model_index/benchmarks"
    folder.mkdir()
    for name in ("b", "c"):
        shutil.copy(BASE / "model_index/benchmarks/some-cpu.json", folder / f"{name}.json")
    (folder / "a.json").write_text("{\n")
    (folder / "notes.txt").write_text("{\n")
    found, findings = load().read_benchmarks()
    assert len(found) == 2
    assert [(f.code, Path(f.location.file).name) for f in findings] == [("MZ613", "a.json")]
