"""Seasons, segments and cut-offs of a catalogue: decided as `codp solve` decides the same products."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.catalog.deciding.block import pick
from engine.catalog.intake.layout import plan_layout
from engine.catalog.intake.rejected import read_rejected
from engine.catalog.intake.source import open_catalogue
from engine.decision.plan import at_least_of
from engine.decision.solve import solve
from engine.errors import ScenarioError
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import SMALL, UNCERTIFIED, decisions, run, tables, write

SAMPLES = 40
QUARTERS = (0.4, 1.6, 1.4, 0.6)
COSTS = ("expected_cost_per_year", "cost_if_MTS", "cost_if_ATO", "cost_if_MTO", "base_stock", "on_time")


def owned_tables():
    """A season of a product and of a family, segments of another, of products in groups and lone ones."""
    given = tables()
    family = given["products"][0]["family"]
    free = [row["product"] for row in given["products"] if row["family"] != family]
    seasons = [
        {"product": name, "family": of, "period": float(k), "factor": factor}
        for name, of in ((free[0], None), (None, family)) for k, factor in enumerate(QUARTERS, start=1)
    ]  # fmt: skip
    segments = [
        {"product": name, "family": None, "segment": segment, "lead_time_target_days": days, "share": share}
        for name in free[1:5] for segment, days, share in (("now", 2.0, 0.3), ("later", 16.0, 0.7))
    ]  # fmt: skip
    for row in given["products"]:
        if row["product"] in free[1:3]:
            # Its segments say it.
            row["lead_time_target_days"] = float("nan")
    return {**given, "seasons": seasons, "segments": segments}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """The catalogue and its run."""
    folder = tmp_path_factory.mktemp("owned")
    catalogue = write(folder / "catalogue", owned_tables())
    return catalogue, folder / "out", run(catalogue, folder / "out", options=SMALL)


def test_products_with_a_season_or_segments_are_decided_as_scenarios(case, tmp_path):
    _, out, result = case
    scenario = read_scenario(write(tmp_path / "same", owned_tables(), text=True))
    batch = decisions(out).set_index("product")
    assert result.summary["rejected_rows"] == 0
    assert len(batch) == len(scenario.products)
    calendar = pd.concat([pd.read_parquet(path) for path in sorted(out.glob("stock_calendar/*.parquet"))])
    touched = set(scenario.segments["product"]) | set(scenario.seasons["product"]) | set(
        scenario.products.loc[scenario.products["family"].isin(scenario.seasons["family"]), "product"]
    )  # fmt: skip
    solved, weeks = {}, 0
    for name in sorted(touched - {""}):
        assert batch.loc[name, "basis"] == "sampled"
        number = batch.loc[name, "group"]
        members = batch.index[batch["group"] == number] if number else [name]
        if tuple(members) not in solved:
            part = pick(scenario, scenario.products["product"].isin(members).to_numpy(dtype=bool))
            solved[tuple(members)] = solve(part, samples=SAMPLES, gap=SMALL.gap, certified=False).plan
        alone = solved[tuple(members)]
        plan = alone.decisions.set_index("product").loc[name]
        assert batch.loc[name, "strategy"] == plan["strategy"]
        # A run of many groups tells bounds where the choice is far, a scenario of few products all of them exactly.
        bounds = [f"cost_if_{k}" for k in at_least_of(batch.loc[name])]
        same = [column for column in COSTS if column not in bounds]
        np.testing.assert_allclose(batch.loc[name, same].astype(float), plan[same].astype(float), rtol=1e-9)
        assert (batch.loc[name, bounds].astype(float) <= (1.0 + 1e-9) * plan[bounds].astype(float).fillna(np.inf)).all()
        theirs = alone.stock_calendar
        mine = calendar[calendar["item"].isin(theirs["item"])]
        weeks += len(theirs)
        if theirs.empty:
            assert mine.empty
            continue
        pd.testing.assert_frame_equal(
            mine.sort_values(["item", "period"], ignore_index=True),
            theirs.sort_values(["item", "period"], ignore_index=True).astype({"period": float}), rtol=1e-9,
        )  # fmt: skip
    assert weeks > 52


def test_their_results_hang_on_no_partition_and_no_form(case, tmp_path):
    _, out, _ = case
    other = run(write(tmp_path / "text", owned_tables(), text=True), tmp_path / "one")
    assert other.summary["rejected_rows"] == 0
    both = decisions(out), decisions(other.out)
    first, second = (frame.sort_values("product", ignore_index=True) for frame in both)
    pd.testing.assert_frame_equal(first, second)
    few = run(write(tmp_path / "few", owned_tables()), tmp_path / "two", options=replace(UNCERTIFIED, partitions=1))
    pd.testing.assert_frame_equal(first, decisions(few.out).sort_values("product", ignore_index=True))


@pytest.mark.parametrize(
    ("table", "rows", "gone", "words"),
    [
        ("seasons", [("", "F0", 1.0, 1.0), ("", "F0", 2.0, 1.0)], "family", "has no row for 3, 4"),
        ("seasons", [("P1", "", k, 2.0) for k in (1.0, 2.0, 3.0, 4.0)], "P1", "average 2 instead of 1"),
        ("seasons", [("Z", "", 1.0, 1.0)], "", "'Z' is no product of products"),
        ("seasons", [("", "Q", 1.0, 1.0)], "", "'Q' is no family of products"),
        ("seasons", [("P1", "F0", 1.0, 1.0)], "", "names a product and a family"),
        ("seasons", [("", "", 1.0, 1.0)], "", "name one of them"),
    ],
)
def test_a_faulty_season_costs_its_products_and_no_others(tmp_path, table, rows, gone, words):
    given = tables(products=9, groups=())
    names = ("product", "family", "period", "factor")
    frame = [dict(zip(names, [cell or None for cell in row], strict=True)) for row in rows]
    out = tmp_path / "out"
    run(write(tmp_path / "catalogue", {**given, table: frame}), out)
    lost = {row["product"] for row in given["products"] if gone == "family" and row["family"] == "F0"}
    lost |= {gone} - {"family", ""}
    told = read_rejected(out / "rejected.csv")
    assert all(words in row.reason for row in told)
    assert told
    assert set(decisions(out)["product"]) == {row["product"] for row in given["products"]} - lost


def sizes_case(folder):
    """Two products of orders of 1 to 5 and, one in twenty, of 60; one with the table of their sizes."""
    given = tables(products=4, groups=())
    for row in given["products"]:
        row.update(large_order_target_days=40.0, order_size=5.85, distribution="gamma", demand_cv=1.5, make_days=20.0,
                   late_cost_per_unit_day=5.0, lead_time_target_days=2.0, allowed="MTS|MTO")  # fmt: skip
    sizes = [
        {"product": row["product"], "units": units, "orders": count}
        for row in given["products"] for units, count in (*((float(k), 19) for k in range(1, 6)), (60.0, 5))
    ]  # fmt: skip
    catalogue = write(folder, given)
    (catalogue / "order_sizes").mkdir()
    pq.write_table(pa.Table.from_pylist(sizes), catalogue / "order_sizes" / "00000.parquet")
    return catalogue, given


def test_a_cut_off_is_chosen_among_the_sizes_of_the_table(tmp_path):
    catalogue, given = sizes_case(tmp_path / "catalogue")
    out = tmp_path / "out"
    assert run(catalogue, out, options=SMALL).summary["rejected_rows"] == 0
    found = decisions(out).set_index("product").sort_index()
    frame = pd.DataFrame(given["products"]).assign(make_days=20.0)
    folder = write(tmp_path / "same", {**given, "products": frame.to_dict("records")}, text=True)
    # The same orders as lines, one a day and customer.
    lines = [
        (f"{pd.Timestamp('2023-01-02') + pd.Timedelta(days=k):%Y-%m-%d}", row["product"], units, f"c{k}")
        for row in given["products"]
        for k, units in enumerate([*[1.0, 2.0, 3.0, 4.0, 5.0] * 19, *[60.0] * 5])
    ]  # fmt: skip
    pd.DataFrame(lines, columns=["order_date", "product", "quantity", "customer"]).to_csv(
        folder / "orders.csv", index=False
    )
    plan = solve(read_scenario(folder), samples=SAMPLES, gap=SMALL.gap).plan.decisions.set_index("product").sort_index()
    for name in ("strategy", "order_size_cutoff", "volume_above_cutoff", "expected_cost_per_year", "base_stock"):
        if name == "strategy":
            assert found[name].tolist() == plan[name].tolist()
        else:
            np.testing.assert_allclose(found[name], plan[name], rtol=1e-9, err_msg=name)
    assert found["order_size_cutoff"].notna().any()


@pytest.mark.parametrize("wrong", ["text", "columns"])
def test_a_table_of_sizes_of_another_form_is_refused(tmp_path, wrong):
    catalogue = write(tmp_path / "catalogue")
    if wrong == "text":
        (catalogue / "order_sizes.csv").write_text("product,units,orders\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({"product": ["P1"], "quantity": [1.0]}), catalogue / "order_sizes.parquet")
    with pytest.raises(ScenarioError, match="is written by 'codp batch fit' as Parquet with"):
        run(catalogue, tmp_path / "out")


def test_parts_of_products_with_a_season_or_segments_are_never_always_available(tmp_path):
    given = owned_tables()
    options = replace(SMALL, always_available_share=0.9)
    layout = plan_layout(open_catalogue(write(tmp_path / "catalogue", given)), options)
    family = given["seasons"][-1]["family"]
    owned = {row["product"] for row in (*given["seasons"], *given["segments"])}
    owned |= {row["product"] for row in given["products"] if row["family"] == family}
    used = {row["component"] for row in given["bom"] if row["product"] in owned}
    always = {row["component"] for row, flag in zip(given["components"], layout.always, strict=True) if flag}
    assert always
    assert not always & used
