"""The JSON API, the CSV, the badge and llms.txt say the same as the pages."""

import csv
import io
import json
import xml.etree.ElementTree as ET
from itertools import permutations

import pytest

from metazoo.export.data import _json
from metazoo.index.schema import schema
from tests.cards.conftest import ZOO, rendered

PAGES, _ = rendered(ZOO)


def test_every_model_is_in_the_list_and_has_its_own_file():
    models = json.loads(PAGES["api/models.json"].content)["models"]
    names = [
        "alpha_small.good",
        "alpha_base.wrong",
        "old_alpha",
        "alpha_huge.unmeasured",
        "solo.only",
    ]
    assert [m["name"] for m in models] == names
    assert [m["status"] for m in models] == [
        "verified",
        "differs",
        "verified",
        "not measured",
        "not measured",
    ]
    whole = json.loads(PAGES["api/models/alpha_base.wrong.json"].content)
    assert whole["measurement"]["macs"] == 4230479872
    assert whole["findings"][0]["code"] == "MZ601"


def test_a_model_has_the_benchmarks_of_its_architecture_too():
    small = json.loads(PAGES["api/models/alpha_small.good.json"].content)
    on_gpu = [b for b in small["benchmarks"] if b["run"]["hardware"]["name"] == "Some GPU"]
    assert [b["model"] for b in on_gpu] == ["alpha_small"]
    base = json.loads(PAGES["api/models/alpha_base.wrong.json"].content)
    assert "alpha_small" not in {b["model"] for b in base["benchmarks"]}


def test_the_schema_of_the_index_is_published():
    assert json.loads(PAGES["api/schema.json"].content) == schema()
    assert "(api/schema.json)" in PAGES["llms.txt"].content


def test_a_number_says_where_it_comes_from():
    model = json.loads(PAGES["api/models.json"].content)["models"][1]
    assert model["flops"] == {
        "value": 8460959744,
        "origin": "measured",
        "verdict": "differs",
        "declared": 5472648192,
        "measured": 8460959744,
    }
    assert model["card"] == "models/alpha-net#alpha_base.wrong"


def test_the_table_has_a_line_for_each_model():
    rows = list(csv.DictReader(io.StringIO(PAGES["api/models.csv"].content)))
    assert len(rows) == 5
    assert rows[1]["flops"] == "8460959744"
    assert rows[1]["flops_origin"] == "measured"
    assert rows[0]["Top 1 Accuracy (ImageNet)"] == "70.5"


def test_the_table_holds_no_formula(zoo):
    solo = zoo / "families" / "solo.yml"
    solo.write_text(solo.read_text().replace("solo.only", "'=HYPERLINK(1)'"))
    pages, _ = rendered(zoo)
    assert "\n'=HYPERLINK(1)," in pages["api/models.csv"].content


def test_the_badges_count_what_is_verified():
    badge = json.loads(PAGES["api/badge.json"].content)
    assert badge["message"] == "2 of 5"
    assert badge["color"] == "orange"
    picture = ET.fromstring(PAGES["api/badge.svg"].content)  # noqa: S314 - our own picture
    assert picture.get("aria-label") == "models verified: 2 of 5"


def test_the_plain_list_names_every_family():
    text = PAGES["llms.txt"].content
    assert text.startswith("# Test zoo\n\n> Two families")
    assert "[Alpha Net](models/alpha-net): 4 variants" in text


def files_of(zoo, *names):
    """The files of models without a collection, by their names."""
    index = {"Models": [{"Name": name} for name in names]}
    (zoo / "families" / "solo.yml").write_text(json.dumps(index))
    pages, _ = rendered(zoo)
    uris = {}
    for uri, page in pages.items():
        if uri.startswith("api/models/"):
            uris.setdefault(json.loads(page.content)["name"], []).append(uri)
    listed = {m["name"]: m["data"] for m in json.loads(pages["api/models.json"].content)["models"]}
    assert {name: [uri] for name, uri in listed.items()} == uris
    return {name: listed[name] for name in names}, pages


@pytest.mark.parametrize("names", list(permutations(["a b", "a-b", "a/b"])))
def test_models_whose_addresses_would_be_the_same_have_a_file_each(zoo, names):
    files, pages = files_of(zoo, *names)
    assert files["a-b"] == "api/models/a-b.json"
    assert files["a b"] == "api/models/a-b-2fa5bb99.json"
    assert len(set(files.values())) == 3
    assert {"models/a-b.md", "models/a-b-2.md", "models/a-b-3.md"} <= set(pages)


def test_without_a_model_of_that_very_name_the_first_has_the_plain_address(zoo):
    files, _ = files_of(zoo, "a/b", "a b")
    assert files["a/b"] == "api/models/a-b.json"


def test_file_systems_that_know_no_upper_case_get_a_file_for_each_model(zoo):
    files, _ = files_of(zoo, "Net", "net", "NET")
    assert files["Net"] == "api/models/Net.json"
    assert len({uri.lower() for uri in files.values()}) == 3


def test_a_name_that_was_made_to_clash_gets_a_file_too(zoo):
    taken, _ = files_of(zoo, "a-b", "a b")
    forged = taken["a b"].removeprefix("api/models/").removesuffix(".json")
    files, _ = files_of(zoo, "a-b", "a b", forged)
    assert len(set(files.values())) == 3
    assert files[forged] == f"api/models/{forged}.json"


def test_of_two_models_with_one_name_the_first_is_meant(zoo):
    solo = zoo / "families" / "solo.yml"
    solo.write_text(
        "Models:\n- {Name: x, Metadata: {FLOPs: 1}}\n- {Name: x, Metadata: {FLOPs: 2}}\n"
    )
    pages, _ = rendered(zoo)
    assert json.loads(pages["api/models/x.json"].content)["flops"]["declared"] == 1


@pytest.mark.parametrize("length", [120, 121, 300, 5000])
def test_names_of_any_length_fit_a_file_system(zoo, length):
    files, pages = files_of(zoo, "n" * length, "n" * (length - 1) + "m")
    assert len(set(files.values())) == 2
    plain = f"api/models/{'n' * length}.json"
    assert (files["n" * length] == plain) is (length == 120)
    for uri in pages:
        assert all(len(part.encode()) <= 140 for part in uri.split("/"))
    assert len([uri for uri in pages if uri.startswith("models/nnn")]) == 2


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_cannot_hold_is_null(zoo, number):
    record = zoo / "measured" / "alpha.json"
    record.write_text(record.read_text().replace('"crop_pct": 0.875', f'"crop_pct": {number}'))
    pages, _ = rendered(zoo)
    for uri, page in pages.items():
        if uri.endswith(".json"):
            json.loads(page.content, parse_constant=pytest.fail)


def test_what_readers_cannot_hold_is_null_and_all_else_stays():
    value = {"a": [float("nan"), 1.5, True, None, "NaN"], "b": (float("-inf"), 10**5000, 10**30)}
    assert json.loads(_json(value)) == {
        "a": [None, 1.5, True, None, "NaN"],
        "b": [None, None, 10**30],
    }


def test_half_a_surrogate_pair_is_replaced():
    assert json.loads(_json({"é": "a\ud800"}).encode("utf-8")) == {"é": "a?"}
