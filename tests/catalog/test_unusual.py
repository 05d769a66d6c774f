"""Catalogues as few are: hours that nobody has, columns of categories, weeks that move together, empty files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.catalog.deciding import groups
from engine.catalog.intake.fitted import fit_catalogue
from engine.catalog.intake.keys import KeyIndex, hashes
from engine.catalog.intake.rejected import read_rejected
from engine.catalog.intake.source import open_catalogue, with_orders
from engine.catalog.results.report import batch_report, report_text
from engine.catalog.results.review import review_run
from engine.errors import EngineError, ScenarioError
from engine.words.reason import cause
from tests.catalog.catalogues import SMALL, UNCERTIFIED, decisions, digest, run, tables, write
from tests.catalog.test_always import with_screws
from tests.catalog.test_fitted import case
from tests.catalog.test_hours import with_hours


def impossible():
    """Two that share a press are made for orders alone, and it has next to no hours."""
    given, (one, other, _) = with_hours()
    for row in given["products"]:
        if row["product"] in (one, other):
            row["allowed"] = "MTO"
    given["resources"][0].update(hours_per_week=0.01, overtime_hours_per_week=0.0)
    return given, {one, other}


def test_a_group_without_a_plan_is_rejected_with_what_it_lacks_and_the_others_are_decided(tmp_path):
    given, without = impossible()
    run(write(tmp_path / "catalogue", given), tmp_path / "out")
    rejected = {one.product: one.reason for one in read_rejected(tmp_path / "out" / "rejected.csv")}
    assert set(rejected) == without
    assert all("press" in reason for reason in rejected.values())
    frame = decisions(tmp_path / "out")
    assert set(frame["product"]) == {row["product"] for row in given["products"]} - without


def test_a_group_whose_numbers_the_solver_does_not_bear_takes_no_other_with_it(tmp_path, monkeypatch):
    def lost(_):
        raise EngineError(cause("solver_contradicts"))

    monkeypatch.setattr(groups, "advice", lost)
    given, without = impossible()
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    assert not result.failed
    rejected = {one.product: one.reason for one in read_rejected(tmp_path / "out" / "rejected.csv")}
    assert set(rejected) == without
    assert all("the solver lost its way" in reason for reason in rejected.values())


def test_columns_of_categories_are_text(tmp_path):
    """As `pandas.Categorical` writes them: dictionaries in Parquet."""
    given = tables(products=14, groups=(3,))
    plain, coded = (write(tmp_path / name, given) for name in ("plain", "coded"))
    for path in coded.glob("*.parquet"):
        frame = pd.read_parquet(path)
        texts = list({"product", "component", "family", "distribution", "current_strategy"} & set(frame))
        frame[texts] = frame[texts].astype("category")
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), path)
    for catalogue in (plain, coded):
        run(catalogue, tmp_path / f"{catalogue.name}-out")
    assert digest(tmp_path / "plain-out") == digest(tmp_path / "coded-out")


def test_order_lines_of_categories_fill_alike(tmp_path):
    catalogue, lines = case(tmp_path / "case", products=6)
    frame = pq.read_table(lines)
    at = frame.schema.get_field_index("product")
    coded = tmp_path / "coded.parquet"
    pq.write_table(frame.set_column(at, "product", frame.column("product").dictionary_encode()), coded)
    for path, out in ((lines, "plain"), (coded, "as-coded")):
        fit_catalogue(catalogue, path, tmp_path / out)
    one, other = (pd.concat(map(pd.read_parquet, sorted((tmp_path / out).glob("products/*.parquet"))))
                  for out in ("plain", "as-coded"))  # fmt: skip
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("settings", [{"cost_timing": "period_end"}, {"demand": "{common_factor_cv: 0.3}"}])
def test_the_price_of_parts_at_hand_stays_a_price_under_every_setting(tmp_path, settings):
    """What a part at hand for nothing leaves out is no less than it costs the groups that it tied."""
    catalogue = write(tmp_path / "catalogue", with_screws(), **settings)
    run(catalogue, tmp_path / "tied", options=UNCERTIFIED)
    cut = run(catalogue, tmp_path / "cut", options=replace(UNCERTIFIED, always_available_share=0.01))
    price = cut.summary["always_available_cost_at_most_per_year"]
    assert cut.summary["layout"]["always_available"] == 1
    frame, truth = decisions(tmp_path / "cut"), decisions(tmp_path / "tied")
    grouped = frame.loc[frame["group"] > 0, "product"]
    both = [table[table["product"].isin(grouped)]["expected_cost_per_year"].sum() for table in (frame, truth)]
    assert both[0] * (1.0 - SMALL.gap) <= both[1] <= both[0] + price + SMALL.gap * both[0]


def test_a_catalogue_without_parts_is_filled_into_an_empty_folder(tmp_path):
    catalogue, lines = case(tmp_path / "case", products=6)
    for name in ("components", "bom"):
        (catalogue / f"{name}.parquet").unlink()
    frame = pd.read_parquet(catalogue / "products.parquet").assign(make_days=15.0)
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), catalogue / "products.parquet")
    (tmp_path / "out").mkdir()
    fit_catalogue(catalogue, lines, tmp_path / "out")
    filled = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").glob("products/*.parquet"))))
    assert filled["demand_per_week"].notna().sum() > frame["demand_per_week"].notna().sum()


def test_where_every_product_gives_its_demand_nothing_is_fitted(tmp_path):
    given = tables(products=6, groups=(3,))
    for row in given["products"]:
        row.update(order_size=2.0, order_size_cv=0.5)
    catalogue = write(tmp_path / "catalogue", given, text=True)
    lines = tmp_path / "lines.csv"
    lines.write_text(f"order_date,product,quantity\n2025-01-06,{given['products'][0]['product']},4\n")
    done = fit_catalogue(catalogue, lines, tmp_path / "out")
    assert done.summary["fitted"] == 0
    before, after = (pd.read_csv(folder / "products.csv") for folder in (catalogue, tmp_path / "out"))
    columns = ["demand_per_week", "demand_cv"]
    pd.testing.assert_frame_equal(
        before.set_index("product")[columns].sort_index(), after.set_index("product")[columns].sort_index()
    )


def test_order_lines_after_the_last_day_of_the_book_do_not_count(tmp_path):
    catalogue, lines = case(tmp_path / "case", products=6)
    whole = fit_catalogue(catalogue, lines, tmp_path / "whole")
    with (catalogue / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write("order_book: {last_day: 2024-06-30}\n")
    cut = fit_catalogue(catalogue, lines, tmp_path / "cut")
    assert cut.summary["last_day"] == "2024-06-30" or cut.summary["last_day"] < whole.summary["last_day"]


def test_what_is_no_catalogue_and_no_order_lines_is_told(tmp_path):
    with pytest.raises(EngineError, match="gone"):
        open_catalogue(tmp_path / "gone")
    catalogue = open_catalogue(write(tmp_path / "catalogue", tables(products=6, groups=(3,))))
    lines = tmp_path / "lines.csv"
    lines.write_text("order_date,artikel\n2025-01-06,P1\n")
    with pytest.raises(ScenarioError, match=r"lines\.csv"):
        with_orders(catalogue, lines)


def test_files_of_one_table_have_the_same_columns(tmp_path):
    folder = write(tmp_path / "catalogue", tables(products=6, groups=(3,)))
    frame = pd.read_parquet(folder / "products.parquet")
    (folder / "products.parquet").unlink()
    (folder / "products").mkdir()
    for name, part in (("a", frame.iloc[:3]), ("b", frame.iloc[3:].drop(columns="family"))):
        pq.write_table(pa.Table.from_pandas(part, preserve_index=False), folder / "products" / f"{name}.parquet")
    with pytest.raises(ScenarioError, match=r"b\.parquet:family"):
        open_catalogue(folder)


def test_in_an_index_of_nothing_nothing_is_found():
    empty = KeyIndex(np.zeros(0, dtype=np.uint64))
    assert empty.find(hashes(pa.array(["A", None]))).tolist() == [-1, -1]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_a_rate_of_false_alarms_is_a_share(tmp_path, share):
    with pytest.raises(EngineError, match="false"):
        review_run(tmp_path, tmp_path, tmp_path, false_alarms=share)


def test_what_switches_cost_once_is_told_where_they_cost(tmp_path):
    given = tables(products=10, groups=(3,))
    free = run(write(tmp_path / "free", given), tmp_path / "free-out")
    assert "once" not in report_text(batch_report(tmp_path / "free-out", top=3))
    assert not free.summary.get("change_cost")
    for row in given["products"]:
        row["change_cost"] = 0.5
    dear = run(write(tmp_path / "dear", given), tmp_path / "dear-out")
    said = report_text(batch_report(tmp_path / "dear-out", top=3))
    assert f"switches cost {dear.summary['change_cost']:,.0f} " in said
