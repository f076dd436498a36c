"""`metazoo verify` as a user meets it."""

import json

import pytest

from .command import DATA, git, metazoo


@pytest.mark.measure
def test_a_card_with_wrong_flops():
    done = metazoo("verify", DATA / "resnext-2021.md")
    assert done.returncode == 1
    out = done.stdout
    assert "resnext-2021.md:49:12" in out
    assert "measured are 4,230,479,872 MACs = 8,460,959,744 FLOPs at 224×224" in out
    assert "tv_resnext50_32x4d: a deprecated name of resnext50_32x4d.tv_in1k" in out
    assert "FLOPs: 4 differ" in out
    assert "Parameters: 4 verified" in out


@pytest.mark.measure
def test_json_holds_verdicts_findings_and_counts():
    done = metazoo("verify", DATA / "res2next-2021.md", "--format", "json")
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
    done = metazoo("verify", DATA / "resnext-2021.md", torch=False)
    assert done.returncode == 2
    assert "pip install 'metazoo[verify]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_without_records_says_what_to_name():
    done = metazoo("verify", "--check", DATA / "resnext-2021.md")
    assert done.returncode == 2
    assert "--records DIR" in done.stderr


@pytest.mark.measure
def test_records_make_torch_unnecessary(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Models:\n- {Name: resnet10t, Metadata: {Parameters: 5.44M}}\n", "utf-8"
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
    wrong = "Models:\n- {Name: resnet10t, Metadata: {Parameters: 5.45M}}  # ours\n"
    index.write_text(wrong, "utf-8")
    shown = metazoo("verify", "index.yml", "--diff", cwd=tmp_path)
    assert shown.returncode == 1
    assert "+- {Name: resnet10t, Metadata: {Parameters: 5435488}}  # ours" in shown.stdout
    assert index.read_text("utf-8") == wrong
    fixed = metazoo("verify", "index.yml", "--fix", cwd=tmp_path)
    assert fixed.returncode == 0, fixed.stdout
    assert "Mended 1 value in 1 file" in fixed.stderr
    assert index.read_text("utf-8") == wrong.replace("5.45M", "5435488")


@pytest.mark.measure
def test_only_the_named_models_and_the_records_left_alone(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/index.yml").write_text(
        "Models:\n- {Name: resnet10t}\n- {Name: resnet14t}\n", "utf-8"
    )
    done = metazoo("verify", "--models", "*10t", "--no-records", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {v["model"] for v in json.loads(done.stdout)["verdicts"]} == {"resnet10t"}
    assert not (tmp_path / "model_index/measured").exists()


@pytest.mark.measure
def test_a_model_has_the_memory_that_is_allowed(tmp_path):
    (tmp_path / "index.yml").write_text("Models: [{Name: vit_large_patch16_224}]\n", "utf-8")
    done = metazoo("verify", "index.yml", "--device", "cpu", "--memory", "0.5", cwd=tmp_path)
    assert "may take 0.5 GiB here" in done.stdout, done.stdout


def test_processes_here_and_a_cluster_are_not_asked_for_both(tmp_path):
    (tmp_path / "index.yml").write_text("Models: [{Name: resnet10t}]\n", "utf-8")
    done = metazoo("verify", "index.yml", "--jobs", "2", "--ray", "local", cwd=tmp_path)
    assert done.returncode == 2
    assert "--jobs is for processes of this machine" in done.stderr


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
    (tmp_path / "index.yml").write_text("Models: [{Name: resnet10t}]\n", "utf-8")
    filters = ("--models", "resnet*", "--models", "nosuch")
    done = metazoo("verify", "index.yml", *filters, "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "--models nosuch: no model of the index (1 in all)" in done.stderr


@pytest.mark.measure
def test_only_what_is_on_record_is_measured_again(tmp_path):
    (tmp_path / "index.yml").write_text("Models: [{Name: resnet10t}]\n", "utf-8")
    done = metazoo("verify", "index.yml", "--again", "3", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "1 model: 1 measured now, 0 from records"


@pytest.mark.measure
def test_a_record_that_was_edited_by_hand_is_found_by_measuring_again(tmp_path):
    (tmp_path / "model_index").mkdir()
    (tmp_path / "model_index/one.yml").write_text("Models: [{Name: resnet10t}]\n", "utf-8")
    (tmp_path / "model_index/two.yml").write_text("Models: [{Name: resnet14t}]\n", "utf-8")
    (tmp_path / "model_index/index.yml").write_text("Import: [one.yml, two.yml]\n", "utf-8")
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
    assert "it goes with --again N" in done.stderr


def test_a_place_for_records_that_is_no_folder_is_refused_before_anything_is_measured(tmp_path):
    place = tmp_path / "file"
    place.touch()
    done = metazoo("verify", DATA / "res2next-2021.md", "--records", place)
    assert done.returncode == 2
    assert "is no folder; name another place to write to" in done.stderr
    assert not done.stdout
