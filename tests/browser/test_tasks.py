"""Tasks that people come with, each to its right answer: those that no other journey takes."""

import re

from playwright.sync_api import Page, expect

from engine.decision.solve import solve
from engine.scenario.read import read_scenario
from engine.ui.state.levers import LeverState, changed
from engine.ui.state.scenarios import FOLDER
from engine.ui.text import text
from tests.browser.conftest import PROVEN_WITHIN_MS, open_tiny, settle, wait_until_proven


def typed(page: Page, lever: str, value: str) -> None:
    """Type a lever's position; the address says so."""
    settle(page)
    field = page.get_by_role("spinbutton", name=text("inputs.typed", "en", lever=text(f"lever.{lever}", "en")))
    field.fill(value)
    field.press("Enter")
    expect(page).to_have_url(re.compile(rf"[?&]{lever}={re.escape(value)}(&|$)"), timeout=PROVEN_WITHIN_MS)


def amount(page: Page) -> int:
    """The cost shown."""
    return int(page.get_by_test_id("stMetricValue").first.inner_text().replace(",", ""))


def test_dearer_capital_and_less_patience_tell_who_flips_and_why_and_back_undoes_it(app: Page) -> None:
    scenario, moved = read_scenario(FOLDER / "tiny"), (("holding_rate", 25.0), ("lead_time_days", -5.0))
    before, after = (
        solve(one).plan.decisions.set_index("product")["strategy"]
        for one in (scenario, changed(scenario, LeverState(scenario="tiny", moved=moved)))
    )
    flipped = [str(product) for product in before.index if before[product] != after[product]]
    assert flipped, "else there is nothing to tell"
    open_tiny(app)
    wait_until_proven(app)
    cost = amount(app)
    typed(app, "holding_rate", "25")
    app.get_by_text(text("inputs.unit.lead_time_days", "en"), exact=True).click()
    settle(app)
    typed(app, "lead_time_days", "-5")
    wait_until_proven(app)
    told = app.locator(".st-key-moves")
    expect(told).to_contain_text(text("moves.header", "en"), timeout=PROVEN_WITHIN_MS)
    for product in flipped:
        expect(told.get_by_role("button", name=product, exact=True)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    assert told.get_by_test_id("stButton").count() == len(flipped)
    one = text("moves.one", "en", before=text(f"strategy.{before[flipped[0]]}", "en"),
               after=text(f"strategy.{after[flipped[0]]}", "en"))  # fmt: skip
    # The strategy, and behind it what moved the product.
    expect(told).to_contain_text(re.compile(re.escape(one) + r", \w+"), timeout=PROVEN_WITHIN_MS)
    while "holding_rate=25" in app.url:
        app.go_back()
        settle(app)
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(f"{cost:,}", timeout=PROVEN_WITHIN_MS)
