"""What goes wrong is said so that one knows what to do, and nothing of it is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from metazoo.measure.faults import Cause, remedy, sentence, text_of
from metazoo.measure.measurement import Measurement
from metazoo.measure.outputs import OutputError, all_finite, output_shape

pytestmark = pytest.mark.measure

ZOO = Path(__file__).with_name("faulty_zoo.py")


@pytest.fixture
def project(tmp_path, monkeypatch):
    shutil.copy(ZOO, tmp_path)
    (tmp_path / "metazoo.toml").write_text('[sources]\nfaulty = "faulty_zoo:source"\n')
    monkeypatch.setenv("METAZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NOTED", str(tmp_path / "noted"))
    return tmp_path


def metazoo(project, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "metazoo", *arguments],
        cwd=project,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def measured(project, *names, source="faulty", **environment):
    done = metazoo(
        project, "measure", *names, "--source", source, "--format", "json", **environment
    )
    assert "Traceback" not in done.stderr
    return {m["model"]: m for m in json.loads(done.stdout)}


# What a source's module raises


IMPORTS = {
    "an error": "raise ValueError('no licence key')",
    "an exit": "raise SystemExit(3)",
    "an interrupt": "raise KeyboardInterrupt",
    "no exception": "class Own(BaseException): pass\nraise Own('of its own kind')",
    "what can't be read": (
        "class Own(Exception):\n    def __str__(self): raise ValueError\nraise Own"
    ),
    "a slip of syntax": "def build(:",
    "another module that is not there": "import no_such_module",
    "no such name": "sauce = None",
}


@pytest.mark.parametrize("what", IMPORTS)
def test_a_source_that_raises_at_import_is_named_with_its_place(what, project):
    (project / "broken_zoo.py").write_text(f"import torch\n{IMPORTS[what]}\n")
    (project / "metazoo.toml").write_text('[sources]\nbroken = "broken_zoo:source"\n')
    one, two = measured(project, "one", "two", source="broken").values()
    assert "source 'broken' can't be loaded: " in one["error"]
    assert f"{project}/metazoo.toml: 'broken_zoo:source'" in one["error"]
    if what != "no such name":
        line = 4 if "class" in IMPORTS[what] and "\n  " in IMPORTS[what] else 2
        line += what == "no exception"
        assert f"broken_zoo.py:{line}: " in one["error"]
    assert one["error"] == two["error"]
    assert one["transient"]
    listed = metazoo(project, "measure", "*", "--source", "broken")
    assert listed.returncode == 2
    assert "source 'broken' can't be loaded" in listed.stderr
    assert "Traceback" not in listed.stderr


def test_verify_goes_on_with_a_source_that_can_t_be_imported(project):
    (project / "metazoo.toml").write_text('[sources]\nfaulty = "no_such_zoo:source"\n')
    (project / "model_index").mkdir()
    (project / "model_index/index.yml").write_text(
        "Library: {Source: faulty}\nImport: [nowhere.yml]\nModels:\n- Name: small\n"
    )
    done = metazoo(project, "verify")
    assert done.returncode == 1
    assert "nowhere.yml" in done.stdout
    assert "source 'faulty' can't be loaded" in done.stdout
    assert "Mend the source" in done.stdout
    assert "Traceback" not in done.stderr


# What a model leaves behind


def pids(project):
    file = project / "noted"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(project, count, seconds=60):
    """Whether all processes that were noted end soon; far from the two minutes of a model's limit."""
    assert len(pids(project)) == count
    deadline = time.monotonic() + seconds
    while any(map(is_running, pids(project))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not any(map(is_running, pids(project)))


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems hand up no orphans")


@on_linux
def test_processes_that_a_model_started_end_before_the_next_is_measured(project):
    found = measured(project, "starts_processes", "small", "starts_processes")
    assert found["starts_processes"]["error"] is None
    assert found["small"]["error"] is None
    assert len(pids(project)) >= 4
    assert not any(map(is_running, pids(project)))  # at once: nothing to wait for


@on_linux
def test_a_model_that_ignores_signals_is_stopped_when_its_time_is_up(project):
    done = metazoo(
        project, "measure", "ignores_signals", "small", "--source", "faulty", "--timeout", "5"
    )
    assert "took longer than 5 seconds" in done.stdout
    assert "ignores_signals" in done.stdout
    assert len(pids(project)) == 1
    assert not any(map(is_running, pids(project)))


@contextmanager
def hanging(project):
    """A run in the middle of a model that ignores signals."""
    command = [sys.executable, "-m", "metazoo", "measure", "ignores_signals", "--source", "faulty"]
    run = subprocess.Popen(
        command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not pids(project) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield run
    finally:
        run.kill()
        run.wait()


@on_linux
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_no_worker_outlives_a_run_that_is_killed(how, project):
    with hanging(project) as run:
        run.send_signal(how)
        run.wait()
        assert gone(project, 1)


def test_a_model_that_deletes_temporary_files_costs_nobody_else(project):
    folder = project / "temporary"
    folder.mkdir()
    found = measured(
        project, "deletes_temporary_files", "ends_the_process", "small", TMPDIR=str(folder)
    )
    assert not folder.exists()
    assert found["deletes_temporary_files"]["error"] is None
    assert found["small"]["error"] is None


def test_a_working_directory_that_is_gone_costs_nothing(project):
    pytest.importorskip("timm")
    command = (
        'mkdir gone; cd gone; rmdir ../gone; exec "$0" -P -m metazoo measure test_vit --no-cache'
    )
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "371.2k" in done.stdout


# What a model returns, and asks for


def test_outputs_in_data_classes_and_named_tuples_are_read(project):
    found = measured(project, "returns_a_data_class", "returns_a_named_tuple", "returns_text")
    assert found["returns_a_data_class"]["output_shape"] == [[1, 3], [1]]
    assert found["returns_a_named_tuple"]["output_shape"] == [[1, 3, 8, 8], [1, 3]]
    assert found["returns_text"]["error"] == "its output is a str, not made of tensors"


def test_an_output_is_finite_if_all_its_parts_are():
    class Part(dict):
        pass

    nan = torch.tensor(float("nan"))
    assert all_finite([torch.ones(1), Part(a=(torch.ones(2),))])
    assert not all_finite([torch.ones(1), Part(a=(nan,))])
    assert output_shape({"a": torch.ones(2), "b": []}) == ((2,), ())
    for output in (None, 3, "text", int):
        with pytest.raises(OutputError, match="not made of tensors"):
            output_shape(output)


@pytest.mark.parametrize(
    ("model", "operation"), [("asks_for_values", "aten.item"), ("selects_boxes", "aten.index")]
)
def test_a_model_that_asks_for_values_is_counted_on_the_cpu(model, operation, project):
    assert measured(project, model)[model]["depends_on_values"] == [operation]


def test_torchvision_s_choice_of_boxes_depends_on_values():
    pytest.importorskip("torchvision")
    from metazoo.measure.one import measure_one
    from metazoo.measure.request import Request
    from metazoo.measure.sources import CallableSource

    def build():
        from torchvision.ops import nms

        class Detector(torch.nn.Module):
            def forward(self, x):
                return nms(x[0, 0, :, :4], x[0, 0, :, 0], 0.5)

        return Detector()

    source = CallableSource("mine", {"detector": build}, input_size=(3, 8, 8))
    measurement = measure_one(Request("detector", source="mine"), source)
    assert measurement.error is None
    assert measurement.depends_on_values == ("torchvision.nms",)


# What to do


@pytest.mark.parametrize(
    ("measurement", "said"),
    [
        (Measurement("a", error="no model 'a'"), "Name a model that its source knows"),
        (Measurement("a", error="x", cause="unknown name"), "Name a model that its source knows"),
        (Measurement("a", resolved_name="a.b", error="x"), "Mend the model or its source"),
        (Measurement("a", error="x", cause="time"), "--timeout"),
        (Measurement("a", error="x", cause="memory"), "--memory"),
        (Measurement("a", error="x", cause="died"), "Measure it by itself"),
        (Measurement("a", error="x", cause="values"), "without looking at values"),
        (Measurement("a", error="x", cause="output"), "made of tensors"),
        (Measurement("a", error="x", cause="source"), "Mend the source"),
        (Measurement("a", error="x", cause="other"), "Mend the model or its source"),
        (Measurement("a", error="x", cause="of a later metazoo"), "Mend the model or its source"),
    ],
)
def test_each_cause_has_its_remedy(measurement, said):
    assert said in remedy(measurement)


def test_every_cause_has_a_remedy_of_its_own():
    said = [remedy(Measurement("a", error="x", cause=cause)) for cause in Cause]
    assert len(set(said)) == len(said)


def test_what_an_exception_says_is_one_line_of_bounded_length():
    assert sentence(ValueError("two\n  lines")) == "ValueError: two lines"
    assert sentence(ValueError("two\n  lines"), named=False) == "two lines"
    assert sentence(ValueError()) == sentence(ValueError(), named=False) == "ValueError"
    assert sentence(ValueError(500 * "x")) == "ValueError: " + 500 * "x"
    assert sentence(ValueError(501 * "x")) == "ValueError: " + 500 * "x"

    class UnreadableError(Exception):
        def __str__(self):
            raise RuntimeError

    assert text_of(UnreadableError()) == "(what it says can't be read)"
