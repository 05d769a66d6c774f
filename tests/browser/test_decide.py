"""Journeys on the page Decide, as a reader takes them."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine.ui.text import text
from tests.browser.conftest import OFF_HOST, settle

PROVEN_WITHIN_MS = 60_000
GRAVE = {"serious", "critical"}
# Names that stay as they are in every language; Streamlit draws its icons from words such as keyboard_arrow_left.
OWN_NAMES = re.compile(r"English|EUR|P:D|CV|Tiny|[A-Z]{3,}|[a-z]+_[a-z_]+")


def headline(page: Page) -> Locator:
    return page.get_by_test_id("stMetric").first


def open_tiny(page: Page, language: str = "en") -> Page:
    page.goto(f"/?scenario=tiny&lang={language}")
    expect(headline(page)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    return page


def move(page: Page, label: str, presses: int) -> None:
    slider = page.get_by_role("slider", name=label)
    slider.focus()
    for _ in range(presses):
        slider.press("ArrowRight")


def wait_until_proven(page: Page, language: str = "en") -> None:
    expect(headline(page)).to_contain_text(text("status.proven", language), timeout=PROVEN_WITHIN_MS)


def test_the_first_page_opens_with_the_bicycles_and_settles(app: Page) -> None:
    expect(headline(app)).to_contain_text("Cost per year", timeout=PROVEN_WITHIN_MS)
    expect(app.get_by_role("heading", name="Decisions")).to_be_visible()
    expect(app.get_by_test_id("stException")).to_have_count(0)


def test_moving_the_holding_rate_shows_a_preview_and_then_its_proof(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    before = headline(app).inner_text()
    move(app, text("lever.holding_rate", "en"), 6)
    expect(headline(app)).to_contain_text("preview", timeout=20_000)
    expect(app.get_by_test_id("stMetricValue").first).not_to_have_text(before.splitlines()[-1])
    preview = app.get_by_test_id("stMetricValue").first.inner_text()
    wait_until_proven(app)
    # The preview of three products is exact already, so that nothing moves when the proof lands.
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(preview)
    expect(app.get_by_test_id("stAlert").first).to_contain_text("Proven")


def test_a_row_a_mark_and_the_list_each_show_a_product_with_its_three_costs(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    chooser = app.get_by_role("combobox", name=text("product.select", "en"), exact=True)
    costs = app.locator("[data-testid=stMarkdown] table")

    # The table is a canvas: the box that selects the first row is below the header, at the left.
    app.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    app.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 52})
    expect(chooser).to_have_value(re.compile("STOOL"), timeout=20_000)
    settle(app)
    expect(costs.locator("tbody tr")).to_have_count(3)

    # Each mark's neighbourhood lies over it, so that a click beside it counts too.
    app.get_by_test_id("stVegaLiteChart").locator("path[aria-label*='SOFA']").first.click(force=True)
    expect(chooser).to_have_value(re.compile("SOFA"), timeout=20_000)
    settle(app)
    for strategy in ("MTS", "ATO", "MTO"):
        expect(costs.get_by_role("cell", name=text(f"strategy.{strategy}", "en"), exact=True)).to_be_visible()
    expect(costs.locator("tbody td:nth-child(2)")).to_have_text([re.compile(r"^[\d,]+$")] * 3)


def test_switching_the_language_switches_every_text(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    expect(app.locator("html")).to_have_attribute("lang", "en")
    app.get_by_role("radio", name="简体中文").click(force=True)
    wait_until_proven(app, "zh")
    settle(app)
    expect(app.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(app).to_have_title(text("page.decide", "zh"))
    left = [
        line
        for part in ("stMain", "stSidebar")
        for line in app.get_by_test_id(part).inner_text().splitlines()
        if re.search(r"[a-z]{3}", OWN_NAMES.sub("", line)) and not re.search(r"[A-Z]{3,} · ", line)
    ]
    assert not left, f"still in English: {left}"
    legend = app.get_by_test_id("stVegaLiteChart")
    expect(legend).to_contain_text(text("strategy.ATO", "zh"))


def test_two_readers_neither_wait_for_nor_see_each_other(app: Page, context: BrowserContext) -> None:
    other = context.new_page()
    open_tiny(app)
    open_tiny(other, "zh")
    move(app, text("lever.holding_rate", "en"), 9)
    move(other, text("lever.demand_cv", "zh"), 4)
    began = time.monotonic()
    expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("24.5")
    expect(headline(app)).to_contain_text("Cost per year")
    expect(headline(other)).to_contain_text("年成本")
    wait_until_proven(app)
    wait_until_proven(other, "zh")
    assert time.monotonic() - began < PROVEN_WITHIN_MS / 1000
    settle(app)
    settle(other)
    expect(app.get_by_role("slider", name=text("lever.demand_cv", "en"))).to_have_value("100")
    expect(other.get_by_role("slider", name=text("lever.holding_rate", "zh"))).to_have_value("20")
    costs = [page.get_by_test_id("stMetricValue").first.inner_text() for page in (app, other)]
    assert costs[0] != costs[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_there_are_no_serious_accessibility_faults(page: Page, app_url: str, language: str) -> None:
    page.context.route(OFF_HOST, lambda route: route.abort())
    open_tiny(page, language)
    wait_until_proven(page, language)
    settle(page)
    found = Axe().run(page).response["violations"]
    grave = [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in found if fault["impact"] in GRAVE
    ]
    assert not grave
