"""A report to write: shared parts, capacity, today's strategies, and names that a spreadsheet would run."""

from functools import cache

import numpy as np
import pandas as pd

from engine.decision.solve import solve
from engine.evaluate.figures.readers import with_readers
from engine.report.content import Evidence, Report, make_report
from tests.scenarios import make_scenario

FORMULA = "=1+1"
EVIL = ("=HYPERLINK(1)", "+2", "-3", "@SUM(A1)", "<b>bold</b>")


@cache
def example_report() -> Report:
    """Eight products with costs of all terms; every key and name that could run does."""
    rng = np.random.default_rng(5)
    names = [FORMULA, "+A", "-B", "@C", "P5", "P6", "P7", "P8"]
    products = [
        {
            "product": name, "name": EVIL[k % 5] + str(k), "family": "F&G", "demand_cv": float(rng.uniform(0.2, 1.4)),
            "make_days": float(rng.integers(4, 30)), "assembly_days": 2.0, "make_premium": 3.0,
            "lead_time_target_days": float(rng.integers(1, 12)), "batch_setup_cost": 20.0,
            "obsolescence_per_year": 0.1, "make_order_cost": 2.0,
            "current_strategy": ("MTS", "MTO", "ATO")[k % 3], "change_cost": 10.0,
        }
        for k, name in enumerate(names)
    ]  # fmt: skip
    bom = {name: {"=P": 1.0, f"C{k % 3}": 2.0} for k, name in enumerate(names)}
    parts = [{"component": "=P", "name": "-part"}, *({"component": f"C{k}"} for k in range(3))]
    scenario = make_scenario(
        products, components=parts, bom=bom, name="Case <&> =1", samples=60,
        resources=[{"resource": "=saw", "hours_per_week": 45.0, "overtime_hours_per_week": 400.0,
                    "overtime_cost_per_hour": 3.0}],
        routing=[{"product": name, "resource": "=saw", "stage": "make", "hours_per_unit": 0.5} for name in names],
    )  # fmt: skip
    return make_report(with_readers(scenario, solve(scenario).plan), scenario)


def example_evidence() -> Evidence:
    """Evidence of every part, one column of it unknown."""
    return Evidence(
        confidence=pd.DataFrame({"product": [FORMULA, "P5"], "label": ["contested", "no-regret"],
                                 "confidence": [0.5, 0.97], "rival": ["MTO", ""], "advice": ["=x", "y"]}),
        simulation=pd.DataFrame({"product": ["P5"], "planned_cost_per_year": [100.0],
                                 "simulated_cost_per_year": [110.0]}),
        thresholds=pd.DataFrame({"product": ["P5", "P6"], "input": ["products.demand_cv", "demand_cv"],
                                 "low": [38.0, np.nan], "high": [39.0, np.nan], "strategy_below": ["MTS", ""],
                                 "strategy_above": ["MTO", ""]}),
        waves=pd.DataFrame({"wave": [0, 1, 2], "month": [0, 1, 4], "switches": [0, 2, 1],
                            "change_cost": [0.0, 20.0, 10.0], "saving_per_year": [0.0, 700.0, 90.0],
                            "saving_so_far": [0.0, 700.0, 790.0], "payback_months": [np.nan, 0.3, 1.3],
                            "inventory_value": [900.0, 800.0, 700.0]}),
        wave_switches=pd.DataFrame({"wave": [1, 1, 2], "product": [FORMULA, "P5", "P6"],
                                    "strategy_from": ["MTS", "MTS", "MTO"], "strategy_to": ["MTO", "ATO", "MTS"],
                                    "change_cost": [10.0, 10.0, 10.0], "saving_by_itself_per_year": [1.0, 2.0, 3.0]}),
        frontier=pd.DataFrame({"point": [1, 2, 3, 4], "cost_per_year": [900.0, 950.0, 990.0, 2000.0],
                               "inventory_value": [800.0, 700.0, 600.0, 900.0],
                               "promised_lead_time_days": [7.0, 7.0, 7.0, 7.0], "on_time": [0.9, 0.91, 0.92, 0.9],
                               "marginal_cost": [np.nan, 0.5, 0.4, 1.0], "rough": [False, False, True, False],
                               "kept": [True, True, True, False]}),
        cases=pd.DataFrame({"case": ["As given", "dearer capital"], "kind": "scenario", "cost_per_year": [900.4, 950.6],
                            "inventory_value": [800.0, 700.0], "on_time": [0.9, 0.91], "MTS": [3, 2], "ATO": [3, 4],
                            "MTO": [2, 2], "difference_per_year": [0.0, 50.2], "low": [0.0, 40.0], "high": [0.0, 60.0],
                            "verdict": ["the same", "dearer"]}),
    )  # fmt: skip
