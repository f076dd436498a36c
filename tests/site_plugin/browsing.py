"""Chromium on our own zoo's site, for the browser tests."""

import contextlib
import functools
import http.server
import shutil
import threading
from pathlib import Path

import pytest

from metazoo.site.policy import FILE
from tests.site_plugin.building import mkdocs

ROOT = Path(__file__).parents[2]
PATIENCE = 300_000
"""Milliseconds after which a page hangs, however slow the machine is."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FAMILIES = ("resnext", "res2next")
FAMILY_FILES = {"model_index/families": "yml", "model_index/measured": "json", "docs/models": "md"}

MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files with the content security policy that was made for them."""

    def end_headers(self):
        policy = Path(self.directory, FILE).read_text("utf-8").strip()
        self.send_header("Content-Security-Policy", policy)
        super().end_headers()

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def served(folder):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Two families of our own zoo as a site, with instant navigation."""
    root = tmp_path_factory.mktemp("browser")
    for folder, ending in FAMILY_FILES.items():
        (root / folder).mkdir(parents=True)
        for family in FAMILIES:
            shutil.copy(ROOT / folder / f"{family}.{ending}", root / folder)
    for name in ("index.yml", "glossary.yml"):
        shutil.copy(ROOT / "model_index" / name, root / "model_index")
    shutil.copytree(ROOT / "model_index" / "benchmarks", root / "model_index" / "benchmarks")
    (root / "docs" / "index.md").write_text(
        "# {{ zoo.name }}\n\n{% include 'families_table.md' %}\n"
    )
    (root / "mkdocs.yml").write_text(
        "site_name: Zoo\nsite_url: http://127.0.0.1/\nuse_directory_urls: false\n"
        "theme:\n  name: material\n  font: false\n"
        "  features: [navigation.instant, content.code.copy, navigation.tabs]\n"
        "  palette:\n"
        "  - {media: '(prefers-color-scheme: light)', scheme: default,"
        " toggle: {icon: material/weather-night, name: Dark}}\n"
        "  - {media: '(prefers-color-scheme: dark)', scheme: slate,"
        " toggle: {icon: material/weather-sunny, name: Light}}\n"
        "plugins: [search, metazoo]\n"
        "nav:\n- Home: index.md\n- Models: models/index.md\n- Explorer: explorer.md\n"
        "- Results: datasets.md\n- Recipes: recipes.md\n- Glossary: glossary.md\n"
        "- Verification: verification.md\n"
    )
    run = mkdocs("build", "--strict", cwd=root)
    assert run.returncode == 0, run.stderr
    return root / "site"


@pytest.fixture(scope="session")
def address(site):
    # Instant navigation needs the sitemap to name the address that the site is served from.
    with served(site) as address:
        sitemap = site / "sitemap.xml"
        sitemap.write_text(sitemap.read_text().replace("http://127.0.0.1/", address))
        yield address


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(
            executable_path=CHROMIUM,
            timeout=PATIENCE,
            args=["--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"],
        )
        yield browser
        browser.close()


def address_of(page):
    """The page's address now; Playwright's own `page.url` follows later."""
    return page.evaluate("location.href")


FOLLOWED = """title => {
  const link = [...document.querySelectorAll(".md-tabs a")].find((a) => a.innerText.trim() === title);
  let taken = false;
  const last = (event) => {
    taken = event.defaultPrevented;
    event.preventDefault();
  };
  addEventListener("click", last, { once: true });
  link.click();
  return taken;
}"""


def follow_tab(page, title):
    """Follow a tab by instant navigation: click as soon as Material has read the sitemap and takes the click."""
    page.wait_for_function(FOLLOWED, arg=title)


@pytest.fixture
def open_page(browser, address):
    """Open a page; faults on the console and requests elsewhere are failures."""
    contexts, faults = [], []

    def open_page(uri, base=address, **options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((base, "data:", "blob:", "file:"))
                else faults.append(f"went to {r.url}")
            ),
        )
        page.goto(base + uri)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # Material looks for search's index, which a page opened from a folder can't have.
    assert [f for f in faults if "search" not in f and "ERR_FILE_NOT_FOUND" not in f] == []
