"""Resources in a batch run: who shares hours is decided together, as `solve` decides them, and nobody else."""

import numpy as np
import pandas as pd
import pytest

from engine.catalog.deciding.block import pick
from engine.decision.solve import solve
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import SMALL, UNCERTIFIED, decisions, run, tables, write

LOAD = 0.5


def with_hours():
    """Two products that share a press and no part, one with a bench of its own; the press is short of hours."""
    given = tables(products=12, groups=(2,))
    kits = pd.DataFrame(given["bom"]).groupby("component")["product"].nunique()
    shared = {line["product"] for line in given["bom"] if kits[line["component"]] > 1}
    free = [row["product"] for row in given["products"] if row["product"] not in shared][:3]
    weekly = {row["product"]: row["demand_per_week"] for row in given["products"]}
    for row in given["products"]:
        # Made for orders, so that weeks in which much comes in take overtime.
        row["allowed"] = {free[0]: "MTO", free[1]: "ATO|MTO"}.get(row["product"], "MTS|ATO|MTO")
    mean = LOAD * (weekly[free[0]] + weekly[free[1]])
    given["resources"] = [
        {"resource": "press", "hours_per_week": 1.1 * mean, "overtime_hours_per_week": 20.0 * mean,
         "overtime_cost_per_hour": 30.0},
        {"resource": "bench", "hours_per_week": 50.0 * weekly[free[2]], "overtime_hours_per_week": 0.0,
         "overtime_cost_per_hour": 0.0},
    ]  # fmt: skip
    given["routing"] = [
        {"product": name, "resource": resource, "stage": "make", "hours_per_unit": LOAD}
        for name, resource in zip(free, ("press", "press", "bench"), strict=True)
    ]
    return given, free


@pytest.mark.parametrize("text", [False, True])
def test_who_shares_hours_is_decided_together_as_the_scenario_of_it_alone(tmp_path, text):
    given, (one, other, alone) = with_hours()
    options = UNCERTIFIED if text else SMALL
    result = run(write(tmp_path / "catalogue", given, text=text), tmp_path / "out", options=options)
    assert result.summary["rejected_rows"] == 0
    batch = decisions(tmp_path / "out").set_index("product")
    group = batch["group"]
    assert group[one] == group[other] > 0
    assert group[alone] not in (0, group[one])
    assert (group[group == group[one]].index.sort_values() == sorted([one, other])).all()
    scenario = read_scenario(write(tmp_path / "same", given, text=True))
    spent = 0.0
    for members in ([one, other], [alone]):
        part = pick(scenario, scenario.products["product"].isin(members).to_numpy(dtype=bool))
        plan = solve(part, samples=40, gap=SMALL.gap).plan
        found = plan.decisions.set_index("product")
        rows = batch.loc[found.index]
        assert rows["strategy"].tolist() == found["strategy"].tolist()
        for name in ("expected_cost_per_year", "cost_if_MTS", "cost_if_ATO", "cost_if_MTO", "on_time", "base_stock"):
            np.testing.assert_allclose(rows[name], found[name], rtol=1e-9, err_msg=name)
        spent += plan.ledger.loc[plan.ledger["term"] == "overtime", "cost_per_year"].sum()
    assert result.summary["terms_per_year"]["overtime"] == pytest.approx(spent, rel=1e-9)
    assert spent > 0.0


def test_rows_that_are_left_out_are_told_of_every_table(tmp_path):
    """A cell too many, or a product misspelt: hours and parts must not go missing without a word."""
    given, (one, *_) = with_hours()
    folder = write(tmp_path / "catalogue", given, text=True)
    for name, row in {
        "routing": f"{one},press,make,0.1,9\n{one}x,press,make,0.1\n", "resources": "spare,40,0,0,7\n",
        "components": "SPARE,1,2,3\n",
    }.items():  # fmt: skip
        with (folder / f"{name}.csv").open("a", encoding="utf-8") as file:
            file.write(row)
    result = run(folder, tmp_path / "out")
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    told = {table: " ".join(rows["reason"]) for table, rows in rejected.groupby("table")}
    assert set(told) == {"routing", "resources", "components"}
    assert all("under" in reason for reason in told.values())
    assert f"'{one}x' is not in products; add it there or mend the spelling" in told["routing"]
    assert result.summary["rejected_rows"] == 4
