"""Order lines fill a catalogue: the values of a fit of all at once, whatever the form and the partitions."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from engine.catalog.intake import fitted
from engine.catalog.intake.fitted import fit_catalogue
from engine.catalog.intake.rejected import read_rejected
from engine.catalog.intake.typed import typed_frame
from engine.cli import app
from engine.demand.fitting.fills import fills_of
from engine.demand.fitting.fit import fit_demand
from engine.errors import EngineError, ScenarioError
from engine.scenario.columns import FITTED
from engine.scenario.read import read_scenario
from engine.scenario.settings import Format
from tests.catalog.catalogues import decisions, run, tables, write
from tests.evidence import covering

PRODUCTS = 14


def case(folder, *, text=False, products=PRODUCTS, **settings):
    """Every third product gives all it knows; one sells nothing, one has few weeks; each sells on its own weekday.

    For eight weeks none does, which one that sells in a week of ten would not show by itself.
    """
    given = tables(products=products, groups=(3,))
    rng = np.random.default_rng(4)
    lines = []
    days = pd.date_range("2023-01-02", periods=104, freq="7D")
    for k, row in enumerate(given["products"]):
        if k % 3:
            row.update(demand_per_week="", demand_cv="", distribution=None, lead_time_target_days="")
        sold = rng.gamma(2.0, 5.0, 104).round(1) * (rng.random(104) < (0.1 if k == 7 else 0.8))
        sold[40:48] = 0.0
        weeks = {4: slice(0, 0), 5: slice(90, 104)}.get(k, slice(0, 104))
        lines += [
            {"order_date": f"{day + pd.Timedelta(days=k % 7):%Y-%m-%d}", "product": row["product"],
             "quantity": float(units),
             "requested_date": f"{day + pd.Timedelta(days=int(rng.integers(6, 15))):%Y-%m-%d}",
             "customer": f"c{rng.integers(0, 4)}"}
            for day, units in zip(days[weeks], sold[weeks], strict=True) if units > 0
        ]  # fmt: skip
    lines.append({**lines[0], "order_date": "2199-01-01"})
    orders = pd.DataFrame(lines).sample(frac=1.0, random_state=1)
    folder.mkdir(parents=True)
    path = folder / "lines.csv"
    if text:
        orders.to_csv(path, index=False)
    else:
        path = folder / "lines.parquet"
        dates = {name: pd.to_datetime(orders[name]).dt.date for name in ("order_date", "requested_date")}
        pq.write_table(pa.Table.from_pandas(orders.assign(**dates), preserve_index=False), path)
    return write(folder / "catalogue", given, text=text, **settings), path


def products_of(out):
    files = sorted(out.glob("products/*.parquet"))
    found = pd.concat(map(pd.read_parquet, files)) if files else pd.read_csv(out / "products.csv")
    return found.set_index("product").sort_index()


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What one fit of all lines has, product by product, None where a blank cannot be filled."""
    catalogue, lines = case(tmp_path_factory.mktemp("oracle") / "case", text=True)
    lines.rename(catalogue / "orders.csv")
    scenario = read_scenario(catalogue)
    fit = fit_demand(scenario, replicates=0)
    refused = {fault.cause.values["name"]: fault.cause for fault in fit.faults}
    found = {}
    for (_, product), (_, row) in zip(scenario.products.iterrows(), fit.table.iterrows(), strict=True):
        fills = fills_of(product, row, 0.0, refused.get(row["product"]))
        known = all(problem is None for _, _, problem in fills)
        found[row["product"]] = {name: value for name, value, _ in fills} if known else None
    return found


@pytest.mark.evidence
@pytest.mark.parametrize(("size", "text"), covering([3, 1000], [False, True]))
def test_a_catalogue_is_filled_as_one_scenario_is(tmp_path, monkeypatch, expected, text, size):
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", size)
    catalogue, lines = case(tmp_path / "case", text=text)
    before = products_of(write(tmp_path / "before", tables(products=PRODUCTS, groups=(3,)), text=True))
    result = fit_catalogue(catalogue, lines, tmp_path / "out")
    found = products_of(tmp_path / "out")
    assert sorted(found.index) == sorted(before.index)
    idle = 0
    for name, row in found.iterrows():
        fills = expected.get(name)
        if row["demand_per_week"] == 0.0:
            idle += 1
        elif fills is None:
            assert pd.isna(row["demand_per_week"])
        else:
            for column in FITTED:
                is_filled = column in fills
                if column != "order_size" or is_filled:
                    value = fills[column] if is_filled else before.loc[name, column]
                    assert row[column] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-12))
        assert row["unit_cost"] == before.loc[name, "unit_cost"]
    summary = result.summary
    assert idle == summary["no_demand"] == 1
    assert (summary["refused"], summary["products"]) == (1, PRODUCTS)
    told = (tmp_path / "out" / "fit" / "warnings.csv").read_text("utf-8")
    assert "no order line of any product from 2023-10-" in told
    assert summary["lines_of_other_days"] == 1
    assert summary["last_day"] == "2024-12-29"
    rejected = read_rejected(tmp_path / "out" / "fit" / "rejected.csv")
    assert [row.column for row in rejected] == ["demand_per_week"]
    assert "weeks of history; at least 26 are needed" in rejected[0].reason
    assert json.loads((tmp_path / "out" / "fit" / "summary.json").read_text("utf-8")) == summary


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("text", [False, True])
def test_one_and_several_processes_fill_alike(tmp_path, monkeypatch, text):
    """Rows, fits, warnings and counts, byte for byte; only the time differs."""
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", 3)
    catalogue, lines = case(tmp_path / "case", text=text)
    alone = fit_catalogue(catalogue, lines, tmp_path / "alone")
    several = fit_catalogue(catalogue, lines, tmp_path / "several", workers=2)
    assert {**alone.summary, "seconds": 0.0} == {**several.summary, "seconds": 0.0}
    assert several.summary["refused"] == several.summary["no_demand"] == 1
    one, two = files_of(tmp_path / "alone"), files_of(tmp_path / "several")
    assert len([name for name in one if name.parent.name == "fit" and name.suffix == ".parquet"]) > 2
    summary = Path("fit/summary.json")
    assert {**one, summary: b""} == {**two, summary: b""}


def test_what_was_filled_is_decided(tmp_path):
    catalogue, lines = case(tmp_path / "case")
    fit_catalogue(catalogue, lines, tmp_path / "filled")
    run(tmp_path / "filled", tmp_path / "out")
    assert len(decisions(tmp_path / "out")) == PRODUCTS - 2
    for name in ("components", "bom"):
        assert (tmp_path / "filled" / f"{name}.parquet").read_bytes() == (catalogue / f"{name}.parquet").read_bytes()


def test_a_faulty_cell_stays_as_it_is(tmp_path):
    catalogue, lines = case(tmp_path / "case", text=True)
    path = catalogue / "products.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[1, "unit_cost"] = "a lot"
    frame.to_csv(path, index=False)
    fit_catalogue(catalogue, lines, tmp_path / "out")
    found = pd.read_csv(tmp_path / "out" / "products.csv", dtype=str, keep_default_na=False).set_index("product")
    assert found.loc[frame.loc[1, "product"], "unit_cost"] == "a lot"
    assert found.loc[frame.loc[1, "product"], "demand_per_week"] == frame.loc[1, "demand_per_week"]


def test_a_product_with_a_cell_too_many_is_told(tmp_path):
    """No reader sees its row, and the catalogue that is filled does not have it."""
    catalogue, lines = case(tmp_path / "case", text=True)
    with (catalogue / "products.csv").open("a", encoding="utf-8") as file:
        file.write("P99" + "," * 40 + "\n")
    filled = fit_catalogue(catalogue, lines, tmp_path / "out")
    assert "P99" not in pd.read_csv(tmp_path / "out" / "products.csv")["product"].tolist()
    (told,) = [one for one in read_rejected(tmp_path / "out" / "fit" / "rejected.csv") if "cells under" in one.reason]
    assert (told.table, told.row) == ("products", PRODUCTS + 2)
    assert filled.summary["status"] == "some products refused"


def beside(folder, names, *, text):
    """Weeks with nothing to sell of every fourth product; forecasts of every fifth, past and coming or coming alone."""
    outs = [
        {"product": name, "first_day": f"2023-{3 + k % 5:02d}-06", "last_day": f"2023-{4 + k % 5:02d}-02"}
        for k, name in enumerate(names) if k % 4 == 0
    ]  # fmt: skip
    days = pd.date_range("2023-01-02", periods=156, freq="7D")
    said = [
        {"product": name, "period": f"{day:%Y-%m-%d}", "quantity": float(5 + (k + at) % 7),
         "made_on": f"{day - pd.Timedelta(days=60):%Y-%m-%d}"}
        for k, name in enumerate(names) if k % 5 == 2
        for at, day in enumerate(days) if k % 10 == 2 or at >= 104
    ]  # fmt: skip
    for name, rows in (("stock_outs", outs), ("forecasts", said)):
        frame = pd.DataFrame(rows)
        if text:
            frame.to_csv(folder / f"{name}.csv", index=False)
            continue
        dates = {day: pd.to_datetime(frame[day]).dt.date for day in frame if day not in ("product", "quantity")}
        pq.write_table(pa.Table.from_pandas(frame.assign(**dates), preserve_index=False), folder / f"{name}.parquet")


def test_weeks_with_nothing_to_sell_and_forecasts_count_as_in_one_fit(tmp_path, monkeypatch):
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", 4)
    catalogue, lines = case(tmp_path / "case", products=30)
    one, book = case(tmp_path / "one", text=True, products=30)
    book.rename(one / "orders.csv")
    names = pd.read_csv(one / "products.csv")["product"].tolist()
    beside(catalogue, names, text=False)
    beside(one, names, text=True)
    whole = fit_demand(read_scenario(one), replicates=0).table.set_index("product")
    result = fit_catalogue(catalogue, lines, tmp_path / "out")
    parts = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out" / "fit").glob("*.parquet")))).set_index("product")
    assert result.summary["rows_of_other_products"] == {"stock_outs": 0, "forecasts": 0}
    # What nobody bought is set aside in a scenario.
    assert len(parts) == len(whole) + 1 == 30
    assert (whole["stock_out_weeks"] > 0).sum() >= 3
    assert (whole["level"] == "forecast").sum() >= 3
    # The line of another age is counted for the whole catalogue.
    there, here = (one.loc[whole.index].drop(columns="lines_left_out") for one in (parts, whole))
    pd.testing.assert_frame_equal(there, here, check_dtype=False, rtol=1e-12)
    # What filled the catalogue is not in it, so that it can be decided.
    assert not [path for path in (tmp_path / "out").iterdir() if path.stem in ("stock_outs", "forecasts")]


def test_faults_of_all_rows_beside_order_lines_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", 4)
    catalogue, lines = case(tmp_path / "case", text=True)
    (catalogue / "stock_outs.csv").write_text(
        "product,first_day,last_day\nP1,2023-03-06,2023-03-01\nP5,2023-03-06,soon\nX,2023-03-06,2023-03-09\n"
    )
    with pytest.raises(ScenarioError) as caught:
        fit_catalogue(catalogue, lines, tmp_path / "out")
    assert [(one.file, one.row, one.column) for one in caught.value.issues] == [("stock_outs.csv", 3, "last_day")]
    (catalogue / "stock_outs.csv").write_text(
        "product,first_day,last_day\nP1,2023-03-06,2023-03-01\nP5,2023-03-06,2023-03-09\nP5,2023-03-06,2023-04-09\n"
    )
    with pytest.raises(ScenarioError) as caught:
        fit_catalogue(catalogue, lines, tmp_path / "out")
    found = sorted((one.file, one.row, one.column) for one in caught.value.issues)
    assert found == [("stock_outs.csv", 2, "last_day"), ("stock_outs.csv", 4, "first_day")]


def test_rows_of_sums_are_told(tmp_path):
    catalogue, lines = case(tmp_path / "case", text=True)
    lines.write_text(lines.read_text() + ",Total,5000,,\n")
    path = catalogue / "products.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *rows, "Summe" + "," * header.count(",")]) + "\n")
    fit_catalogue(catalogue, lines, tmp_path / "out")
    told = pd.read_csv(tmp_path / "out" / "fit" / "warnings.csv")
    assert told.loc[told["kind"] == "total_row", "row"].tolist() == [len(lines.read_text().splitlines())]


@pytest.mark.parametrize("text", [True, False])
def test_a_product_called_a_sum_is_rejected_where_it_says_no_more(text):
    goods = {"product": ["A", "Summe", "Total"], "name": ["", "", "Engine oil"]} | {
        name: [5.0, 5.0, 5.0] for name in ("demand_per_week", "demand_cv", "unit_cost", "lead_time_target_days")
    }  # fmt: skip
    cells = {name: [str(cell) for cell in column] for name, column in goods.items()} if text else goods
    frame, faults = typed_frame("products", pa.table({**cells, "_row": [2, 3, 4]}), Format(), text=text)
    assert len(frame) == 3
    assert [fault.row for fault in faults] == [3]
    assert "reads as a row of sums" in faults[0].message


def test_nothing_is_replaced_and_nothing_half_written(tmp_path):
    catalogue, lines = case(tmp_path / "case", text=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(EngineError, match="is there already"):
        fit_catalogue(catalogue, lines, tmp_path / "out")
    lines.write_text(lines.read_text().replace("2023-01-09", "the ninth"))
    with pytest.raises(ScenarioError, match="the ninth"):
        fit_catalogue(catalogue, lines, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "out"]


def test_the_command_tells_what_was_filled(tmp_path):
    catalogue, lines = case(tmp_path / "case")
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["batch", "fit", str(catalogue), "--orders", str(lines), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "without demand, 1 refused" in result.output
    # Order lines beside the tables are told to belong to this command.
    lines.rename(catalogue / "orders.parquet")
    with pytest.raises(ScenarioError, match="codp batch fit"):
        run(catalogue, tmp_path / "run")


@pytest.mark.parametrize("text", [False, True])
def test_keys_that_are_spelled_otherwise_are_read_as_their_product_and_told(tmp_path, text):
    catalogue, lines = case(tmp_path / "as", text=text)
    _, others = case(tmp_path / "other", text=text)
    frame = pd.read_csv(others) if text else pd.read_parquet(others)
    name = frame["product"].iloc[0]
    some = np.flatnonzero(frame["product"] == name)[::2]
    frame.loc[frame.index[some], "product"] = f"00{name.lower()}"
    frame.to_csv(others, index=False) if text else frame.to_parquet(others, index=False)
    expected_ = products_of(fit_catalogue(catalogue, lines, tmp_path / "a").out)
    found = fit_catalogue(tmp_path / "other" / "catalogue", others, tmp_path / "b")
    pd.testing.assert_frame_equal(products_of(found.out), expected_)
    assert found.summary["lines_of_other_products"] == 0
    told = pd.read_csv(tmp_path / "b" / "fit" / "warnings.csv")
    (read,) = told[told["kind"] == "key_read_as"].to_dict("records")
    assert (read["row"], read["more"]) == (some[0] + 2, len(some) - 1)
    assert found.summary["warnings"] == len(told)


def test_a_key_that_looks_like_two_products_is_of_neither(tmp_path):
    catalogue, lines = case(tmp_path / "case", text=True)
    products = pd.read_csv(catalogue / "products.csv", dtype=str)
    name = products["product"].iloc[1]
    twin = products.iloc[[1]].assign(product=name.lower())
    pd.concat([products, twin]).to_csv(catalogue / "products.csv", index=False)
    frame = pd.read_csv(lines)
    strange = frame["product"] == name
    frame.loc[strange, "product"] = f" {name[0]} {name[1:]}"
    frame.to_csv(lines, index=False)
    found = fit_catalogue(catalogue, lines, tmp_path / "out")
    assert found.summary["lines_of_other_products"] == strange.sum()


def test_what_is_said_of_cells_is_in_the_warnings(tmp_path):
    catalogue, lines = case(tmp_path / "case", text=True)
    frame = pd.read_csv(lines, dtype=str)
    days = pd.to_datetime(frame["order_date"])
    frame["order_date"] = [f"{day - pd.Timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}" for day in days]
    frame.to_csv(lines, index=False)
    fit_catalogue(catalogue, lines, tmp_path / "out")
    assert "date_midnight" in set(pd.read_csv(tmp_path / "out" / "fit" / "warnings.csv")["kind"])
