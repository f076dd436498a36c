"""The explorer in a real Chromium: every feature, from the reader's side."""

import csv
import io
from pathlib import Path

import pytest

from tests.site_plugin.browsing import MARKS, PATIENCE, address_of, follow_tab, served
from tests.site_plugin.building import mkdocs

pytestmark = MARKS
READY = ".mx-root[data-chart=ready]"
ROWS = ".mx-rows tbody tr:not(.mx-space)"


@pytest.fixture
def explore(open_page):
    """Open the explorer, with a query, and wait for its chart."""

    def explore(query="", **options):
        page = open_page(f"explorer.html{query}", **options)
        page.wait_for_selector(READY)
        return page

    return explore


def expect_count(page, text):
    page.wait_for_function(
        "text => document.querySelector('.mx-total').textContent === text", arg=text
    )


def names(page):
    return page.locator(f"{ROWS} th a").all_inner_texts()


def menu(page, name):
    page.locator(".mx-menu > summary", has_text=name).first.click()
    pop = page.locator(".mx-menu[open] .mx-pop")
    # What is inside is made when it opens.
    pop.locator("label, rect").first.wait_for(state="attached")
    return pop


def test_searching_by_words_and_without_words(explore):
    page = explore()
    expect_count(page, "29 of 29 models")
    page.get_by_label("Search models").fill("32x8d -tv")
    expect_count(page, "3 of 29 models")
    assert all("32x8d" in name and ".tv" not in name for name in names(page))
    assert "find=32x8d" in address_of(page)


@pytest.mark.heavy
def test_choices_show_live_counts(explore):
    page = explore("?find=32x8d")
    choices = menu(page, "License")
    counts = {
        line.locator("span").first.inner_text(): line.locator(".mx-count").inner_text()
        for line in choices.locator("label").all()
    }
    assert sum(map(int, counts.values())) == 5
    common, count = max(counts.items(), key=lambda item: int(item[1]))
    choices.get_by_label(common).check()
    expect_count(page, f"{count} of 29 models")
    # Its own choice leaves the other counts of the menu as they were.
    after = choices.locator(".mx-count").all_inner_texts()
    assert after == list(counts.values())


@pytest.mark.heavy
def test_a_range_has_a_histogram_and_filters_while_typing(explore):
    page = explore()
    pop = menu(page, "Params")
    pop.locator(".mx-bars rect").first.wait_for(state="attached")
    assert pop.locator(".mx-bars rect").count() == 24
    pop.get_by_label("Params, max").fill("30")
    expect_count(page, "14 of 29 models")
    assert "params.max=30" in address_of(page)
    page.keyboard.press("Escape")
    assert page.locator(".mx-menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


@pytest.mark.heavy
def test_the_chart_by_throughput_is_a_press_away(explore):
    page = explore()
    press = page.get_by_role("button", name="Throughput, EPYC")
    press.click()
    page.wait_for_function("() => location.search.includes('throughput')")
    assert press.get_attribute("aria-pressed") == "true"
    page.get_by_text("Top 1 against EPYC, 2 threads for 2 of 29 models").wait_for()
    press.click()
    page.wait_for_function("() => !location.search.includes('throughput')")


@pytest.mark.heavy
def test_links_lead_to_cards_with_directory_urls_too(open_page, site, tmp_path):
    run = mkdocs("build", "--use-directory-urls", "-d", tmp_path, cwd=site.parent)
    assert run.returncode == 0, run.stderr
    with served(tmp_path) as base:
        page = open_page("explorer/", base=base)
        page.wait_for_selector(READY)
        page.locator(f"{ROWS} th a").first.click()
        page.wait_for_url("**/models/*/#*")
        page.wait_for_selector("details.mz-variant[open]")
        assert page.locator("details.mz-variant[open]").count() == 1


@pytest.mark.heavy
def test_presets_are_pressed_and_released(explore):
    page = explore()
    press = page.get_by_role("button", name="Verified only")
    press.click()
    page.wait_for_selector("button[aria-pressed=true]:has-text('Verified only')")
    assert "status=verified" in address_of(page)
    press.click()
    expect_count(page, "29 of 29 models")
    page.get_by_role("button", name="Permissive license").click()
    assert "license=" in address_of(page)
    page.get_by_role("button", name="Reset").click()
    expect_count(page, "29 of 29 models")


@pytest.mark.heavy
def test_only_the_frontier(explore):
    page = explore("?params.max=30")
    page.get_by_role("button", name="Pareto only").click()
    expect_count(page, "3 of 29 models")
    page.locator(".mx-members summary").click()
    page.locator(".mx-members li").nth(2).wait_for()
    assert page.locator(".mx-members li").count() == 3


@pytest.mark.heavy
def test_sorting_by_keyboard_says_the_direction(explore):
    page = explore()
    header = page.get_by_role("button", name="Params (M)", exact=True)
    header.focus()
    page.keyboard.press("Enter")
    cell = page.locator(".mx-rows th", has=header)
    assert cell.get_attribute("aria-sort") == "ascending"
    assert page.evaluate("document.activeElement.textContent").startswith("Params")
    page.keyboard.press("Enter")
    assert cell.get_attribute("aria-sort") == "descending"
    assert "sort=-params" in address_of(page)


@pytest.mark.heavy
def test_a_view_survives_its_address(explore, address):
    page = explore()
    page.get_by_label("Search models").fill("resnext")
    page.get_by_label("X axis").select_option("params")
    page.get_by_label("log scale of x").uncheck()
    page.get_by_label("Color").select_option("status")
    page.get_by_label("Compare resnext50_32x4d.a1h_in1k").check()
    page.wait_for_function("() => location.search.includes('compare=')")
    again = explore(address_of(page).removeprefix(f"{address}explorer.html"))
    assert names(again) == names(page)
    assert again.get_by_label("X axis").input_value() == "params"
    assert not again.get_by_label("log scale of x").is_checked()
    assert again.get_by_label("Color").input_value() == "status"
    assert again.get_by_label("Compare resnext50_32x4d.a1h_in1k").is_checked()


def test_comparing_side_by_side_marks_the_best(explore, address):
    page = explore()
    page.get_by_label("Compare res2next50.in1k").check()
    page.get_by_label("Compare resnext50_32x4d.a1h_in1k").check()
    page.get_by_role("button", name="Compare side by side").click()
    dialog = page.locator(".mx-dialog")
    best = dialog.locator("tr", has_text="Params").locator("[data-mark=best]")
    assert best.inner_text().startswith("24.67")
    assert "±" in dialog.locator("tr", has_text="Top 1").first.inner_text()
    assert "side=1" in address_of(page)
    shared = explore(address_of(page).removeprefix(f"{address}explorer.html"))
    assert shared.locator(".mx-dialog").is_visible()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    page.wait_for_function("() => !location.search.includes('side=1')")


@pytest.mark.heavy
def test_no_more_than_five_are_compared(explore):
    page = explore()
    for name in names(page)[:6]:
        page.get_by_label(f"Compare {name}", exact=True).click()
    assert page.locator(".mx-tray li").count() == 5
    assert "At most 5" in page.locator(".mx-total").inner_text()
    assert page.locator(f"{ROWS} input:checked").count() == 5


@pytest.mark.heavy
def test_the_download_holds_what_is_shown(explore):
    page = explore("?find=res2next&columns=params,imagenet-top-1-accuracy")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert rows[0] == ["Model", "Params (M)", "Top 1 (%)", "Top 1 standard error"]
    assert [row[0] for row in rows[1:]] == names(page)
    assert all(0.1 < float(row[3]) < 0.3 for row in rows[1:])


@pytest.mark.heavy
def test_choosing_columns(explore):
    page = explore()
    menu(page, "Columns").get_by_label("Activations").check()
    page.wait_for_selector(".mx-rows th:has-text('Activations')")
    assert "columns=" in address_of(page)


@pytest.mark.heavy
def test_a_status_and_a_name_lead_to_how_the_model_was_measured(explore):
    page = explore("?find=res2next50")
    page.locator(".mx-status").click()
    page.wait_for_url("**/models/res2next.html#res2next50.in1k")
    page.wait_for_selector("details.mz-variant[open]")


@pytest.mark.heavy
def test_a_dot_shows_its_model_and_leads_to_its_card(explore):
    page = explore("?find=res2next50")
    canvas = page.locator(".mx-canvas canvas")
    box = canvas.bounding_box()
    tip = page.locator(".mx-tip")
    # A single dot lies in the middle of its axes, somewhat right of and above the picture's.
    for step in range(40):
        spot = {"x": box["width"] * 0.5 + step, "y": box["height"] * 0.5 - step / 2}
        canvas.hover(position=spot)
        if tip.is_visible():
            break
    assert "res2next50.in1k" in tip.inner_text()
    assert "±" in tip.inner_text()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**/models/res2next.html#res2next50.in1k")


@pytest.mark.heavy
def test_the_legend_shows_one_family(explore):
    page = explore()
    page.locator(".mx-legend button", has_text="Res2NeXt").click()
    expect_count(page, "2 of 29 models")
    page.locator(".mx-legend button", has_text="Res2NeXt").click()
    expect_count(page, "29 of 29 models")


def changed_picture(page, before=""):
    """The chart's pixels, as soon as they are others than before."""
    page.wait_for_function(
        "before => document.querySelector('.mx-canvas canvas')?.toDataURL() !== before", arg=before
    )
    return page.evaluate("document.querySelector('.mx-canvas canvas').toDataURL()")


def test_the_chart_follows_the_filters_the_axes_and_the_palette(explore):
    page = explore(color_scheme="light")
    picture = changed_picture(page)
    page.get_by_label("Search models").fill("32x8d")
    picture = changed_picture(page, picture)
    page.get_by_label("X axis").select_option("params")
    picture = changed_picture(page, picture)
    page.locator("label[title=Dark]:visible").first.click()
    changed_picture(page, picture)


@pytest.mark.heavy
def test_keys_reach_every_row_of_the_window(explore):
    page = explore(viewport={"width": 1280, "height": 500})
    page.locator(".mx-window").focus()
    rows = page.locator(ROWS)
    assert rows.last.get_attribute("aria-rowindex") != "30"
    page.keyboard.press("End")
    page.wait_for_function(
        "() => document.querySelector('.mx-rows tbody').lastElementChild.ariaRowIndex === '30'"
    )
    assert page.locator(".mx-rows").get_attribute("aria-rowcount") == "30"


@pytest.mark.heavy
def test_on_paper_all_rows_are_there(explore):
    page = explore(viewport={"width": 1280, "height": 500})
    assert page.locator(ROWS).count() < 29
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(ROWS).count() == 29
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(ROWS).count() < 29


@pytest.mark.heavy
def test_from_a_folder_the_chart_is_there_too(open_page, site):
    page = open_page("explorer.html?find=res2next", base=f"{site.as_uri()}/")
    page.wait_for_selector(READY)
    expect_count(page, "2 of 29 models")


@pytest.mark.heavy
def test_a_site_without_vega_says_so_and_keeps_the_picture(browser, address):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)

    def without(route):
        script = route.fetch().text()
        assert 'vega: "' in script
        route.fulfill(
            body=script.replace('vega: "', 'vega: "" && "'), content_type="text/javascript"
        )

    page.route("**/explorer.js", without)
    page.goto(f"{address}explorer.html?find=32x8d")
    page.wait_for_selector(".mx-root[data-chart=none]")
    assert page.locator(".mx-canvas figure svg").is_visible()
    assert "was built without" in page.locator(".mx-panel").inner_text()
    expect_count(page, "5 of 29 models")
    page.close()


def least_heap(page):
    """Bytes of memory in use, when collecting garbage frees no more."""
    heap = float("inf")
    while True:
        page.evaluate("gc()")
        now = page.evaluate("performance.memory.usedJSHeapSize")
        if now >= heap:
            return heap
        heap = now


def growth_of(page, first, second):
    """Bytes of memory that a visit of two pages in turn leaves behind."""
    heaps = []
    for _ in range(12):
        for title in (first, second):
            follow_tab(page, title)
            page.wait_for_function(
                "t => document.querySelector('.md-tabs__item--active')?.innerText.trim() === t",
                arg=title,
            )
            if title == "Explorer":
                page.wait_for_selector(READY)
        heaps.append(least_heap(page))
    return (heaps[-1] - heaps[2]) / (len(heaps) - 3)


@pytest.mark.heavy
def test_going_back_and_forth_keeps_memory(open_page):
    page = open_page("models/index.html")
    page.evaluate("window.loadedOnce = true")
    # The theme itself keeps something of each page; the explorer must add little to that.
    theme = growth_of(page, "Glossary", "Results")
    explorer = growth_of(page, "Explorer", "Results")
    assert page.evaluate("window.loadedOnce"), "navigation was not instant"
    assert explorer - theme < 50_000, (theme, explorer)


@pytest.mark.heavy
def test_going_back_restores_the_view(explore):
    page = explore("?find=res2next50")
    page.locator(f"{ROWS} th a").first.click()
    page.wait_for_url("**/models/res2next.html#res2next50.in1k")
    page.wait_for_selector("details.mz-variant[open]")
    page.go_back()
    page.wait_for_selector(READY)
    expect_count(page, "1 of 29 models")
