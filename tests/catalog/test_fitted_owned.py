"""What order lines leave beside numbers, seasons, sizes of orders, segments: a run takes them as `codp solve` does."""

import numpy as np
import pandas as pd
import pytest

from engine.catalog.intake import fitted
from engine.catalog.intake.fitted import fit_catalogue
from engine.decision.solve import solve
from engine.demand.fitting.fit import fit_demand
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import SMALL, decisions, run, tables, write

WEEKS = 156
DAYS = pd.date_range("2021-01-04", periods=WEEKS, freq="7D")
WAVE = np.sin(2.0 * np.pi * np.arange(WEEKS) / 52.0)


def case(folder, *, large=False, text=False):
    """Products of two families, each too noisy for a season of its own in one of them; with a catalogue and lines."""
    given = tables(products=6, groups=())
    rng = np.random.default_rng(3)
    lines = []
    for k, row in enumerate(given["products"]):
        row.update(
            demand_per_week="", demand_cv="", distribution=None, lead_time_target_days="", make_days=30.0,
            family="GARDEN" if k < 4 else "INDOOR",
        )  # fmt: skip
        if large and k >= 4:
            row.update(large_order_target_days=60.0, allowed="MTS|MTO", make_premium=0.0, late_cost_per_unit_day=4.0)
        level = 40.0 * (1.0 + 0.5 * WAVE) if k < 4 else np.full(WEEKS, 12.0)
        cv = 0.2 if k < 3 else 0.9
        sold = np.round(rng.gamma(1.0 / cv**2, cv**2 * level)) + 1.0
        for at, (day, units) in enumerate(zip(DAYS, sold, strict=True)):
            channel = "shop" if at % 2 else "trade"
            lines.append((day, row["product"], units, f"c{at % 7}", channel, 3 if at % 2 else 12))
        if k >= 4:
            lines += [(day, row["product"], 300.0, "project", "trade", 12) for day in DAYS[5::17]]
    frame = pd.DataFrame(lines, columns=["order_date", "product", "quantity", "customer", "channel", "wait"])
    asked = frame["order_date"] + pd.to_timedelta(frame.pop("wait"), unit="D")
    frame = frame.assign(requested_date=asked.dt.strftime("%Y-%m-%d"))
    frame["order_date"] = frame["order_date"].dt.strftime("%Y-%m-%d")
    folder.mkdir(parents=True)
    frame.to_csv(folder / "lines.csv", index=False)
    return write(folder / "catalogue", given, text=text), folder / "lines.csv"


def as_scenario(folder, **settings):
    """The same as a scenario with its lines."""
    catalogue, lines = case(folder, text=True, **settings)
    lines.rename(catalogue / "orders.csv")
    return read_scenario(catalogue)


@pytest.mark.parametrize("size", [1, 1000])
def test_a_filled_catalogue_has_the_seasons_of_a_fit_of_all_lines(tmp_path, monkeypatch, size):
    """Families are fitted together, whatever the size of a partition."""
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", size)
    out = fit_catalogue(*case(tmp_path / "case"), tmp_path / "out").out
    fit = fit_demand(as_scenario(tmp_path / "same"), replicates=0)
    seasons = pd.concat([pd.read_parquet(path) for path in sorted((out / "seasons").glob("*.parquet"))])
    assert set(fit.seasons["product"]) == set(seasons["product"])
    assert fit.table["season"].tolist().count("family") >= 1
    both = [table.sort_values(["product", "period"], ignore_index=True) for table in (seasons, fit.seasons)]
    np.testing.assert_allclose(both[0]["factor"], both[1]["factor"], rtol=1e-9)
    segments = pd.concat([pd.read_parquet(path) for path in sorted((out / "fit" / "segments").glob("*.parquet"))])
    assert sorted(segments["product"].unique()) == sorted(fit.segments["product"].unique())
    assert not (out / "segments").exists()


def test_a_family_too_large_is_fitted_in_parts(tmp_path, monkeypatch):
    """The product whose season is that of its family has none where it is by itself."""
    monkeypatch.setattr(fitted, "PRODUCTS_A_PARTITION", 1)
    monkeypatch.setattr(fitted, "LARGEST_FAMILY", 3)
    out = fit_catalogue(*case(tmp_path / "case"), tmp_path / "out").out
    found = pd.concat([pd.read_parquet(path) for path in sorted((out / "fit").glob("*.parquet"))])
    assert found["season"].tolist().count("family") == 0
    assert len(found) == 6


def test_a_filled_catalogue_is_decided_as_its_scenario_is_solved(tmp_path):
    """Seasons, calendars and cut-offs of the same order lines."""
    out = fit_catalogue(*case(tmp_path / "case", large=True), tmp_path / "filled").out
    result = run(out, tmp_path / "out")
    assert result.summary["rejected_rows"] == 0
    plan = solve(as_scenario(tmp_path / "same", large=True), samples=40, gap=SMALL.gap).plan
    tables_ = decisions(tmp_path / "out"), plan.decisions
    found, expected = (table.set_index("product").sort_index() for table in tables_)
    assert found["strategy"].tolist() == expected["strategy"].tolist()
    assert found["order_size_cutoff"].notna().any()
    for name in ("order_size_cutoff", "volume_above_cutoff", "base_stock", "expected_cost_per_year"):
        np.testing.assert_allclose(found[name], expected[name], rtol=2e-3, err_msg=name)
    calendar = pd.concat([pd.read_parquet(path) for path in sorted((tmp_path / "out").glob("stock_calendar/*"))])
    assert set(calendar["item"]) == set(plan.stock_calendar["item"])


@pytest.mark.parametrize("text", [True, False])
def test_a_season_that_is_given_stays(tmp_path, text):
    catalogue, lines = case(tmp_path / "case", text=text)
    names = pd.read_csv(lines)["product"].unique()
    rows = pd.DataFrame({
        "product": names[0], "family": None, "period": [1.0, 2.0, 3.0, 4.0], "factor": [0.5, 1.5, 1.5, 0.5],
    })  # fmt: skip
    (rows.to_csv if text else rows.astype({"family": "string"}).to_parquet)(
        catalogue / f"seasons.{'csv' if text else 'parquet'}", index=False
    )
    out = fit_catalogue(catalogue, lines, tmp_path / "out").out
    seasons = pd.concat([pd.read_parquet(path) for path in sorted((out / "seasons").glob("*.parquet"))])
    counts = seasons["product"].value_counts()
    assert counts[names[0]] == 4
    assert set(counts) == {4, 52}
    assert run(out, tmp_path / "run").summary["rejected_rows"] == 0
