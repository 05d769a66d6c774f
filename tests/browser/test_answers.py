"""Tasks that people come with, each to its right answer, decided here and not by the app.

Ten were named: these seven, of which four in the long form only; dearer capital and less patience (`test_tasks.py`); an
own workbook with mistakes to its report, and a link, a reload, two tabs and Back (`test_journeys.py`,
`test_decide.py`).
"""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from playwright.sync_api import Page, expect

from engine.decision.plan import Plan
from engine.decision.solve import solve
from engine.evaluate.figures.readers import with_readers
from engine.report.as_shown import plan_as_shown
from engine.report.sentences.product_sentences import product_sentences
from engine.scenario.read import read_scenario
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import LeverState, changed
from engine.ui.state.scenarios import FOLDER
from engine.ui.text import text
from engine.ui.words import money
from tests.browser.conftest import (
    DRAWS_WITHIN_MS,
    PROVEN_WITHIN_MS,
    click_mark,
    go,
    open_tiny,
    settle,
    upload,
    view,
    wait_until_proven,
)  # fmt: skip
from tests.browser.test_tasks import amount, typed
from tests.catalog.catalogues import tables, write
from tests.evidence import long_form

TABS_AT_MOST = 60


@cache
def tiny() -> tuple[Scenario, Plan]:
    """The small scenario and its plan with today's figures."""
    scenario = read_scenario(FOLDER / "tiny")
    return scenario, with_readers(scenario, solve(scenario).plan_or_raise())


def cost_of(scenario: Scenario) -> int:
    """What a plan of it costs, as it is shown."""
    return round(solve(scenario).plan_or_raise().objective_per_year)


def explain_made_to_order(app: Page) -> None:
    """From its mark in the map to why a product is made to order, and what else would cost."""
    scenario, plan = tiny()
    made = plan.decisions.set_index("product").query("strategy == 'MTO'")
    (product,) = made.index
    click_mark(app, product, app.get_by_test_id("stCode"))
    (said,) = product_sentences(
        scenario, plan_as_shown(plan), [product], "en", money=lambda one: money(one, "EUR")
    )
    expect(app.get_by_test_id("stCode")).to_have_text(said, timeout=DRAWS_WITHIN_MS)
    settle(app)
    ledger = app.locator("[data-testid=stMarkdown] table").first.locator("tr").last
    costs = [f"{made[f'cost_if_{k}'].iloc[0]:,.0f}" for k in ("MTS", "ATO", "MTO")]
    assert ledger.locator("td").all_inner_texts()[1:] == costs, "the ledgers add up to what the plan tells"


def test_who_switches_and_what_that_saves_stand_on_one_screen_that_leads_to_why(app: Page) -> None:
    app.set_viewport_size({"width": 1440, "height": 900})
    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    _, plan = tiny()
    saving = round(plan.summary["today"]["cost_per_year"]) - round(plan.objective_per_year)
    decisions = plan_as_shown(plan).decisions
    rows = decisions[decisions["strategy"] != decisions["current_strategy"]]
    verdict = app.locator(".st-key-verdict")
    expect(verdict).to_contain_text(f"Switch {len(rows)} of {len(plan.decisions)} products: that saves {saving:,} EUR")
    expect(verdict).to_be_in_viewport()
    grid = app.get_by_test_id("stDataFrame")
    told = grid.locator("canvas").first.text_content()
    for row in rows.to_dict("records"):
        assert str(row["product"]) in told
        today = row[f"cost_if_{row['current_strategy']}"] - row["expected_cost_per_year"]
        assert f"{today:.0f}" in told
    box = grid.bounding_box()
    assert box["y"] + box["height"] <= 900, "all of them without scrolling"
    explain_made_to_order(app)


@long_form("shown without a browser, tests/ui/test_goal_box.py")
def test_a_fifth_less_inventory_has_a_price_is_adopted_and_undone(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    scenario, plan = tiny()
    budget = 0.8 * plan.summary["today"]["inventory_value"]
    before, after = amount(app), cost_of(scenario.with_settings(inventory_budget=budget))
    app.get_by_text(text("goal.header", "en"), exact=True).click()
    field = app.get_by_role("spinbutton", name=text("goal.inventory", "en"))
    field.fill("20")
    field.press("Enter")
    settle(app)
    app.get_by_role("button", name=text("study.goal.start", "en")).click()
    more = f"+{after - before:,} EUR a year" if after > before else text("moves.unchanged", "en")
    expect(app.get_by_text(re.compile("reaches the goal costs"))).to_contain_text(
        f"{after:,} EUR a year: {more}", timeout=PROVEN_WITHIN_MS
    )
    settle(app)
    app.get_by_role("button", name=text("goal.adopt", "en")).click()
    # The cost may be the same: the address is what says that the page has followed.
    expect(app).not_to_have_url(re.compile("budget_weeks=20&"))
    settle(app)
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(f"{after:,}", timeout=PROVEN_WITHIN_MS)
    held = int(app.get_by_test_id("stMetricValue").nth(2).inner_text().replace(",", ""))
    assert held <= round(budget)
    app.go_back()
    expect(app).to_have_url(re.compile("budget_weeks=20&"))
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(f"{before:,}", timeout=PROVEN_WITHIN_MS)


@long_form("a minute; shown without a browser, tests/ui/test_pages.py")
def test_two_pinned_variants_are_compared_with_the_digits_of_their_pages(app: Page) -> None:
    open_tiny(app)
    scenario, _ = tiny()
    moves = {"dear": ("holding_rate", 30.0), "late": ("late_cost", 150.0)}
    costs = [cost_of(scenario)]
    for name, move in moves.items():
        costs.append(cost_of(changed(scenario, LeverState(scenario="tiny", moved=(move,)))))
        typed(app, move[0], f"{move[1]:g}")
        view(app, "variants")
        app.get_by_role("textbox", name=text("pins.name", "en")).fill(name)
        app.get_by_role("button", name=text("pins.keep", "en")).click()
        expect(app.get_by_role("button", name=text("pins.open", "en"), exact=True)).to_have_count(len(costs) - 1)
        settle(app)
        app.get_by_role("button", name=text("inputs.reset", "en"), exact=True).click()
        expect(app).not_to_have_url(re.compile(f"{move[0]}={move[1]:g}&"))
        settle(app)
    wait_until_proven(app)
    go(app, "compare")
    chooser = app.get_by_role("combobox", name=text("compare.sides", "en"))
    for name in moves:
        if app.get_by_test_id("stMultiSelect").get_by_text(name, exact=True).count():
            continue
        chooser.click()
        app.get_by_role("option", name=name, exact=True).click()
        app.keyboard.press("Escape")
        settle(app)
    app.get_by_role("button", name=text("study.compare.start", "en"), exact=True).click()
    line = app.get_by_role("row", name=re.compile(f"^{text('column.cost_per_year', 'en')}"))
    expect(line).to_be_visible(timeout=PROVEN_WITHIN_MS)
    told = {cell.split(" ")[0] for cell in line.locator("td").all_inner_texts()[1:]}
    assert {f"{cost:,}" for cost in costs} <= told


@long_form("shown without a browser, tests/ui/test_ways_out.py and test_pages.py")
def test_a_lock_has_its_price_and_is_taken_back(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    scenario, plan = tiny()
    row = plan.decisions.iloc[plan.decisions["expected_cost_per_year"].to_numpy().argmax()]
    go(app, "product")
    app.get_by_text(text("lock.header", "en")).click()
    button = app.get_by_role("button", name=re.compile("^Lock to "))
    strategy = next(k for k in ("MTS", "ATO", "MTO") if k != row["strategy"])
    expect(button).to_have_text(text("lock.do", "en", strategy=text(f"strategy.{strategy}", "en")))
    locked = scenario.products["product"].eq(row["product"])
    goods = scenario.products.assign(locked=locked.map({True: strategy, False: ""}))
    dearer = cost_of(replace(scenario, products=goods))
    settle(app)
    button.click()
    price = f"+{dearer - round(plan.objective_per_year):,} EUR a year"
    expect(app.get_by_test_id("stAlert").filter(has_text=str(row["product"]))).to_contain_text(
        price, timeout=PROVEN_WITHIN_MS
    )
    go(app, "decide")
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(f"{dearer:,}", timeout=PROVEN_WITHIN_MS)
    view(app, "variants")
    app.get_by_role("button", name=text("locks.unlock", "en")).click()
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(
        f"{plan.objective_per_year:,.0f}", timeout=PROVEN_WITHIN_MS
    )


@long_form("a minute; shown without a browser, tests/ui/test_batch_page.py")
def test_a_catalogue_is_decided_stopped_gone_on_with_and_looked_through(app: Page, tmp_path: Path) -> None:
    folder = write(tmp_path / "catalogue", tables(products=1200, groups=(60, 40, 30)), samples=200)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, f"mine/{path.name}")
    open_tiny(app)
    go(app, "batch")
    app.get_by_text(text("batch.upload.header", "en")).click()
    upload(app, {"name": "mine.zip", "mimeType": "application/zip", "buffer": archive.getvalue()})
    app.get_by_role("button", name=text("batch.stop", "en"), exact=True).click()
    app.get_by_role("button", name=text("batch.stop.do", "en"), exact=True).click()
    app.get_by_role("button", name=text("batch.resume", "en"), exact=True).click()
    expect(app.get_by_role("heading", name=text("batch.browse", "en"))).to_be_visible(timeout=PROVEN_WITHIN_MS)
    settle(app)
    found = app.get_by_text(re.compile("^Found: "))
    expect(found).to_contain_text("Found: 1,200,")
    search = app.get_by_role("textbox", name=text("batch.search", "en"))
    search.fill("P39")
    search.press("Enter")
    expect(found).to_contain_text("Found: 11,")


def test_the_keyboard_alone_leads_to_a_product_and_moves_a_lever(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    settle(app)

    def tab_to(name: str, role: str) -> None:
        target = app.get_by_role(role, name=name).first
        for _ in range(TABS_AT_MOST):
            if target.evaluate("(one) => one === document.activeElement"):
                return
            app.keyboard.press("Tab")
        raise AssertionError(f"no way to {name} by the key Tab")

    tab_to(text("page.product", "en"), "link")
    app.keyboard.press("Enter")
    expect(app).to_have_url(re.compile("/product"))
    settle(app)
    tab_to(text("product.next", "en"), "button")
    before = app.get_by_test_id("stCode").inner_text()
    app.keyboard.press("Enter")
    expect(app.get_by_test_id("stCode")).not_to_have_text(before)
    settle(app)
    tab_to(text("lever.holding_rate", "en"), "slider")
    app.keyboard.press("ArrowRight")
    expect(app).to_have_url(re.compile("holding_rate=20.5&"), timeout=DRAWS_WITHIN_MS)
