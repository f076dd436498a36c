"""The built site in a real Chromium: what readers see and do, with keyboard, without scripts.

Skipped, and said so, where there is no Chromium.
"""

import pytest

from tests.site_plugin.browsing import MARKS, address_of

pytestmark = MARKS
PAGES = [
    "index.html",
    "models/index.html",
    "models/resnext.html",
    "models/res2next.html",
    "explorer.html",
    "datasets.html",
    "recipes.html",
    "glossary.html",
    "verification.html",
]
QUICK = {"models/resnext.html", "explorer.html"}
SAMPLED = [uri if uri in QUICK else pytest.param(uri, marks=pytest.mark.heavy) for uri in PAGES]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.heavy)])
@pytest.mark.parametrize("uri", SAMPLED)
def test_no_accessibility_violation(open_page, uri, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(uri, color_scheme=scheme)
    if uri == "explorer.html":
        page.wait_for_selector(".mx-root[data-chart=ready]")
    if uri == "models/res2next.html":
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    # The theme's own chrome is not ours to mend: neither what is around the article, nor its buttons
    # on each block of code.
    result = axe.Axe().run(page, context={"include": ["article"], "exclude": [".md-code__nav"]})
    found = [
        (v["id"], n["html"][:160], n.get("failureSummary", "")[:200])
        for v in result.response["violations"]
        for n in v["nodes"][:3]
    ]
    assert found == []


TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""In the first one the page hears of its new size, and fits what it has drawn to it."""


@pytest.mark.parametrize("uri", SAMPLED)
def test_no_page_is_wider_than_the_window(open_page, uri):
    page = open_page(uri)
    if uri == "explorer.html":
        page.wait_for_selector(".mx-root[data-chart=ready]")
    for width in (3840, 1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_exact_numbers_show_on_keyboard_focus(open_page):
    page = open_page("models/resnext.html")
    fact = page.locator(".mz-variants tbody tr").first.locator(".mz-fact").nth(2)
    tip = fact.locator(".mz-tip")
    assert tip.bounding_box()["width"] <= 1
    page.locator(".mz-variants tbody tr").first.locator(".mz-fact").nth(1).focus()
    page.keyboard.press("Tab")
    box = tip.bounding_box()
    assert box["width"] > 100
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1280
    assert "4,811,030,528" in tip.inner_text()


@pytest.mark.heavy
def test_a_number_leads_to_its_details(open_page):
    page = open_page("models/resnext.html")
    page.locator(".mz-variants tbody .mz-fact").first.click()
    page.wait_for_selector("details.mz-variant[open]")
    assert page.locator("details.mz-variant[open]").count() == 1


def test_the_picker_puts_any_variant_into_the_code(open_page):
    page = open_page("models/resnext.html")
    page.get_by_label("Variant in the code").select_option("resnext101_32x8d.tv_in1k")
    code = "\n".join(page.locator("article pre code").all_inner_texts())
    assert code.count('"resnext101_32x8d.tv_in1k"') == 5
    assert "resnext50_32x4d.a1h_in1k" not in code


@pytest.mark.heavy
@pytest.mark.parametrize("scripts", [True, False])
def test_the_code_is_in_tabs(open_page, scripts):
    page = open_page("models/resnext.html", java_script_enabled=scripts)
    embeddings = page.locator("article pre", has_text="embedding.shape")
    assert not embeddings.is_visible()
    page.locator("label", has_text="Embeddings").click()
    assert embeddings.is_visible()
    assert not page.locator("article pre", has_text="feature_info").is_visible()


@pytest.mark.heavy
def test_a_card_says_how_fast_its_models_are_on_what(open_page):
    page = open_page("models/resnext.html")
    table = page.locator(".mz-speed")
    assert "resnext50_32x4d.a1h_in1k" in table.inner_text()
    assert "AMD EPYC" in page.locator("article ol li").first.inner_text()
    page.get_by_role("link", name="EPYC, 2 threads").click()
    page.wait_for_selector(".mx-root[data-chart=ready]")
    assert "throughput" in address_of(page)


@pytest.mark.heavy
def test_the_variants_sort_by_a_column(open_page):
    page = open_page("models/resnext.html")
    page.get_by_role("button", name="Params").click()
    first = page.locator(".mz-variants tbody tr").first
    assert "32x32d" in first.inner_text()
    assert page.locator(".mz-variants th[aria-sort=descending]").count() == 1
    page.get_by_role("button", name="Params").click()
    assert "10.30" in first.inner_text()


@pytest.mark.heavy
def test_a_former_name_leads_to_its_variant(open_page, address):
    page = open_page("models/tv_resnext50_32x4d.html")
    page.wait_for_url(f"{address}models/resnext.html#resnext50_32x4d.tv_in1k")
    page.wait_for_selector("details.mz-variant[open]")


def test_without_scripts_the_models_are_there(open_page):
    page = open_page("explorer.html", java_script_enabled=False)
    assert page.locator(".mx-static tbody tr").count() == 29
    assert page.locator(".mx-static svg").is_visible()
    page = open_page("models/resnext.html", java_script_enabled=False)
    page.locator(".mz-variants .mz-fact").first.focus()
    assert page.locator(".mz-variants .mz-tip").first.bounding_box()["width"] > 100


@pytest.mark.heavy
def test_from_a_folder(open_page, site):
    page = open_page("explorer.html", base=f"{site.as_uri()}/")
    page.wait_for_selector(".mx-root[data-chart=ready]")
    page.locator(".mx-rows tbody th a").first.click()
    page.wait_for_url("file://**/models/*.html#*")


@pytest.mark.heavy
def test_the_palette_can_be_switched(open_page):
    page = open_page("models/resnext.html", color_scheme="light")
    before = page.evaluate(
        "getComputedStyle(document.querySelector('.mz-table tbody th')).backgroundColor"
    )
    page.locator("label[for=__palette_1]:visible, label[title=Dark]").first.click()
    page.wait_for_selector("body[data-md-color-scheme=slate]")
    page.wait_for_function(
        "before => getComputedStyle(document.querySelector('.mz-table tbody th')).backgroundColor"
        " !== before",
        arg=before,
    )
