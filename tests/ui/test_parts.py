"""The parts of pages that need no page: time lines, curves, crossings, the tornado's steps, progress of runs."""

import json

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.economics.build import build_instance
from engine.evaluate.sensitivity.lone_move import LoneMove, alone
from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.files import write_results
from engine.ui.charts.charts import LESS, MORE, NEUTRAL, OTHERS
from engine.ui.charts.curves import Curves, crossings, curves
from engine.ui.charts.product_charts import PHASES, waterfall_chart
from engine.ui.charts.timeline import timeline
from engine.ui.charts.tornado import steps
from engine.ui.pages.compare import cases_table, verdict
from engine.ui.state.levers import LeverState
from engine.ui.views.product.timeline import histogram
from engine.ui.work import runs
from engine.ui.work.compare_study import Compared
from engine.ui.work.runs import Run, Standing, new_run, progress, registry, run_of
from engine.ui.work.trust_study import simulation_study
from tests.scenarios import make_scenario, random_scenario

PARTS = {"components": [{"lead_time_days": 20}], "bom": {"P1": {"C1": 1}}}


def test_the_time_line_cuts_at_the_order_and_at_the_promise() -> None:
    row = {"lead_time_target_days": 10.0, "delivery_days": 2.0, "assembly_days": 3.0, "replenishment_days": 30.0}
    bars, target = timeline(make_scenario([row], **PARTS), "P1")
    assert target == 10.0
    stock = bars[(bars["strategy"] == "MTS") & (bars["step"] == "make")]
    assert stock[["start", "end", "phase"]].to_numpy().tolist() == [[-22.0, 0.0, "ahead"], [0.0, 8.0, "after"]]
    part = bars[bars["item"] == "C1"]
    assert part[["start", "end"]].to_numpy().tolist() == [[-15.0, 0.0], [0.0, 5.0]]
    made = bars[(bars["strategy"] == "MTO") & (bars["step"] == "make")]
    assert made[["start", "end", "phase"]].to_numpy().tolist() == [[0.0, 8.0, "after"], [8.0, 23.0, "late"]]
    assert bars[bars["step"] == "deliver"]["end"].tolist() == [10.0, 10.0, 25.0]


def test_curves_pass_through_the_cost_now() -> None:
    scenario = random_scenario(np.random.default_rng(3), products=3, components=3, samples=60)
    instance = build_instance(scenario)
    strategy = np.zeros(3, dtype=np.int64)
    found, told = (
        curves(scenario, instance, strategy, "P1", "demand_cv", more=np.array([0.0, more, more]))
        for more in (np.nan, 7.0)
    )
    at = found.points.tolist().index(found.now)
    now = LoneMove(instance, strategy, 0, seed=scenario.settings.seed).costs(alone(scenario, "P1"))
    assert found.costs[at] == pytest.approx(now)
    # What the plan tells stands there instead, and moves the whole curve.
    assert told.costs[at] - now[0] == pytest.approx(np.where(np.isfinite(now), [0.0, 7.0, 7.0], np.inf), abs=1e-6)
    assert (told.costs - told.costs[at])[0] == pytest.approx((found.costs - found.costs[at])[0], abs=1e-6, nan_ok=True)


def steps_of(first: float, *changes: float) -> pd.DataFrame:
    at = np.cumsum([first, *changes]).tolist()
    parts = [("more" if change > 0 else "less", low, low + change) for low, change in zip(at, changes, strict=False)]
    rows = [("MTS", 0.0, first), *parts, ("ATO", 0.0, at[-1])]
    return pd.DataFrame([(f"step {n}", k, low, high, high - low) for n, (k, low, high) in enumerate(rows)],
                        columns=["step", "kind", "start", "end", "change"])  # fmt: skip


def ends(expression: str, width: int) -> float:
    """What the browser makes of an expression."""
    return float(eval(expression, {"width": width, "max": max}))


@pytest.mark.parametrize(("steps", "zoomed"), [
    (steps_of(100_000.0, 4_000.0, -1_500.0), True),
    (steps_of(2_000.0, 1_700.0, 1_500.0), False),
    (steps_of(1_000.0, -1_400.0), False),
])  # fmt: skip
def test_a_waterfall_shows_what_differs(steps: pd.DataFrame, zoomed: bool) -> None:
    """Changes of some percents are seen; no bar leaves the axis, and one that is cut says so."""
    drawn = waterfall_chart(steps, words={"cost": "EUR", "cut": "cut", "change": "", "step": ""}).to_dict()
    bars = drawn["layer"][0]
    scale = bars["encoding"]["x"]["scale"]
    low, (narrow, high) = scale["domainMin"], (ends(scale["domainMax"]["expr"], width) for width in (250, 900))
    assert (low > 0.0, bars["encoding"]["x"]["title"]) == (zoomed, "cut" if zoomed else "EUR")
    rows = drawn["datasets"][bars["data"]["name"]]
    assert all(low <= min(row["start"], row["end"]) and max(row["start"], row["end"]) <= high for row in rows)
    widest = max(abs(row["end"] - row["start"]) for row in rows if row["kind"] in ("more", "less"))
    assert widest > 0.25 * (high - low)
    longest = max(max(row["start"], row["end"]) for row in rows)
    for end, width in ((narrow, 250), (high, 900)):
        assert (end - longest) / (end - low) * width >= 63.9, "room for a number beside it"


def test_a_colour_of_a_strategy_means_nothing_else() -> None:
    assert not set(STRATEGY_COLOURS.values()) & {LESS, MORE, NEUTRAL, *OTHERS, *PHASES.values()}


def test_differences_of_cases_are_those_of_the_figures_shown(monkeypatch) -> None:
    monkeypatch.setattr("engine.ui.language.language", lambda: "en")
    monkeypatch.setattr("engine.ui.pages.compare.language", lambda: "en")
    counts = {"MTS": 1, "ATO": 1, "MTO": 1, "inventory_value": 10.0}
    rows = [{"case": "a", "cost_per_year": 1000.4, "on_time": 0.91249, **counts},
            {"case": "b", "cost_per_year": 1500.6, "on_time": 0.90651, "verdict": "dearer", "low": 1.0, "high": 2.0,
             "difference_per_year": 500.2, **counts}]  # fmt: skip
    others = dict.fromkeys(["terms", "switches", "rules", "replaced"])
    compared = Compared(cases=pd.DataFrame(rows), summary={}, **others)
    told = cases_table(compared, {"a": "A", "b": "B"}, relative=False)
    assert "| 1,000 | 1,501 (+501) |" in told
    assert "| 91.2% | 90.7% (−0.5 points) |" in told
    assert "501 EUR" in verdict(rows[1], {"b": "B"}, "EUR", first=1000.4)


def test_crossings_stand_where_straight_lines_cross() -> None:
    found = Curves(points=np.array([0.0, 10.0]), costs=np.array([[0.0, 4.0, np.inf], [10.0, 4.0, np.inf]]), now=0.0)
    (flip,) = crossings(found)
    assert (flip.value, flip.cost, flip.before, flip.after) == (pytest.approx(4.0), pytest.approx(4.0), "MTS", "ATO")


def test_bars_meet_at_the_level() -> None:
    demand = np.array([0.0, 1.0, 5.0, 9.5, 10.0])
    table = histogram(demand, 5.0, met="met", short="short")
    assert table["share"].sum() == pytest.approx(1.0)
    assert (table.loc[table["met"] == "met", "high"] <= 5.0 + 1e-9).all()
    assert (table.loc[table["met"] == "short", "low"] >= 5.0 - 1e-9).all()


def test_whole_units_have_a_bar_each() -> None:
    table = histogram(np.array([0.0, 0.0, 1.0, 2.0, 3.0]), 2.0, met="met", short="short")
    assert table[["low", "high"]].mean(axis=1).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert table["met"].tolist() == ["met", "met", "met", "short"], "a level of two meets a demand of two"
    assert table["share"].iloc[0] == pytest.approx(0.4)


def test_steps_go_both_ways_within_the_levers_range() -> None:
    scenario = make_scenario(**PARTS)
    found = {(step.lever, step.side): step.position for step in steps(scenario, LeverState(scenario="case"))}
    assert found["holding_rate", "low"] == 20.0
    assert found["holding_rate", "high"] == 30.0
    assert found["demand_cv", "high"] == 120.0
    assert ("on_time", "low") not in found, "there is nothing below zero"
    assert not any(lever == "risk" for lever, _ in found)


def test_a_run_is_known_by_its_key_alone(monkeypatch) -> None:
    run = new_run(make_scenario(**PARTS))
    assert run_of(run.key) == run
    assert run_of("run-" + "0" * 32) is None
    assert run_of("../" + run.key) is None
    assert registry().standing(run) is Standing.STOPPED


def test_progress_is_read_from_the_last_line(tmp_path) -> None:
    run = Run(key="run-x", folder=tmp_path, about={})
    assert progress(run) is None
    (tmp_path / "stderr").write_text(
        "  laying out\n  3/16 partitions, 1,200 of 4,800 products, 40 a second, 1 min 30 s left\n", "utf-8"
    )
    found = progress(run)
    assert (found.share, found.done, found.seconds_left) == (0.25, 1200, 90)


def test_old_runs_give_way(monkeypatch) -> None:
    monkeypatch.setattr(runs, "_MOST", 2)
    kept = [new_run(make_scenario(**PARTS)) for _ in range(3)]
    assert run_of(kept[0].key) is None
    assert json.loads((kept[2].folder / "about.json").read_text("utf-8"))["products"] == 1


def test_a_study_is_read_with_the_names_that_the_command_had(tmp_path) -> None:
    scenario = make_scenario([{}], samples=20)
    study = simulation_study(scenario, solve(scenario).plan)
    table = pd.DataFrame({"product": ["=1+1", "NA", "01"], "cost": [1.0, np.nan, 3.0], "why": ["+x", "", "y"]})
    write_results(tmp_path / "out", {"products": table}, {"samples": 20})
    found = study.read(tmp_path, 0)
    assert found.tables["products"]["product"].tolist() == ["=1+1", "NA", "01"]
    assert found.tables["products"]["cost"].isna().tolist() == [False, True, False]
    # A report is handed these tables again, to be read as evidence.
    write_results(tmp_path / "again", found.tables, found.summary)
    assert (tmp_path / "again" / "products.csv").read_bytes() == (tmp_path / "out" / "products.csv").read_bytes()
