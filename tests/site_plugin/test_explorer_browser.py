"""The explorer in a real Chromium: searching, filtering, comparing, sharing a view."""

from pathlib import Path

from tests.site_plugin.browsing import MARKS

pytestmark = MARKS


def count(page):
    return page.locator(".mz-count h2").inner_text()


def test_searching_filtering_and_sharing(open_page, address):
    page = open_page("explorer.html")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    assert count(page) == "28 of 28 models"
    page.get_by_label("Search models").fill("32x8d -tv")
    assert count(page) == "3 of 28 models"
    assert "find=32x8d" in page.url
    page.locator("summary", has_text="Licence").click()
    page.get_by_label("CC-BY-NC-4.0").check()
    assert count(page) == "3 of 28 models"
    page.get_by_role("button", name="Top 1 ImageNet").click()
    first = page.locator(".mz-rows tbody tr:not(.mz-spacer)").first
    assert "fb_swsl" in first.inner_text()
    again = open_page(page.url.removeprefix(address))
    again.wait_for_selector(".mz-explorer[data-state=ready]")
    assert count(again) == "3 of 28 models"
    assert again.locator("th[aria-sort=descending]").inner_text().startswith("Top 1")
    again.get_by_role("button", name="Reset").click()
    assert count(again) == "28 of 28 models"
    assert again.url == f"{address}explorer.html"


def test_a_range_and_the_frontier(open_page):
    page = open_page("explorer.html?params.max=30")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    assert count(page) == "13 of 28 models"
    page.get_by_role("button", name="Frontier only").click()
    assert count(page) == "3 of 28 models"


def test_comparing_side_by_side(open_page):
    page = open_page("explorer.html")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    page.get_by_label("Compare res2next50.in1k").check()
    page.get_by_label("Compare resnext50_32x4d.a1h_in1k").check()
    page.get_by_role("button", name="Compare side by side").click()
    dialog = page.locator(".mz-dialog")
    assert dialog.locator(".mz-top").first.inner_text().startswith("24.67")
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")


def test_the_download_holds_what_is_shown(open_page):
    page = open_page("explorer.html?find=res2next")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert lines[0].startswith("Model,Family,Params (M)")
    assert len(lines) == 3


def test_choosing_a_column(open_page):
    page = open_page("explorer.html")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    page.locator("summary", has_text="Columns").click()
    page.get_by_role("group", name="Columns").get_by_label("Activations").check()
    assert page.locator(".mz-rows th", has_text="Activations").count() == 1
    assert "columns=" in page.url


def test_the_chart_leads_to_a_card(open_page):
    page = open_page("explorer.html?find=res2next50")
    page.wait_for_selector(".mz-explorer[data-state=ready]")
    path = page.locator(".mz-dots").first.get_attribute("d")
    left, top = (float(n) for n in path.removeprefix("M").split("h")[0].split())
    chart = page.locator(".mz-canvas svg")
    chart.hover(position={"x": left, "y": top})
    assert "res2next50.in1k" in page.locator(".mz-point").inner_text()
    chart.click(position={"x": left, "y": top})
    page.wait_for_url("**/models/res2next.html#res2next50.in1k")


def growth_of(page, first, second):
    """Bytes of memory that a visit of two pages in turn leaves behind."""
    heaps = []
    for _ in range(12):
        for title in (first, second):
            page.locator(".md-tabs a", has_text=title).click()
            page.wait_for_function(
                "t => document.querySelector('.md-tabs__item--active')?.innerText.trim() === t",
                arg=title,
            )
            if title == "Explorer":
                page.wait_for_selector(".mz-explorer[data-state=ready]")
        page.evaluate("gc()")
        heaps.append(page.evaluate("performance.memory.usedJSHeapSize"))
    return (heaps[-1] - heaps[2]) / (len(heaps) - 3)


def test_going_back_and_forth_keeps_memory(open_page):
    page = open_page("models/index.html")
    page.evaluate("window.loadedOnce = true")
    # The theme itself keeps something of each page; the explorer must add little to that.
    theme = growth_of(page, "Glossary", "Results")
    explorer = growth_of(page, "Explorer", "Results")
    assert page.evaluate("window.loadedOnce"), "navigation was not instant"
    assert explorer - theme < 50_000, (theme, explorer)
