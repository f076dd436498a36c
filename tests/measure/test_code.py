"""A project's own code is told apart by its content, without importing it."""

import hashlib
import sys
from pathlib import Path

import pytest

from metazoo.measure import versions
from metazoo.measure.code import code_files, fingerprint, is_installed


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A source in one file, which imports a package and a module of the project."""
    write(
        tmp_path,
        "zoo.py",
        "import json\nimport torch\nfrom nets.resnet import net\nraise SystemExit",
    )
    write(tmp_path, "nets/__init__.py", "")
    write(tmp_path, "nets/resnet.py", "def late():\n    import layers\n")
    write(tmp_path, "nets/vit.py", "")
    write(tmp_path, "layers.py", "import zoo\n")
    write(tmp_path, "unrelated.py", "")
    write(tmp_path, "metazoo.toml", '[sources]\nours = "zoo:source"\n')
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    fingerprint.cache_clear()


def write(folder, name, text):
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def names(folder, module):
    return sorted(f.relative_to(folder).as_posix() for f in code_files(module, folder))


def test_own_code_is_what_is_imported_from_the_project(project):
    every = ["layers.py", "nets/__init__.py", "nets/resnet.py", "nets/vit.py", "zoo.py"]
    assert names(project, "zoo") == every
    assert names(project, "nets.resnet") == every
    assert names(project, "unrelated") == ["unrelated.py"]
    assert "zoo" not in sys.modules


@pytest.mark.parametrize("name", ["zoo.py", "nets/vit.py", "layers.py"])
def test_a_change_of_own_code_changes_its_version(project, name):
    before = versions.installed_versions("ours")["zoo"]
    assert before.startswith("sha256:")
    fingerprint.cache_clear()
    assert versions.installed_versions("ours")["zoo"] == before
    (project / name).write_bytes((project / name).read_bytes() + b"#")
    fingerprint.cache_clear()
    assert versions.installed_versions("ours")["zoo"] != before


def test_other_files_and_the_place_of_the_project_leave_the_version(project, tmp_path_factory):
    before = fingerprint("zoo", project)
    write(project, "unrelated.py", "changed")
    write(project, "nets/notes.txt", "new")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "copy"
    elsewhere.symlink_to(project)
    fingerprint.cache_clear()
    assert fingerprint("zoo", elsewhere) == before


def test_a_renamed_file_and_text_that_moves_between_files_change_the_version(project):
    before = fingerprint("nets", project)
    (project / "nets/vit.py").rename(project / "nets/vit2.py")
    fingerprint.cache_clear()
    renamed = fingerprint("nets", project)
    assert renamed != before
    (project / "nets/vit2.py").write_bytes((project / "nets/resnet.py").read_bytes())
    (project / "nets/resnet.py").write_bytes(b"")
    fingerprint.cache_clear()
    assert fingerprint("nets", project) not in (before, renamed)


def test_code_that_is_not_python_counts_by_its_bytes(project):
    write(project, "zoo.py", "def :")
    assert names(project, "zoo") == ["zoo.py"]
    assert fingerprint("zoo", project)


def test_installed_sources_are_told_apart_by_their_version(project):
    assert versions.own_code("timm") == []
    assert set(versions.installed_versions("torchvision")) <= {"metazoo", "torch", "torchvision"}
    # A package that was installed is not followed into what it imports.
    pytest_files = code_files("pytest", project)
    assert {file.parent.name for file in pytest_files} == {"pytest"}


def test_a_module_that_is_not_there_has_no_version(project):
    assert fingerprint("nosuch.module", project) is None
    write(project, "metazoo.toml", '[sources]\nours = "nosuch:source"\n')
    assert set(versions.installed_versions("ours")) <= {"metazoo", "torch"}


class Point:
    """An entry point of the group ``metazoo.sources``."""

    def __init__(self, module):
        self.module = module
        self.dist = type("Distribution", (), {"name": "our-zoo", "version": "1.2"})


@pytest.mark.parametrize(
    ("module", "known"),
    [("nets.resnet", {"our-zoo", "nets"}), ("pytest", {"our-zoo"}), ("nosuch", {"our-zoo"})],
)
def test_an_entry_point_has_its_version_and_a_digest_where_it_is_edited(
    project, monkeypatch, module, known
):
    monkeypatch.setattr(versions.metadata, "entry_points", lambda **_: [Point(module)])
    assert set(versions.installed_versions("ours")) - {"metazoo", "torch"} == known
    assert bool(versions.own_code("ours")) == ("nets" in known)
    assert all(isinstance(file, Path) for file in versions.own_code("ours"))


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("import layers", True),
        ("import layers.inner", True),
        ("from layers.inner import x", True),
        ("import os, layers as other", True),
        ("if False:\n    from layers import x", True),
        ("from . import layers", False),
        ("from .layers import x", False),
        ("__import__('layers')", False),
        ("'import layers'", False),
    ],
)
def test_which_imports_are_followed(project, text, followed):
    write(project, "zoo.py", text)
    write(project, "layers.py", "")
    assert names(project, "zoo") == (["layers.py"] if followed else []) + ["zoo.py"]


def test_code_elsewhere_is_not_the_project_s_own(project, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "far_away.py", "import layers")
    write(project, "zoo.py", "import far_away")
    monkeypatch.syspath_prepend(elsewhere)
    assert names(project, "zoo") == ["zoo.py"]
    # A source that lies elsewhere brings what lies beside it, and what is in the project.
    write(elsewhere, "beside.py", "")
    write(elsewhere, "far_away.py", "import beside, layers")
    found = {file.name for file in code_files("far_away", project)}
    assert {"far_away.py", "beside.py", "layers.py"} <= found


def test_a_built_in_module_and_an_extension_have_no_code(project):
    assert code_files("sys", project) == []
    assert code_files("_struct", project) == []
    assert fingerprint("sys", project) is None


def test_a_fingerprint_is_sixteen_digits_of_names_and_contents(project):
    write(project, "alone.py", "x = 1\n")
    text = b"8 alone.py 6 x = 1\n"
    assert fingerprint("alone", project) == f"sha256:{hashlib.sha256(text).hexdigest()[:16]}"


@pytest.mark.parametrize("folder", ["site-packages", "dist-packages"])
def test_what_lies_among_packages_is_installed(folder):
    assert is_installed(Path("/usr/lib", folder, "zoo/__init__.py"))
    assert not is_installed(Path("/home/packages/zoo.py"))


def test_a_version_is_without_its_local_part(monkeypatch):
    versions._of.cache_clear()
    monkeypatch.setattr(versions.metadata, "version", lambda _: "2.9.0+cu130")
    assert versions.installed_versions("timm") == {
        "metazoo": versions.__version__,
        "torch": "2.9.0",
        "timm": "2.9.0",
    }
    versions._of.cache_clear()

    def missing(name):
        raise versions.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(versions.metadata, "version", missing)
    assert versions.installed_versions("timm") == {"metazoo": versions.__version__}
    versions._of.cache_clear()


def test_a_package_in_several_folders_is_beside_what_lies_by_the_first(
    project, tmp_path_factory, monkeypatch
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(elsewhere, "spread/one.py", "import beside")
    write(elsewhere, "beside.py", "")
    write(project, "spread/two.py", "")
    monkeypatch.syspath_prepend(elsewhere)
    found = {file.name for file in code_files("spread", project)}
    assert found == {"one.py", "two.py", "beside.py"}
