"""No text of an index, of records or of tables steers a terminal or a CI runner, whatever prints it."""

import ast
import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from metazoo.bench.compare import Change, Comparison, Report
from metazoo.bench.record import Benchmarks, BenchRow, BenchSettings, Hardware, Run, Timing
from metazoo.cli import import_
from metazoo.cli.bench_table import print_benchmarks, print_report
from metazoo.cli.explain import _print as print_question
from metazoo.cli.explain import say
from metazoo.cli.measurement_table import print_measurements
from metazoo.explain.explain import summary
from metazoo.explain.hypotheses import Hypothesis, Question
from metazoo.export.table import _FORMULA, csv_text
from metazoo.findings import Location
from metazoo.importing.entries import Imported
from metazoo.importing.families import Assignment
from metazoo.importing.results import Merged
from metazoo.importing.timm import TimmEntry
from metazoo.index.model import Model, Value
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement, SourceFacts
from metazoo.measure.request import Request
from tests.cli.command import git, metazoo
from tests.site_plugin.building import mkdocs

ROOT = Path(__file__).parents[2]
HOSTILE = (
    "a\n::error::x\r##[command]y ##vso[task]\x1b]0;t\x07\x9b31m\u202e\u2028\x85"
    "[bold]b[/bold][link=http://e.org]c[/link] :smile: \U000e0001"
)
NAMES = [HOSTILE, "::error::begins", "##[group]g", "[/]", "=1+1", "w " * 200 + "::error::z " * 40]
MARKUP = "[bold]b[/bold][link=http://e.org]c[/link] :smile:"


def assert_harmless(output, annotations=0):
    """No line is a command but the annotations that GitHub is meant to see, and nothing is a control."""
    lines = output.split("\n")
    commands = [line for line in lines if line.strip().startswith("::")]
    assert len(commands) == annotations
    assert all(re.match("::(error|warning|notice) file=", line) for line in commands)
    assert "##[" not in output
    assert "##vso[" not in output
    assert "".join(lines).isprintable()


def quoted(text):
    """A YAML scalar in double quotes, all of it on one line of visible characters."""
    escaped = (c if c.isprintable() else f"\\U{ord(c):08x}" for c in text)
    return f'"{"".join(escaped)}"'


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    (folder / "model_index").mkdir()
    (folder / "docs").mkdir()
    (folder / "docs" / "index.md").write_text("# Home\n", "utf-8")
    (folder / "mkdocs.yml").write_text(
        "site_name: a\ntheme: {name: material, font: false}\nplugins: [metazoo]\n", "utf-8"
    )
    models = "".join(
        f"- Name: {quoted(name)}\n"
        f"  In Collection: {quoted(HOSTILE)}\n"
        f"  Metadata: {{License: {quoted(name)}, Epochs: {quoted(name)}, Paramters: 25.03M,"
        f" {quoted('Note ' + HOSTILE)}: {quoted(HOSTILE)}, '::error::': 1,"
        f" Training Data: [{quoted(HOSTILE)}, b]}}\n"
        f"  Weights: {quoted('https//' + HOSTILE)}\n"
        f"  Config: {quoted(HOSTILE)}\n"
        f"  Results: [{{Dataset: {quoted(HOSTILE)}, Metrics: {{{quoted(HOSTILE)}: 3}}}}]\n"
        for name in NAMES
    )
    (folder / "model_index" / "index.yml").write_text(
        f"Import: [{quoted(HOSTILE)}, '##[x].yml', {quoted('a' + chr(10) + '::error::b')}]\n"
        f"Collections: [{{Name: {quoted(HOSTILE)}}}]\n"
        f"Models:\n{models}",
        "utf-8",
    )
    return folder


COMMANDS = [
    ("check",),
    ("check", "--verbose"),
    ("check", "--statistics"),
    ("check", "--format", "json"),
    ("check", "--format", "sarif"),
    ("check", "--format", "junit"),
    ("check", "--diff"),
    ("list",),
    ("list", "--columns", f"name,license,{HOSTILE}"),
    ("list", "--columns", f"name,license,training data,note {HOSTILE},weights,file"),
    ("list", "--columns", "license,name", "--format", "csv"),
    ("list", "--columns", "name", "--format", "json"),
    ("list", "--where", f"{HOSTILE}=2"),
    ("export",),
    ("export", "--to", "csv"),
    ("export", "--to", "model-index"),
    ("verify", "--check"),
    ("verify", "--check", "--format", "json"),
    ("verify", "--check", "--models", HOSTILE),
    ("explain",),
    ("bench",),
    ("render", "--out", "out"),
    ("rule", HOSTILE),
    (HOSTILE,),
    ("check", f"--x{HOSTILE}"),
    ("check", HOSTILE),
    ("check", "--select", HOSTILE),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: " ".join(a).partition("\n")[0])
def test_no_command_prints_what_steers(project, arguments):
    run = metazoo(*arguments, cwd=project)
    assert run.stdout + run.stderr
    assert "Traceback" not in run.stderr
    assert_harmless(run.stdout)
    assert_harmless(run.stderr)


def test_annotations_are_the_only_commands(project):
    run = metazoo("check", "--format", "github", cwd=project)
    findings = json.loads(metazoo("check", "--format", "json", cwd=project).stdout)["findings"]
    assert len(findings) > len(NAMES)
    assert_harmless(run.stdout, annotations=len(findings))


def test_mkdocs_logs_nothing_that_steers(project):
    logged = mkdocs("build", cwd=project).stderr
    assert "a\\x0a::error::b" in logged
    assert not re.search("##\\[|[\x07\x9b\u202e\u2028\x85]|\x1b\\]", logged)
    assert not re.search(r"^\s*(::|b”)", logged, re.MULTILINE)


def test_a_diff_steers_nothing_and_applies(tmp_path):
    file = tmp_path / "zoo.md"
    before = (
        "::error::x ##[group]\x85\u2028y\n  ::warning::z\n"
        "<!--\nType: model-index\nModels:\n- Name: a\n  Metadata:\n    Paramters: 25.03M\n-->\n"
        "\ta tab ::x\r\n::error::last"
    )
    file.write_bytes(before.encode())
    run = metazoo("check", "zoo.md", "--diff", cwd=tmp_path)
    assert "+    Parameters: 25.03M\n" in run.stdout
    assert "\\ No newline at end of file" in run.stdout
    assert_harmless(run.stdout.replace("\t", "").replace("\r\n", "\n"))
    file.write_bytes(re.sub("::|##|[^ -~\\s]|[\x85\u2028]", "", before).encode())
    command = [sys.executable, "-m", "metazoo", "check", "zoo.md", "--diff"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    (tmp_path / "a.patch").write_bytes(run.stdout)
    clean = file.read_bytes()
    git(tmp_path, "apply", "-p0", "a.patch")
    assert file.read_bytes() == clean.replace(b"Paramters: 25.03M", b"Parameters: 25.03M")


def test_json_means_what_the_index_says(project):
    rows = json.loads(metazoo("list", "--columns", "name", "--format", "json", cwd=project).stdout)
    assert [row["name"] for row in rows] == NAMES
    models = json.loads(metazoo("export", cwd=project).stdout)["models"]
    assert [model["name"] for model in models] == NAMES


def test_exported_yaml_means_what_the_index_says(project, tmp_path):
    text = metazoo("export", "--to", "model-index", cwd=project).stdout
    file = tmp_path / "again.yml"
    file.write_text(text, "utf-8")
    again = read_index([file]).models
    assert [model.name.text for model in again] == NAMES
    assert again[0].metadata.get("License").text == HOSTILE


def test_a_csv_file_keeps_values_and_a_printed_one_has_a_line_a_row(project, tmp_path):
    target = tmp_path / "models.csv"
    metazoo("export", "--to", "csv", "--output", target, cwd=project)
    with target.open(encoding="utf-8", newline="") as stream:
        kept = [row["name"] for row in csv.DictReader(stream)]
    assert kept == [n.replace("=1+1", "'=1+1") for n in NAMES]
    printed = metazoo("export", "--to", "csv", cwd=project).stdout
    assert len(printed.splitlines()) == 1 + len(NAMES)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert rows[0]["name"].startswith("a\\x0a::error::x\\x0d\\x23#[command]y")
    assert rows[1]["name"] == "\\x3a:error::begins"


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_a_formula_is_text_in_both_csv(cell):
    for printed in (True, False):
        ((value, number),) = csv.reader(
            io.StringIO(csv_text([[cell, -1]], printed=printed), newline="")
        )
        assert value.startswith("'")
        assert number == "-1"


def test_the_explorer_takes_the_same_for_a_formula():
    script = (ROOT / "generator/metazoo/site/explorer/csv.js").read_text("utf-8")
    (characters,) = re.findall(r"/\^\[(.*?)\]/\.test\(text\)", script)
    of_script = re.compile(f"[{characters}]")
    assert {chr(point) for point in range(0x250) if of_script.match(chr(point))} == set(_FORMULA)


# -- printers of what is measured, imported and timed ---------------------------------------


def measurement(name):
    return Measurement(
        name,
        resolved_name=name,
        params=1,
        macs=10,
        flops=20,
        activations=3,
        state_dict_bytes=4,
        input_size=(3, 8, 8),
        versions={"torch": HOSTILE},
        conventions={"thop": 10},
        modules={name: 10},
        uncounted=(HOSTILE,),
        deprecated=True,
    )


def test_measurements(capsys):
    failed = replace(measurement("x"), macs=None, error=HOSTILE)
    print_measurements([*map(measurement, NAMES), failed])
    shown = capsys.readouterr().out
    assert_harmless(shown)
    assert MARKUP in re.sub(r"\s+", " ", shown)


def benchmarks(name):
    timing = Timing(1, 0.1, p95=0.2, low=0.1, high=0.1, confidence=0.5, rounds=(0.1, 0.1))
    hardware = Hardware(HOSTILE, driver=HOSTILE, versions={"torch": HOSTILE})
    run = Run(HOSTILE, hardware, "2026-01-01", notes=(HOSTILE,))
    row = BenchRow(
        name, HOSTILE, settings=BenchSettings(), latency=timing, throughput=timing, note=HOSTILE,
        input_size=(3, 8, 8),
    )  # fmt: skip
    return Benchmarks(HOSTILE, {HOSTILE: run}, (row, BenchRow(name, HOSTILE, error=HOSTILE)))


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_benchmarks(name, capsys):
    print_benchmarks(benchmarks(name))
    assert_harmless(capsys.readouterr().out)


def test_a_comparison_of_benchmarks(capsys):
    comparisons = tuple(
        Comparison(name, "latency", change, factor=2.0, noise=0.1, old=1.0, new=2.0)
        for name in NAMES
        for change in Change
    )
    print_report(Report(comparisons, tuple(NAMES), tuple(NAMES), (HOSTILE,), 1.5))
    shown = capsys.readouterr().out
    assert_harmless(shown)
    assert MARKUP in shown


def test_benchmarks_as_json(capsys):
    known = [benchmarks(name) for name in NAMES]
    from metazoo.cli import bench
    from metazoo.cli.formats import Format

    bench._print(known, [None] * len(known), Format.JSON, as_list=True)
    shown = capsys.readouterr().out
    assert_harmless(shown)
    assert [found["rows"][0]["model"] for found in json.loads(shown)] == NAMES


def test_progress_of_benchmarks(capsys, monkeypatch):
    from metazoo.cli import bench

    now = iter(range(0, 1000, 100))
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with bench._progress() as tell:
        tell(HOSTILE)
    shown = capsys.readouterr().err
    assert "Benchmarking a" in shown
    assert_harmless(shown)


def test_imports(capsys):
    entry = TimmEntry(HOSTILE, {}, None, None, (), SourceFacts(), error=HOSTILE)
    imported = Imported([], NAMES, {HOSTILE: [HOSTILE]}, {HOSTILE: HOSTILE}, NAMES)
    assigned = Assignment({HOSTILE: [HOSTILE]}, NAMES, {HOSTILE: [HOSTILE]})
    import_._say(imported, assigned, {HOSTILE: [entry]}, whole=True)
    import_._say_merged(Merged(unknown=NAMES))
    assert_harmless(capsys.readouterr().out)


def test_a_table_to_import_with_hostile_names(tmp_path):
    table = tmp_path / "benchmark-infer-fp32-nchw-pt240-cpu-i9_10940x-dynamo.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            [
                "model",
                "infer_samples_per_sec",
                "infer_step_time",
                "infer_batch_size",
                "infer_img_size",
            ]
        )
        writer.writerow([HOSTILE, "10", "100", "1", "224"])
    for hardware in ("box", HOSTILE):
        run = metazoo("import", "benchmark", table, "--hardware", hardware, "--out", tmp_path / "o")
        assert "Traceback" not in run.stderr
        assert_harmless(run.stdout + run.stderr)


def test_explanations(capsys):
    place = Location(f"{HOSTILE}.yml", 1, 2)
    for name in NAMES:
        model = Model(Value(name, name, place), place)
        question = Question(
            model,
            "FLOPs",
            Value(4_100_000_000, HOSTILE, place),
            3,
            Request(name, "timm"),
            measurement(name),
        )
        hypothesis = Hypothesis(4, HOSTILE, convention=HOSTILE, fits=True, exact=True)
        question.hypotheses = [hypothesis]
        print_question(question)
        say(name)
        for line in summary([question, question]):
            say(line)
    found = capsys.readouterr()
    assert_harmless(found.out)
    assert_harmless(found.err)


def test_every_command_prints_through_what_makes_text_harmless():
    """An f-string that is printed as it is would be a hole that no example above need meet."""
    holes = []
    for file in sorted((ROOT / "generator/metazoo/cli").glob("*.py")):
        if file.name in {"output.py", "rich_text.py"}:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            function = ast.unparse(node.func)
            if function not in {"print", "typer.echo", "console.print", "status.update"}:
                continue
            words = [w for w in node.args if any(isinstance(n, ast.JoinedStr) for n in ast.walk(w))]
            if any("printable(" not in ast.unparse(word) for word in words):
                holes.append(f"{file.name}:{node.lineno}")
    assert holes == []
