"""Parts taken as always available: what the rule cuts, and that its price covers what it leaves out."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy import optimize, stats

from engine.catalog.deciding.always import always_uses, without_stock
from engine.catalog.results.decisions import AlwaysUse
from engine.decision.solve import solve
from engine.economics.lone.decide import decide_lone
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import SMALL, UNCERTIFIED, decisions, run, tables, write
from tests.scenarios import make_scenario


def with_screws(**screw):
    """Groups and lone products that all use one cheap part."""
    given = tables(products=16, groups=(4, 3))
    given["components"].append({"component": "SCREW", "unit_cost": 0.05, "lead_time_days": 12.0, **screw})
    kits = {line["product"] for line in given["bom"]}
    given["bom"] += [{"product": name, "component": "SCREW", "quantity": 2.0} for name in sorted(kits)]
    return given


def test_the_rule_cuts_the_catalogue_into_groups_and_bounds_stay_bounds(tmp_path):
    given = with_screws()
    catalogue = write(tmp_path / "catalogue", given)
    tied = run(catalogue, tmp_path / "tied", options=UNCERTIFIED)
    cut = run(catalogue, tmp_path / "cut", options=replace(UNCERTIFIED, always_available_share=0.01))
    assert tied.summary["layout"]["groups"] == 1
    assert cut.summary["layout"]["groups"] == 2
    assert cut.summary["layout"]["always_available"] == 1
    price = cut.summary["always_available_cost_at_most_per_year"]
    assert price > 0.0
    # Whole truth on the same samples: between the bound and the cost of the plan, but for lone products' sampling.
    frame, truth = decisions(tmp_path / "cut"), decisions(tmp_path / "tied")
    grouped = frame.loc[frame["group"] > 0, "product"]
    both = [table[table["product"].isin(grouped)]["expected_cost_per_year"].sum() for table in (frame, truth)]
    assert both[0] * (1.0 - SMALL.gap) <= both[1] <= both[0] + price + SMALL.gap * both[0]
    assert frame["expected_cost_per_year"].sum() + price == pytest.approx(cut.summary["objective_per_year"])


@pytest.mark.parametrize("lead", [12.0, 1.0])
def test_the_price_covers_the_stock_it_leaves_out(tmp_path, lead):
    """Also of screws that come faster than customers wait, and lie there until a product needs them."""
    given = with_screws(unit_cost=0.4, stocking_cost_per_year=3.0, lead_time_days=lead)
    for row in given["products"]:
        row["allowed"] = "ATO" if row["make_days"] == "" else "MTO"
    kits = {line["product"] for line in given["bom"]}
    given["products"] = [row for row in given["products"] if row["product"] in kits]
    whole = solve(read_scenario(write(tmp_path / "same", given, text=True)), samples=400, gap=1e-3).plan
    catalogue = write(tmp_path / "catalogue", given)
    cut = run(catalogue, tmp_path / "cut", options=replace(UNCERTIFIED, always_available_share=0.05, samples=400))
    summary = cut.summary
    assert summary["bound_per_year"] <= whole.objective_per_year * 1.01
    assert whole.objective_per_year <= summary["objective_per_year"] * 1.01
    screw = whole.components.set_index("component").loc["SCREW"]
    assert screw["inventory_value"] > 0.0
    if lead > 6.0:
        assert screw["products_served"] == len(given["products"])
    assert summary["always_available_cost_at_most_per_year"] >= 0.25 * screw["inventory_value"]


def test_a_part_that_is_dear_for_one_product_or_that_a_target_needs_ties(tmp_path):
    given = with_screws()
    users = {line["product"] for line in given["bom"]}
    cheap = min(float(row["unit_cost"]) for row in given["products"] if row["product"] in users)
    share = 2.0 * 0.05 / cheap
    for factor, expected in ((0.99, 0), (1.01, 1)):
        options = replace(UNCERTIFIED, always_available_share=share * factor)
        result = run(write(tmp_path / f"c{factor}", given), tmp_path / f"out{factor}", options=options)
        assert result.summary["layout"]["always_available"] == expected
    for row in given["products"]:
        row["on_time_target"] = 0.8 if row["product"] == "P1" else None
    options = replace(UNCERTIFIED, always_available_share=share * 1.01)
    result = run(write(tmp_path / "target", given), tmp_path / "out", options=options)
    assert result.summary["layout"]["always_available"] == 0


def test_the_price_covers_parts_that_come_whole_and_last_for_many_units():
    """Demand hardly varies, but most of a sheet lies there; without its stock the product has a closed form again."""
    scenario = make_scenario(
        [{"product": "P", "allowed": "ATO", "demand_cv": 0.05, "lead_time_target_days": 3.0}],
        components=[{"component": "sheet", "unit_cost": 900.0, "lead_time_days": 20.0, "whole_units": "yes"}],
        bom={"P": {"sheet": 0.004}},
    )  # fmt: skip
    plan = solve(scenario).plan
    use = always_uses(scenario, {"sheet"}, plan.decisions)["sheet"]
    assert plan.objective_per_year <= use.cost_at_most
    assert not decide_lone(scenario).exact[0]
    assert decide_lone(without_stock(scenario, {"sheet"})).exact[0]


LOST = {
    "scrap": {"quantity": 1.0, "scrap_share": 0.5},
    "loss": {"quantity": 1.5, "loss_per_order": 1.0},
}


def by_orders(lost=()):
    """Groups and lone products that all use the screw, sold by compound Poisson orders of two units."""
    given = with_screws()
    for row in given["products"]:
        row |= {"distribution": "compound_poisson", "order_size": 2.0, "demand_per_week": 12.0, "demand_cv": 0.9}
    given["bom"] = [line | dict(lost) if line["component"] == "SCREW" else line for line in given["bom"]]
    return given


def on_either_side(given, folder):
    """Summaries of runs just below and just above the share at which the screw is always available."""
    users = {line["product"] for line in given["bom"]}
    cheap = min(float(row["unit_cost"]) for row in given["products"] if row["product"] in users)
    for factor in (0.99, 1.01):
        options = replace(UNCERTIFIED, always_available_share=factor * 2.0 * 0.05 / cheap, samples=20)
        yield run(write(folder / f"{factor}", given), folder / f"{factor} out", options=options).summary


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return list(on_either_side(by_orders(), tmp_path_factory.mktemp("plain")))


@pytest.mark.parametrize("kind", LOST)
def test_what_is_lost_on_the_way_counts_in_rule_and_price(plain, tmp_path, kind):
    """Two screws a unit, said in another way: the same groups, decisions and price on either side of the limit."""
    lost = list(on_either_side(by_orders(LOST[kind]), tmp_path))
    for runs in (plain, lost):
        assert [summary["layout"]["always_available"] for summary in runs] == [0, 1]
    for one, other in zip(plain, lost, strict=True):
        for figure in ("objective_per_year", "bound_per_year", "always_available_cost_at_most_per_year"):
            assert one[figure] == pytest.approx(other[figure], rel=1e-9)


@pytest.mark.parametrize("family", ["gamma", "two points"])
def test_the_worst_case_stock_covers_any_demand(family):
    mean, sd, holding, late = 40.0, 25.0, 0.3, 9.0
    use = AlwaysUse(
        mean=Fraction(mean), variance=Fraction(sd**2), swing=Fraction(0), waiting=Fraction(0), shortage=late,
        carrying=holding, stocking=0.0, above=0.0,
    )  # fmt: skip
    if family == "gamma":
        draws = stats.gamma((mean / sd) ** 2, scale=sd**2 / mean).ppf((np.arange(100_000) + 0.5) / 100_000)
    else:
        chance = holding / (holding + late)
        spread = sd / np.sqrt(chance * (1.0 - chance))
        high = np.arange(100_000) < chance * 100_000
        draws = np.where(high, mean + spread * (1.0 - chance), mean - spread * chance)

    def cost(level):
        return holding * np.maximum(level - draws, 0.0).mean() + late * np.maximum(draws - level, 0.0).mean()

    best = optimize.minimize_scalar(cost, bounds=(0.0, 500.0), method="bounded").fun
    assert best <= use.cost_at_most * (1.0 + 1e-3)
    if family == "two points":
        # Scarf's worst case is reached.
        assert best == pytest.approx(use.cost_at_most, rel=0.01)
