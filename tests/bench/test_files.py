"""What was measured is kept, by hardware; rows of other versions and settings stay apart."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from metazoo.bench.files import as_text, file_name, read_file, update_folder
from metazoo.bench.record import Benchmarks, BenchRow, BenchSettings, Hardware, Run, Timing
from metazoo.errors import RecordError

TIMING = Timing(
    batch=1,
    seconds=0.0125,
    p95=0.0131,
    low=0.012,
    high=0.013,
    confidence=0.9375,
    rounds=(0.012, 0.0125, 0.013),
    relative=(2.1, 2.2, 2.3),
    passes=240,
    peak_bytes=41_000_000,
    peaks=(41_000_000, 41_200_000, 40_900_000),
)


def run(name="2026-01-31T10:00:00+00:00", torch="2.9.0"):
    hardware = Hardware("AMD EPYC", threads=2, cores=2, versions={"torch": torch, "timm": "1.0.31"})
    return Run(name, hardware, "2026-01-31", (2600.0, 2600.0), notes=("it was busy",))


def row(model="resnet18", run_id=None, **changes):
    found = BenchRow(
        model=model,
        run=run_id or run().id,
        input_size=(3, 224, 224),
        latency=TIMING,
        throughput=replace(TIMING, batch=8, seconds=0.08),
        macs=1_814_073_344,
    )
    return replace(found, **changes)


def benchmarks(*rows, runs=None):
    return Benchmarks("AMD EPYC, 2 threads", {r.id: r for r in runs or [run()]}, rows)


def test_what_is_written_is_read_back(tmp_path):
    written = benchmarks(row(), row("vit", settings=BenchSettings(precision="bf16", compile=True)))
    path = update_folder(tmp_path / "new", written)
    assert path == tmp_path / "new" / "amd-epyc-2-threads.json"
    assert read_file(path) == written


def test_a_row_measured_again_takes_the_place_of_the_old_one_and_its_run(tmp_path):
    update_folder(tmp_path, benchmarks(row()))
    again = benchmarks(row(run_id="later", macs=7), runs=[run("later")])
    found = read_file(update_folder(tmp_path, again))
    assert [r.macs for r in found.rows] == [7]
    assert list(found.runs) == ["later"]


@pytest.mark.parametrize(
    "settings",
    [
        BenchSettings(precision="amp"),
        BenchSettings(channels_last=True),
        BenchSettings(compile=True),
        BenchSettings(batch_size=8),
    ],
)
def test_rows_of_other_settings_stand_beside_each_other(tmp_path, settings):
    update_folder(tmp_path, benchmarks(row()))
    found = read_file(update_folder(tmp_path, benchmarks(row(settings=settings))))
    assert len(found.rows) == 2


def test_rows_of_other_versions_stand_beside_each_other(tmp_path):
    update_folder(tmp_path, benchmarks(row()))
    newer = benchmarks(row(run_id="newer"), runs=[run("newer", torch="2.10.0")])
    found = read_file(update_folder(tmp_path, newer))
    assert len(found.rows) == 2
    assert len(found.runs) == 2


def test_a_failure_does_not_take_the_place_of_what_was_measured(tmp_path):
    update_folder(tmp_path, benchmarks(row()))
    failed = benchmarks(row(run_id="later", error="it broke"), runs=[run("later")])
    found = read_file(update_folder(tmp_path, failed))
    assert [r.run for r in found.rows] == [run().id]


def test_a_run_in_which_all_failed_leaves_no_file(tmp_path):
    path = update_folder(tmp_path / "new", benchmarks(row(error="it broke")))
    assert not path.exists()


def test_two_names_of_hardware_that_are_alike_are_not_mixed(tmp_path):
    update_folder(tmp_path, benchmarks(row()))
    other = replace(benchmarks(row()), hardware="AMD-EPYC 2 threads")
    with pytest.raises(RecordError, match="is of 'AMD EPYC, 2 threads'"):
        update_folder(tmp_path, other)


def test_the_order_of_the_rows_does_not_depend_on_the_order_of_measuring(tmp_path):
    for name in ("b", "c", "a"):
        path = update_folder(tmp_path, benchmarks(row(name)))
    assert [r.model for r in read_file(path).rows] == ["a", "b", "c"]


def test_a_value_stands_on_its_line_and_lists_of_numbers_on_theirs():
    lines = as_text(benchmarks(row())).splitlines()
    assert '        "rounds": [0.012, 0.0125, 0.013],' in lines
    assert '      "model": "resnet18",' in lines


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.pop("rows"), "has no list of rows"),
        (lambda c: c.update(format=2), "has format 2, not 1"),
        (lambda c: c.pop("hardware"), "doesn't name its hardware"),
        (lambda c: c["rows"][0].update(run="x"), "rows[0]: is of the unknown run 'x'"),
        (lambda c: c["rows"][0].update(speed=1), "rows[0]: has the unknown entry 'speed'"),
        (lambda c: c["rows"][0].pop("model"), "rows[0]: has no 'model'"),
        (lambda c: c["rows"][0].update(macs="many"), "rows[0].macs: is 'many', not int"),
        (lambda c: c["rows"][0].update(input_size=[3, 224]), "rows[0].input_size: is [3, 224]"),
        (lambda c: c["rows"][0]["latency"].update(seconds=None), "latency.seconds: is None"),
        (
            lambda c: c["rows"][0]["latency"]["relative"].pop(),
            "rows[0].latency: has 3 rounds, but 2 relative to the reference work",
        ),
        (
            lambda c: c["rows"][0]["throughput"].update(batch=0),
            "rows[0].throughput: has a batch or a time that isn't above 0",
        ),
        (lambda c: c["rows"][0]["latency"].update(rounds=[0.1, 0, 1]), "isn't above 0"),
        (lambda c: c["runs"].append(3), "runs[1]: 3 stands where there should be an object"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(tmp_path, change, message):
    content = json.loads(as_text(benchmarks(row())))
    change(content)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(content))
    with pytest.raises(RecordError) as error:
        read_file(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(("seconds", "read"), [("1e-12", True), ("9.9e-13", False)])
def test_the_shortest_time_that_is_read_is_a_picosecond(tmp_path, seconds, read):
    path = tmp_path / "x.json"
    path.write_text(as_text(benchmarks(row())).replace("0.0125", seconds))
    if read:
        assert read_file(path).rows[0].latency.seconds == 1e-12
    else:
        with pytest.raises(RecordError, match="has a time of less than 1e-12 seconds"):
            read_file(path)


def test_figures_are_kept_to_six_digits(tmp_path):
    path = update_folder(tmp_path, benchmarks(row(matrix_share=0.123456489)))
    assert read_file(path).rows[0].matrix_share == 0.123456


def test_a_file_that_is_not_json_is_refused_with_its_line(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{\n "format": 1,,\n}')
    with pytest.raises(RecordError, match=r"x\.json:2:14: is not JSON"):
        read_file(path)


def test_names_of_files_are_plain():
    assert file_name("NVIDIA GeForce RTX™ 4090") == "nvidia-geforce-rtx-4090.json"
    assert file_name("…") == "unnamed.json"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("1814073344", "9" * 400, "rows[0].macs: is 9999999999… (400 characters)"),
        ("1814073344", "9" * 5000, "rows[0].macs: is 9999999999… (5,000 characters)"),
        ("1814073344", "9223372036854775808", "not a number of at most 64 bits"),
        ("0.9375", "NaN", "rows[0].latency.confidence: is NaN, not a number"),
        ("0.9375", "1e999", "rows[0].latency.confidence: is 1e999, not a number"),
        ("41200000", "Infinity", "rows[0].latency.peaks: is Infinity, not a number"),
        ("0.0125", "1e-320", "rows[0].latency: has a time of less than 1e-12 seconds"),
        ('"format": 1', '"format": ' + "9" * 5000, "has format 9999999999… (5,000 characters)"),
        ('"rows"', '"x": ' + "[" * 5000 + ', "rows"', "is nested too deep"),
    ],
)
def test_numbers_and_nesting_beyond_reason_are_refused(tmp_path, old, new, message):
    path = tmp_path / "x.json"
    text = as_text(benchmarks(row()))
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(RecordError) as error:
        read_file(path)
    assert message in str(error.value)
    assert "restore the file" in str(error.value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link out", "20 GB"])
def test_what_is_no_file_of_the_folder_is_neither_read_nor_written(tmp_path, kind):
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    path = folder / file_name("AMD EPYC, 2 threads")
    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    elif kind == "link out":
        path.symlink_to(outside)
    else:
        path.touch()
        os.truncate(path, 20 * 2**30)
    with pytest.raises(RecordError, match=r"can't be read|leads out of its folder"):
        read_file(path)
    with pytest.raises(RecordError, match=r"can't be written|leads out of its folder"):
        update_folder(folder, benchmarks(row()))
    assert outside.read_text() == "mine"


def test_rows_that_another_run_wrote_meanwhile_stay(tmp_path):
    program = (
        "import sys; from pathlib import Path\n"
        "from tests.bench.test_files import benchmarks, row, update_folder\n"
        "for number in range(10):\n"
        f"    update_folder(Path({str(tmp_path)!r}), benchmarks(row(f'{{sys.argv[1]}}-{{number}}')))\n"
    )
    root = Path(__file__).parents[2]
    runs = [subprocess.Popen([sys.executable, "-c", program, name], cwd=root) for name in "pq"]
    assert [process.wait() for process in runs] == [0, 0]
    found = read_file(tmp_path / file_name("AMD EPYC, 2 threads"))
    assert {r.model for r in found.rows} == {f"{n}-{i}" for n in "pq" for i in range(10)}


def test_a_damaged_file_is_not_written_over(tmp_path):
    path = update_folder(tmp_path, benchmarks(row()))
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(RecordError, match="1:1: is not JSON"):
        update_folder(tmp_path, benchmarks(row()))
    assert path.read_text() == "<<<<<<< HEAD\n"


def test_a_file_without_rows_is_not_deleted(tmp_path):
    path = update_folder(tmp_path, benchmarks(row()))
    path.write_text('{"format": 1, "hardware": "AMD EPYC, 2 threads", "runs": [], "rows": []}')
    before = path.read_bytes()
    update_folder(tmp_path, benchmarks(row(error="it broke")))
    assert path.read_bytes() == before
