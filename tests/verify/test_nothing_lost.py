"""No record is lost: not to a fault in the index, not to a second run, not while writing."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from metazoo import config
from metazoo.explain.explanations import (
    FILE,
    Explanation,
    read_explanations,
    update_explanations,
)
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement
from metazoo.measure.records import read_file, read_records, update_file
from metazoo.measure.versions import installed_versions
from metazoo.project import Project
from metazoo.report.verification import print_verification
from metazoo.rules import check
from metazoo.verify.books import record_names
from metazoo.verify.run import verify

from .test_run import Instrument, codes


@pytest.fixture
def zoo(tmp_path):
    """A zoo of two families, measured."""
    (tmp_path / "families").mkdir()
    (tmp_path / "families/one.yml").write_text("Models:\n- {Name: a}\n- {Name: b}\n", "utf-8")
    (tmp_path / "families/two.yml").write_text("Models:\n- {Name: c}\n", "utf-8")
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nImport: [families/*.yml]\n", "utf-8"
    )
    run(tmp_path)
    return tmp_path


def run(zoo, measure="instrument", **options):
    index = read_index([zoo / "index.yml"], root=zoo)
    measure = Instrument() if measure == "instrument" else measure
    return verify(index, measure=measure, records=zoo / "measured", **{"whole": True, **options})


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*.*"))}


def models(zoo, name):
    return [m.model for m in read_file(zoo / "measured" / name)]


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("index.yml", b"Library: {Source: timm}\nImport: [families/*.yml\n", "MZ106"),
        (
            "index.yml",
            b"Library: {Source: timm}\nImport: [familes/*.yml]\nModels: [{Name: d}]\n",
            "MZ113",
        ),
        (
            "index.yml",
            b"Library: {Source: timm}\nImport: [families/one.yml, families/tow.yml]\n",
            "MZ113",
        ),
        ("families/two.yml", b"Models:\n- {Name: c\xff}\n", "MZ103"),
        ("families/two.yml", b"Models: {Name: [c]\n", "MZ106"),
        ("families/one.yml", b"Models:\n- {Name: a}\nModels:\n- {Name: b}\n", "MZ201"),
        ("families/one.yml", b"Models:\n- {Name: a}\n- b.yml\n", "MZ113"),
        ("families/two.yml", b"Collections: []\nModles:\n- {Name: c}\n", "MZ208"),
    ],
)
def test_no_record_leaves_while_the_index_can_not_be_read_whole(zoo, file, text, code):
    before = contents(zoo / "measured")
    (zoo / file).write_bytes(text)
    outcome = run(zoo)
    assert code in [f.code for f in (*outcome.findings, *check(read_index([zoo / "index.yml"])))]
    (kept,) = [f for f in outcome.findings if f.code == "MZ614"]
    assert "no record was removed" in kept.message
    after = contents(zoo / "measured")
    assert {name: after.get(name) for name in before} == before

    checked = run(zoo, None)
    said = [f.message for f in checked.findings if f.code == "MZ610"]
    assert not [message for message in said if "no model in the index needs" in message]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("families/two.yml", "", "a file of the index is blank"),
        ("families/two.yml", "# soon\n", "a file of the index is blank"),
        ("index.yml", "Library: {Name: Zoo}\n", "the index has no models"),
    ],
)
def test_no_record_leaves_while_a_file_is_blank_or_no_model_is_there(zoo, file, text, said):
    before = contents(zoo / "measured")
    (zoo / file).write_text(text, "utf-8")
    outcome = run(zoo)
    (kept,) = [f for f in outcome.findings if f.code == "MZ614"]
    assert kept.message.startswith(f"{said}, so no record was removed")
    assert contents(zoo / "measured") == before


def test_the_warning_that_records_are_kept_says_why(zoo):
    (zoo / "families/two.yml").write_text("Collections: []\nModles:\n- {Name: c}\n", "utf-8")
    (kept,) = [f for f in run(zoo).findings if f.code == "MZ614"]
    assert "Modles" in kept.hint


def test_what_is_new_is_recorded_while_the_index_can_not_be_read_whole(zoo):
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a}\n- {Name: new}\n", "utf-8")
    (zoo / "families/two.yml").write_bytes(b"\xff")
    run(zoo)
    assert models(zoo, "one.json") == ["a", "b", "new"]
    assert models(zoo, "two.json") == ["c"]
    (zoo / "families/two.yml").write_text("Models:\n- {Name: d}\n", "utf-8")
    outcome = run(zoo)
    assert models(zoo, "one.json") == ["a", "new"]
    assert models(zoo, "two.json") == ["d"]
    assert codes(outcome) == []


def test_a_warning_while_reading_keeps_nothing(zoo):
    (zoo / "index.yml").write_text(
        "Library: {Source: timm}\nImport: [families/two.yml, families/two.yml]\n", "utf-8"
    )
    outcome = run(zoo)
    assert [f.code for f in outcome.findings] == ["MZ116"]
    assert sorted(contents(zoo / "measured")) == ["two.json"]


def test_verifying_some_models_removes_nothing(zoo):
    (zoo / "index.yml").write_text("Library: {Source: timm}\nImport: [families/one.yml]\n", "utf-8")
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a}\n", "utf-8")
    before = contents(zoo / "measured")
    outcome = run(zoo, wanted=lambda model: model.name.text == "a")
    assert codes(outcome) == []
    assert contents(zoo / "measured") == before
    run(zoo)
    assert sorted(contents(zoo / "measured")) == ["one.json"]
    assert models(zoo, "one.json") == ["a"]


def test_only_record_files_are_deleted_told_by_their_content(zoo):
    measured = zoo / "measured"
    record = (measured / "two.json").read_bytes()
    others = {
        "package.json": b'{"name": "site", "version": "1.0.0"}',
        "similar.json": b'{"format": 1, "models": []}',
        "extended.json": record.replace(b'"format": 1', b'"format": 1, "by": "us"'),
        "later.json": record.replace(b'"format": 1', b'"format": 2'),
        "cut.json": record[:-20],
        "notes.txt": b"mine",
    }
    for name, content in others.items():
        (measured / name).write_bytes(content)
    (measured / "old.json").write_bytes(record)
    (measured / "elsewhere").mkdir()
    (measured / "elsewhere/real.json").write_bytes(record)
    (measured / "link.json").symlink_to(measured / "elsewhere/real.json")
    checked = run(zoo, None)
    assert [Path(f.location.file).name for f in checked.findings] == ["old.json"]
    run(zoo)
    kept = {*others, "one.json", "two.json", "elsewhere/real.json", "link.json"}
    assert set(contents(measured)) == kept
    assert {name: (measured / name).read_bytes() for name in others} == others


def test_the_models_of_a_renamed_family_keep_their_records(zoo):
    (zoo / "families/two.yml").rename(zoo / "families/three.yml")
    instrument = Instrument()
    run(zoo, instrument)
    assert instrument.asked == []
    assert sorted(contents(zoo / "measured")) == ["one.json", "three.json"]


def test_a_damaged_record_is_named_and_left_and_the_rest_goes_on(zoo):
    conflict = b'<<<<<<< HEAD\n{"format": 1}\n'
    (zoo / "measured/two.json").write_bytes(conflict)
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a}\n- {Name: d}\n", "utf-8")
    instrument = Instrument()
    outcome = run(zoo, instrument)
    assert instrument.asked == ["d", "c"]
    (found,) = outcome.findings
    assert (found.code, found.location.line, found.location.column) == ("MZ613", 1, 1)
    assert "is not JSON" in found.message
    assert "delete it" in found.hint
    assert (zoo / "measured/two.json").read_bytes() == conflict
    assert models(zoo, "one.json") == ["a", "d"]

    checked = run(zoo, None)
    assert [v.measurement is not None for v in checked.models] == [True, True, False]
    assert "MZ613" in [f.code for f in checked.findings]
    damaged = []
    assert len(read_records(zoo / "measured", damaged.append)) == 2
    assert [error.file.name for error in damaged] == ["two.json"]


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "link out", "huge"])
def test_a_record_that_is_no_file_is_named_and_left(zoo, kind, tmp_path_factory):
    file = zoo / "measured/two.json"
    content = file.read_bytes()
    file.unlink()
    outside = tmp_path_factory.mktemp("outside") / "two.json"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    elif kind == "folder":
        file.mkdir()
    elif kind == "huge":
        file.touch()
        os.truncate(file, 20 * 2**30)
    else:
        outside.write_bytes(content)
        file.symlink_to(outside)
    for measure in (None, "instrument"):
        found = [f for f in run(zoo, measure).findings if f.code == "MZ613"]
        assert [Path(f.location.file).name for f in found] == ["two.json"]
    assert not outside.exists() or outside.read_bytes() == content
    assert os.path.lexists(file)


# -- two families of one name ------------------------------------------------------------------


@pytest.fixture
def alike(tmp_path):
    for folder, model in (("a", "m"), ("b", "n")):
        (tmp_path / folder).mkdir()
        text = f"Models:\n- {{Name: {model}, Source: timm}}\n"
        (tmp_path / folder / "x.yml").write_text(text, "utf-8")
    (tmp_path / "index.yml").write_text(
        "Library: {Source: timm}\nImport: [a/x.yml, b/x.yml]\n", "utf-8"
    )
    return tmp_path


def test_families_of_one_name_have_files_of_their_own(alike):
    run(alike)
    assert sorted(contents(alike / "measured")) == ["a--x.json", "b--x.json"]
    assert models(alike, "a--x.json") == ["m"]
    (alike / "index.yml").write_text("Library: {Source: timm}\nImport: [a/x.yml]\n", "utf-8")
    instrument = Instrument()
    run(alike, instrument)
    assert instrument.asked == []
    assert sorted(contents(alike / "measured")) == ["x.json"]


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_runs_over_files_of_one_name_keep_each_others_rows(alike, order):
    for folder in order:
        index = read_index([alike / folder / "x.yml"], root=alike)
        verify(index, measure=Instrument(), records=alike / "measured")
    assert models(alike, "x.json") == ["m", "n"]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x.yml"], ["x"]),
        (["a/x.yml"], ["x"]),
        (["a/x.yml", "b/y.yml"], ["x", "y"]),
        (["x.yml", "a/x.yml"], ["x", "a--x"]),
        (["a/x.yml", "b/c/x.md"], ["a--x", "b--c--x"]),
        (["a/X.yml", "b/x.yml"], ["a--X", "b--x"]),
    ],
)
def test_names_of_record_files(tmp_path, files, names):
    assert list(names_of(tmp_path, files).values()) == [f"{name}.json" for name in names]


@pytest.mark.parametrize(
    "files", [["a/x.yml", "a/x.md"], ["a/x.yml", "b/x.yml", "a--x.yml"], ["a.b/x.yml", "A.b/x.yml"]]
)
def test_names_of_record_files_differ_whatever_the_files_are_called(tmp_path, files):
    names = names_of(tmp_path, files)
    assert len({name.casefold() for name in names.values()}) == len(files)
    assert names == names_of(tmp_path, files[::-1])


def names_of(root, files):
    for number, name in enumerate(files):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = f"Models: [{{Name: m{number}}}]\n"
        file.write_text(f"---\n{text}---\n" if name.endswith(".md") else text, "utf-8")
    (root / "index.yml").write_text(
        f"Library: {{Source: timm}}\nImport: {json.dumps(files)}\n", "utf-8"
    )
    index = read_index([root / "index.yml"], root=root)
    names = record_names(index)
    return {file: names[(root / file).as_posix()] for file in sorted(files, key=files.index)}


# -- failures are tried again ------------------------------------------------------------------


VERSIONS = installed_versions("timm")


class Broken(Instrument):
    """An instrument with which models fail."""

    def __init__(self, **fault):
        super().__init__()
        self.fault = fault

    def __call__(self, requests):
        for request in requests:
            self.asked.append(request.model)
            yield Measurement(
                request.model, request.source, error="no luck", versions=VERSIONS, **self.fault
            )


def test_a_failure_is_reported_by_check_and_tried_again(zoo):
    run(zoo, Broken(), force=True)
    assert [f.code for f in run(zoo, None).findings] == ["MZ604"] * 3
    instrument = Instrument()
    assert codes(run(zoo, instrument)) == []
    assert instrument.asked == ["a", "b", "c"]
    assert [m.error for m in read_file(zoo / "measured/one.json")] == [None, None]


def test_a_failure_that_is_tried_again_without_luck_leaves_the_file(zoo):
    run(zoo, Broken(), force=True)
    before = contents(zoo / "measured")
    run(zoo, Broken())
    assert contents(zoo / "measured") == before


def test_a_failure_for_want_of_time_keeps_the_older_record(zoo, monkeypatch):
    before = contents(zoo / "measured")
    broken = Broken(transient=True)
    outcome = run(zoo, broken, force=True)
    assert broken.asked == ["a", "b", "c"]
    assert [f.code for f in outcome.findings] == ["MZ604"] * 3
    assert contents(zoo / "measured") == before


def test_a_success_replaces_the_failure_also_where_nothing_is_removed(zoo):
    (zoo / "families/one.yml").write_text(
        "Models:\n- {Name: a}\n- {Name: b, Metadata: {Image Size: 224}}\n", "utf-8"
    )
    run(zoo, Broken(), force=True)
    run(zoo, whole=False)
    assert {m.model: m.error for m in read_file(zoo / "measured/one.json")} == {
        "a": None,
        "b": None,
    }


def test_force_measures_what_is_on_record(zoo):
    instrument = Instrument()
    outcome = run(zoo, instrument, force=True, wanted=lambda model: model.name.text != "b")
    assert instrument.asked == ["a", "c"]
    assert (outcome.measured, len(outcome.recorded)) == (2, 0)


def test_a_measurement_that_no_record_can_hold_is_a_failure_of_its_model(zoo):
    def huge(requests):
        for m in Instrument()(requests):
            yield Measurement(m.model, params=2**63 if m.model == "a" else 2**63 - 1)

    outcome = run(zoo, huge, force=True)
    assert [(f.code, f.model) for f in outcome.findings] == [("MZ604", "a")]
    assert "9223372036854775808, not a number of at most 64 bits" in outcome.findings[0].message
    assert [m.params for m in read_file(zoo / "measured/one.json")] == [None, 2**63 - 1]


# -- explanations ------------------------------------------------------------------------------

WHY = Explanation("a", "FLOPs", 3, 4, "it is the MACs")


def test_explanations_are_changed_by_what_is_kept_at_that_moment(tmp_path):
    update_explanations(tmp_path, lambda _: [WHY])
    other = Explanation("b", "FLOPs", 3, 4, "it is the MACs")
    update_explanations(tmp_path, lambda known: [*known, other])
    assert read_explanations(tmp_path) == [WHY, other]
    update_explanations(tmp_path, lambda _: [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{"model": "a"}\n', (1, 1)),
        (b"<<<<<<< HEAD\n", (1, 1)),
        (b'{"model": "a", "field": "FLOPs", "declared": NaN, "measured": 3, "text": ""}\n', (1, 1)),
        (b"\xff\n", (1, 1)),
    ],
)
def test_damaged_explanations_are_a_finding_and_left(zoo, content, place):
    (zoo / "measured" / FILE).write_bytes(content)
    (zoo / "metazoo.toml").write_text('index = "index.yml"\nrecords = "measured"\n', "utf-8")
    project = Project.of(config.load(zoo))
    (found,) = project.verify(None, records=zoo / "measured").findings
    assert (found.code, found.location[1:]) == ("MZ613", place)
    assert (zoo / "measured" / FILE).read_bytes() == content


# -- faults while writing: docs/guide/verifying.md has the same table ---------------------------


GUIDE = Path(__file__).parents[2] / "docs/guide/verifying.md"
FAULTS = {
    "`kill -9` while writing": "test_killed_while_writing",
    "Ctrl-C while measuring": "test_interrupted_while_measuring",
    "full disk": "test_disk_full_while_writing",
    "read-only folder or file system": "test_folder_that_can_not_be_written",
    "several runs at the same time": "test_several_runs_at_the_same_time",
    "an edit while the run measures": "test_edits_made_meanwhile",
    "damage while the run measures": "test_a_file_that_was_damaged_meanwhile",
    "a hard link, or a file of another owner": "test_hard_links_and_owners_stay",
    "the new name of a renamed family can't be written": "test_a_left_over_file_that_is_still_needed",
}
"""The rows of the guide's table, and the test of each."""


def test_each_fault_that_the_guide_lists_has_its_test():
    rows = GUIDE.read_text("utf-8").partition("| fault |")[2].partition("\n\n")[0].splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == list(FAULTS)
    assert set(FAULTS.values()) <= globals().keys()


def test_interrupted_while_measuring(zoo):
    """Ctrl-C: what was measured is kept, also of a family that isn't finished."""
    for family, names in (("one", "abde"), ("two", "cf")):
        text = "".join(f"- {{Name: {name}}}\n" for name in names)
        (zoo / f"families/{family}.yml").write_text(f"Models:\n{text}", "utf-8")
    with pytest.raises(KeyboardInterrupt):
        run(zoo, Instrument(stop_at="e"))
    assert models(zoo, "one.json") == ["a", "b", "d"]
    rest = Instrument()
    run(zoo, rest)
    assert rest.asked == ["e", "f"]


def test_killed_while_writing(zoo):
    """kill -9: the old file is whole, and the next run clears what was left beside it."""
    file = zoo / "measured/two.json"
    before = file.read_bytes()
    program = (
        "import sys, time; from pathlib import Path\n"
        "from metazoo import files\n"
        "from metazoo.measure import records\n"
        f"file = Path({str(file)!r})\n"
        "fsync = files.os.fsync\n"
        "def hang(descriptor):\n"
        "    fsync(descriptor); print('written', flush=True); time.sleep(600)\n"
        "files.os.fsync = hang\n"
        "records.update_file(file, lambda rows: [*rows, records.Measurement('new')])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert file.read_bytes() == before
    assert len(list((zoo / "measured").iterdir())) == 3
    run(zoo, Instrument(), force=True)
    update_file(file, lambda rows: [*rows, Measurement("d")])
    assert sorted(p.name for p in (zoo / "measured").iterdir()) == ["one.json", "two.json"]
    assert models(zoo, "two.json") == ["c", "d"]


def test_disk_full_while_writing(zoo):
    """A full disk: the file that doesn't fit is as it was, and named; the others are written."""
    resource = pytest.importorskip("resource")
    many = "".join(f"- {{Name: model{n}}}\n" for n in range(100))
    before = (zoo / "measured/one.json").read_bytes()
    (zoo / "families/one.yml").write_text(f"Models:\n- {{Name: a}}\n- {{Name: b}}\n{many}", "utf-8")
    (zoo / "families/two.yml").write_text("Models:\n- {Name: c}\n- {Name: d}\n", "utf-8")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limit[1]))
        outcome = run(zoo)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    (found,) = outcome.findings
    assert found.code == "MZ613"
    assert Path(found.location.file).name == "one.json"
    assert "can't be written: File too large" in found.message
    assert len(outcome.made) == 101
    assert (zoo / "measured/one.json").read_bytes() == before
    assert models(zoo, "two.json") == ["c", "d"]
    assert sorted(p.name for p in (zoo / "measured").iterdir()) == ["one.json", "two.json"]


def test_folder_that_can_not_be_written(zoo, monkeypatch):
    """A read-only folder: named, nothing changes; what needs no writing goes on."""

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    before = contents(zoo / "measured")
    monkeypatch.setattr("metazoo.files._next_content", refuse)
    assert codes(run(zoo)) == []
    (zoo / "families/two.yml").write_text("Models:\n- {Name: c}\n- {Name: d}\n", "utf-8")
    outcome = run(zoo)
    assert [f.code for f in outcome.findings] == ["MZ613"]
    assert "can't be written: Read-only file system" in outcome.findings[0].message
    assert len(outcome.models) == 4
    assert contents(zoo / "measured") == before


def test_a_left_over_file_that_is_still_needed(zoo, monkeypatch):
    """A family that was renamed, and a disk that is full: its records stay under the old name."""

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    (zoo / "families/two.yml").rename(zoo / "families/three.yml")
    before = contents(zoo / "measured")
    with monkeypatch.context() as patched:
        patched.setattr("metazoo.files._next_content", refuse)
        run(zoo)
    assert contents(zoo / "measured") == before


def test_several_runs_at_the_same_time(zoo):
    """Runs at the same time: each one's rows are there in the end."""
    program = (
        "import sys; from pathlib import Path\n"
        "from metazoo.measure.records import Measurement, update_file\n"
        "for number in range(20):\n"
        "    new = Measurement(f'{sys.argv[1]}-{number}')\n"
        f"    update_file(Path({str(zoo / 'measured/two.json')!r}), lambda rows: [*rows, new])\n"
    )
    runs = [subprocess.Popen([sys.executable, "-c", program, name]) for name in "pqr"]
    assert [process.wait() for process in runs] == [0, 0, 0]
    expected = {"c", *(f"{name}-{number}" for name in "pqr" for number in range(20))}
    assert set(models(zoo, "two.json")) == expected


def test_rows_that_another_run_wrote_meanwhile(zoo):
    """Two runs over parts of a family: the one that ends last keeps what the other wrote."""
    file = zoo / "measured/one.json"
    file.unlink()

    class Meanwhile(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                run(zoo, wanted=lambda model: model.name.text == "b")
                yield m

    run(zoo, Meanwhile(), wanted=lambda model: model.name.text == "a")
    assert models(zoo, "one.json") == ["a", "b"]


def test_edits_made_meanwhile(zoo):
    """An edit while the run measures something else in the file: it stays."""
    file = zoo / "measured/one.json"
    (zoo / "families/one.yml").write_text("Models: [{Name: a}, {Name: b}, {Name: new}]\n", "utf-8")

    class Meanwhile(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                text = file.read_text("utf-8").replace('"params": 100', '"params": 101', 1)
                file.write_text(text, "utf-8")
                yield m

    run(zoo, Meanwhile())
    assert {m.model: m.params for m in read_file(file)} == {"a": 101, "b": 100, "new": 100}


def test_a_file_that_was_damaged_meanwhile(zoo):
    """Damage while the run measures: the file is left as it is, and named."""
    file = zoo / "measured/one.json"

    class Meanwhile(Instrument):
        def __call__(self, requests):
            for m in super().__call__(requests):
                file.write_bytes(b"{")
                yield m

    outcome = run(zoo, Meanwhile(), force=True)
    assert [f.code for f in outcome.findings] == ["MZ613"]
    assert file.read_bytes() == b"{"
    assert models(zoo, "two.json") == ["c"]


def test_mode_stays(zoo):
    file = zoo / "measured/two.json"
    file.chmod(0o640)
    update_file(file, lambda rows: [*rows, Measurement("d")])
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("fault", ["2 hard links", "belongs to another user"])
def test_hard_links_and_owners_stay(zoo, fault, monkeypatch):
    """What replacing the file would change for others: it is named, and nothing changes."""
    before = (zoo / "measured/one.json").read_bytes()
    if fault == "2 hard links":
        (zoo / "linked").hardlink_to(zoo / "measured/one.json")
    else:

        def refuse(*_):
            raise PermissionError

        there = (zoo / "measured/one.json").stat()
        stranger = os.stat_result((*there[:4], there.st_uid + 1, *there[5:]))
        monkeypatch.setattr("metazoo.files._present", lambda path: (path.read_bytes(), stranger))
        monkeypatch.setattr("metazoo.files.os.chown", refuse)
    family = zoo / "families/one.yml"
    family.write_text(family.read_text("utf-8") + "- {Name: new}\n", "utf-8")
    outcome = run(zoo)
    assert [f.code for f in outcome.findings] == ["MZ613"]
    assert fault in outcome.findings[0].message
    assert (zoo / "measured/one.json").read_bytes() == before


def test_a_misspelled_key_of_a_model_hides_no_model(zoo):
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a, Licens: x}\n", "utf-8")
    run(zoo)
    assert models(zoo, "one.json") == ["a"]


def test_a_model_that_lost_its_name_keeps_its_record(zoo):
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a}\n- {License: MIT}\n", "utf-8")
    outcome = run(zoo)
    assert "MZ614" in [f.code for f in outcome.findings]
    assert {"a", "b"} <= set(models(zoo, "one.json"))


def test_what_leaves_the_records_is_named(zoo):
    (zoo / "families/one.yml").write_text("Models:\n- {Name: a}\n", "utf-8")
    assert run(zoo, keep=False).removed == []
    assert run(zoo).removed == ["b"]
    assert run(zoo).removed == []
    (zoo / "index.yml").write_text("Library: {Source: timm}\nImport: [families/one.yml]\n", "utf-8")
    console = Console(file=io.StringIO(), width=200)
    print_verification(run(zoo), console)
    assert (
        "Removed from the records, since the index no longer has them: c\n"
        in console.file.getvalue()
    )


def test_a_renamed_family_leaves_nothing_out(zoo):
    (zoo / "families/two.yml").rename(zoo / "families/three.yml")
    assert run(zoo).removed == []
    assert models(zoo, "three.json") == ["c"]
