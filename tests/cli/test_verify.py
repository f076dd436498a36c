"""`metazoo verify` as a user meets it."""

import json

import pytest

from .command import DATA, git, metazoo

TIMM = DATA / "timm.yml"
"""Names the source that cards of 2021 don't name."""


@pytest.mark.measure
def test_a_card_with_wrong_flops():
    done = metazoo("verify", DATA / "resnext-2021.md", TIMM)
    assert done.returncode == 1
    out = done.stdout
    assert "resnext-2021.md:49:12" in out
    assert "measured: 4,230,479,872 MACs = 8,460,959,744 FLOPs at 224×224" in out
    assert "tv_resnext50_32x4d: a deprecated name for resnext50_32x4d.tv_in1k" in out
    assert "FLOPs: 4 differ" in out
    assert "Parameters: 4 verified" in out


@pytest.mark.measure
def test_json_holds_verdicts_findings_and_counts():
    done = metazoo("verify", DATA / "res2next-2021.md", TIMM, "--format", "json")
    assert done.returncode == 1
    result = json.loads(done.stdout)
    verdicts = {v["field"]: v for v in result["verdicts"]}
    assert {field: v["verdict"] for field, v in verdicts.items()} == {
        "FLOPs": "differs",
        "Parameters": "verified",
        "File Size": "verified",
        "Name": "verified",
        "Image Size": "verified",
        "Crop Pct": "verified",
        "Interpolation": "verified",
    }
    assert (result["measured_now"], result["from_records"], result["not_measured"]) == (1, 0, 0)
    flops = verdicts["FLOPs"]
    assert (flops["model"], flops["declared"]) == ("res2next50", 5396798208)
    assert flops["file"].endswith("res2next-2021.md")
    assert flops["line"] > 1
    assert result["summary"]["FLOPs"]["differs"] == 1
    assert [f["code"] for f in result["findings"] if f["severity"] == "error"] == ["MZ601"]


def test_without_torch_it_names_the_extra(tmp_path):
    done = metazoo("verify", DATA / "resnext-2021.md", TIMM, torch=False)
    assert done.returncode == 2
    assert "pip install 'metazoo[verify]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_without_records_says_what_to_name():
    done = metazoo("verify", "--check", DATA / "resnext-2021.md", TIMM)
    assert done.returncode == 2
    assert "--records DIR" in done.stderr


@pytest.mark.measure
def test_records_of_another_zoo_in_a_folder_named_by_hand_are_kept(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nModels:\n- {Name: resnet10t}\n", "utf-8"
    )
    assert metazoo("verify", cwd=tmp_path).returncode == 0
    own = tmp_path / "model_index/measured/index.json"
    others = tmp_path / "others"
    others.mkdir()
    (others / "zoo.json").write_text(own.read_text("utf-8").replace("resnet10t", "b"), "utf-8")
    for _ in range(2):
        done = metazoo("verify", "--records", "others", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert sorted(file.name for file in others.iterdir()) == ["index.json", "zoo.json"]
    # In the project's own folder it is nobody else's, however that folder is named.
    own.with_name("zoo.json").write_text((others / "zoo.json").read_text("utf-8"), "utf-8")
    assert metazoo("verify", "--records", "model_index/measured", cwd=tmp_path).returncode == 0
    assert [file.name for file in own.parent.iterdir()] == ["index.json"]


@pytest.mark.measure
def test_records_make_torch_unnecessary(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nModels:\n- {Name: resnet10t, Metadata: {Parameters: 5.44M}}\n",
        "utf-8",
    )
    first = metazoo("verify", cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    assert "1 measured now" in first.stdout
    assert (tmp_path / "model_index/measured/index.json").is_file()
    for arguments in (["verify"], ["verify", "--check"]):
        again = metazoo(*arguments, cwd=tmp_path, torch=False)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "1 from records" in again.stdout


@pytest.mark.measure
def test_fix_writes_what_was_measured_and_diff_only_shows_it(tmp_path):
    index = tmp_path / "index.yml"
    wrong = "Library: {Source: timm}\nModels:\n- {Name: resnet10t, Metadata: {Parameters: 5.45M}}  # ours\n"
    index.write_text(wrong, "utf-8")
    shown = metazoo("verify", "index.yml", "--diff", cwd=tmp_path)
    assert shown.returncode == 1
    assert "+- {Name: resnet10t, Metadata: {Parameters: 5435488}}  # ours" in shown.stdout
    assert index.read_text("utf-8") == wrong
    fixed = metazoo("verify", "index.yml", "--fix", cwd=tmp_path)
    assert fixed.returncode == 0, fixed.stdout
    assert "Fixed 1 value in 1 file" in fixed.stderr
    assert index.read_text("utf-8") == wrong.replace("5.45M", "5435488")


@pytest.mark.measure
def test_only_the_named_models_and_the_records_left_alone(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nModels:\n- {Name: resnet10t}\n- {Name: resnet14t}\n", "utf-8"
    )
    done = metazoo("verify", "--models", "*10t", "--no-records", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {v["model"] for v in json.loads(done.stdout)["verdicts"]} == {"resnet10t"}
    assert not (tmp_path / "model_index/measured").exists()


@pytest.mark.measure
def test_a_model_has_the_memory_that_is_allowed(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nModels: [{Name: vit_large_patch16_224}]\n", "utf-8"
    )
    done = metazoo("verify", "index.yml", "--device", "cpu", "--memory", "0.5", cwd=tmp_path)
    assert "may take 0.5 GiB here" in done.stdout, done.stdout


def test_processes_here_and_a_cluster_are_not_asked_for_both(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nModels: [{Name: resnet10t}]\n", "utf-8"
    )
    done = metazoo("verify", "index.yml", "--jobs", "2", "--ray", "local", cwd=tmp_path)
    assert done.returncode == 2
    assert "--jobs sets the processes on this machine" in done.stderr


@pytest.mark.parametrize("option", [("--explain",), ("--ray", "local")])
def test_check_refuses_what_would_have_to_measure(option, tmp_path):
    done = metazoo("verify", "--check", *option, cwd=tmp_path)
    assert done.returncode == 2
    assert "--check measures nothing" in done.stderr


def test_check_and_fix_contradict_each_other(tmp_path):
    done = metazoo("verify", "--check", "--fix", "--records", "measured", cwd=tmp_path)
    assert done.returncode == 2
    assert "--check leaves everything as it is and --fix writes" in done.stderr


def test_a_filter_that_matches_nothing_is_a_wrong_use(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nModels: [{Name: resnet10t}]\n", "utf-8"
    )
    filters = ("--models", "resnet*", "--models", "nosuch")
    done = metazoo("verify", "index.yml", *filters, "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--models nosuch: no model in the index (1 in all) has a matching name" in done.stderr


@pytest.mark.measure
def test_only_what_is_on_record_is_measured_again(tmp_path):
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nModels: [{Name: resnet10t}]\n", "utf-8"
    )
    done = metazoo("verify", "index.yml", "--again", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1 model: 1 measured now, 0 from records"


@pytest.mark.measure
def test_a_record_that_was_edited_by_hand_is_found_by_measuring_again(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/one.yml").write_text("Models: [{Name: resnet10t}]\n", "utf-8")
    (tmp_path / "model_index/two.yml").write_text("Models: [{Name: resnet14t}]\n", "utf-8")
    (tmp_path / "model_index/index.yml").write_text(
        "Library: {Source: timm}\nImport: [one.yml, two.yml]\n", "utf-8"
    )
    assert metazoo("verify", cwd=tmp_path).returncode == 0
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    check = ("verify", "--check", "--again", "0", "--changed-since", "HEAD")
    done = metazoo(*check, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "measured again" not in done.stdout

    record = tmp_path / "model_index/measured/two.json"
    record.write_text(record.read_text().replace('"activations": ', '"activations": 1'))
    assert metazoo("verify", "--check", cwd=tmp_path).returncode == 0
    done = metazoo(*check, cwd=tmp_path)
    assert done.returncode == 1
    assert "MZ612" in done.stdout
    assert "resnet14t" in done.stdout
    assert "1 of these measured again" in done.stdout
    everything = metazoo("verify", "--check", "--again", "9", cwd=tmp_path)
    assert everything.returncode == 1
    assert "2 of these measured again" in everything.stdout


def test_changed_since_goes_with_again(tmp_path):
    done = metazoo("verify", "--changed-since", "HEAD", cwd=tmp_path)
    assert done.returncode == 2
    assert "it needs --again N" in done.stderr


def test_a_place_for_records_that_is_no_folder_is_refused_before_anything_is_measured(tmp_path):
    place = tmp_path / "file"
    place.touch()
    done = metazoo("verify", DATA / "res2next-2021.md", TIMM, "--records", place)
    assert done.returncode == 2
    assert "is not a folder; choose another place to write to" in done.stderr
    assert not done.stdout


# -- records of a part of the project's index ---------------------------------------------------

OURS = """\
from torch import nn

from metazoo.measure.sources import CallableSource


def small():
    return nn.Linear(4, 2)


def large():
    return nn.Linear(4, 3)


source = CallableSource("ours", {"small": small, "large": large}, input_size=(3, 8, 4))
"""


@pytest.fixture
def project(tmp_path):
    """A project with two families of its own models."""
    (tmp_path / "ours.py").write_text(OURS, "utf-8")
    (tmp_path / "metazoo.toml").write_text('[sources]\nours = "ours:source"\n', "utf-8")
    folder = tmp_path / "model_index"
    (folder / "families").mkdir(parents=True)
    (folder / "index.yml").write_text(
        "Library: {Name: ours, Source: ours}\nImport: [families/*.yml]\n", "utf-8"
    )
    (folder / "families/one.yml").write_text("Models: [{Name: small}]\n", "utf-8")
    (folder / "families/two.yml").write_text("Models: [{Name: large}]\n", "utf-8")
    return tmp_path


def records(project):
    folder = project / "model_index/measured"
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.measure
@pytest.mark.parametrize("path", ["model_index", "model_index/index.yml"])
def test_a_path_that_is_the_projects_index_keeps_its_records(project, path):
    done = metazoo("verify", path, "--jobs", "1", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert records(project) == ["one.json", "two.json"]
    assert "No records are kept" not in done.stderr
    (project / "model_index/families/two.yml").unlink()
    assert metazoo("verify", path, cwd=project).returncode == 0
    assert records(project) == ["one.json"]


@pytest.mark.measure
def test_a_path_within_the_projects_index_keeps_the_records_of_its_models_only(project):
    part = "model_index/families/one.yml"
    done = metazoo("verify", part, "--jobs", "1", "--format", "json", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {v["model"] for v in json.loads(done.stdout)["verdicts"]} == {"small"}
    assert records(project) == ["one.json"]
    checked = metazoo("verify", "--check", "families/one.yml", cwd=project / "model_index")
    assert checked.returncode == 0, checked.stdout
    assert "1 model: 0 measured now, 1 from records" in checked.stdout
    assert metazoo("verify", "--check", cwd=project).returncode == 1

    assert metazoo("verify", "--jobs", "1", cwd=project).returncode == 0
    (project / "model_index/families/two.yml").unlink()
    assert metazoo("verify", part, cwd=project).returncode == 0
    assert records(project) == ["one.json", "two.json"]


@pytest.mark.measure
def test_a_path_outside_the_projects_index_says_that_no_records_are_kept(project):
    other = project / "other.yml"
    other.write_text("Library: {Name: ours, Source: ours}\nModels: [{Name: small}]\n", "utf-8")
    done = metazoo("verify", "other.yml", "--jobs", "1", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No records are kept for files outside the project's index" in done.stderr
    assert "--records DIR" in done.stderr
    assert records(project) == []
    quiet = metazoo("verify", "other.yml", "--no-records", "--jobs", "1", cwd=project)
    assert "No records are kept" not in quiet.stderr
    kept = metazoo("verify", "other.yml", "--records", "kept", "--jobs", "1", cwd=project)
    assert "No records are kept" not in kept.stderr
    assert (project / "kept/other.json").is_file()


def test_paths_are_printed_as_seen_from_here(project):
    (project / "model_index/measured").mkdir()
    (project / "model_index/measured/one.json").write_text("{", "utf-8")
    done = metazoo("verify", "--check", "--format", "json", cwd=project, torch=False)
    files = {f["file"] for f in json.loads(done.stdout)["findings"]}
    assert files == {
        "model_index/measured/one.json",
        "model_index/families/one.yml",
        "model_index/families/two.yml",
    }
    assert str(project) not in metazoo("verify", "--check", cwd=project).stdout


@pytest.mark.measure
def test_a_change_of_own_code_is_noticed_by_verify_check_and_changed_since(project):
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "first")
    first = metazoo("verify", "--jobs", "1", cwd=project)
    assert "2 measured now" in first.stdout, first.stdout + first.stderr
    assert "2 from records" in metazoo("verify", cwd=project).stdout
    check = ("verify", "--check", "--again", "0", "--changed-since", "HEAD", "--jobs", "1")
    git(project, "add", ".")
    git(project, "commit", "-qm", "records")
    assert "measured again" not in metazoo(*check, cwd=project).stdout

    (project / "ours.py").write_text(OURS.replace("(4, 3)", "(4, 5)"), "utf-8")
    checked = metazoo("verify", "--check", cwd=project)
    assert checked.returncode == 1
    assert "MZ610" in checked.stdout
    assert "only a record of other versions or other code" in checked.stdout
    since = metazoo(*check, cwd=project)
    assert "2 of these measured again" in since.stdout
    assert "params is 15 on record and 25 now" in since.stdout
    again = metazoo("verify", "--jobs", "1", cwd=project)
    assert "2 measured now" in again.stdout
    record = json.loads((project / "model_index/measured/two.json").read_text("utf-8"))
    assert record["models"][0]["params"] == 25
    assert record["models"][0]["versions"]["ours"].startswith("sha256:")
    assert metazoo("verify", "--check", cwd=project).returncode == 0


@pytest.mark.measure
def test_force_measures_anew(project):
    metazoo("verify", "--jobs", "1", cwd=project)
    done = metazoo("verify", "--force", "--models", "small", "--jobs", "1", cwd=project)
    assert "1 model: 1 measured now, 0 from records" in done.stdout
    assert records(project) == ["one.json", "two.json"]


def test_check_and_force_contradict_each_other(project):
    done = metazoo("verify", "--check", "--force", cwd=project)
    assert done.returncode == 2
    assert "--check measures nothing and --force measures everything" in done.stderr


def test_records_and_settings_out_of_the_root_are_refused(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "package.json").write_text("{}", "utf-8")
    (project / "model_index/measured").symlink_to(outside)
    for command in (("verify", "--check"), ("list",), ("check",)):
        done = metazoo(*command, cwd=project, torch=False)
        assert done.returncode == 2
        assert "outside the project's root" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "content", ["{", "[" * 5000, '{"format": 1, "models": [{"model": "small", "params": NaN}]}']
)
def test_a_damaged_record_ends_no_command(project, content):
    (project / "model_index/measured").mkdir()
    (project / "model_index/measured/one.json").write_text(content, "utf-8")
    listed = metazoo("list", cwd=project, torch=False)
    assert listed.returncode == 0, listed.stderr
    assert {"small", "large"} <= set(listed.stdout.split())
    assert "one.json" in listed.stderr
    done = metazoo("verify", "--check", cwd=project, torch=False)
    assert done.returncode == 1
    assert "MZ613" in done.stdout
    assert "Traceback" not in done.stderr + listed.stderr


def test_a_typing_error_in_the_index_leaves_all_records(project):
    measured = project / "model_index/measured"
    measured.mkdir()
    row = '{"format": 1, "models": [{"model": "small"}]}'
    (measured / "one.json").write_text(row, "utf-8")
    (project / "model_index/index.yml").write_text("Import: [familes/*.yml]\n", "utf-8")
    done = metazoo("verify", cwd=project, torch=False)
    assert done.returncode == 1
    assert "MZ614" in done.stdout
    assert "no record was removed" in done.stdout
    assert (measured / "one.json").read_text("utf-8") == row
