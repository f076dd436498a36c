"""What a glob matches, and where the search for it ends."""

from pathlib import Path

import pytest

from metazoo.errors import UsageError
from metazoo.index import paths
from metazoo.index.paths import Folders, expand, has_magic, index_files


@pytest.fixture
def tree(tmp_path):
    for name in ("a.yml", "b.yml", ".c.yml", "f/a.yml", "f/g/a.yml", ".h/a.yml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    return tmp_path


def found(pattern, folder, root=None, folders=None):
    matches = expand(pattern, folder, root or folder, folders or Folders())
    return [path.relative_to(root or folder).as_posix() for path in matches]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.yml", ["a.yml", "b.yml"]),
        (".*.yml", [".c.yml"]),
        ("./*.yml", ["a.yml", "b.yml"]),
        ("f/*", ["f/a.yml"]),
        ("f\\*", ["f/a.yml"]),
        ("f//*", ["f/a.yml"]),
        ("*/a.yml", ["f/a.yml"]),
        (".*/a.yml", [".h/a.yml"]),
        ("**", ["a.yml", "b.yml", "f/a.yml", "f/g/a.yml"]),
        ("**/a.yml", ["a.yml", "f/a.yml", "f/g/a.yml"]),
        ("**/**/a.yml", ["a.yml", "f/a.yml", "f/g/a.yml"]),
        ("**/g/*", ["f/g/a.yml"]),
        ("f/**/*", ["f/a.yml", "f/g/a.yml"]),
        ("f/../[ab].yml", ["a.yml", "b.yml"]),
        ("[!a].yml", ["b.yml"]),
        ("A.yml", []),
        ("*/none/*", []),
        ("a.yml/*", []),
        ("/*.yml", []),
        ("../*.yml", []),
        ("f", []),
    ],
)
def test_what_a_glob_matches(tree, pattern, names):
    assert found(pattern, tree) == names


def test_a_glob_may_climb_within_the_root_and_no_further(tree):
    assert found("../*.yml", tree / "f", tree) == ["a.yml", "b.yml"]
    assert found("../../*.yml", tree / "f", tree) == []
    assert expand("*.yml", tree, tree / "f", Folders()) == []


def test_links_are_followed_by_name_and_not_by_two_stars(tree):
    (tree / "link").symlink_to(tree / "f")
    (tree / "gone.yml").symlink_to(tree / "none")
    assert found("link/*.yml", tree) == ["link/a.yml"]
    assert found("l*/*.yml", tree) == ["link/a.yml"]
    assert "link/a.yml" not in found("**/*.yml", tree)
    assert "gone.yml" not in found("*.yml", tree)
    assert found("*.yml", tree / "f", tree / "f") == ["a.yml"]


def test_links_out_of_the_root_are_not_followed(tree):
    (tree / "f" / "out").symlink_to(tree / ".h")
    assert found("out/*", tree / "f") == []
    assert found("o*/*", tree / "f") == []
    assert found("f/out/*", tree) == ["f/out/a.yml"]


@pytest.mark.parametrize(("most", "count"), [(1, 2), (2, 2), (3, 3), (4, 4), (5, 4)])
def test_a_search_ends_at_the_most_matches(tree, monkeypatch, most, count):
    # A folder that was begun is matched to its end.
    monkeypatch.setattr(paths, "MOST_MATCHES", most)
    assert len(found("**/*.yml", tree)) == count


def test_a_search_ends_when_too_much_was_visited(tree, monkeypatch):
    folders = Folders()
    assert found("*.yml", tree, folders=folders) == ["a.yml", "b.yml"]
    # Five entries were compared, and two matched.
    assert folders.visited == 7
    monkeypatch.setattr(paths, "MOST_VISITED", 7)
    assert not folders.exhausted
    monkeypatch.setattr(paths, "MOST_VISITED", 6)
    assert folders.exhausted
    assert found("*.yml", tree, folders=folders) == []
    monkeypatch.setattr(paths, "MOST_VISITED", 4)
    assert found("*.yml", tree) == []


def test_a_folder_that_cannot_be_listed_has_no_entries(tree, monkeypatch):
    assert found("none/*", tree) == []
    for error in (PermissionError, FileNotFoundError, NotADirectoryError):

        def refuse(_path, error=error):
            raise error

        monkeypatch.setattr("os.scandir", refuse)
        assert found("*", tree) == []


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["index.json", "index.yaml", "index.yml"], "index.yml"),
        (["index.json", "index.yaml"], "index.yaml"),
        (["index.yml", "model_index.json"], "model_index.json"),
        (["model_index.yml", "model-index.json"], "model-index.json"),
    ],
)
def test_the_root_file_of_a_folder_is_the_first_by_name(tmp_path, names, first):
    for name in [*names, "other.yml"]:
        (tmp_path / name).write_text("")
    assert index_files(tmp_path, Folders()) == [tmp_path / first]


def test_a_root_file_may_be_a_link_but_no_folder(tmp_path):
    (tmp_path / "model-index.yml").mkdir()
    (tmp_path / "index.json").symlink_to(tmp_path / "none")
    assert index_files(tmp_path, Folders()) == [tmp_path / "index.json"]


def test_a_folder_without_a_root_file_is_searched_up_to_the_limit(tree, monkeypatch):
    (tree / "notes.txt").write_text("")
    names = ["a.yml", "b.yml", "f/a.yml", "f/g/a.yml"]
    assert [p.relative_to(tree).as_posix() for p in index_files(tree, Folders())] == names
    monkeypatch.setattr(paths, "MOST_MATCHES", 6)
    assert len(index_files(tree, Folders())) == 4
    monkeypatch.setattr(paths, "MOST_MATCHES", 5)
    with pytest.raises(UsageError, match="holds 5 files or more"):
        index_files(tree, Folders())
    monkeypatch.setattr(paths, "MOST_MATCHES", 100)
    monkeypatch.setattr(paths, "MOST_VISITED", 3)
    with pytest.raises(UsageError, match="files or more"):
        index_files(tree, Folders())


@pytest.mark.parametrize(
    ("pattern", "magic"),
    [("a*", True), ("a?", True), ("[a]", True), ("a]", False), ("a.yml", False)],
)
def test_a_glob_has_a_wildcard(pattern, magic):
    assert has_magic(pattern) is magic


def test_the_home_of_a_file_is_the_working_directory_if_it_lies_below(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert paths.home(Path("a/b.yml")) == tmp_path / "here"
    assert paths.home(Path("../b.yml")) == tmp_path
    assert paths.absolute(Path("a/../b.yml")) == tmp_path / "here" / "b.yml"
