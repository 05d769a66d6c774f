"""Journeys on the page Decide, as a reader takes them."""

from playwright.sync_api import BrowserContext, Page, expect

from engine.ui.text import text
from tests.browser.conftest import (
    PROVEN_WITHIN_MS,
    headline,
    move,
    open_first,
    open_tiny,
    settle,
    wait_until_proven,
)

COST = text("headline.cost", "en", currency="EUR")


def test_the_first_page_opens_with_the_bicycles_and_settles(app: Page) -> None:
    open_first(app)
    expect(headline(app)).to_contain_text(COST, timeout=PROVEN_WITHIN_MS)
    expect(app.get_by_role("heading", name="Decisions")).to_be_visible()
    expect(app.get_by_test_id("stException")).to_have_count(0)
    wait_until_proven(app)
    settle(app)
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        app.set_viewport_size({"width": width, "height": height})
        settle(app)
        assert app.evaluate("document.documentElement.scrollWidth") <= width, "nothing to scroll sideways"
        if width > 390:
            # Head and two rows of the decisions are seen before anything is scrolled.
            assert app.get_by_test_id("stDataFrame").bounding_box()["y"] + 105 < height
    headed = app.locator(".st-key-verdict")
    app.get_by_role("heading", name=text("map.header", "en")).scroll_into_view_if_needed()
    expect(headed).to_be_in_viewport()


def test_moving_the_holding_rate_shows_a_preview_and_then_its_proof(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    before = headline(app).inner_text()
    move(app, "holding_rate", "23")
    expect(headline(app)).to_contain_text("preview")
    expect(app.get_by_test_id("stMetricValue").first).not_to_have_text(before.splitlines()[-1])
    preview = app.get_by_test_id("stMetricValue").first.inner_text()
    wait_until_proven(app)
    # The preview of three products is exact already, so that nothing moves when the proof lands.
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(preview)
    expect(app.get_by_test_id("stAlert").first).to_contain_text("Proven")


def test_switching_the_language_switches_every_text(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    expect(app.locator("html")).to_have_attribute("lang", "en")
    app.get_by_role("radio", name="简体中文").click(force=True)
    wait_until_proven(app, "zh")
    settle(app)
    expect(app.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(app).to_have_title(text("page.decide", "zh"))
    legend = app.get_by_test_id("stVegaLiteChart")
    expect(legend).to_contain_text(text("strategy.ATO", "zh"))


def test_two_readers_are_both_answered_and_do_not_see_each_other(app: Page, context: BrowserContext) -> None:
    other = context.new_page()
    open_tiny(app)
    open_tiny(other, "zh")
    move(app, "holding_rate", "24.5")
    move(other, "demand_cv", "120", "zh")
    expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("24.5")
    expect(headline(app)).to_contain_text(COST)
    expect(headline(other)).to_contain_text("年成本")
    wait_until_proven(app)
    wait_until_proven(other, "zh")
    settle(app)
    settle(other)
    expect(app.get_by_role("slider", name=text("lever.demand_cv", "en"))).to_have_value("100")
    expect(other.get_by_role("slider", name=text("lever.holding_rate", "zh"))).to_have_value("20")
    costs = [page.get_by_test_id("stMetricValue").first.inner_text() for page in (app, other)]
    assert costs[0] != costs[1]
