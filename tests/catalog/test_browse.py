"""Looking for products of a run finds all of them and no other, whatever the partitions."""

import io
import zipfile

import pandas as pd
import pyarrow.parquet as pq
import pytest

from engine.catalog.results.browse import Wanted, browse, csv_bytes, parquet_bytes
from engine.catalog.results.report import batch_report
from engine.errors import EngineError
from tests.catalog.catalogues import decisions


def test_what_is_found_adds_up_to_the_report(out):
    report, everything = batch_report(out), browse(out, Wanted())
    assert everything.count == len(decisions(out))
    assert everything.saving_per_year == pytest.approx(report.saving_per_year)
    assert everything.cost_per_year == pytest.approx(report.summary["objective_per_year"])
    moved = browse(out, Wanted(switching=True))
    assert moved.count == report.switching > 0
    assert (moved.rows["strategy"] != moved.rows["current_strategy"]).all()
    by_badge = {badge: browse(out, Wanted(certainty=badge)).count for badge in report.certainty}
    assert by_badge == report.certainty
    assert by_badge["firm"] == 0, "no input is judged"


def test_filters_cut_and_the_first_rows_are_the_largest_savings(out):
    frame = decisions(out)
    family = browse(out, Wanted(family="F1", strategy="MTS"))
    wanted = frame[(frame["family"] == "F1") & (frame["strategy"] == "MTS")]
    assert set(family.rows["product"]) == set(wanted["product"])
    assert set(browse(out, Wanted(search=" p3 ")).rows["product"]) == set(
        frame.loc[frame["product"].str.contains("P3"), "product"]
    )
    assert browse(out, Wanted(search=".*")).count == 0, "letters, no pattern"
    few, all_of_them = browse(out, Wanted(), most=3), browse(out, Wanted()).rows
    assert few.rows["product"].tolist() == all_of_them["product"].head(3).tolist()
    assert all_of_them["saving_per_year"].dropna().is_monotonic_decreasing


def test_what_is_taken_away_is_what_is_shown(out):
    wanted = Wanted(switching=True)
    table = pd.read_csv(io.BytesIO(csv_bytes(out, wanted)))
    assert sorted(table["product"]) == sorted(browse(out, wanted).rows["product"])
    with zipfile.ZipFile(io.BytesIO(parquet_bytes(out))) as archive:
        names = archive.namelist()
        rows = sum(pq.read_table(io.BytesIO(archive.read(n))).num_rows for n in names if n.startswith("decisions/"))
    assert rows == len(decisions(out))
    assert "summary.json" in names


def test_a_run_that_is_not_complete_has_no_products(tmp_path):
    with pytest.raises(EngineError, match="no complete batch run"):
        browse(tmp_path, Wanted())
