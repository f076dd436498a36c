"""What the reader understands: every form of the format, and the traps of other readers."""

import os
from pathlib import Path

import pytest

from metazoo.errors import UsageError
from metazoo.findings import Severity
from metazoo.index import documents, paths
from metazoo.index.documents import MOST_ALIKE
from metazoo.index.reader import read_index
from metazoo.report.text import lines as report_lines
from tests.cli.command import metazoo

GOOD = Path(__file__).parents[1] / "corpus" / "good"


def read(tmp_path, text, name="index.yml", **files):
    for file, content in {
        name: text,
        **{k.replace("__", "."): v for k, v in files.items()},
    }.items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return read_index([tmp_path / name], root=tmp_path)


def names(index):
    return [model.name.value for model in index.models]


def codes(index):
    return [finding.code for finding in index.findings]


# -- values and their places ----------------------------------------------------------------------


def test_every_value_knows_its_place_its_text_and_its_unit():
    index = read_index([GOOD / "timm-2021" / "resnext.yml"])
    model = index.models[0]
    flops = model.metadata.get("FLOPs")
    assert (flops.value, flops.text, flops.unit, flops.key) == (
        21180417024,
        "21180417024",
        "",
        "FLOPs",
    )
    assert (flops.location.line, flops.location.column) == (11, 12)
    assert (flops.key_location.line, flops.key_location.column) == (11, 5)
    accuracy = model.results[0].metrics[0]
    assert (accuracy.name, accuracy.value.value, accuracy.value.unit) == (
        "Top 1 Accuracy",
        79.3,
        "%",
    )
    size = model.metadata.get("Image Size")
    assert (size.value, size.text) == ((3, 224, 224), "224")
    assert model.metadata.number("Crop Pct") == 0.875


def test_places_inside_a_comment_are_places_in_the_page(tmp_path):
    text = "# Page\n\ntext <!-- Name: one\nMetadata: {Epochs: 90}\n-->\n"
    model = read(tmp_path, text, "page.md").models[0]
    assert (model.name.location.line, model.name.location.column) == (3, 17)
    epochs = model.metadata.get("Epochs")
    assert (epochs.location.line, epochs.location.column) == (4, 20)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_count_characters_whatever_the_line_ending(tmp_path, newline, mark):
    text = newline.join(
        ["# é 日本", "Models:", "- Name: 'é'", "  Metadata: {é: 1, Epochs: 90}", ""]
    )
    file = tmp_path / "index.yml"
    file.write_bytes((mark + text).encode())
    epochs = read_index([file]).models[0].metadata.get("Epochs")
    assert (epochs.location.line, epochs.location.column) == (4, 28)


def test_line_separators_of_yaml_are_no_lines_of_an_editor(tmp_path):
    text = 'Models:\n- Name: "a\u2028b"\n  Metadata: {Epochs: 90}\n'
    epochs = read(tmp_path, text).models[0].metadata.get("Epochs")
    assert (epochs.location.line, epochs.location.column) == (3, 22)


def test_json_has_the_same_places(tmp_path):
    text = '{"Models": [\n  {"Name": "a\\ud83d\\ude00", "Metadata": {"LR": 1e-3}}]}'
    model = read(tmp_path, text, "index.json").models[0]
    assert model.name.value == "a😀"
    assert model.metadata.number("LR") == 0.001
    assert model.metadata.get("LR").location.column == 48


# -- keys and shapes ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["In Collection", "in_collection", "IN-COLLECTION", "inCollection"])
def test_keys_in_any_spelling(tmp_path, key):
    index = read(tmp_path, f"Models:\n- name: a\n  {key}: F\nCollections: {{NAME: F}}\n")
    assert [c.text for c in index.models[0].collections] == ["F"]


def test_unknown_keys_are_kept(tmp_path):
    index = read(
        tmp_path,
        "Extra: 1\nModels:\n- Name: a\n  Converted From: {Weights: x}\n  Metadata: {Inner Speed: 3.5}\n",
    )
    model = index.models[0]
    assert index.extra["Extra"].value == 1
    assert model.extra["Converted From"].value["Weights"].text == "x"
    assert model.metadata.get("Inner Speed").value == 3.5


def test_a_collection_in_a_list_and_two_collections(tmp_path):
    index = read(
        tmp_path,
        "Collections:\n- {Name: A, Metadata: {Epochs: 1}}\n- {Name: B, Metadata: {LR: 0.1, Epochs: 2}}\n"
        "Models:\n- {Name: m, In Collection: [A, B]}\n",
    )
    metadata = index.models[0].metadata
    assert (metadata.number("Epochs"), metadata.number("LR")) == (1, 0.1)


def test_inherited_lists_are_united_without_repeating(tmp_path):
    index = read(
        tmp_path,
        """\
Collections:
- Name: F
  Metadata: {Architecture: [Convolution, ReLU], Epochs: 90, LR: 0.1}
  Paper: {Title: T}
  Code: https://example.org/a.py
Models:
- Name: m
  In Collection: F
  Metadata: {Architecture: [ReLU, Softmax], Epochs: 100}
""",
    )
    model = index.models[0]
    assert model.metadata.texts("Architecture") == ["ReLU", "Softmax", "Convolution"]
    assert [v.inherited for v in model.metadata.get("Architecture").value] == [False, False, True]
    assert model.metadata.number("Epochs") == 100
    assert model.metadata.get("LR").inherited
    assert "LR" not in model.written
    assert model.papers[0].title.text == "T"
    assert model.code.url.inherited
    assert index.collections[0].metadata.texts("Architecture") == ["Convolution", "ReLU"]


def test_results_in_every_form(tmp_path):
    index = read(
        tmp_path,
        """\
Models:
- Name: a
  Results:
    Task: {Name: Image Classification}
    Dataset: ImageNet
    Metrics: {Top 1 Accuracy: 79.3%}
- Name: b
  Results:
  - task: IC
    dataset: {name: ImageNet, type: imagenet-1k}
    metrics:
    - {type: accuracy, name: Top 1 Accuracy, value: 79.3}
    - Top 5 Accuracy: '94.5'
  - {Task: IC, Dataset: CIFAR-10, Metrics: {Top 1 Accuracy: 95}}
""",
    )
    one, two = index.models
    assert one.results[0].task.text == "Image Classification"
    assert one.results[0].metrics[0].value.value == 79.3
    assert [(m.name, m.value.value) for m in two.results[0].metrics] == [
        ("Top 1 Accuracy", 79.3),
        ("Top 5 Accuracy", 94.5),
    ]
    assert two.results[1].dataset.text == "CIFAR-10"
    assert index.findings == []


def test_papers_in_every_form(tmp_path):
    index = read(
        tmp_path,
        "Models:\n- {Name: a, Paper: 'https://arxiv.org/abs/1512.03385'}\n"
        "- {Name: b, Paper: [{Title: T, Year: 2016, Authors: [X, Y], Note: n}, {url: 'https://u.org'}]}\n",
    )
    a, b = index.models
    assert a.papers[0].url.text == "https://arxiv.org/abs/1512.03385"
    first, second = b.papers
    assert (first.title.text, first.year.value) == ("T", 2016)
    assert [x.text for x in first.authors] == ["X", "Y"]
    assert first.extra["Note"].text == "n"
    assert second.url.text == "https://u.org"


def test_code_as_text_and_as_mapping(tmp_path):
    a, b = read(
        tmp_path,
        "Models:\n- {Name: a, Code: 'https://x.org'}\n- {Name: b, Code: {URL: 'https://y.org', Version: v1}}\n",
    ).models
    assert a.code.url.text == "https://x.org"
    assert (b.code.url.text, b.code.version.text) == ("https://y.org", "v1")


# -- traps of the reference reader ----------------------------------------------------------------


def test_an_import_as_text_is_one_path(tmp_path):
    index = read(tmp_path, "Import: families.yml\n", families__yml="Models: [{Name: a}]\n")
    assert (names(index), codes(index)) == (["a"], [])


def test_a_cycle_of_imports_ends(tmp_path):
    index = read(
        tmp_path,
        "Import: [a.yml]\n",
        a__yml="Import: [b.yml]\nModels: [{Name: a}]\n",
        b__yml="Import: [index.yml]\nModels: [{Name: b}]\n",
    )
    assert (names(index), codes(index)) == (["a", "b"], ["MZ114"])


def test_a_glob_beside_the_root_means_the_other_files(tmp_path):
    index = read(tmp_path, "Import: '*.yml'\n", a__yml="Models: [{Name: a}]\n")
    assert (names(index), codes(index)) == (["a"], [])


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ab].yml", ["a", "b"]),
        ("?.yml", ["a", "b", "c"]),
        ("[!a].yml", ["b", "c"]),
        ("**/*.yml", ["a", "b", "c", "d", "e"]),
        ("sub/**/*.yml", ["d", "e"]),
        ("**/deep/*.yml", ["e"]),
        ("s*/*.yml", ["d"]),
    ],
)
def test_globs(tmp_path, pattern, found):
    for name in ("a", "b", "c", "sub/d", "sub/deep/e", ".hidden", "sub/.hidden/f"):
        path = tmp_path / "x" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Models: [{{Name: {path.stem}}}]\n", "utf-8")
    (tmp_path / "x" / "root.json").write_text(f'{{"Import": ["{pattern}"]}}', "utf-8")
    index = read_index([tmp_path / "x" / "root.json"], root=tmp_path)
    assert sorted(names(index)) == found
    assert codes(index) == []


def test_a_glob_that_matches_nothing_is_said(tmp_path):
    assert codes(read(tmp_path, "Import: ['none/*.yml']\n")) == ["MZ113"]


def test_a_glob_that_matches_too_much_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "MOST_MATCHES", 3)
    files = {f"parts/{name}__yml": f"Models: [{{Name: {name}}}]\n" for name in "abcde"}
    index = read(tmp_path, "Import: ['parts/*.yml']\n", **files)
    assert codes(index) == ["MZ113"]
    assert "matches 3 files or more" in index.findings[0].message
    with pytest.raises(UsageError, match="holds 3 files or more"):
        read_index([tmp_path / "parts"])


def test_a_file_imported_twice_is_read_once(tmp_path):
    index = read(tmp_path, "Import: [a.yml, '?.yml']\n", a__yml="Models: [{Name: a}]\n")
    assert (names(index), codes(index)) == (["a"], ["MZ116"])


def test_imported_files_of_a_single_model(tmp_path):
    index = read(
        tmp_path,
        "Import: [a.yml, b.json, c.md]\n",
        a__yml="Name: a\nMetadata: {Epochs: 1}\n",
        b__json='[{"Name": "b"}, {"Name": "b2"}]',
        c__md="<!--\nName: c\n-->\n",
    )
    assert names(index) == ["a", "b", "b2", "c"]


def test_null_models_and_integer_keys(tmp_path):
    index = read(tmp_path, "Models:\nCollections: ~\n1: one\n", "index.yml")
    assert (index.models, index.collections, codes(index)) == ([], [], [])
    assert index.extra["1"].text == "one"


def test_a_number_as_a_name(tmp_path):
    assert names(read(tmp_path, "Models:\n- Name: 50\n- Name: no\n- Name: 2021-01-01\n")) == [
        "50",
        "no",
        "2021-01-01",
    ]


def test_numbers_that_yaml_takes_for_text(tmp_path):
    metadata = read(tmp_path, "Name: a\nMetadata: {FLOPs: 4.1e9, LR: 1e-3}\n").models[0].metadata
    assert (metadata.number("FLOPs"), metadata.number("LR")) == (4100000000, 0.001)


def test_comments_with_the_same_key_are_all_read():
    index = read_index([GOOD / "comments" / "page.md"])
    assert names(index) == ["alone", "second"]
    assert [m.metadata.texts("Tasks") for m in index.models] == [["Image Classification"]] * 2


def test_front_matter_and_comments_together(tmp_path):
    text = "---\nModels: [{Name: front}]\n---\n\n<!--\nModels: [{Name: comment}]\n-->\n"
    assert names(read(tmp_path, text, "page.md")) == ["front", "comment"]


def test_a_card_of_the_hub():
    index = read_index([GOOD / "hub" / "README.md"])
    model = index.models[0]
    assert model.name.text == "resnet50.a1_in1k"
    assert model.metadata.text("License") == "apache-2.0"
    assert model.results[0].dataset.text == "ImageNet-1k"
    accuracy = model.results[0].metrics[0]
    assert (accuracy.name, accuracy.value.value) == ("Top 1 Accuracy", 80.22)
    assert model.readme.text == "README.md"


def test_type_inside_a_collection_is_the_older_dialect(tmp_path):
    text = """\
Models:
- {Name: a, In Collection: F}
Collections:
- Name: F
  Paper: {title: T, url: 'https://example.org/p'}
  type: model-index
Type: model-index
"""
    index = read(tmp_path, text)
    assert codes(index) == []
    assert index.collections[0].papers[0].title.text == "T"
    assert index.collections[0].extra == {}


def test_metadata_inside_metadata(tmp_path):
    model = read(tmp_path, "Name: a\nMetadata:\n  Metadata:\n    Epochs: 90\n").models[0]
    assert model.metadata.number("Epochs") == 90


# -- files, folders, roots ------------------------------------------------------------------------


def test_paths_for_every_part():
    index = read_index([GOOD / "paths"], root=GOOD / "paths")
    assert index.findings == []
    assert names(index) == ["listed", "alone", "direct"]
    assert index.library.name.text == "paths"
    direct = index.models[2]
    assert direct.metadata.number("FLOPs") == 1000000
    assert direct.metadata.get("FLOPs").location.file.endswith("metadata.json")
    assert len(direct.results[0].metrics) == 2
    assert len(index.files) == 7


def test_openmmlab_paths_are_relative_to_the_root_too():
    from metazoo.rules import check

    index = read_index([GOOD / "openmmlab"], root=GOOD / "openmmlab")
    assert [f for f in check(index) if f.code == "MZ510"] == []
    elsewhere = read_index(
        [GOOD / "openmmlab" / "configs" / "resnet" / "metafile.yml"], root=GOOD / "hub"
    )
    assert "MZ510" in {f.code for f in check(elsewhere)}


def test_a_folder_without_a_root_file_is_read_whole(tmp_path):
    for name in ("a.yml", "sub/b.yaml", "sub/c.json", "d.md", "plain.md", "e.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        text = f"Models: [{{Name: {path.stem}}}]"
        if path.suffix == ".json":
            text = '{"Models": [{"Name": "c"}]}'
        elif path.suffix == ".md":
            text = "# No index" if path.stem == "plain" else f"<!-- {text}\n-->"
        path.write_text(text, "utf-8")
    index = read_index([tmp_path])
    assert sorted(names(index)) == ["a", "b", "c", "d"]
    assert codes(index) == []


def test_what_is_not_there_is_the_callers_fault(tmp_path):
    with pytest.raises(UsageError, match="does not exist"):
        read_index([tmp_path / "none.yml"])
    with pytest.raises(UsageError, match="no index file"):
        read_index([tmp_path])


@pytest.mark.parametrize(
    "path", ["../secret.yml", "sub/../../secret.yml", "link.yml", "folder/*.yml"]
)
def test_nothing_outside_the_root_is_read(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret.yml").write_text("Models: [{Name: secret}]\n", "utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "s.yml").write_text("Models: [{Name: secret}]\n", "utf-8")
    (root / "link.yml").symlink_to(tmp_path / "secret.yml")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "sub").mkdir()
    index = read(root, f"Import: ['{path}']\nModels: [{{Name: ours}}]\n")
    assert (names(index), codes(index)) == (["ours"], ["MZ115"])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The working directory, beside it a secret, and links in it that lead there."""
    root, secrets = tmp_path / "project", tmp_path / "secrets"
    root.mkdir()
    secrets.mkdir()
    (secrets / "index.yml").write_text("Models: [{Name: a}, hunter2]\nhunter2: 1\n", "utf-8")
    (root / "link.yml").symlink_to(secrets / "index.yml")
    (root / "folder").symlink_to(secrets)
    (root / "below").mkdir()
    (root / "below" / "index.yml").symlink_to(secrets / "index.yml")
    (root / "mixed").mkdir()
    (root / "mixed" / "a.yml").write_text("Models: [{Name: ours}]\n", "utf-8")
    (root / "mixed" / "b.yml").symlink_to(secrets / "index.yml")
    (root / "gone.yml").symlink_to(secrets / "none.yml")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("named", "refused"),
    [
        ("link.yml", "link.yml"),
        ("gone.yml", "gone.yml"),
        ("folder", "folder"),
        ("folder/index.yml", "folder/index.yml"),
        ("below", "below/index.yml"),
        ("mixed", "mixed/b.yml"),
    ],
)
@pytest.mark.parametrize("absolute", [False, True])
def test_a_named_file_that_is_a_link_out_of_the_root_is_refused_and_never_quoted(
    project, named, refused, absolute
):
    index = read_index([project / named if absolute else Path(named)])
    assert names(index) == (["ours"] if named == "mixed" else [])
    (finding,) = index.findings
    place = (project / refused).as_posix() if absolute else refused
    assert (finding.code, finding.location) == ("MZ115", (place, 0, 0))
    assert "hunter2" not in "\n".join(report_lines(index.findings, color=False))
    assert all("secrets" not in str(file) for file in index.files)


def test_a_wide_enough_root_lets_a_link_be_read(project):
    for root, read_all in ((project.parent, True), (project, False)):
        index = read_index([Path("link.yml")], root=root)
        assert (names(index) == ["a"]) is read_all
        assert ("MZ115" in codes(index)) is not read_all


def test_links_within_the_root_and_files_named_outside_are_read(project):
    (project / "inner.yml").symlink_to(project / "mixed" / "a.yml")
    assert names(read_index([Path("inner.yml")])) == ["ours"]
    outside = project.parent / "secrets" / "index.yml"
    assert names(read_index([outside])) == ["a"]
    assert names(read_index([outside], root=project)) == ["a"]
    assert names(read_index([Path("../secrets")])) == ["a"]


def test_check_quotes_and_mends_nothing_behind_a_link(project):
    secret = project.parent / "secrets" / "index.yml"
    secret.write_text("hunter2: 1\nModels: [{Name: a, Metadata: {FLOPs: 4.1e9}}]\n", "utf-8")
    before = secret.read_bytes()
    for named in ("link.yml", "below", "folder"):
        result = metazoo("check", named, "--fix", cwd=project)
        assert result.returncode == 2
        assert "MZ115" in result.stdout
        assert "hunter2" not in result.stdout + result.stderr
    assert secret.read_bytes() == before


def test_waivers_behind_a_link_out_of_the_root_are_refused_and_never_quoted(project):
    (project / "model_index").mkdir()
    (project / "model_index" / "index.yml").write_text("Models: [{Name: a}]\n", "utf-8")
    waivers = project / "model_index" / "waivers.yml"
    waivers.symlink_to(project.parent / "secrets" / "index.yml")
    result = metazoo("check", cwd=project)
    assert (result.returncode, "waivers.yml" in result.stderr) == (2, True)
    assert "hunter2" not in result.stdout + result.stderr
    waivers.unlink()
    (project / "shared.yml").write_text(
        "[{Rule: MZ210, Reason: new, Expires: 2999-01-01}]", "utf-8"
    )
    waivers.symlink_to(project / "shared.yml")
    result = metazoo("check", cwd=project / "model_index")
    assert (result.returncode, "1 waived" in result.stdout) == (0, True)


def test_a_path_that_no_file_system_could_have_does_not_exist():
    with pytest.raises(UsageError, match="does not exist"):
        read_index([Path("a" * 5000)])


def test_links_in_a_circle_are_survived(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.yml").symlink_to(tmp_path / "self.yml")
    index = read(tmp_path, "Import: ['**/*.yml', self.yml]\n", a__yml="Models: [{Name: a}]\n")
    assert names(index) == ["a"]
    assert set(codes(index)) <= {"MZ101", "MZ113", "MZ115"}


# -- the cost of imports --------------------------------------------------------------------------


def test_several_files_may_take_their_library_from_one(tmp_path):
    part = "Library: library.yml\nModels: [{{Name: {}}}]\n"
    index = read(
        tmp_path,
        "Import: [a.yml, b.yml]\n",
        a__yml=part.format("a"),
        b__yml=part.format("b"),
        library__yml="Name: zoo\n",
    )
    assert (names(index), codes(index)) == (["a", "b"], [])
    assert index.library.name.text == "zoo"


def test_a_library_that_leads_back_is_still_found(tmp_path):
    index = read(tmp_path, "Library: b.yml\nModels: [{Name: a}]\n", b__yml="Library: b.yml\n")
    assert codes(index) == ["MZ114"]


@pytest.mark.parametrize("count", [MOST_ALIKE, MOST_ALIKE + 1, MOST_ALIKE + 50])
def test_many_missing_imports_are_counted_instead_of_listed(tmp_path, count):
    missing = "".join(f"- no{i}.yml\n" for i in range(count))
    index = read(tmp_path, f"Import:\n- b.yml\n{missing}", b__yml="Import: none.yml\n")
    here = [f for f in index.findings if f.location.file.endswith("index.yml")]
    assert [f.code for f in index.findings] == ["MZ113"] * (min(count, MOST_ALIKE + 1) + 1)
    assert len(here) == min(count, MOST_ALIKE + 1)
    more = [f for f in here if "more paths" in f.message]
    assert len(more) == (count > MOST_ALIKE)
    if more:
        assert f"{count - MOST_ALIKE} more paths in this file" in more[0].message
        assert more[0].location.line == MOST_ALIKE + 3


@pytest.mark.parametrize(("most", "told"), [(3, []), (2, ["MZ119"]), (1, ["MZ119"])])
def test_no_more_paths_are_followed_than_the_bound(tmp_path, monkeypatch, most, told):
    monkeypatch.setattr(documents, "MOST_IMPORTS", most)
    files = {f"{n}__yml": f"Models: [{{Name: {n}}}]\n" for n in "abc"}
    index = read(tmp_path, "Import:\n- a.yml\n- b.yml\n- c.yml\n", **files)
    assert (names(index), codes(index)) == (list("abc")[:most], told)
    if told:
        assert index.findings[0].location.line == most + 2


@pytest.mark.parametrize(("most", "told"), [(14, []), (13, ["MZ119"]), (9, ["MZ119"])])
def test_globs_search_no_more_than_the_bound(tmp_path, monkeypatch, most, told):
    # Each of the two globs looks at five entries and matches two of them.
    monkeypatch.setattr(paths, "MOST_VISITED", most)
    files = {f"{n}__yml": f"Models: [{{Name: {n}}}]\n" for n in ("a1", "a2", "b1", "b2")}
    index = read(tmp_path, "Import:\n- a*.yml\n- b*.yml\n- c.yml\n", **files)
    assert (names(index), codes(index)) == (
        (["a1", "a2", "b1", "b2"], ["MZ113"]) if not told else (["a1", "a2"], told)
    )


def test_a_folder_is_listed_once_a_reading(tmp_path, monkeypatch):
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(path) or scandir(path))
    globs = "".join(f"- '**/a{i}*.yml'\n" for i in range(20))
    read(tmp_path, f"Import:\n{globs}", **{"f/a1__yml": "Models: [{Name: a}]\n"})
    assert len(listed) == 2


def test_the_files_that_took_part_are_listed(tmp_path):
    index = read(tmp_path, "Import: ['f/*.yml']\n", **{"f/a__yml": "Models: [{Name: a}]\n"})
    assert index.files == [tmp_path / "index.yml", tmp_path / "f" / "a.yml"]


def test_the_whole_of_timm_2021_reads():
    files = sorted((GOOD / "timm-2021").glob("*.yml"))
    index = read_index(files)
    assert (len(files), len(index.models), len(index.collections)) == (65, 272, 65)
    assert index.findings == []
    for model in index.models:
        assert model.metadata.number("FLOPs") > 1e6
        assert model.metadata.number("Parameters") > 1e6
        assert len(model.results[0].metrics) == 2


def test_what_a_path_to_a_part_leaves_out_is_said(tmp_path):
    for file, text in {
        "index.yml": "Models: part.yml\nLibrary: library.yml\n",
        "part.yml": "Type: model-index\nLibrary: {Name: b}\nNote: x\nModels: [{Name: a}]\n",
        "library.yml": "Library: {Name: zoo}\nType: model-index\n",
    }.items():
        (tmp_path / file).write_text(text, "utf-8")
    index = read_index([tmp_path / "index.yml"], root=tmp_path)
    (finding,) = index.findings
    assert (finding.code, finding.severity) == ("MZ213", Severity.WARNING)
    assert finding.location == (str(tmp_path / "part.yml"), 2, 1)
    assert "“Library”, “Note” are ignored" in finding.message
    assert names(index) == ["a"]
    assert index.library.name.text == "zoo"
