"""Over random inputs: one figure has the same digits wherever it is shown, a difference is that of the two figures
shown, and no rule lowers the cost.

Each seed is a scenario and levers of its own; `CODP_EVIDENCE=full` draws more of them.
"""

import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

import engine.ui.state.scenarios
from engine.report.texts.text import text as exported
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario
from engine.ui.charts import tornado
from engine.ui.state.levers import BY_NAME, LeverState, LockLever, based, levers_of, neutral, with_lever
from engine.ui.state.rules_in_force import rules_in_force
from engine.ui.text import LANGUAGES, Language, text
from engine.ui.views.downloads import plan_bytes
from engine.ui.words import MISSING, strategy_name
from engine.ui.work.proof import write_down
from tests.evidence import FULL
from tests.scenarios import random_scenario
from tests.ui.commands import Commands
from tests.ui.pages import card, number, on_page, opened, seen, shown

# One with a budget and a lock, whose costs round so that exact differences would be told otherwise.
SEEDS = range(40) if FULL else (16,)
# Ranges in which most inputs have a plan.
RANGES = {"on_time": (40.0, 95.0), "budget_weeks": (1.0, 8.0), "budget": (60.0, 120.0), "risk": (0.0, 50.0),
          "holding_rate": (5.0, 60.0), "capacity": (80.0, 150.0), "lead_time_days": (0.0, 10.0)}  # fmt: skip


def drawn(seed: int) -> tuple[Scenario, LeverState]:
    """A scenario and inputs that differ from it: some levers, perhaps a variant, a family and locks."""
    rng = np.random.default_rng(seed)
    scenario = random_scenario(
        rng, products=4, components=3, resources=seed % 2, families=("A", "B"), samples=50, name=f"case {seed}",
        variants={"other": {"scale": {"make_premium": 0.5}}},
        product_columns={"current_strategy": str(rng.choice(STRATEGIES)), "change_cost": 50.0 * (seed % 3)},
        **({"inventory_budget": 20_000.0} if seed % 4 == 3 else {}),
    )  # fmt: skip
    what_if = LeverState(scenario="case", variant=str(rng.choice(["", "", "other"])))
    given = based(scenario, what_if)
    levers = [lever for lever in levers_of(given) if lever.name != "lead_time_target" and rng.random() < 0.35]
    if any(lever.by_product for lever in levers):
        what_if = replace(what_if, family=str(rng.choice(["", "A"])))
    for lever in levers:
        low, high = RANGES.get(lever.name, (lever.low, lever.high))
        high = float(len(scenario.products)) if lever.action == "count" else high
        at = low + lever.step * int(rng.integers(0, int((high - low) / lever.step) + 1))
        if at != neutral(lever, given, what_if.family if lever.by_product else ""):
            what_if = with_lever(what_if, lever.name, at, given)
    if not any(BY_NAME[name].by_product for name, _ in what_if.moved):
        what_if = replace(what_if, family="")
    locks = tuple(
        LockLever(product=str(name), strategy=str(rng.choice(np.array(STRATEGIES)[row])), reason="a trial")
        for name, row in zip(scenario.products["product"], derive(scenario).allowed, strict=True) if rng.random() < 0.3
    )  # fmt: skip
    return scenario, replace(what_if, locks=locks)


class Read:
    """What the pages show of some inputs, as their reader sees it.

    Parameters
    ----------
    app : AppTest
    commands : Commands
    language : str
    """

    def __init__(self, app, commands: Commands, language: Language) -> None:
        self.app, self.commands, self.language = app, commands, language

    def t(self, key: str, **values: object) -> str:
        return text(key, self.language, **values)

    def at(self, what_if: LeverState) -> None:
        """Open the page Decide with these inputs, and have it proven with all that it is held against."""
        on_page(self.app, "decide")
        self.app.session_state["_next_what_if"] = what_if
        seen(self.app, "decide_view", "decisions")
        self.app.session_state["decisions_shown"] = "all"
        self.commands.settled(self.app, "solve")

    @property
    def proven(self) -> bool:
        """Whether the inputs have a plan."""
        return bool(self.app.metric) and self.t("status.proven") in str(self.app.metric[0].label)

    @property
    def headline(self) -> dict[str, str]:
        """The five figures; the saving with its sign."""
        cost, saving, inventory, on_time, lead_time = (str(metric.value) for metric in list(self.app.metric)[:5])
        dearer = self.t("headline.dearer", currency="EUR") in str(self.app.metric[1].label)
        signed = f"−{saving}" if dearer and number(saving) else saving
        return {"cost": cost, "saving": signed, "inventory": inventory, "on_time": on_time, "lead_time": lead_time}

    @property
    def lines(self) -> list[str]:
        """All that is written, by line."""
        return [line.strip() for line in shown(self.app).split("\n")]

    def table(self, column: str) -> pd.DataFrame:
        """The first table on the page that has a column."""
        return next(frame.value for frame in self.app.dataframe if column in frame.value)

    def differs(self, name: str, mine: str, other: str) -> str:
        """How the difference of two figures as shown is written; blank where there is none."""
        by = {"on_time": 1, "lead_time": 1}.get(name, 0)
        more = round(_value(mine) - _value(other), by)
        sign, size = ("+" if more > 0.0 else "−"), abs(more)
        if not size:
            return ""
        amount = f"{sign}{size:,.0f} EUR"
        return {"cost": self.t("headline.a_year", amount=amount), "inventory": amount,
                "on_time": self.t("headline.points", points=f"{sign}{size:.1f}"),
                "lead_time": self.t("headline.days", days=f"{sign}{size:.1f}")}[name]  # fmt: skip


def _value(said: str) -> float:
    return float(said.replace(",", "").replace("−", "-").replace("%", "").split()[0])


@pytest.mark.evidence
@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_and_file_tells_the_same_figures(commands, tmp_path, monkeypatch, seed: int) -> None:
    scenario, what_if = drawn(seed)
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    language = LANGUAGES[seed % len(LANGUAGES)]
    write_down(scenario, tmp_path / "case")
    page = Read(opened("case", language), commands, language)
    commands.settled(page.app, "solve")
    given = page.headline
    page.at(what_if)
    if not page.proven:
        assert any(page.t("status.stale") in str(metric.label) for metric in page.app.metric), "or no headline at all"
        return
    now = page.headline
    headline_holds(page, now, given)
    prices = rules_hold(page, what_if, now, given)
    page.at(what_if)
    locks_hold(page, what_if, prices)
    products_hold(page)
    compare_holds(page, now, given)
    page.at(what_if)
    files_hold(page, what_if, now, prices)
    if FULL:
        page.at(what_if)
        studies_hold(page, what_if, scenario, now)


def headline_holds(page: Read, now: dict[str, str], given: dict[str, str]) -> None:
    """The cards against each other, the sentence above and the strip below them."""
    strip = dict.fromkeys(("cost", "inventory", "on_time", "lead_time"), "")
    for n, name in enumerate(now):
        lines = card(page.app, n, page.language)
        if name == "saving":
            assert page.t("headline.saving.given", saving=f"{given[name]} EUR") in lines
            continue
        strip[name] = change = page.differs(name, now[name], given[name])
        told = page.t("headline.against_given", difference=change) if change else page.t("headline.as_given")
        if page.t("headline.as_given_within") in lines:
            assert name == "cost"
            assert number(change) < 0, "a rule that seems to save"
            strip[name] = page.t("headline.as_given_within")
        else:
            assert told in lines, (name, lines, told)
    against_today = page.differs("cost", "0", now["saving"])
    told = page.t("headline.against_today", difference=against_today) if against_today else page.t("headline.as_today")
    assert told in card(page.app, 0, page.language)
    first = next(line for line in page.lines if line.startswith("**"))
    assert f"{abs(number(now['saving'])):,} EUR" in first or page.t("verdict.keep") == first
    parts = {name: change or page.t("moves.unchanged") for name, change in strip.items()}
    assert page.t("moves.figures", **parts) in page.lines


def rules_hold(page: Read, what_if: LeverState, now: dict[str, str], given: dict[str, str]) -> list[str]:
    """No rule lowers the cost shown, and its price is the difference of the two costs shown; the prices as shown."""
    rules = rules_in_force(what_if)
    prices = [line.split("**", 2)[2].lstrip(":： ") for line in page.lines if line.startswith("- **")]
    assert len(prices) == len(rules), page.lines
    for rule, price in zip(rules, prices, strict=True):
        page.at(rule.without)
        if not page.proven:
            assert price == page.t("moves.price.waits")
            continue
        free = page.headline
        more, averse = page.differs("cost", now["cost"], free["cost"]), "risk" in dict(what_if.moved)
        if number(now["cost"]) < number(free["cost"]):
            # Stocks tuned for a tail have several places from which no step saves: there the proof is the limit.
            left = page.app.session_state["_verdicts"][rule.without].plan.whole_gap
            assert averse, f"{rule} lowers the cost"
            assert number(now["cost"]) >= number(free["cost"]) * (1.0 - left) - 1.0
            more = ""
        on_time = page.differs("on_time", now["on_time"], free["on_time"]) or page.t("moves.unchanged")
        assert price == (page.t("moves.price", cost=more, on_time=on_time) if more else page.t("moves.price.free"))
        assert free == given or rule.without != what_if.as_given
    return prices


def locks_hold(page: Read, what_if: LeverState, prices: list[str]) -> None:
    """The list of locks tells the prices of the strip."""
    seen(page.app, "decide_view", "variants")
    rules = rules_in_force(what_if)
    for rule, price in zip(rules, prices, strict=True):
        if rule.lock is not None:
            (line,) = [line for line in page.lines if line.startswith(f"**{rule.lock.product}** ")]
            assert line.endswith(page.t("locks.price_of", price=price)), line
        of_all = rule.kind == "locks" or (rule.lock is not None and len(what_if.locks) == 1)
        if of_all and price != page.t("moves.price.waits"):
            words = page.t("locks.price", price=f"{_amount(page, price):,} EUR", status=page.t("status.proven"))
            assert words in page.lines, (words, page.lines)


def products_hold(page: Read) -> None:
    """A product's page and its row of the table, its ledgers and what is said of them."""
    seen(page.app, "decide_view", "decisions")
    table = page.table("reason").set_index("product")
    app = on_page(page.app, "product")
    for product, row in table.iterrows():
        app.selectbox(key="product").set_value(product).run()
        assert not app.exception
        totals, chosen = _totals(page)
        cost = totals[chosen]
        assert cost == row["cost"]
        assert page.t("product.costs_a_year", cost=f"{cost:,} EUR") in shown(app)
        more = {k: total - cost for k, total in totals.items() if k != chosen}
        others = {strategy_name(k, page.language): k for k in STRATEGIES}
        if row["told"] == page.t("table.at_least"):
            assert min(more.values()) >= row["regret"], (product, totals, row)
        elif row["next_best"] != MISSING:
            assert more[others[row["next_best"].split(" ", 1)[1]]] == row["regret"], (product, totals, row)
        if not np.isnan(row["saving"]):
            assert more[others[row["current"].split(" ", 1)[1]]] == row["saving"], (product, totals, row)
        (plain,) = [str(code.value) for code in app.code]
        named = {k: page.t("ledgers.forbidden", strategy=strategy_name(k, page.language)) for k in more}
        forbidden = [k for k, words in named.items() if words in shown(app)]
        for k in set(more) - set(forbidden):
            assert f"{abs(more[k]):,} EUR" in plain or not more[k], (plain, more)
        held = [line for line in page.lines if line.startswith(page.t("whynot.more", best="@", chosen="@",
                                                                     difference="@").split("@")[0])]  # fmt: skip
        if len(forbidden) < len(more):
            least = min(more[k] for k in set(more) - set(forbidden))
            assert any(f"{abs(least):,} EUR" in line for line in held), (held, more)
        if app.radio and any(str(radio.key) == "lock_strategy" for radio in app.radio):
            wanted = str(app.radio(key="lock_strategy").value)
            said = f"**{abs(more[wanted]):,} EUR**" if wanted in more else page.t("lock.no_price")
            assert any(said in line for line in page.lines), (wanted, more)


def _totals(page: Read) -> tuple[dict[str, int], str]:
    """The last line of the ledgers by strategy, and which is chosen, in bold throughout."""
    rows = [line for line in page.lines if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    names = {strategy_name(k, page.language): k for k in STRATEGIES}
    order = [names[next(name for name in names if name in head)] for head in cells[0][1:]]
    (chosen,) = [k for k, cell in zip(order, cells[1][1:], strict=True) if cell.startswith("**")]
    total = {k: re.sub(r"[*\]]|:gray\[", "", cell) for k, cell in zip(order, cells[-1][1:], strict=True)}
    return {k: number(cell) for k, cell in total.items() if cell != MISSING}, chosen


def compare_holds(page: Read, now: dict[str, str], given: dict[str, str]) -> None:
    """The columns of Compare are the cards of the two inputs."""
    on_page(page.app, "compare")
    page.app.session_state["compare_sides"] = ["base", "now"]
    page.app.run()
    page.app.button(key="start_compare").click().run()
    page.commands.settled(page.app, "compare")
    for name, title in (("cost", "cost_per_year"), ("inventory", "inventory_value"), ("on_time", "on_time")):
        (line,) = [line for line in page.lines if line.startswith(f"| {page.t(f'column.{title}')} |")]
        first, second = (cell.strip() for cell in line.strip("|").split("|")[1:])
        assert first == given[name]
        change = page.differs(name, now[name], given[name]).split(" EUR")[0] if name != "on_time" else page.differs(
            name, now[name], given[name]
        )
        change = re.sub(r"^\D*(?=[+−])", "", change) if name == "cost" else change
        unchanged = {now[name], page.t("compare.cell", value=now[name], change="+0")}
        assert second == page.t("compare.cell", value=now[name], change=change) or (not change and second in unchanged)


def studies_hold(page: Read, what_if: LeverState, scenario: Scenario, now: dict[str, str]) -> None:
    """The plan among the points of the frontier, and where the bars of the tornado start."""
    app = seen(page.app, "decide_view", "tradeoffs")
    app.button(key="start_frontier").click().run()
    page.commands.settled(app, "frontier")
    points = next(one[0] for key, one in app.session_state["_studies"].items() if key[0] == "frontier")
    at = int(points.loc[points["plan"].astype(str) == "True", "point"].iloc[0])
    row = page.table("point").set_index("point").loc[at]
    cost = row["cost_told"] if "cost_told" in row else f"{row['cost_per_year']:,.0f}"
    assert (cost, f"{row['inventory_value']:,.0f}") == (now["cost"], now["inventory"])
    assert f"{row['on_time']:.1f}%" == now["on_time"]
    if not tornado.steps(based(scenario, what_if), what_if):
        return
    app.button(key="start_tornado").click().run()
    (asked,) = page.commands.waiting("solve")
    # The base and one step: each is a solve of its own.
    places = [word for word in asked.command[1 : asked.command.index("--out")] if word.endswith("base")]
    step = asked.command[2]
    asked.command[1 : asked.command.index("--out")] = [*places, step]
    page.commands.settled(app, "solve")
    before = page.t("tornado.about", base="@", gap="@", samples="@").split("@")[0]
    (line,) = [line for line in page.lines if line.startswith(before)]
    assert line.startswith(f"{before}{now['cost']} EUR")


def files_hold(page: Read, what_if: LeverState, now: dict[str, str], prices: list[str]) -> None:
    """The plan's folder and the reports tell the figures of the pages."""
    plan = page.app.session_state["_verdicts"][what_if].plan
    with zipfile.ZipFile(io.BytesIO(plan_bytes(plan))) as packed:
        summary = json.loads(packed.read("summary.json"))
        table = pd.read_csv(io.BytesIO(packed.read("decisions.csv"))).set_index("product")
    assert f"{summary['objective_per_year']:,.0f}" == now["cost"]
    assert f"{summary['inventory_value']:,.0f}" == now["inventory"]
    assert round(summary["today"]["cost_per_year"]) - round(summary["objective_per_year"]) == number(now["saving"])
    rows = page.table("reason").set_index("product").loc[table.index]
    assert table["expected_cost_per_year"].round().tolist() == rows["cost"].tolist()
    assert table["inventory_value"].round().tolist() == rows["inventory"].tolist()
    app = seen(on_page(page.app, "data"), "data_view", "reports")
    for form, holds in (("html", _page_holds), ("xlsx", _workbook_holds), ("pptx", _deck_holds)):
        app.radio(key="report_format").set_value(form).run()
        app.button(key="start_report").click().run()
        page.commands.settled(app, "report")
        (data,) = [one for key, one in app.session_state["_studies"].items() if key[0] == "report" and form in key[1]]
        holds(data, page, rows, now)
        if form == "html":
            _locks_told(data.decode(), page, what_if, prices)


def _amounts(now: dict[str, str]) -> tuple[str, str, str]:
    """Cost, saving and inventory as reports write them."""
    return f"{now['cost']}\xa0EUR", f"{abs(number(now['saving'])):,}\xa0EUR", f"{now['inventory']}\xa0EUR"


def _page_holds(data: bytes, page: Read, rows: pd.DataFrame, now: dict[str, str]) -> None:
    told = data.decode()
    for label, amount in zip(("cost", "saving", "inventory"), _amounts(now), strict=True):
        assert f"<dd>{amount}</dd>" in told, (label, amount)
    table = told[told.index(f"<caption>{exported('section.decisions', page.language)}</caption>") :]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", table)]
    heads = [re.split(r"[,，]", head)[0] for head in cells[0]]
    at = [heads.index(re.split(r"[,，]", exported(f"column.{name}", page.language))[0])
          for name in ("expected_cost_per_year", "inventory_value")]  # fmt: skip
    mine = {row[0]: [number(row[k]) for k in at] for row in cells[1 : 1 + len(rows)]}
    assert mine == {product: [row["cost"], row["inventory"]] for product, row in rows.iterrows()}
    total = [number(row[k]) for row in cells if row[0] == exported("total", page.language) for k in at][:2]
    assert total == [number(now["cost"]), number(now["inventory"])]


def _locks_told(told: str, page: Read, what_if: LeverState, prices: list[str]) -> None:
    """The locks of a report cost what the pages say."""
    caption = f"<caption>{exported('sheet.locks', page.language)}</caption>"
    rows = re.findall(r"<tr.*?</tr>", told[told.index(caption) :]) if caption in told else []
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    costs = {row[0]: number(row[-1]) for row in cells[1 : 1 + len(what_if.locks)]}
    for rule, price in zip(rules_in_force(what_if), prices, strict=True):
        if rule.lock is not None and price != page.t("moves.price.waits"):
            assert costs[rule.lock.product] == _amount(page, price)


def _amount(page: Read, price: str) -> int:
    """Of a rule's price in words."""
    return 0 if price == page.t("moves.price.free") else number(re.sub(r"^\D*(?=[+−])", "", price))


def _workbook_holds(data: bytes, page: Read, rows: pd.DataFrame, now: dict[str, str]) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    cover = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python() if row[0]}
    titles = ("total.cost", "total.dearer" if number(now["saving"]) < 0 else "total.saving", "total.inventory")
    told = [cover[exported(key, page.language)] for key in titles]
    assert [round(one) for one in told] == [number(now["cost"]), abs(number(now["saving"])), number(now["inventory"])]
    heads, *lines = book.get_sheet_by_name(exported("sheet.decisions", page.language)).to_python()
    named = [re.split(r"[,，\n]", str(head))[0] for head in heads]

    def of(name: str) -> int:
        return named.index(re.split(r"[,，]", exported(f"column.{name}", page.language))[0])

    for line in lines:
        if line[0] in rows.index:
            row = rows.loc[line[0]]
            assert round(line[of("expected_cost_per_year")]) == row["cost"]
            assert round(line[of("inventory_value")]) == row["inventory"]
            if not np.isnan(row["regret"]):
                assert line[of("regret_per_year")] == row["regret"]


def _deck_holds(data: bytes, page: Read, rows: pd.DataFrame, now: dict[str, str]) -> None:
    slides = Presentation(io.BytesIO(data)).slides
    told = "\n".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
    assert all(amount in told for amount in _amounts(now)), (now, told)
