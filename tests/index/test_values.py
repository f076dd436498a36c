"""How the values of keys are read, repeated and malformed ones included."""

import pytest

from metazoo.findings import Severity
from metazoo.index import documents, reader
from metazoo.index.reader import read_index


def read(tmp_path, text, name="index.yml", **files):
    for file, content in {name: text, **files}.items():
        path = tmp_path / file.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return read_index([tmp_path / name], root=tmp_path)


def model(tmp_path, text):
    index = read(tmp_path, f"Models:\n- Name: m\n{text}")
    return index.models[0], index.findings


def told(findings):
    return [(f.code, f.location.line, f.location.column, f.model) for f in findings]


# -- repeated and merged keys ---------------------------------------------------------------------


def test_the_last_of_repeated_keys_counts(tmp_path):
    found, findings = model(tmp_path, "  Metadata:\n    Epochs: 1\n    epochs: 2\n    Epochs: 3\n")
    assert found.metadata.number("Epochs") == 3
    assert told(findings) == [("MZ201", 5, 5, "m"), ("MZ201", 6, 5, "m")]
    assert "“epochs” is repeated; it is already on line 4 as “Epochs”" in findings[0].message
    assert "“Epochs” is repeated; it is already on line 5 as “epochs”" in findings[1].message


def test_a_repeated_key_with_the_same_spelling_is_not_quoted_twice(tmp_path):
    _, (finding,) = model(tmp_path, "  Metadata: {LR: 1, LR: 2}\n")
    assert finding.message == "the key “LR” is repeated; it is already on line 3"


def test_a_key_repeated_in_another_file_is_named_with_the_file(tmp_path):
    text = "Models:\n- Name: m\n  Metadata: [{LR: 1}, b.yml]\n"
    index = read(tmp_path, text, b__yml="LR: 2\n")
    (finding,) = index.findings
    assert f"it is already at {tmp_path / 'index.yml'}:3:15" in finding.message
    assert finding.location == ((tmp_path / "b.yml").as_posix(), 1, 1)
    assert index.models[0].metadata.number("LR") == 2


def test_own_keys_win_over_merged_ones_and_the_first_merged_over_the_others(tmp_path):
    found, findings = model(
        tmp_path,
        "  A: &a {LR: 1, Epochs: 1, Layers: 1}\n  B: &b {LR: 2, Epochs: 2, Momentum: 0.2}\n"
        "  Metadata:\n    LR: 3\n    <<: [*a, *b]\n",
    )
    numbers = {key: value.value for key, value in found.metadata.values.items()}
    assert numbers == {"LR": 3, "Epochs": 1, "Layers": 1, "Momentum": 0.2}
    assert findings == []


@pytest.mark.parametrize("style", ["'<<'", '"<<"'])
def test_a_quoted_merge_key_is_a_key(tmp_path, style):
    found, _ = model(tmp_path, f"  {style}: 1\n")
    assert found.extra["<<"].value == 1


def test_only_mappings_can_be_merged(tmp_path):
    _, (finding,) = model(tmp_path, "  Metadata: {<<: [{LR: 1}, 3]}\n")
    assert told([finding]) == [("MZ202", 3, 28, "m")]
    assert "the merge key << must be a mapping, not text" in finding.message


# -- shapes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("  Metadata: {LR: [1]}\n", "LR must be one value, not a list"),
        ("  Metadata: {Optimizer: {a: b}}\n", "Optimizer must be one value, not a mapping"),
        ("  Metadata: {? [a] : b}\n", "a key must be text, not a list"),
        ("  Metadata: {Tasks: [[a]]}\n", "an item of this list must be text, not a list"),
        ("  Metadata: {Tasks: [{Type: a}]}\n", "an item of this list must be text"),
        ("  Metadata: [[a]]\n", "Metadata must be a mapping or a path, not a list"),
        ("  Results: [[a]]\n", "a result must be a mapping or a path, not a list"),
        ("  Results: {Metrics: [a]}\n", "Metrics must be names with values, not text"),
        ("  Results: {Metrics: {WER: [1]}}\n", "the metric “WER” must be one number"),
        ("  Results: {Task: [a]}\n", "Task must be text, not a list"),
        ("  Paper: [[a]]\n", "Paper must be an address, or Title and URL, not a list"),
        ("  Code: [[a]]\n", "Code must be an address, or URL and Version, not a list"),
        ("  Weights: [[a]]\n", "Weights must be text, not a list"),
        ("  Weights: []\n", "Weights must be text, not a list"),
        ("  Code: []\n", "Code must be an address, or URL and Version, not a list"),
        ("- [a]\n", "a model must be a mapping or a path, not a list"),
        ("Collections: [[a]]\n", "a collection must be a mapping or a path, not a list"),
        ("Library: [a]\n", "Library must be a mapping or a path, not a list"),
        ("Import: [{a: b}]\n", "Import must be paths, not a mapping"),
    ],
)
def test_a_wrong_shape_is_reported(tmp_path, text, words):
    _, (finding,) = model(tmp_path, text)
    assert finding.code == "MZ202"
    assert finding.message.startswith(words)
    assert finding.model == ("m" if text.startswith("  ") else None)
    assert finding.severity is Severity.ERROR


def test_a_finding_names_the_model_wherever_its_name_stands(tmp_path):
    index = read(
        tmp_path, "Models:\n- Weights: [[a]]\n  NAME: m\n- Weights: [[a]]\n- {Name: [x]}\n"
    )
    assert [f.model for f in index.findings] == ["m", None, None]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-1.5", -1.5),
        ("1.10", "1.10"),
        ("00123", "00123"),
        ("1e3", "1e3"),
        ("1,000", "1,000"),
        ("5%", "5%"),
        ("true", True),
        ("FALSE", False),
        ("yes", "yes"),
        ("'true'", "true"),
        ("'1'", "1"),
        ("~", None),
        ("''", ""),
        ("'null'", "null"),
    ],
)
def test_a_value_of_an_unknown_key_is_a_number_only_if_nothing_is_lost(tmp_path, written, value):
    found, findings = model(tmp_path, f"  Unknown: {written}\n")
    assert (found.extra["Unknown"].value, findings) == (value, [])
    assert type(found.extra["Unknown"].value) is type(value)


def test_lists_of_texts(tmp_path):
    found, findings = model(
        tmp_path,
        "  Metadata:\n    Tasks: [a, ~, '', {Name: b, Note: 1}]\n    Architecture: c\n"
        "    Training Data: ~\n    Training Techniques: {Name: d}\n",
    )
    assert findings == []
    tasks = found.metadata.get("Tasks")
    assert [v.value for v in tasks.value] == ["a", None, "", "b"]
    assert tasks.text == ""
    assert tasks.value[3].extra["Note"].value == 1
    assert tasks.value[0].extra is None
    assert found.metadata.texts("Tasks") == ["a", "", "b"]
    assert (found.metadata.texts("Architecture"), found.metadata.text("Architecture")) == (
        ["c"],
        "c",
    )
    assert found.metadata.get("Training Data").value == []
    assert found.metadata.text("Training Techniques") == "d"
    assert found.metadata.get("Training Techniques").value[0].extra is None


def test_values_of_fields_are_of_their_kind(tmp_path):
    found, findings = model(
        tmp_path,
        "  Metadata: {FLOPs: 2G, File Size: 1 KiB, LR: 5%, Epochs: many, Image Size: [3, 8, 9],\n"
        "    Input Size: 7, Layers: ~, Optimizer: 'null', Momentum: '0.9', ID: 12}\n",
    )
    values = {key: (v.value, v.unit) for key, v in found.metadata.values.items()}
    assert values == {
        "FLOPs": (2_000_000_000, "G"),
        "File Size": (1024, "KiB"),
        "LR": (5, "%"),
        "Epochs": (None, ""),
        "Image Size": ((3, 7, 7), ""),
        "Layers": (None, ""),
        "Optimizer": ("null", ""),
        "Momentum": (0.9, ""),
        "ID": ("12", ""),
    }
    assert found.metadata.text("Epochs") == "many"
    assert [f.code for f in findings] == ["MZ201"]


def test_the_image_size_as_a_list(tmp_path):
    found, _ = model(tmp_path, "  Metadata: {Image Size: [3, 8, 9]}\n")
    size = found.metadata.get("Image Size")
    assert (size.value, size.text) == ((3, 8, 9), "3x8x9")
    found, _ = model(tmp_path, "  Metadata: {Image Size: [big]}\n")
    assert found.metadata.get("Image Size").value is None


def test_of_several_addresses_the_first_is_taken_and_all_are_kept(tmp_path):
    found, findings = model(
        tmp_path, "  Weights: [w1, w2]\n  Code: [c1, c2]\n  Config: ~\n  Image: i\n  README: [r]\n"
    )
    assert findings == []
    assert (found.weights.value, found.code.url.value) == ("w1", "c1")
    assert (found.config, found.image.value, found.readme.value) == (None, "i", "r")
    assert [v.text for v in found.extra["Weights"].value] == ["w1", "w2"]
    assert [v.text for v in found.extra["Code"].value] == ["c1", "c2"]
    assert found.extra["Config"].value is None
    assert set(found.extra) == {"Weights", "Code", "Config", "README"}
    found, findings = model(tmp_path, "  Code: [~, {URL: u, Tag: t}]\n")
    assert (found.code.url.value, found.code.extra["Tag"].value, findings) == ("u", "t", [])
    found, findings = model(tmp_path, "  Code: ~\n")
    assert (found.code, found.extra, findings) == (None, {}, [])


def test_names_that_are_mappings_keep_what_else_they_say(tmp_path):
    found, _ = model(
        tmp_path,
        "  Results:\n    Task: {Type: t, Note: n}\n    Dataset: {Type: u, Name: d}\n    Split: s\n"
        "    Metrics:\n    - {Type: WER, Value: 5 %, Config: c}\n    - {Name: x, CER: 3}\n",
    )
    (result,) = found.results
    assert (result.task.text, result.task.extra["Note"].text) == ("t", "n")
    assert (result.dataset.text, result.dataset.extra["Type"].text) == ("d", "u")
    assert result.extra["Split"].text == "s"
    assert [(m.name, m.value.value, m.value.unit) for m in result.metrics] == [
        ("WER", 5, "%"),
        ("Name", None, ""),
        ("CER", 3, ""),
    ]
    assert result.metrics[0].value.extra["Config"].text == "c"
    found, _ = model(tmp_path, "  Results: {Metrics: {Name: 1, Value: 2}, Dataset: {URL: u}}\n")
    assert [m.name for m in found.results[0].metrics] == ["Name", "Value"]
    assert found.results[0].dataset.value is None


@pytest.mark.parametrize(
    ("written", "url", "title"),
    [("https://a.org", "https://a.org", None), ("www.a.org", "www.a.org", None), ("A", None, "A")],
)
def test_a_paper_as_text_is_an_address_or_a_title(tmp_path, written, url, title):
    (paper,) = model(tmp_path, f"  Paper: {written}\n")[0].papers
    assert (paper.url and paper.url.value, paper.title and paper.title.value) == (url, title)


# -- what a document is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "models", "codes"),
    [
        ("Type: model-index\n", 0, []),
        ("Type: other\n", 0, []),
        ("Models: []\nType: other\n", 0, ["MZ203"]),
        ("Models: []\nType: ~\n", 0, []),
        ("Code: a\n", 0, ["MZ112"]),
        ("README: a\n", 0, ["MZ112"]),
        ("Results: []\n", 1, []),
        ("Weights: w\n", 1, []),
        ("Note: a\n", 0, ["MZ112"]),
        ("- {Name: a}\n", 1, []),
        ("- {Note: a}\n", 0, ["MZ112"]),
        ("- none.yml\n", 0, ["MZ113"]),
        ("- text\n", 0, ["MZ112"]),
        ("text\n", 0, ["MZ112"]),
        ("model-index: [{Name: a}]\n", 1, []),
    ],
)
def test_what_makes_a_document_an_index(tmp_path, text, models, codes):
    index = read(tmp_path, text)
    assert (len(index.models), [f.code for f in index.findings]) == (models, codes)


def test_keys_of_a_hub_card_belong_to_the_page(tmp_path):
    text = "---\nlicense: mit\ncode: c\ntags: [t]\nmodel-index:\n- name: a\n- name: b\n  tags: u\n  metadata: {License: x}\n---\n"
    a, b = read(tmp_path, text, "page.md").models
    assert (a.metadata.text("License"), b.metadata.text("License")) == ("mit", "x")
    assert a.extra["Card"].value["code"].value == "c"
    assert (a.extra["tags"].value[0].value, b.extra["tags"].value) == ("t", "u")
    assert a.code is None


def test_what_is_said_twice_at_the_top_is_reported(tmp_path):
    text = "Import: a.yml\nLibrary: {Name: z}\nNote: 1\nModels: []\n"
    index = read(tmp_path, text, a__yml="Library: {Name: y}\nNote: 2\nModels: []\n")
    assert [(f.code, f.location.line) for f in index.findings] == [("MZ213", 1), ("MZ213", 2)]
    assert all(f.severity is Severity.WARNING for f in index.findings)
    assert (index.library.name.text, index.extra["Note"].value) == ("y", 2)
    index = read(tmp_path, "Import: a.yml\nLibrary: {Name: z}\n", a__yml="Library: ~\nModels: []\n")
    assert (index.library.name.text, index.findings) == ("z", [])


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ("A: 1\n", "“A” are ignored"),
        ("A: 1\nB: 1\nC: 1\n", "“A”, “B”, “C” are ignored"),
        ("A: 1\nB: 1\nC: 1\nD: 1\n", "“A”, “B”, “C” and 1 more are ignored"),
    ],
)
def test_up_to_three_keys_that_are_not_read_are_named(tmp_path, keys, words):
    index = read(tmp_path, "Models: b.yml\n", b__yml=f"{keys}Models: []\n")
    (finding,) = index.findings
    assert (finding.code, finding.location.line) == ("MZ213", 1)
    assert finding.message.startswith(words)


# -- files that lead to files ---------------------------------------------------------------------


@pytest.mark.parametrize(("key", "last"), [("Models", 3), ("Import", 2)])
@pytest.mark.parametrize(("most", "codes"), [(3, []), (2, ["MZ119"])])
def test_files_lead_to_each_other_up_to_the_limit(tmp_path, monkeypatch, key, last, most, codes):
    # The root file counts among those that lead to an import.
    monkeypatch.setattr(documents, "DEEPEST_IMPORT", most)
    monkeypatch.setattr(reader, "DEEPEST_IMPORT", most)
    files = {f"{n}__yml": f"{key}: {n + 1}.yml\n" for n in range(1, last)}
    files[f"{last}__yml"] = "Models: [{Name: m}]\n"
    index = read(tmp_path, f"{key}: 1.yml\n", **files)
    assert [f.code for f in index.findings] == codes
    assert len(index.models) == (not codes)
    if codes:
        assert f"{most} files" in index.findings[0].message


def test_metadata_may_nest_through_many_files(tmp_path):
    deep = 95
    files = {
        f"f{n}__yml": "{Metadata: " * deep + f"f{n + 1}.yml" + "}" * deep for n in range(1, 45)
    }
    text = "Models: [{Name: m, Metadata: f1.yml}]\n"
    index = read(tmp_path, text, **files, f45__yml="Epochs: 90\n")
    assert index.findings == []
    assert index.models[0].metadata.number("Epochs") == 90


def test_metadata_is_added_in_the_order_written(tmp_path):
    text = "Name: m\nMetadata: [{Metadata: [{LR: 1}, b.yml]}, {LR: 3, Metadata: 4}]\n"
    index = read(tmp_path, text, b__yml="Metadata: {LR: 2}\n")
    assert index.models[0].metadata.number("LR") == 3
    assert index.models[0].metadata.get("Metadata").value == 4
    assert [f.code for f in index.findings] == ["MZ201", "MZ201"]


def test_a_path_is_looked_up_beside_its_file_first_then_in_the_root(tmp_path):
    files = {"sub/a__yml": "Models: [{Name: near}]\n", "a__yml": "Models: [{Name: far}]\n"}
    index = read(tmp_path, "Import: a.yml\n", "sub/index.yml", **files)
    assert [m.name.value for m in index.models] == ["near"]
    (tmp_path / "sub" / "a.yml").unlink()
    index = read_index([tmp_path / "sub" / "index.yml"], root=tmp_path)
    assert [m.name.value for m in index.models] == ["far"]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("https://a.org/b.yml", "MZ115", "is a URL"),
        ("''", "MZ113", "the path is empty"),
        ("'  '", "MZ113", "the path is empty"),
        ("none.yml", "MZ113", "there is no file “none.yml”"),
        ("'n*.yml'", "MZ113", "no index file matches “n*.yml”"),
        ("notes.txt", "MZ117", "has a file type that can't hold an index"),
        ("'*.txt'", "MZ113", "no index file matches"),
        ("../a.yml", "MZ115", "leads out of the root"),
        ("'../*.yml'", "MZ115", "leads out of the root"),
        ("index.yml", "MZ114", "is circular"),
    ],
)
def test_a_path_that_names_no_index_is_reported(tmp_path, path, code, words):
    index = read(tmp_path, f"Import: [{path}]\n", notes__txt="Models: []\n")
    (finding,) = index.findings
    assert (finding.code, finding.location.line) == (code, 1)
    assert words in finding.message


def test_files_named_among_others_are_skipped_if_they_hold_no_index(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "a.yml": "Models: [{Name: a}]\n",
        "b.yml": "name: build\non: push\n!x a: b\n",
        "c.yml": "[\n",
        "d.yml": "Models: [{Name: d}]\nImport: a.yml\n",
    }.items():
        (tmp_path / name).write_text(text)
    given = [tmp_path.relative_to(tmp_path) / name for name in ("a.yml", "b.yml", "c.yml", "d.yml")]
    index = read_index(given)
    assert [m.name.value for m in index.models] == ["a", "d"]
    assert [path.name for path in index.skipped] == ["b.yml"]
    assert [path.name for path in index.files] == ["a.yml", "c.yml", "d.yml"]
    assert [f.code for f in index.findings] == ["MZ106"]
    assert index.imports == {"d.yml": ["a.yml"]}
    assert index.bases == [tmp_path]
    alone = read_index([given[2]])
    assert (alone.skipped, [f.code for f in alone.findings]) == ([], ["MZ106"])


def test_a_second_document_is_reported_and_read(tmp_path):
    index = read(tmp_path, "Models: [{Name: a}]\n---\nModels: [{Name: b}]\n---\n")
    assert [m.name.value for m in index.models] == ["a", "b"]
    assert [(f.code, f.location.line, f.severity) for f in index.findings] == [
        ("MZ111", 3, Severity.WARNING)
    ]


# -- inheritance ----------------------------------------------------------------------------------


def test_a_model_takes_from_its_collection_what_it_does_not_say(tmp_path):
    both = "Results: {Dataset: d}, Paper: P, Code: c, Weights: w, Config: g, README: r, Image: i"
    own = "Results: {Dataset: e}, Paper: Q, Code: k, Weights: v"
    index = read(
        tmp_path,
        f"Collections: [{{Name: F, {both}}}, {{Name: F, Weights: other}}, {{Weights: unnamed}}]\n"
        f"Models: [{{Name: a, In Collection: F}}, {{Name: b, In Collection: F, {own}}},"
        " {Name: c, In Collection: ''}, {Name: d, In Collection: [none, F]}]\n",
    )
    a, b, c, d = index.models
    assert a.inherits == d.inherits == {"results", "papers", "code"}
    assert (a.results[0].dataset.text, a.papers[0].title.text) == ("d", "P")
    values = [a.code.url, a.weights, a.config, a.readme, a.image]
    assert [(v.text, v.inherited) for v in values] == [(x, True) for x in "cwgri"]
    assert b.inherits == frozenset()
    assert (b.results[0].dataset.text, b.papers[0].title.text) == ("e", "Q")
    assert (b.code.url.text, b.weights.text, b.weights.inherited) == ("k", "v", False)
    assert (c.weights, c.inherits) == (None, frozenset())


def test_what_a_model_does_not_know_its_collection_says(tmp_path):
    index = read(
        tmp_path,
        "Collections: [{Name: F, Metadata: {LR: 1, Epochs: 2, Tasks: [a, b, b], Note: [x]}}]\n"
        "Models: [{Name: a, In Collection: F, Metadata: {LR: ~, Epochs: many, Tasks: a, Note: [y]}},"
        "{Name: b, In Collection: F, Metadata: {Tasks: [a, b]}}]\n",
    )
    a, b = index.models
    assert (a.metadata.number("LR"), a.metadata.get("LR").inherited) == (1, True)
    assert a.metadata.number("Epochs") == 2
    assert [(v.text, v.inherited) for v in a.metadata.get("Tasks").value] == [
        ("a", False),
        ("b", True),
    ]
    assert [v.text for v in a.metadata.get("Note").value] == ["y"]
    assert b.metadata.get("Tasks") is b.written.get("Tasks")
    assert "LR" not in b.written
