"""The data of the explorer, as its script reads it."""

import json
from dataclasses import replace

import pytest

from metazoo.bench.record import Benchmarks, BenchRow, BenchSettings, Hardware, Run, Timing
from metazoo.cards.explorer import DATA, best_models, explorer_data
from metazoo.cards.hardware import hardware_columns
from metazoo.cards.zoo import zoo_of
from metazoo.index.reader import read_index
from metazoo.verify.compare import verify_index
from tests.cards.conftest import ZOO, rendered

BEFORE = "globalThis.metazooExplorerData = "


def decoded(page):
    data = json.loads(page.content.removeprefix(BEFORE).removesuffix(";\n"))
    for part in ("models", "values"):
        for key, values in data[part].items():
            if isinstance(values, dict):
                data[part][key] = [values["words"][code] for code in values["codes"]]
    return data


def zoo_from(tmp_path, text):
    (tmp_path / "index.yml").write_text(text)
    index = read_index([tmp_path / "index.yml"], root=tmp_path)
    return zoo_of(index, verify_index(index, lambda _: None))


@pytest.fixture(scope="module")
def data():
    pages, _ = rendered(ZOO)
    return decoded(pages[DATA])


def test_every_column_has_a_value_for_every_model(data):
    assert data["count"] == 5
    assert {c["key"] for c in data["columns"]} == set(data["values"])
    assert {len(values) for values in data["values"].values()} == {5}
    assert {len(values) for values in data["models"].values()} == {5}


def test_a_measured_number_stands_in_place_of_a_declared_one_that_differs(data):
    at = data["values"]["name"].index("alpha_base.wrong")
    assert data["values"]["status"][at] == "differs"
    assert "d" in data["models"]["verdicts"][at]


def test_the_file_means_the_same_in_every_encoding():
    pages, _ = rendered(ZOO)
    assert pages[DATA].content.isascii()


def test_figures_at_the_models_own_image_size_come_first(tmp_path):
    zoo = zoo_from(
        tmp_path,
        """\
Models:
- Name: one
  Metadata: {Image Size: '288'}
  Results:
  - {Dataset: ImageNet, Image Size: '224', Metrics: {Top 1 Accuracy: 70%}}
  - {Dataset: ImageNet, Image Size: '288', Metrics: {Top 1 Accuracy: 72%}}
- Name: two
  Results:
  - {Dataset: ImageNet, Image Size: '224', Metrics: {Top 1 Accuracy: 60%}}
""",
    )
    data = decoded(explorer_data(zoo))
    assert data["values"]["imagenet-top-1-accuracy"] == [72, 60]
    column = next(c for c in data["columns"] if c["key"] == "imagenet-top-1-accuracy")
    assert (column["label"], column["unit"], column["sample"]) == ("Top 1", "%", 50_000)


CLASHING = [
    *("Name", "Params", "MACs", "FLOPs", "Activations", "File", "Image", "License", "Status"),
    *("Page", "Anchor", "Verdicts", "Index", "Haystack", "Trained", "Family", "q", "h"),
    *("constructor", "__proto__", "toString", "NVIDIA H200 fp32 throughput"),
]


@pytest.mark.parametrize("metric", CLASHING)
def test_a_metric_may_be_called_like_a_column(tmp_path, metric):
    zoo = zoo_from(
        tmp_path,
        f"""\
Models:
- Name: a
  Metadata: {{Parameters: 5000000, License: MIT, Image Size: '224'}}
  Results:
  - {{Metrics: {{"{metric}": 70}}}}
""",
    )
    zoo = replace(zoo, benchmarks=(benchmark(row("a", 0.5)),))
    data = decoded(explorer_data(zoo))
    keys = [column["key"] for column in data["columns"]]
    assert len(set(keys)) == len(keys) == len(data["values"])
    assert "constructor" not in keys
    values = data["values"]
    assert (values["name"], values["params"], values["license"]) == (["a"], [5_000_000], ["MIT"])
    assert values["nvidia-h200-fp32-throughput"] == [128]
    assert (data["models"]["page"], data["models"]["verdicts"]) == (["a"], ["nnnnn"])
    title = f"{metric}, as declared"
    (column,) = [column for column in data["columns"] if column.get("title") == title]
    assert values[column["key"]] == [70]


def test_hardware_whose_names_differ_in_signs_only_has_columns_of_its_own(tmp_path):
    known = [
        benchmark(row("a", 0.5), hardware="Some GPU"),
        benchmark(row("a", 0.25), hardware="Some-GPU"),
    ]
    text = "Models:\n- Name: a\n  Metadata: {Image Size: '224'}\n"
    zoo = replace(zoo_from(tmp_path, text), benchmarks=tuple(known))
    data = decoded(explorer_data(zoo))
    keys = [c.key for c in hardware_columns(known)]
    assert len(set(keys)) == 4
    assert [data["values"][key] for key in keys[::2]] == [[128], [256]]


def test_a_time_next_to_nothing_has_no_throughput(tmp_path):
    text = "Models:\n- Name: a\n  Metadata: {Image Size: '224'}\n"
    zoo = zoo_from(tmp_path, text)
    for seconds, value in ((1e-320, None), (float("nan"), None), (0.5, 128)):
        known = replace(zoo, benchmarks=(benchmark(row("a", seconds), row("b", 0.5)),))
        data = decoded(explorer_data(known))
        assert data["values"]["nvidia-h200-fp32-throughput"] == [value]


def test_an_error_is_better_when_less_and_no_sample_is_guessed(tmp_path):
    zoo = zoo_from(
        tmp_path,
        "Models:\n- Name: a\n  Results:\n  - {Dataset: X, Metrics: {Top 1 Error: 20, Box AP: 40}}\n",
    )
    columns = {c["label"]: c for c in decoded(explorer_data(zoo))["columns"]}
    assert columns["Top 1 Error"]["better"] == "less"
    assert columns["Box AP"]["better"] == "more"
    assert "sample" not in columns["Box AP"]


def test_an_empty_zoo_has_an_explorer_too(tmp_path):
    data = decoded(explorer_data(zoo_from(tmp_path, "Library: {Name: Empty}\n")))
    assert data["count"] == 0
    assert data["y"] == "params"


def test_a_large_zoo_lists_its_best_models_without_a_script(tmp_path):
    models = "".join(
        f"- Name: m{n}\n  Results:\n  - {{Dataset: D, Metrics: {{Top 1 Accuracy: {n % 90}.5}}}}\n"
        for n in range(501)
    )
    shown = best_models(zoo_from(tmp_path, f"Models:\n{models}"))
    assert len(shown) == 200
    assert shown[0][1].score.value == 89.5


def run(name="r", torch="2.15.0", hardware="NVIDIA H200", date="2026-01-31", **changes):
    return Run(name, Hardware(hardware, "cuda", versions={"torch": torch}), date, **changes)


def benchmark(*rows, hardware="NVIDIA H200", runs=None):
    runs = runs or [run(hardware=hardware)]
    return Benchmarks(hardware, {r.id: r for r in runs}, rows)


def row(model, seconds, batch=64, of="r", **changes):
    timing = Timing(batch=batch, seconds=seconds)
    one = Timing(batch=1, seconds=seconds / 16)
    return BenchRow(model, of, input_size=(3, 224, 224), latency=one, throughput=timing, **changes)


def test_each_hardware_has_its_columns():
    throughput, latency = hardware_columns([benchmark(row("a", 0.5), row("b", 0.25))])
    assert (throughput.label, throughput.unit, throughput.main) == ("H200", "img/s", True)
    assert throughput.values == {("a", 224): 128, ("b", 224): 256}
    assert throughput.title == (
        "Images per second at the best batch on NVIDIA H200, fp32; torch 2.15.0; 2026-01-31"
    )
    assert latency.values["a", 224] == pytest.approx(31.25)
    assert not latency.main


@pytest.mark.parametrize(
    ("hardware", "label"),
    [
        ("AMD EPYC, 2 threads", "EPYC, 2 threads"),
        ("Intel(R) Xeon(R) Processor, 2 threads", "Xeon, 2 threads"),
        ("Intel(R) Core(TM) i7-8700 CPU @ 3.20GHz, 6 threads", "Core i7-8700 @ 3.20GHz, 6 threads"),
    ],
)
def test_a_column_has_a_short_name(hardware, label):
    throughput, _ = hardware_columns([benchmark(row("a", 0.5), hardware=hardware)])
    assert throughput.label == label
    assert hardware in throughput.title


def test_figures_of_another_way_to_run_are_never_mixed():
    half = BenchSettings(precision="fp16")
    known = benchmark(row("a", 0.5), row("b", 0.5), row("a", 0.1, settings=half))
    columns = [c for c in hardware_columns([known]) if c.unit == "img/s"]
    assert [c.label for c in columns] == ["H200 fp32", "H200 fp16"]
    assert [c.main for c in columns] == [True, False]
    assert set(columns[1].values) == {("a", 224)}


def test_a_batch_that_was_asked_for_is_not_the_best_one():
    eight = row("a", 1.0, batch=8, settings=BenchSettings(batch_size=8))
    columns = [c for c in hardware_columns([benchmark(row("a", 0.5), eight)]) if c.unit == "img/s"]
    assert [c.label for c in columns] == ["H200", "H200 at batch 8"]
    assert [c.values["a", 224] for c in columns] == [128, 8]
    assert "at the best batch" in columns[0].title
    assert "at batch 8" in columns[1].title
    assert columns[0].key != columns[1].key


def test_other_versions_have_a_column_of_their_own():
    runs = [run("old", "2.9.0"), run("new", "2.10.0", date="2026-02-03")]
    rows = row("a", 0.5, of="old"), row("b", 0.5, of="old"), row("a", 0.25, of="new")
    columns = hardware_columns([benchmark(*rows, runs=runs)])
    columns = [c for c in columns if c.unit == "img/s"]
    assert [c.label for c in columns] == ["H200 torch 2.9.0", "H200 torch 2.10.0"]
    assert [len(c.values) for c in columns] == [2, 1]
    assert columns[1].title.endswith("; torch 2.10.0; 2026-02-03")
    assert columns[0].key != columns[1].key


def test_an_imported_table_is_one_column_whatever_its_batches():
    table = run(origin="benchmark.csv", date=None)
    rows = [
        row(m, 1.0, batch=n, settings=BenchSettings(batch_size=n)) for m, n in (("a", 8), ("b", 16))
    ]
    throughput, _ = hardware_columns([benchmark(*rows, runs=[table])])
    assert throughput.values == {("a", 224): 8, ("b", 224): 16}
    assert "at the batches of an imported table" in throughput.title


def test_a_failed_benchmark_is_no_figure():
    assert hardware_columns([benchmark(BenchRow("a", "r", error="out of memory"))]) == []


def test_a_speed_is_shown_at_the_models_image_size_only(tmp_path):
    zoo = zoo_from(
        tmp_path,
        "Models:\n- Name: a\n  Metadata: {Image Size: '224'}\n- Name: b\n  Metadata: {Image Size: '288'}\n",
    )
    zoo = replace(zoo, benchmarks=(benchmark(row("a", 0.5), row("b", 0.5)),))
    data = decoded(explorer_data(zoo))
    assert data["values"]["nvidia-h200-fp32-throughput"] == [128, None]


def test_the_speed_of_an_architecture_is_that_of_its_every_model(tmp_path):
    models = "".join(
        f"- Name: {name}\n  Metadata: {{Image Size: '{size}'}}\n"
        for name, size in (("a.one", 224), ("a.two", 224), ("a.three", 288), ("ab.one", 224))
    )
    zoo = zoo_from(tmp_path, f"Models:\n{models}")
    zoo = replace(zoo, benchmarks=(benchmark(row("a", 0.5), row("a.two", 0.25)),))
    data = decoded(explorer_data(zoo))
    assert data["values"]["nvidia-h200-fp32-throughput"] == [128, 256, None, None]
