"""The content security policy of a built site, and that its pages satisfy it."""

import re
import subprocess
from pathlib import Path

import pytest

from metazoo.site.policy import FILE, inline_scripts, policy
from tests.site_plugin.browsing import MARKS, PATIENCE, follow_tab
from tests.site_plugin.building import mkdocs

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "site.md"
EMPTY = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"


@pytest.mark.parametrize(
    ("html", "hashes"),
    [
        ("<script></script>", {EMPTY}),
        ("<SCRIPT defer></SCRIPT>", {EMPTY}),
        ('<script type="module"></script>', {EMPTY}),
        ("<script>\n</script>", {"'sha256-AbpHGcgLb+kRsJGnwFEktk7uzpZOCcBY74+YBdrKVGs='"}),
        ('<script src="a.js"></script>', set()),
        ('<script type="application/json">{}</script>', set()),
        ("<script type=application/ld+json>{}</script>", set()),
        ("no script", set()),
    ],
)
def test_a_script_in_a_page_has_a_hash(html, hashes):
    assert inline_scripts(html) == hashes


def test_the_policy_allows_neither_eval_nor_any_other_script():
    (scripts,) = re.findall(r"script-src ([^;]*)", policy([EMPTY]))
    assert scripts == f"'self' {EMPTY}"
    assert "unsafe-eval" not in policy([])


def test_a_site_has_the_policy_for_all_its_pages(project):
    assert mkdocs("build", "--strict", cwd=project).returncode == 0
    site = project / "site"
    text = (site / FILE).read_text("utf-8")
    assert text.count("\n") == 1
    for page in site.rglob("*.html"):
        assert inline_scripts(page.read_text("utf-8")), page
        assert all(hash_ in text for hash_ in inline_scripts(page.read_text("utf-8"))), page


def commands():
    """The commands of the guide, by the hosts they are for."""
    section = GUIDE.read_text("utf-8").split("## Content security policy")[1].split("\n## ")[0]
    found = re.findall(r"^\*\*(.*?)\*\*.*?```sh\n(.*?)```", section, re.DOTALL | re.MULTILINE)
    return dict(found)


def test_the_commands_of_the_guide_write_the_policy_for_common_hosts(project):
    assert mkdocs("build", "--strict", cwd=project).returncode == 0
    text = (project / "site" / FILE).read_text("utf-8").strip()
    for command in commands().values():
        subprocess.run(["bash", "-ec", command], cwd=project, check=True)
    headers = (project / "site" / "_headers").read_text("utf-8")
    assert headers == f"/*\n  Content-Security-Policy: {text}; frame-ancestors 'self'\n"
    nginx = (project / "csp.conf").read_text("utf-8")
    line = f"add_header Content-Security-Policy \"{text}; frame-ancestors 'self'\" always;\n"
    assert nginx == line
    for page in (project / "site").rglob("*.html"):
        meta = f'<head><meta http-equiv="Content-Security-Policy" content="{text}">'
        assert page.read_text("utf-8").count(meta) == 1, page


READY = ".mx-root[data-table=ready][data-chart=ready]"


class TestInABrowser:
    """With the policy as a header, see `tests.site_plugin.browsing.Handler`."""

    pytestmark = MARKS

    @pytest.fixture
    def watched(self, open_page):
        """Open a page, and list what the policy has refused."""
        violations = []

        def watched(uri):
            page = open_page("404.html")
            page.context.expose_function("refused", lambda said: violations.append(said))
            page.context.add_init_script(
                "document.addEventListener('securitypolicyviolation',"
                " (e) => refused(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
            )
            page.goto(page.url.replace("404.html", uri))
            return page

        yield watched
        assert violations == []

    @pytest.mark.heavy
    @pytest.mark.parametrize("uri", ["index.html", "models/resnext.html", "verification.html"])
    def test_pages_are_shown(self, watched, uri):
        page = watched(uri)
        assert page.locator("article h1").is_visible()
        # Material's own script has run.
        page.wait_for_function("globalThis.document$ !== undefined")

    def test_the_explorer_with_its_chart_and_a_comparison(self, watched):
        page = watched(
            "explorer.html?compare=resnext50_32x4d.a1h_in1k&compare=resnext101_32x8d.tv_in1k&side=1"
        )
        page.wait_for_selector(READY)
        assert page.locator(".mx-canvas canvas").is_visible()
        assert page.locator("dialog[open] .mx-side").is_visible()

    @pytest.mark.heavy
    def test_search(self, watched):
        page = watched("index.html")
        # Material reads the field when its index is there, and after that whenever a key is released.
        page.locator("[data-md-component=search-query]").first.press_sequentially("resnext")
        page.wait_for_selector(".md-search-result__item a")

    @pytest.mark.heavy
    def test_instant_navigation(self, watched):
        page = watched("index.html")
        page.evaluate("window.loadedOnce = true")
        follow_tab(page, "Explorer")
        page.wait_for_selector(READY)
        assert page.evaluate("window.loadedOnce")

    @pytest.mark.heavy
    def test_a_script_that_got_into_a_page_does_not_run(self, browser, address):
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}index.html")
        refused = page.evaluate(
            """() => new Promise((done) => {
              document.addEventListener("securitypolicyviolation", (e) => done(e.violatedDirective));
              const script = document.createElement("script");
              script.textContent = "globalThis.ran = true";
              document.head.append(script);
              if (globalThis.ran) done("nothing");
            })"""
        )
        assert not page.evaluate("globalThis.ran")
        assert refused == "script-src-elem"
        page.close()
