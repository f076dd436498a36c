"""`metazoo render` replaces its own pages and nothing else."""

import json
import os
from pathlib import Path

import pytest

from metazoo.cards.page import Page
from metazoo.cards.write import MANIFEST, refuse_sources, write_page, write_pages
from metazoo.errors import UsageError
from tests.cli.command import metazoo

PAGES = [Page("index.md", "# Home\n"), Page("models/a.md", "# A\n"), Page("models/b.md", "# B\n")]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def listing(folder):
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*")
        if file.is_file() and file.name != MANIFEST
    }


def test_pages_are_written_once(out):
    assert write_pages(PAGES, out).changed == 3
    assert listing(out) == {page.uri: page.content for page in PAGES}
    times = {file: file.stat().st_mtime_ns for file in out.rglob("*.md")}
    assert write_pages(PAGES, out).changed == 0
    assert {file: file.stat().st_mtime_ns for file in out.rglob("*.md")} == times


def test_a_changed_page_is_written_again(out):
    write_pages(PAGES, out)
    changed = [Page("index.md", "# New\n"), *PAGES[1:]]
    assert write_pages(changed, out).changed == 1
    assert listing(out)["index.md"] == "# New\n"


def test_a_page_that_is_no_longer_rendered_is_deleted(out):
    write_pages(PAGES, out)
    written = write_pages(PAGES[:1], out)
    assert written.deleted == ("models/a.md", "models/b.md")
    assert sorted(p.name for p in out.iterdir()) == [MANIFEST, "index.md"]


def test_nothing_is_deleted_when_the_index_was_not_read_whole(out):
    write_pages(PAGES, out)
    assert write_pages(PAGES[:1], out, whole=False).deleted == ()
    assert set(listing(out)) == {page.uri for page in PAGES}
    assert write_pages(PAGES[:1], out).deleted == ("models/a.md", "models/b.md")


def test_a_page_that_was_edited_is_never_deleted(out):
    write_pages(PAGES, out)
    (out / "models" / "a.md").write_text("mine\n")
    written = write_pages(PAGES[:1], out)
    assert written.deleted == ("models/b.md",)
    assert written.kept == ("models/a.md",)
    assert listing(out)["models/a.md"] == "mine\n"


def test_a_page_that_was_edited_is_not_overwritten(out):
    write_pages(PAGES, out)
    (out / "models" / "a.md").write_text("mine\n")
    changed = [PAGES[0], Page("models/a.md", "# New\n"), Page("models/b.md", "# New\n")]
    with pytest.raises(UsageError, match=r"not metazoo's: models/a\.md\. Move"):
        write_pages(changed, out)
    assert listing(out)["models/a.md"] == "mine\n"
    assert listing(out)["models/b.md"] == "# B\n"


def test_files_of_others_stay_beside_the_pages(out):
    write_pages(PAGES, out)
    (out / "guide.md").write_text("mine\n")
    (out / "models" / "mine.txt").write_text("mine\n")
    write_pages(PAGES[:1], out)
    assert listing(out) == {
        "index.md": "# Home\n",
        "guide.md": "mine\n",
        "models/mine.txt": "mine\n",
    }


def test_a_new_page_does_not_replace_a_file_of_others(out):
    write_pages(PAGES[:1], out)
    (out / "models").mkdir()
    (out / "models" / "a.md").write_text("mine\n")
    with pytest.raises(UsageError, match=r"models/a\.md"):
        write_pages(PAGES, out)
    assert listing(out)["models/a.md"] == "mine\n"


def test_a_folder_with_files_of_others_is_refused(out):
    (out / "models").mkdir(parents=True)
    (out / "models" / "other.md").write_text("mine\n")
    with pytest.raises(UsageError, match=r"did not write: models/other\.md\. Choose an empty"):
        write_pages(PAGES, out)
    assert listing(out) == {"models/other.md": "mine\n"}


def test_many_files_of_others_are_counted(out):
    out.mkdir()
    for number in range(7):
        (out / f"{number}.txt").write_text("mine\n")
    with pytest.raises(UsageError, match=r"0\.txt, 1\.txt, 2\.txt, 3\.txt, 4\.txt and 2 more\."):
        write_pages(PAGES, out)


def test_a_folder_of_an_older_version_is_taken_over_if_every_file_is_as_rendered(out):
    write_pages(PAGES[:2], out)
    (out / MANIFEST).unlink()
    assert write_pages(PAGES, out).changed == 1
    (out / MANIFEST).unlink()
    (out / "index.md").write_text("# Old\n")
    with pytest.raises(UsageError, match=r"did not write: index\.md"):
        write_pages(PAGES, out)


def test_dotfiles_at_the_top_are_no_pages(out):
    (out / ".git").mkdir(parents=True)
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (out / ".gitignore").write_text("x\n")
    assert write_pages(PAGES, out).changed == 3


def test_a_run_that_was_killed_leaves_files_that_the_next_one_knows(out, monkeypatch):
    write_pages(PAGES, out)
    changed = [Page(page.uri, page.content + "new\n") for page in PAGES]
    from metazoo import files

    put, calls = files.put, []

    def killed(path, content):
        if calls:
            raise KeyboardInterrupt
        calls.append(path)
        put(path, content)

    monkeypatch.setattr(files, "put", killed)
    with pytest.raises(KeyboardInterrupt):
        write_pages(changed, out)
    monkeypatch.undo()
    last = [Page(page.uri, page.content + "newest\n") for page in PAGES]
    assert write_pages(last, out).changed == 3


@pytest.mark.parametrize("uri", ["../victim.md", "/etc/victim.md", "models/../../victim.md", ""])
def test_a_list_that_names_places_outside_is_refused(out, uri):
    out.mkdir()
    victim = out.parent / "victim.md"
    victim.write_text("x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    (out / MANIFEST).write_text(json.dumps({"files": {uri: [digest]}}))
    with pytest.raises(UsageError, match="which is no place in"):
        write_pages(PAGES, out)
    assert victim.read_text() == "x"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"files": 1}', '{"files": {"a": 1}}', "[" * 9999]
)
def test_a_damaged_list_is_refused(out, text):
    out.mkdir()
    (out / MANIFEST).write_text(text)
    with pytest.raises(UsageError, match="is damaged"):
        write_pages(PAGES, out)
    assert listing(out) == {}


def test_a_link_out_of_the_folder_is_not_followed(out):
    elsewhere = out.parent / "elsewhere"
    elsewhere.mkdir()
    write_pages(PAGES[:1], out)
    (out / "models").symlink_to(elsewhere)
    with pytest.raises(UsageError, match=r"leads out of .* through a link"):
        write_pages(PAGES, out)
    assert list(elsewhere.iterdir()) == []


def test_a_page_that_became_a_link_is_not_written_through(out):
    write_pages(PAGES, out)
    victim = out.parent / "victim.md"
    victim.write_text("# A\n")
    (out / "models" / "a.md").unlink()
    (out / "models" / "a.md").symlink_to(victim)
    with pytest.raises(UsageError, match=r"models/a\.md"):
        write_pages([*PAGES[:1], Page("models/a.md", "# New\n")], out)
    assert victim.read_text() == "# A\n"


def test_a_pipe_at_the_place_of_a_page_is_refused(out):
    write_pages(PAGES, out)
    (out / "models" / "a.md").unlink()
    os.mkfifo(out / "models" / "a.md")
    with pytest.raises(UsageError, match=r"models/a\.md"):
        write_pages(PAGES, out)


def test_a_single_page_replaces_a_link_in_a_folder_of_our_own(out):
    victim = out.parent / "victim.md"
    victim.write_text("theirs\n")
    out.mkdir()
    (out / "index.md").symlink_to(victim)
    assert write_page(PAGES[0], out)
    assert not write_page(PAGES[0], out)
    assert victim.read_text() == "theirs\n"
    assert not (out / "index.md").is_symlink()


@pytest.mark.parametrize(
    ("folder", "how"),
    [
        (".", "is the project's folder"),
        ("..", "contains the project's folder"),
        ("docs", "is .*docs, which pages are made from"),
        ("docs/_includes", "lies in .*docs"),
        ("docs/out", "lies in .*docs"),
        ("facts", "is .*facts"),
        ("facts/out", "lies in .*facts"),
        ("linked", "is .*docs"),
        ("away", "leads out of the project through a link"),
        ("away/below", "leads out of the project through a link"),
    ],
)
def test_an_output_folder_among_the_sources_is_refused(tmp_path, folder, how):
    root = tmp_path / "project"
    (root / "docs").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (root / "linked").symlink_to("docs")
    (root / "away").symlink_to("../elsewhere")
    with pytest.raises(UsageError, match=how):
        refuse_sources(root / folder, root, [root / "docs", root / "facts"])


@pytest.mark.parametrize("folder", ["pages", "docs2", "../elsewhere"])
def test_an_output_folder_beside_the_sources_is_accepted(tmp_path, folder):
    refuse_sources(
        tmp_path / "p" / folder, tmp_path / "p", [tmp_path / "p" / "docs", tmp_path / "p"]
    )


@pytest.fixture
def project(zoo):
    (zoo / "metazoo.toml").write_text("index = 'index.yml'\nrecords = 'measured'\n")
    return zoo


def test_render_refuses_the_folder_of_the_cards(project):
    card = project / "docs" / "models" / "alpha-net.md"
    before = card.read_text()
    run = metazoo("render", "--out", "docs", cwd=project)
    assert run.returncode == 2
    assert "Name another folder, such as --out pages" in run.stderr
    assert "Traceback" not in run.stderr
    assert card.read_text() == before


def test_render_deletes_the_page_of_a_family_that_is_gone_unless_the_index_is_broken(project):
    run = metazoo("render", "--out", "pages", cwd=project)
    assert run.returncode == 0, run.stderr
    page = project / "pages" / "models" / "solo-only.md"
    solo = project / "families" / "solo.yml"
    solo.write_text("Models: [\n")
    run = metazoo("render", "--out", "pages", cwd=project)
    assert run.returncode == 1
    assert page.is_file()
    solo.write_text("Models: []\n")
    run = metazoo("render", "--out", "pages", cwd=project)
    assert "no longer rendered were deleted" in run.stderr
    assert not page.exists()
    assert Path(project / "pages" / "models" / "alpha-net.md").is_file()
