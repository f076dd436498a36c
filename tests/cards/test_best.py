"""What cards mark as best: as the metric says, and nothing if nobody knows."""

import csv
import io
import json

import pytest

from metazoo.cards.chart import family_chart, frontier, points_of, zoo_chart
from metazoo.cards.explorer import ROWS_OF_LARGE, best_models, explorer_data
from metazoo.cards.zoo import zoo_of
from metazoo.export.data import data_pages
from metazoo.index.reader import read_index
from metazoo.measure.measurement import Measurement
from metazoo.verify.compare import verify_index
from tests.cards.conftest import rendered
from tests.cards.test_explorer import decoded

MACS = {"small": 1e9, "medium": 2e9, "large": 3e9}


def zoo_with(tmp_path, metric, *values):
    """A family with a model for each value of one metric; each costs more than the one before."""
    models = "".join(
        f"- Name: {name}\n  In Collection: F\n"
        f"  Results: {{Dataset: D, Metrics: {{'{metric}': '{value}'}}}}\n"
        for name, value in zip(MACS, values, strict=False)
    )
    (tmp_path / "index.yml").write_text(f"Collections:\n- Name: F\nModels:\n{models}")
    index = read_index([tmp_path / "index.yml"], root=tmp_path)

    def measured(model):
        return Measurement(model.name.text, macs=int(MACS[model.name.text]))

    return zoo_of(index, verify_index(index, measured))


@pytest.mark.parametrize(
    ("metric", "values", "best"),
    [
        ("Top 1 Accuracy", ("70%", "75%", "72%"), "medium"),
        ("WER", ("8.1%", "4.2%", "5.0%"), "medium"),
        ("FID", ("9", "12", "7"), "large"),
        ("Top 1 Error", ("30", "20", "25"), "medium"),
        ("Latency", ("900 us", "2 ms", "0.003 s"), "small"),
        ("PSNR", ("30 dB", "31.2 dB", "31.2 dB"), "medium"),
        ("MAE", ("3 mm", "1 cm", "2"), "small"),  # no unit: nobody knows whether 2 is less
        ("Accuracy", ("70%", "99 s", "72%"), "large"),  # a unit that it can't have
        ("Latency", ("9 ms", "1 tick", "8 ms"), "large"),  # a unit that nobody knows
    ],
)
def test_the_best_of_a_family_follows_the_metric(tmp_path, metric, values, best):
    (family,) = zoo_with(tmp_path, metric, *values).families
    assert family.best.name == best


def test_nothing_is_best_in_a_metric_that_nobody_knows(tmp_path):
    zoo = zoo_with(tmp_path, "Grooviness", "1", "3", "2")
    (family,) = zoo.families
    assert family.best is None
    assert frontier(points_of(family), family.better) == []
    chart = family_chart(family, zoo)
    assert "mz-frontier" not in chart
    assert "The line" not in chart
    assert ">Grooviness</text>" in chart, "no arrow either"
    assert "mz-frontier" not in zoo_chart(zoo)
    (dataset,) = zoo.datasets
    assert [variant.name for _, variant, _ in dataset.rows] == ["small", "medium", "large"]
    assert dataset.ranked_by == ""


def test_the_frontier_goes_down_where_less_is_better(tmp_path):
    zoo = zoo_with(tmp_path, "WER", "8%", "9%", "4%")
    (family,) = zoo.families
    line = frontier(points_of(family), family.better)
    assert [point.variant.name for point in line] == ["small", "large"]
    assert "WER ↓" in family_chart(family, zoo)


def test_results_on_a_dataset_stand_best_first(tmp_path):
    (dataset,) = zoo_with(tmp_path, "WER", "8%", "3%", "4%").datasets
    assert [variant.name for _, variant, _ in dataset.rows] == ["medium", "large", "small"]
    (dataset,) = zoo_with(tmp_path, "BLEU", "8", "3", "4").datasets
    assert [variant.name for _, variant, _ in dataset.rows] == ["small", "large", "medium"]
    assert dataset.ranked_by == "BLEU"


def test_a_dataset_is_ranked_by_its_first_metric_with_a_direction(tmp_path):
    zoo = zoo_with(tmp_path, "Grooviness': 1, 'FID", "8", "3", "4")
    (dataset,) = zoo.datasets
    assert dataset.ranked_by == "FID"
    assert [variant.name for _, variant, _ in dataset.rows] == ["medium", "large", "small"]


def test_the_pages_say_what_they_are_sorted_by(zoo):
    alpha = zoo / "families" / "alpha.yml"
    alpha.write_text(
        alpha.read_text().replace("Top 1 Accuracy", "Grooviness").replace("Top 5 Accuracy", "Shine")
    )
    pages, _ = rendered(zoo)
    assert "on ImageNet, in the order of the index</span>" in pages["datasets.md"].content
    families = pages["models/index.md"].content
    assert "Grooviness" not in families, "no best of an unknown metric"
    assert "<dt>Best" not in pages["models/alpha-net.md"].content


@pytest.mark.parametrize(
    ("metric", "first"), [("Top 1 Accuracy", "m500"), ("WER", "m0"), ("Grooviness", "m0")]
)
def test_a_large_zoo_lists_its_best_models(tmp_path, metric, first):
    models = "".join(
        f"- Name: m{n}\n  Results: {{Dataset: D, Metrics: {{{metric}: {n / 10}}}}}\n"
        for n in range(501)
    )
    (tmp_path / "index.yml").write_text(f"Models:\n{models}")
    index = read_index([tmp_path / "index.yml"], root=tmp_path)
    shown = best_models(zoo_of(index, verify_index(index, lambda _: None)))
    assert len(shown) == ROWS_OF_LARGE
    assert shown[0][1].name == first


@pytest.mark.parametrize(
    ("metric", "better"),
    [
        *(("WER", "less"), ("CER", "less"), ("LPIPS", "less"), ("RMSE", "less"), ("mIoU", "more")),
        *(("Grooviness", None), ("Losslessness", None)),
    ],
)
def test_the_explorer_knows_which_way_is_better(tmp_path, metric, better):
    columns = decoded(explorer_data(zoo_with(tmp_path, metric, "1", "2")))["columns"]
    (column,) = (c for c in columns if c["label"] == metric)
    assert column.get("better") == better


def test_the_explorer_has_a_column_for_each_unit(tmp_path):
    data = decoded(explorer_data(zoo_with(tmp_path, "Latency", "9 ms", "0.01 s", "5 ticks")))
    (column,) = (c for c in data["columns"] if c["label"] == "Latency")
    assert column["unit"] == "ms"
    assert data["values"][column["key"]] == [9, 10, None]
    data = decoded(explorer_data(zoo_with(tmp_path, "Grooviness", "9 ms", "3x", "1 s")))
    columns = [c for c in data["columns"] if c["label"] == "Grooviness"]
    assert [c["unit"] for c in columns] == ["ms", "x"]
    assert [data["values"][c["key"]] for c in columns] == [[9, None, 1000], [None, 3, None]]


def test_data_for_machines_names_the_unit(tmp_path):
    pages = {p.uri: p for p in data_pages(zoo_with(tmp_path, "Latency", "9 ms", "0.01 s", "8"))}
    models = json.loads(pages["api/models.json"].content)["models"]
    results = [model["results"][0] for model in models]
    assert [(r["value"], r["unit"], r["text"]) for r in results] == [
        (9, "ms", "9 ms"),
        (10, "ms", "0.01 s"),
        (8, None, "8"),
    ]
    rows = list(csv.DictReader(io.StringIO(pages["api/models.csv"].content)))
    assert [row["Latency, ms (D)"] for row in rows] == ["9", "10", "8"]


def test_a_zoo_says_which_way_its_own_metric_is_better(zoo):
    alpha = zoo / "families" / "alpha.yml"
    alpha.write_text(alpha.read_text().replace("Top 1 Accuracy", "Grooviness"))
    glossary = zoo / "glossary.yml"
    glossary.write_text(
        "Metrics:\n- {Name: Grooviness, Better: lower, Text: How groovy it is, URL: https://x.org/g}\n"
    )
    pages, findings = rendered(zoo)
    assert findings == []
    assert '<dt>Best Grooviness</dt><dd><a href="#alpha_small.good">70.5%</a>' in (
        pages["models/alpha-net.md"].content
    )
    words = pages["glossary.md"].content
    assert "How groovy it is. Lower is better." in words
    assert "https://x.org/g" in words
    glossary.write_text(glossary.read_text().replace("lower", "higher"))
    pages, _ = rendered(zoo)
    assert (
        'Grooviness</dt><dd><a href="#alpha_huge.unmeasured">'
        in pages["models/alpha-net.md"].content
    )


def test_a_fault_in_the_glossary_is_said_on_its_page_and_the_rest_is_shown(zoo):
    (zoo / "glossary.yml").write_text(
        "Image Classification: Tells what is in it.\nReLU: !!int abc\n"
    )
    pages, findings = rendered(zoo)
    assert [f.code for f in findings] == ["MZ803"]
    assert "Tells what is in it." in pages["glossary.md"].content
    assert "glossary.yml&#58;2&#58;7" in pages["glossary.md"].content
