"""The review of a run is the small review of the same products, by partitions, whatever the order lines come in."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.catalog.results.review import review_run
from engine.catalog.results.thresholds import read_thresholds, thresholds_of_run
from engine.cli import app
from engine.decision.solve import solve
from engine.demand.fitting.classify import TARGET_QUANTILE
from engine.errors import EngineError, ScenarioError
from engine.evaluate.review.review import review
from engine.evaluate.sensitivity.thresholds import thresholds
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import decisions, run, tables, write

WEEKS = 16
SHIFTED = {"P1": 2.5, "P4": 0.2, "P13": 0.05, "P14": 0.1, "P15": 2.0, "P16": 0.1}
SAME = ["strategy", "verdict", "since", "told_on", "planned_per_week", "level_per_week", "level_low", "level_high"]


def order_lines(given, seed=3):
    """A line a week of each product; demand that has moved for some; a slip of the year, and a product nobody knows."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2027-01-04", periods=WEEKS, freq="7D")
    lines = [
        pd.DataFrame({"order_date": days, "product": row["product"], "quantity": np.round(
            row["demand_per_week"] * SHIFTED.get(row["product"], 1.0) * rng.gamma(4.0, 0.25, WEEKS), 2) + 0.01})
        for row in given["products"]
    ]  # fmt: skip
    more = pd.DataFrame({"order_date": pd.to_datetime(["2027-04-25", "2077-01-01", "2027-02-01"]),
                         "product": ["P2", "P2", "X"], "quantity": [0.01, 5.0, 1.0]})  # fmt: skip
    return pd.concat([*lines, more], ignore_index=True).sample(frac=1.0, random_state=1, ignore_index=True)


def stocked_tables():
    """A stock that little is taken from is not worth having."""
    given = tables(products=20, groups=(3, 5, 4))
    for row in (*given["products"], *given["components"]):
        row["stocking_cost_per_year"] = 600.0
    return given


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of Parquet, the same case as a scenario with the run's plan, and new order lines."""
    folder = tmp_path_factory.mktemp("review")
    given = stocked_tables()
    run(write(folder / "catalogue", given), folder / "run")
    scenario = read_scenario(write(folder / "scenario", given, text=True))
    plan = solve(scenario).plan_or_raise()
    goods = decisions(folder / "run").set_index("product").loc[scenario.products["product"]]
    parts = pd.concat([pd.read_parquet(path) for path in sorted((folder / "run/components").glob("*.parquet"))])
    base = parts.set_index("component")["base_stock"].reindex(scenario.components["component"]).fillna(0.0)
    plan = replace(
        plan, components=plan.components.assign(base_stock=base.to_numpy()), decisions=plan.decisions.assign(
            strategy=goods["strategy"].to_numpy(), base_stock=goods["base_stock"].to_numpy()),
    )  # fmt: skip
    lines = order_lines(given)
    lines.to_parquet(folder / "orders.parquet")
    (folder / "parts").mkdir()
    for k, piece in enumerate(np.array_split(np.arange(len(lines)), 3)):
        lines.iloc[piece].to_parquet(folder / f"parts/{k}.parquet")
    lines.to_csv(folder / "orders.csv", index=False)
    rows = lines.assign(order_date=lines["order_date"].dt.strftime("%Y-%m-%d"))
    rows[rows["product"] != "X"].to_csv(folder / "scenario/orders.csv", index=False)
    orders = read_scenario(folder / "scenario").orders
    return folder, review(scenario, plan, orders), (scenario, plan, orders)


@pytest.fixture(scope="module")
def found(made):
    folder, *_ = made
    return review_run(folder / "run", folder / "catalogue", folder / "orders.parquet", folder / "out")


def rows_of(out):
    tables_found = [pd.read_parquet(path) for path in sorted((out / "review").glob("*.parquet"))]
    return pd.concat(tables_found).set_index("product")


def test_the_run_has_several_partitions(made, found):
    folder, *_ = made
    assert found.summary["products"] == 20
    assert len(list((folder / "out/review").glob("*.parquet"))) > 1


def test_verdicts_levels_and_money_are_those_of_the_small_review(made, found):
    folder, small, _ = made
    theirs = small.products.set_index("product")
    mine = rows_of(folder / "out").loc[theirs.index]
    pd.testing.assert_frame_equal(mine[SAME], theirs[SAME], check_dtype=False, check_exact=False, rtol=1e-12)
    told = theirs["verdict"] != "holds"
    assert 3 <= told.sum() < len(theirs)
    assert (theirs["verdict"] == "decide again").any()
    assert mine.loc[told, "strategy_again"].tolist() == theirs.loc[told, "strategy_again"].tolist()
    assert mine["regret_so_far"].to_numpy() == pytest.approx(theirs["regret_so_far"].to_numpy(), rel=1e-9)
    assert found.summary["counts"] == small.summary["counts"]
    for name in ("saving_per_year", "regret_so_far", "weeks", "first_day", "last_day", "products"):
        theirs = small.summary[name]
        assert found.summary[name] == (pytest.approx(theirs, rel=1e-9) if isinstance(theirs, float) else theirs)
    assert found.summary["lines_of_other_products"] == 1


def test_a_folder_says_the_same(made, found):
    folder, *_ = made
    again = review_run(folder / "run", folder / "catalogue", folder / "parts")
    assert again.summary["saving_per_year"] == pytest.approx(found.summary["saving_per_year"], rel=1e-12)
    pd.testing.assert_frame_equal(again.told, found.told)


@pytest.mark.parametrize("with_orders", [True, False])
def test_a_run_in_todays_world_is_reviewed_as_the_scenario_is(made, tmp_path, with_orders):
    """Dearer to stock, slower a part, dearer a product of a group; rows in another order, and a part that is new."""
    folder, _, (scenario, plan, orders) = made
    given = stocked_tables()
    given["products"][0] |= {"stocking_cost_per_year": 9000.0, "make_premium": 0.0}
    given["components"][1]["lead_time_days"] = 60.0
    grouped = next(row for row in given["products"] if row["product"] == "P5")
    grouped["assembly_premium"] *= 20.0
    given["components"].append({"component": "NEW", "unit_cost": 3.0, "lead_time_days": 9.0})
    given["bom"].append({"product": "P20", "component": "NEW", "quantity": 1.0})
    given["products"].reverse()
    write(tmp_path / "today", given)
    now = read_scenario(write(tmp_path / "now", given, text=True))
    small = review(scenario, plan, orders if with_orders else None, now=now)
    lines = folder / "orders.parquet" if with_orders else None
    run_and_data = (folder / "run", folder / "catalogue")
    mine = review_run(*run_and_data, lines, tmp_path / "out", now=tmp_path / "today")
    theirs = small.products.set_index("product")
    rows = rows_of(tmp_path / "out").loc[theirs.index]
    assert {"P5", given["products"][-1]["product"], "P20"} <= set(theirs.index[theirs["moved"] != ""])
    told = theirs["verdict"] != "holds"
    assert (theirs["verdict"] == "decide again").any()
    assert rows["verdict"].tolist() == theirs["verdict"].tolist()
    assert rows["moved"].tolist() == theirs["moved"].tolist()
    assert rows.loc[told, "strategy_again"].tolist() == theirs.loc[told, "strategy_again"].tolist()
    assert rows["regret_so_far"].to_numpy() == pytest.approx(theirs["regret_so_far"].to_numpy(), rel=1e-9, nan_ok=True)
    for name in ("weeks", "counts", "last_day", "moved"):
        assert mine.summary[name] == small.summary[name]
    # Stocks of the strategies as they are, tuned group by group or all together.
    assert mine.summary["saving_per_year"] == pytest.approx(small.summary["saving_per_year"], rel=1e-3)


def test_todays_catalogue_has_the_products_of_the_run_in_its_groups(made, tmp_path):
    folder, *_ = made
    run_and_data = (folder / "run", folder / "catalogue")
    with pytest.raises(EngineError, match="nothing has come since"):
        review_run(*run_and_data)
    given = stocked_tables()
    gone = given["products"].pop()["product"]
    given["bom"] = [line for line in given["bom"] if line["product"] != gone]
    arguments = ["review", str(run_and_data[0]), "--scenario", str(run_and_data[1])]
    assert CliRunner().invoke(app, arguments).exit_code == 2
    done = CliRunner().invoke(app, [*arguments, "--now", str(write(tmp_path / "gone", given))])
    assert f"are not there now, or without demand: {gone}; solve" in str(done.exception)
    given = stocked_tables()
    given["products"].append({**given["products"][0], "product": "Z"})
    with pytest.raises(EngineError, match="are not in the plan: Z; solve"):
        review_run(*run_and_data, now=write(tmp_path / "new", given))
    given = stocked_tables()
    parts = {row["product"]: row["component"] for row in given["bom"]}
    given["bom"] += [{"product": "P1", "component": parts["P9"], "quantity": 0.5}]
    with pytest.raises(EngineError, match="link 7 products now that the run decided apart; run the batch again"):
        review_run(*run_and_data, now=write(tmp_path / "linked", given))


def test_what_cannot_be_reviewed_is_told(made, tmp_path):
    folder, *_ = made
    with pytest.raises(EngineError, match="there are no order lines"):
        review_run(folder / "run", folder / "catalogue", tmp_path / "none.parquet")
    with pytest.raises(EngineError, match="holds no complete batch run"):
        review_run(tmp_path, folder / "catalogue", folder / "orders.csv")
    with pytest.raises(EngineError, match=r"made from other data than this catalogue:\n  - "):
        review_run(folder / "run", write(tmp_path / "other", tables(products=4, groups=())), folder / "orders.csv")
    with pytest.raises(EngineError, match="holds a batch run; name another folder"):
        review_run(folder / "run", folder / "catalogue", folder / "orders.csv", folder / "run")
    (tmp_path / "bad.csv").write_text("order_date,product,quantity\n2027-13-01,P1,3\n2027-01-05,P1,x\n")
    with pytest.raises(ScenarioError, match=r"bad.csv:3:quantity: 'x' is not a number") as caught:
        review_run(folder / "run", folder / "catalogue", tmp_path / "bad.csv")
    assert len(caught.value.issues) == 2
    (tmp_path / "strange.csv").write_text("order_date,product,quantity\n2027-01-05,Z,3\n")
    with pytest.raises(EngineError, match="name no product of the plan"):
        review_run(folder / "run", folder / "catalogue", tmp_path / "strange.csv")


def test_the_command_says_it_in_one_line(made, found, tmp_path):
    folder, *_ = made
    arguments = ["review", str(folder / "run"), "--scenario", str(folder / "catalogue"), "--orders",
                 str(folder / "orders.csv"), "--out", str(tmp_path / "out")]  # fmt: skip
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    counts = found.summary["counts"]
    left = counts["drifting"] + counts["decide again"]
    assert f"case: {left} of 20 products have left the plan's demand, {counts['decide again']} to decide" in done.output
    assert f"so far the plan has cost {found.summary['regret_so_far']:,.0f} EUR more" in done.output
    summary = json.loads((tmp_path / "out/summary.json").read_text(encoding="utf-8"))
    assert {name: summary[name] for name in ("counts", "saving_per_year", "lines")} == {
        name: found.summary[name] for name in ("counts", "saving_per_year", "lines")
    }
    pd.testing.assert_frame_equal(rows_of(tmp_path / "out"), rows_of(folder / "out"))
    refused = CliRunner().invoke(app, [*arguments, "--variant", "v"])
    assert refused.exit_code == 2


@pytest.mark.usefixtures("fewer_values")
def test_flips_of_a_run_are_those_of_its_scenario_and_stand_in_its_review(made, tmp_path):
    """A lone product and one of a group, each with its group alone; the level since has passed the lone one's flip."""
    folder, _, (scenario, plan, orders) = made
    run_and_data = (folder / "run", folder / "catalogue")
    names = ["P13", "P1"]
    arguments = ["batch", "thresholds", str(run_and_data[0]), "--scenario", str(run_and_data[1]), "--out",
                 str(tmp_path / "flips"), *(part for name in names for part in ("--product", name))]  # fmt: skip
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    flips = read_thresholds(tmp_path / "flips", folder / "run")
    whole = thresholds(scenario, products=names, inputs=["demand_per_week"], samples=int(plan.summary["samples"]),
                       seed=int(plan.summary["seed"])).table  # fmt: skip
    both = [table.sort_values(["product", "side"], ignore_index=True) for table in (flips, whole)]
    same = ["product", "side", "status", "low", "high", "sampling_low", "sampling_high"]
    pd.testing.assert_frame_equal(both[0][same], both[1][same], check_exact=False, rtol=1e-3)
    assert (flips["strategy_below"].fillna("") != "").any()
    small = review(scenario, plan, orders, thresholds=whole).products.set_index("product")
    mine = review_run(*run_and_data, folder / "orders.parquet", tmp_path / "out", thresholds=flips)
    rows = rows_of(tmp_path / "out").loc[small.index]
    assert rows["crossed"].tolist() == small["crossed"].tolist()
    columns = [name for name in rows if name.startswith("flip_")]
    assert np.isfinite(rows[columns].to_numpy(dtype=float)).any()
    assert rows[columns].to_numpy() == pytest.approx(small[columns].to_numpy(), rel=1e-3, nan_ok=True)
    assert mine.summary["crossed"] == int((small["crossed"].isin(["above", "below"]) & (small["told_on"] != "")).sum())


@pytest.mark.usefixtures("fewer_values")
def test_thresholds_of_a_run_look_at_what_is_near_and_refuse_what_is_not_there(made, tmp_path):
    folder, *_ = made
    run_and_data = (folder / "run", folder / "catalogue")
    found = thresholds_of_run(*run_and_data, most=1)
    near = decisions(folder / "run").assign(share=lambda rows: rows["regret_per_year"] / rows["expected_cost_per_year"])
    assert found.table["product"].unique().tolist() == [near.sort_values("share")["product"].iloc[0]]
    with pytest.raises(EngineError, match="the run decided none of these: X"):
        thresholds_of_run(*run_and_data, products=["X"])
    with pytest.raises(EngineError, match="there is no input 'colour'"):
        thresholds_of_run(*run_and_data, inputs=["colour"])
    with pytest.raises(EngineError, match="holds nothing that codp"):
        read_thresholds(tmp_path, folder / "run")
    found.table.to_csv(tmp_path / "thresholds.csv", index=False)
    (tmp_path / "summary.json").write_text('{"input_sha256": "another"}')
    with pytest.raises(EngineError, match="holds thresholds of other data than the run's"):
        read_thresholds(tmp_path, folder / "run")


def test_what_customers_ask_for_is_looked_at_beside_the_lines_before(tmp_path):
    """Customers of a lone product and one of a group ask for a third of the time now; a promise stays one."""
    given, rng = stocked_tables(), np.random.default_rng(8)
    names = ("P1", "P7", "P14", "P15")
    waits = {name: rng.integers(9, 20, 40) for name in names}
    for row in given["products"]:
        if row["product"] in names[:3]:
            row["lead_time_target_days"] = float(np.quantile(waits[row["product"]], TARGET_QUANTILE, method="lower"))
    days = pd.date_range("2026-01-05", periods=40, freq="7D")
    rows = [(day, name, 5.0, day + pd.Timedelta(days=int(wait)))
            for name in names for day, wait in zip(days, waits[name], strict=True)]  # fmt: skip
    since = pd.Timestamp("2027-01-04")
    lines = order_lines(given)
    lines = lines[lines["product"] != "X"]
    lines = lines[lines["order_date"] < "2030-01-01"].reset_index(drop=True)
    asked = lines["product"].map({"P1": 3, "P14": 4, "P7": 14, "P15": 3}).fillna(20)
    lines["requested_date"] = lines["order_date"] + pd.to_timedelta(asked, unit="D")
    known = pd.DataFrame(rows, columns=["order_date", "product", "quantity", "requested_date"])
    every = pd.concat([known, lines], ignore_index=True)
    run(write(tmp_path / "catalogue", given), tmp_path / "run")
    every.to_parquet(tmp_path / "every.parquet")
    case = write(tmp_path / "scenario", given, text=True)
    texts = every.assign(**{name: every[name].dt.strftime("%Y-%m-%d") for name in ("order_date", "requested_date")})
    texts[every["order_date"] < since].to_csv(case / "orders.csv", index=False)
    scenario = read_scenario(case)
    texts[every["order_date"] >= since].to_csv(case / "orders.csv", index=False)
    small = review(scenario, solve(scenario).plan_or_raise(), read_scenario(case).orders).products.set_index("product")
    review_run(tmp_path / "run", tmp_path / "catalogue", tmp_path / "every.parquet", tmp_path / "out", since=since)
    mine = rows_of(tmp_path / "out").loc[small.index]
    target = "lead_time_target_days"
    assert small.index[small["moved"] == target].tolist() == ["P1", "P14"]
    assert mine["moved"].tolist() == small["moved"].tolist()
    for name in ("target_days", "planned_target_days"):
        assert mine[name].to_numpy() == pytest.approx(small[name].to_numpy(), nan_ok=True)
    assert mine.loc[["P1", "P14"], "target_days"].tolist() == [3.0, 4.0]
    assert mine["verdict"].tolist() == small["verdict"].tolist()
    # Without the day from which lines count nobody knows what was asked for before.
    review_run(tmp_path / "run", tmp_path / "catalogue", tmp_path / "every.parquet", tmp_path / "again")
    assert rows_of(tmp_path / "again")["target_days"].isna().all()
