"""A site built by MkDocs with the plugin, from the outside."""

import hashlib
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from metazoo.site.plugin import MetazooConfig
from tests.cli.command import git
from tests.site_plugin.building import mkdocs

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "site.md"


@pytest.fixture
def built(project):
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 0, run.stderr
    return project / "site"


def test_every_family_has_its_page_and_the_templates_are_not_published(built):
    assert (built / "models" / "alpha-net.html").is_file()
    assert (built / "models" / "solo-only.html").is_file()
    assert (built / "verification.html").is_file()
    assert not (built / "_includes").exists()
    assert "{%" not in (built / "models" / "alpha-net.html").read_text("utf-8")


def test_navigation_lists_the_families_under_their_section(built):
    home = (built / "index.html").read_text("utf-8")
    links = re.findall(r'<a href="(models/[^"]*)" class="md-nav__link', home)
    assert links == ["models/index.html", "models/alpha-net.html", "models/solo-only.html"]


def test_the_edit_button_leads_to_the_template_or_to_the_yaml(built):
    def edit(page):
        text = (built / "models" / page).read_text("utf-8")
        return re.search(r'<a href="([^"]*)" title="Edit this page"', text)[1]

    base = "https://example.org/repo/edit/main"
    assert edit("alpha-net.html") == f"{base}/docs/models/alpha-net.md"
    assert edit("solo-only.html") == f"{base}/model_index/families/solo.yml"


def test_tables_keep_their_captions_at_their_top(built):
    for file in built.glob("**/*.html"):
        assert "<p><caption>" not in file.read_text("utf-8"), file


class Links(HTMLParser):
    """Collects a page's ids, its links, and what it loads."""

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.loads = set(), [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if attributes.get("id"):
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        if tag in {"script", "img", "iframe"} and attributes.get("src"):
            self.loads.append(attributes["src"])
        if tag == "link" and attributes.get("rel") in {"stylesheet", "preconnect", "icon"}:
            self.loads.append(attributes["href"])


def parsed(site):
    pages = {}
    for file in site.glob("**/*.html"):
        links = Links()
        links.feed(file.read_text("utf-8"))
        pages[file.resolve()] = links
    return pages


def broken_links(pages):
    """Links within a site that lead to no file or to no place in it, with their pages."""
    broken = []
    for file, page in pages.items():
        if file.name == "404.html":
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            ids = pages[target].ids if target in pages else ()
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids):
                broken.append(f"{file}: {link}")
    return broken


def test_no_link_and_no_anchor_is_broken(built):
    assert broken_links(parsed(built)) == []


def test_nothing_is_loaded_from_a_third_party(built):
    for file, page in parsed(built).items():
        for address in page.loads:
            assert not urlsplit(address).netloc, f"{file}: {address}"


def fingerprint(site):
    return {
        file.relative_to(site).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in site.glob("**/*")
        if file.is_file() and file.suffix != ".gz"
    }


def test_the_same_input_gives_the_same_site(project, built):
    first = fingerprint(built)
    assert mkdocs("build", "--strict", cwd=project).returncode == 0
    assert fingerprint(built) == first


def test_an_unchanged_page_is_not_written_again(project, built):
    cache = project / ".cache" / "metazoo" / "models"
    times = {file.name: file.stat().st_mtime_ns for file in cache.iterdir()}
    solo = project / "model_index" / "families" / "solo.yml"
    solo.write_text(solo.read_text().replace("1000", "2000"))
    assert mkdocs("build", "--strict", cwd=project).returncode == 0
    changed = {f.name for f in cache.iterdir() if f.stat().st_mtime_ns != times[f.name]}
    assert changed == {"solo-only.md", "index.md"}


def test_a_fault_of_the_data_fails_a_strict_build_and_no_other(project):
    (project / "model_index" / "families" / "alpha.yml").write_text("Models: [")
    strict = mkdocs("build", "--strict", cwd=project)
    assert strict.returncode == 1
    assert "model_index/families/alpha.yml:1:9" in strict.stderr
    assert "Traceback" not in strict.stderr
    run = mkdocs("build", cwd=project)
    assert run.returncode == 0
    page = (project / "site" / "models" / "alpha-net.html").read_text("utf-8")
    assert "This page has an error" in page


def test_a_strict_build_that_is_told_to_be_quiet_fails_as_well(project):
    (project / "model_index" / "families" / "alpha.yml").write_text("Models: [")
    strict = mkdocs("build", "--strict", "--quiet", cwd=project)
    assert strict.returncode == 1
    assert "model_index/families/alpha.yml:1:9" in strict.stderr
    assert mkdocs("build", "--quiet", cwd=project).returncode == 0


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("Metadata: {FLOPs: ninety}", "model_index/families/solo.yml:2:"),
        ("Config: configs/missing.py", "configs/missing.py"),
    ],
)
def test_what_check_calls_an_error_fails_a_strict_build(project, model, said):
    solo = project / "model_index" / "families" / "solo.yml"
    solo.write_text(f"Models:\n- {{Name: solo.only, {model}}}\n")
    strict = mkdocs("build", "--strict", cwd=project)
    assert strict.returncode == 1
    assert said in strict.stderr
    assert mkdocs("build", cwd=project).returncode == 0
    page = (project / "site" / "models" / "solo-only.html").read_text("utf-8")
    assert "This page has an error" in page


def test_a_note_fails_no_build_and_is_not_in_its_log(project):
    # No model of the small zoo has Weights, which is worth a note of MZ210.
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 0, run.stderr
    assert "is missing" not in run.stderr


def test_a_missing_index_ends_the_build_with_one_sentence(project):
    (project / "model_index" / "index.yml").unlink()
    run = mkdocs("build", cwd=project)
    assert run.returncode == 1
    assert "index.yml does not exist" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_options_are_followed(project):
    (project / "model_index").rename(project / "facts")
    text = (project / "mkdocs.yml").read_text()
    options = "{index: facts/index.yml, records: facts/measured, section: Families}"
    text = text.replace("plugins: [search, metazoo]", f"plugins: [search, {{metazoo: {options}}}]")
    (project / "mkdocs.yml").write_text(text.replace("- Models: models/index.md\n", ""))
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 0, run.stderr
    page = (project / "site" / "models" / "alpha-net.html").read_text("utf-8")
    assert 'data-verdict="verified"' in page
    assert "Families" in page


def test_a_misspelt_option_is_said(project):
    text = (project / "mkdocs.yml").read_text()
    (project / "mkdocs.yml").write_text(text.replace("metazoo]", "{metazoo: {indx: a.yml}}]"))
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 1
    assert "indx" in run.stderr


def test_a_cache_that_is_a_link_out_of_the_project_is_not_followed(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / ".cache").symlink_to(elsewhere)
    run = mkdocs("build", cwd=project)
    assert run.returncode == 0, run.stderr
    assert "leads out of the project through a link" in run.stderr
    assert list(elsewhere.iterdir()) == []
    assert (project / "site" / "models" / "alpha-net.html").is_file()
    assert mkdocs("build", "--strict", cwd=project).returncode == 1


def test_a_link_within_the_cache_is_not_followed(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / ".cache" / "metazoo").mkdir(parents=True)
    (project / ".cache" / "metazoo" / "models").symlink_to(elsewhere)
    run = mkdocs("build", cwd=project)
    assert run.returncode == 1
    assert "models leads out of" in run.stderr
    assert "Traceback" not in run.stderr
    assert list(elsewhere.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_said_and_the_site_is_built(project, tmp_path):
    # Root may write to any folder, but not below a file.
    (project / ".cache").write_text("")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run = mkdocs("build", "--strict", cwd=project, TMPDIR=str(scratch))
    assert run.returncode == 0, run.stderr
    assert "the pages go to a temporary folder" in run.stderr
    assert (project / "site" / "models" / "alpha-net.html").is_file()
    assert [p.name for p in scratch.iterdir() if p.name.startswith("metazoo-")] == []


def test_a_site_folder_that_cannot_be_written_is_said(project):
    (project / "site").write_text("")
    run = mkdocs("build", cwd=project)
    assert run.returncode == 1
    assert "name another folder with --site-dir" in run.stderr
    assert "Traceback" not in run.stderr


def test_files_whose_names_are_not_utf_8_are_built(project):
    families = os.fsencode(project / "model_index" / "families")
    os.rename(families + b"/solo.yml", families + b"/s\xffolo.yml")  # noqa: PTH104
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "all")
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 0, run.stderr
    assert (project / "site" / "models" / "solo-only.html").is_file()


def test_names_longer_than_those_of_files_are_built(project):
    name = "n" * 300
    (project / "model_index" / "families" / "long.yml").write_text(
        f"Models:\n- Name: {name}\n  Former Names: [{name}x]\n- Name: {name}/y\n"
    )
    run = mkdocs("build", "--strict", cwd=project)
    assert run.returncode == 0, run.stderr
    assert len(list((project / "site" / "models").glob("nnn*.html"))) == 3
    assert broken_links(parsed(project / "site")) == []


def test_every_option_is_documented():
    documented = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert documented == [name for name, _ in MetazooConfig._schema]
