"""Laws of plants: apart they cost what they cost alone, a part that they share costs no more; results name them."""

import pandas as pd
import pytest

from engine import Scenario, read_plan, solve
from engine.decision.tables.plants import by_plant
from engine.report.content import make_report
from engine.report.erp.changes import changes, known
from engine.report.erp.systems import material_master
from engine.report.files import write_plan
from engine.report.tables import plants

SETTINGS = {"holding_rate_per_year": 0.25, "samples": 60, "seed": 5}


def frames(materials, *, shared=False):
    """Products of two plants on a part of their own each, or on one for both."""
    goods = pd.DataFrame([
        {"product": name, "plant": plant, "demand_per_week": 8 + 3 * k, "demand_cv": 0.5 + 0.1 * k, "unit_cost": 250,
         "price": 400, "lead_time_target_days": 6, "assembly_days": 2, "late_cost_per_unit_day": 1.5,
         "replenishment_days": 20, "assembly_premium": 0.5, "current_strategy": "MTO"}
        for k, (name, plant) in enumerate(materials)
    ])  # fmt: skip
    own = pd.DataFrame({"component": "C", "plant": [""] if shared else ["1000", "2000"], "unit_cost": 60,
                        "lead_time_days": 21})  # fmt: skip
    lines = goods[["product", "plant"]].assign(component="C", quantity=1)
    return {"products": goods, "components": own, "bom": lines}


def cost(tables):
    return solve(Scenario.from_frames(**tables, settings=SETTINGS), gap=1e-6, compared=False).plan_or_raise()


@pytest.mark.parametrize(
    "materials", [[("P", "1000"), ("Q", "1000"), ("R", "2000")], [("P", "1000"), ("Q", "1000"), ("P", "2000")]]
)
def test_plants_that_share_nothing_cost_what_they_cost_alone(materials):
    """Of different materials, and of one material with a stock in each."""
    tables = frames(materials)
    together = cost(tables)
    alone = [
        cost({name: frame[frame["plant"] == plant] for name, frame in tables.items()}) for plant in ("1000", "2000")
    ]
    assert together.objective_per_year == pytest.approx(sum(plan.objective_per_year for plan in alone), rel=1e-9)
    told = by_plant(together.decisions).set_index("plant")["expected_cost_per_year"]
    assert told.tolist() == pytest.approx([plan.objective_per_year for plan in alone], rel=1e-9)


def test_a_part_that_plants_share_pools_and_costs_no_more():
    materials = [("P", "1000"), ("P", "2000"), ("Q", "2000")]
    apart, pooled = cost(frames(materials)), cost(frames(materials, shared=True))
    assert (pooled.decisions["strategy"] == "ATO").all()
    assert pooled.objective_per_year < apart.objective_per_year * 0.99
    assert apart.components[["component", "plant"]].to_numpy().tolist() == [["C@1000", "1000"], ["C@2000", "2000"]]
    assert "plant" not in pooled.components


def test_results_reports_and_exports_name_the_plant(tmp_path):
    tables = frames([("P", "0100"), ("P", "2000")])
    tables["components"]["plant"] = ["0100", "2000"]
    scenario = Scenario.from_frames(**tables, settings=SETTINGS)
    plan = solve(scenario).plan_or_raise()
    assert plan.decisions.columns[:2].tolist() == ["product", "plant"]
    write_plan(plan, tmp_path / "plan")
    again = read_plan(tmp_path / "plan")
    assert again.decisions["plant"].tolist() == again.components["plant"].tolist() == ["0100", "2000"]
    report = make_report(plan, scenario)
    assert plants(report)["expected_cost_per_year"].sum() == pytest.approx(plan.objective_per_year, rel=1e-12)
    told = changes(again, material_master, scenario=scenario)
    assert set(told["item"]) == {"P", "C"}
    assert set(told["plant"]) == {"0100", "2000"}
    # What was set in one plant is known of that one alone; --plant tells of one.
    done = known([told[told["plant"] == "0100"]])
    assert set(changes(again, material_master, scenario=scenario, before=done)["plant"]) == {"2000"}
    assert set(changes(again, material_master, scenario=scenario, plant="0100")["plant"]) == {"0100"}
