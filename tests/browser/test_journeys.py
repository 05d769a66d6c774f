"""Journeys across the pages, as readers take them."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from engine.scenario.files.workbook import write_workbook
from engine.ui.text import text
from tests.browser.conftest import (
    DRAWS_WITHIN_MS,
    PROVEN_WITHIN_MS,
    click_mark,
    go,
    headline,
    move,
    open_tiny,
    settle,
    upload,
    view,
    wait_until_proven,
)  # fmt: skip
from tests.evidence import long_form
from tests.scenario.importers.test_sap import SMALL
from tests.scenarios import make_scenario

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


def test_a_row_and_a_mark_lead_to_the_product(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    settle(app)
    chooser = app.get_by_role("combobox", name=text("product.select", "en"), exact=True)
    click_mark(app, "SOFA", chooser)
    expect(chooser).to_have_value(re.compile("SOFA"))
    settle(app)
    ledger = app.locator("[data-testid=stMarkdown] table").first
    for strategy in ("MTS", "ATO", "MTO"):
        expect(ledger.get_by_role("columnheader", name=text(f"strategy.{strategy}", "en"))).to_be_visible()
    go(app, "decide")
    # The table is a canvas: the box that selects the first row is below the header, at the left.
    app.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
    app.get_by_test_id("stDataFrame").click(position={"x": 16, "y": 52})
    # Switches come first, what saves most on top.
    expect(chooser).to_have_value(re.compile("CHAIR"))


def test_sliders_survive_the_pages_the_history_and_a_reload(app: Page) -> None:
    open_tiny(app)
    move(app, "holding_rate", "22")
    expect(app).to_have_url(re.compile("holding_rate=22&"))
    settle(app)
    move(app, "holding_rate", "23")
    expect(app).to_have_url(re.compile("holding_rate=23&"))
    settle(app)
    app.go_back()
    expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("22")
    settle(app)
    app.go_forward()
    expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("23")
    # The address changes before the figures do.
    settle(app)
    cost = app.get_by_test_id("stMetricValue").first.inner_text()
    for page in ("product", "compare", "decide"):
        go(app, page)
        expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("23")
    app.reload()
    expect(headline(app)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    settle(app)
    expect(app.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value("23")
    expect(app.get_by_test_id("stMetricValue").first).to_have_text(cost)


def test_the_first_page_answers_to_its_name_too(app: Page) -> None:
    app.goto("/decide?scenario=tiny&lang=zh")
    expect(headline(app)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    expect(app.get_by_role("dialog")).to_have_count(0)
    expect(app).to_have_url(re.compile(r"^[^?]*:\d+/\?.*lang=zh"))
    expect(app.get_by_role("radiogroup").first).to_contain_text("中文")


@long_form("shown without a browser, tests/ui/test_links_followed.py")
def test_a_link_opens_the_same_in_another_browser_and_language(app: Page, context: BrowserContext) -> None:
    open_tiny(app)
    move(app, "demand_cv", "120")
    settle(app)
    link = app.url.replace("lang=en", "lang=zh")
    other = context.new_page()
    other.goto(link)
    expect(headline(other)).to_be_visible(timeout=PROVEN_WITHIN_MS)
    expect(other.get_by_role("slider", name=text("lever.demand_cv", "zh"))).to_have_value("120")


def test_a_faulty_workbook_is_told_and_a_good_one_gives_a_report(app: Page, tmp_path) -> None:
    open_tiny(app)
    go(app, "data")
    good = make_scenario([{"current_strategy": "MTO"}], **PARTS, name="Good")
    book = tmp_path / "mine.xlsx"
    import xlsxwriter

    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("scenario")
        for row, (name, value) in enumerate([("name", "Faulty"), ("holding_rate_per_year", 0.2)]):
            sheet.write(row, 0, name)
            sheet.write(row, 1, value)
        sheet = made.add_worksheet("products")
        row = {"product": "P1", "demand_per_week": 9, "demand_cv": -0.5, "unit_cost": -1, "lead_time_target_days": 3}
        for column, (name, value) in enumerate(row.items()):
            sheet.write(0, column, name)
            sheet.write(1, column, value)
    upload(app, book)
    told = app.get_by_test_id("stAlert").filter(has_text="found; nothing was taken over")
    expect(told).to_be_visible(timeout=DRAWS_WITHIN_MS)
    app.get_by_text(text("faults.list", "en")).click()
    listed = app.get_by_test_id("stText")
    expect(listed).to_contain_text("mine.xlsx[products]:2:demand_cv")
    expect(listed).to_contain_text("unit_cost")

    sound = tmp_path / "good.xlsx"
    write_workbook(good, sound)
    upload(app, sound)
    expect(app.get_by_test_id("stAlert").filter(has_text="has no faults")).to_be_visible(timeout=DRAWS_WITHIN_MS)
    expect(app).to_have_url(re.compile("scenario=up-[0-9a-f]{32}"))
    app.reload()
    settle(app)
    view(app, "reports")
    app.get_by_role("button", name=text("study.report.start", "en")).click(timeout=PROVEN_WITHIN_MS)
    button = app.get_by_role("button", name=re.compile("^Download: Excel"))
    expect(button).to_be_visible(timeout=PROVEN_WITHIN_MS)
    with app.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename == "Good.xlsx"
    from python_calamine import CalamineWorkbook

    assert len(CalamineWorkbook.from_path(str(waiting.value.path())).sheet_names) >= 4


@long_form("shown without a browser, tests/ui/test_exports.py")
def test_lists_of_sap_become_a_scenario_that_is_decided(app: Page, tmp_path) -> None:
    """A folder chosen at once, with answers beside it; a list forgotten first, which is told by its name."""
    lists = [tmp_path / f"SE16N {name}.TXT" for name in ("MARC", "MAST", "MBEW", "STKO", "STPO")]
    for path in lists:
        path.write_text(SMALL[path.stem.removeprefix("SE16N ")], encoding="cp1252")
    answers = tmp_path / "products.csv"
    answers.write_text("product,demand_per_week,demand_cv\n*,5,0.5\n", encoding="utf-8")
    open_tiny(app)
    wait_until_proven(app)
    go(app, "data")
    view(app, "exports")
    upload(app, [path for path in lists if "MBEW" not in path.name])
    upload(app, answers, nth=1)
    app.get_by_role("button", name=text("exports.read", "en"), exact=True).click()
    expect(app.get_by_test_id("stAlert").filter(has_text="nothing was taken over")).to_be_visible()
    app.get_by_text(text("faults.list", "en")).click()
    expect(app.get_by_test_id("stText")).to_contain_text("there is no export of MBEW")

    upload(app, [path for path in lists if "MBEW" in path.name])
    app.get_by_role("button", name=text("exports.read", "en"), exact=True).click()
    expect(app.get_by_test_id("stAlert").filter(has_text="has no faults")).to_be_visible(timeout=DRAWS_WITHIN_MS)
    expect(app).to_have_url(re.compile("scenario=up-[0-9a-f]{32}"))
    settle(app)
    app.get_by_text(text("exports.notes", "en")).click()
    expect(app.get_by_test_id("stText").filter(has_text="Asked for: products.csv: change_cost")).to_be_visible()
    go(app, "decide")
    expect(headline(app)).to_be_visible(timeout=PROVEN_WITHIN_MS)


@long_form("shown without a browser, tests/ui/test_pages.py")
def test_two_variants_are_compared(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    go(app, "compare")
    app.get_by_role("button", name=text("study.compare.start", "en"), exact=True).click()
    expect(app.get_by_role("cell", name=text("column.cost_per_year", "en"))).to_be_visible(timeout=PROVEN_WITHIN_MS)
    expect(app.get_by_text("is cheaper by")).to_be_visible()


@long_form("shown without a browser, tests/ui/test_saved_runs.py")
def test_a_saved_run_is_held_against_what_came_later(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    go(app, "compare")
    app.get_by_text(text("saved.header", "en"), exact=True).click()
    app.get_by_role("textbox", name=text("saved.name", "en")).fill("spring review")
    app.get_by_role("button", name=text("saved.keep", "en")).click()
    settle(app)
    expect(app).to_have_url(re.compile("runs=run-[0-9a-f]{32}"))
    app.reload()
    settle(app)
    chooser = app.get_by_role("combobox", name=text("compare.sides", "en"))
    expect(chooser).to_be_visible(timeout=PROVEN_WITHIN_MS)
    # A proof that lands draws the page anew, and a click meanwhile is lost.
    expect(app.get_by_test_id("stAlert").first).to_contain_text("Proven", timeout=PROVEN_WITHIN_MS)
    chooser.click()
    app.get_by_role("option", name=text("compare.run", "en", name="spring review")).click()
    app.keyboard.press("Escape")
    settle(app)
    app.get_by_role("button", name=text("study.compare.start", "en"), exact=True).click()
    expect(app.get_by_role("columnheader", name=re.compile("spring review"))).to_be_visible(timeout=PROVEN_WITHIN_MS)
    # Proven for the scenario as given, which is the first case: the same samples, the same cost.
    expect(app.get_by_text("costs the same")).to_be_visible()


def test_a_click_on_the_frontier_is_adopted(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    view(app, "tradeoffs")
    app.get_by_role("button", name=text("study.frontier.start", "en")).click()
    chooser = app.get_by_role("combobox", name=text("frontier.point", "en"), exact=True)
    expect(chooser).to_have_value("1", timeout=PROVEN_WITHIN_MS)
    settle(app)
    app.get_by_test_id("stVegaLiteChart").locator("path[aria-roledescription='point']").nth(3).click(force=True)
    expect(chooser).not_to_have_value("1")
    app.get_by_role("button", name=re.compile("^Adopt plan")).click()
    expect(app).not_to_have_url(re.compile("budget_weeks=20"))
    expect(headline(app)).to_contain_text(text("status.preview", "en"))


@long_form("shown without a browser, tests/ui/test_pages.py")
def test_a_locked_product_keeps_its_reason_through_the_link(app: Page) -> None:
    open_tiny(app)
    wait_until_proven(app)
    go(app, "product")
    app.get_by_text(text("lock.header", "en")).click()
    reason = app.get_by_role("textbox", name=text("lock.reason", "en"))
    reason.fill("the workshop is full")
    # What is typed draws the page again as it loses the focus: a click meanwhile may not count.
    reason.press("Tab")
    settle(app)
    app.get_by_role("button", name=re.compile("^Lock to ")).click()
    expect(app.get_by_test_id("stAlert").filter(has_text="the workshop is full")).to_be_visible(timeout=DRAWS_WITHIN_MS)
    settle(app)
    app.reload()
    expect(app.get_by_test_id("stAlert").filter(has_text="the workshop is full")).to_be_visible(timeout=DRAWS_WITHIN_MS)


@long_form("of two sessions `test_decide.py` shows it")
def test_sessions_stay_separate(browser: Browser, app_url: str) -> None:
    contexts = [browser.new_context() for _ in range(10)]
    pages = [context.new_page() for context in contexts]
    for n, page in enumerate(pages):
        # All fetch from one server that decides for the others meanwhile: what they show is waited for below.
        address = f"{app_url}/?v=1&scenario=tiny&lang=en&holding_rate={10 + n}"
        page.goto(address, wait_until="commit", timeout=PROVEN_WITHIN_MS)
    costs = []
    for n, page in enumerate(pages):
        expect(headline(page)).to_be_visible(timeout=PROVEN_WITHIN_MS)
        expect(page.get_by_role("slider", name=text("lever.holding_rate", "en"))).to_have_value(str(10 + n))
        costs.append(int(page.get_by_test_id("stMetricValue").first.inner_text().replace(",", "")))
    assert costs == sorted(costs)
    assert len(set(costs)) == len(costs)
    for context in contexts:
        context.close()
