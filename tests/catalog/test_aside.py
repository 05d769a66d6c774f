"""A catalogue lists what has no demand, keeps it out of what is rejected, and tells its warnings."""

import datetime as dt

import pandas as pd
import pytest

from engine.catalog.intake.source import open_catalogue
from tests.catalog.catalogues import decisions, run, tables, write


def few():
    """Twelve products, three of them in a group."""
    return tables(products=12, groups=(3,))


@pytest.mark.parametrize("text", [False, True])
def test_products_without_demand_are_listed_and_not_rejected(tmp_path, text):
    given = few()
    products = given["products"]
    idle = [row["product"] for row in products[:3]]
    for row in products:
        row["stock_on_hand"] = 4.0
        if row["product"] in idle:
            row["demand_per_week"] = 0.0
    result = run(write(tmp_path / "catalogue", given, text=text), tmp_path / "out")
    listed = pd.read_csv(tmp_path / "out" / "no_demand.csv")
    assert listed["product"].tolist() == sorted(idle)
    assert set(listed["status"]) == {"no demand, not stocked"}
    assert (listed["stock_on_hand"] == 4.0).all()
    assert result.summary["no_demand"] == 3
    assert result.summary["rejected_rows"] == 0
    assert set(decisions(tmp_path / "out")["product"]) == {row["product"] for row in products} - set(idle)


def test_a_faulty_row_without_demand_is_rejected_with_its_reason(tmp_path):
    given = few()
    given["products"][0]["demand_per_week"] = 0.0
    given["products"][0]["unit_cost"] = -1.0
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert rejected["column"].tolist() == ["unit_cost"]
    assert result.summary["no_demand"] == 0
    assert not (tmp_path / "out" / "no_demand.csv").exists()


def test_warnings_of_settings_files_and_cells_are_told(tmp_path):
    # Numbers enough that not all of a column can be read as thousands.
    given = tables(products=34, groups=(3, 2, 7))
    folder = write(tmp_path / "catalogue", given, text=True, holding_rate_per_year=25.0)
    (folder / "Kunden.csv").write_text("a,b\n1,2\n")
    (folder / "._bom.csv").write_bytes(b"\x00\x05")
    result = run(folder, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "warnings.csv")
    assert sorted(table["kind"]) == ["file_left_out", "rate_above_one"]
    assert [one["kind"] for one in result.summary["warnings"]] == table["kind"].tolist()


@pytest.mark.parametrize("text", [True, False])
def test_locks_that_have_ended_are_told_by_the_day(tmp_path, text):
    """Of a run that is complete, too, when it is asked again on a later day; the same rows as a scenario's."""
    given = few()
    blank = "" if text else None
    ends = {2: dt.date(2027, 6, 30), 5: dt.date(2027, 12, 31), 7: blank}
    for k, row in enumerate(given["products"]):
        locked = ("MTS", "works 2", ends[k]) if k in ends else (blank, blank, blank)
        row |= dict(zip(("locked", "lock_owner", "lock_until"), locked, strict=True))
    folder = write(tmp_path / "catalogue", given, text=text)
    days = {None: [], dt.date(2027, 6, 30): [], dt.date(2027, 7, 1): [2], dt.date(2028, 1, 1): [2, 5]}
    for day, ended in days.items():
        told = run(folder, tmp_path / "out", today=day).summary["warnings"]
        assert [(one["kind"], one["product"], one["row"]) for one in told if one["column"] == "lock_until"] == [
            ("lock_expired_of", given["products"][k]["product"], k + 2) for k in ended
        ]
    assert "lock_until" in set(pd.read_csv(tmp_path / "out" / "warnings.csv")["column"])


def test_rates_of_parquet_are_doubted_as_those_of_text(tmp_path):
    given = few()
    given["products"][0]["obsolescence_per_year"] = 25.0
    run(write(tmp_path / "catalogue", given), tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "warnings.csv")
    # So few samples are told, too.
    table = table[table["column"] != "samples"]
    assert table[["kind", "file", "row", "column"]].to_numpy().tolist() == [
        ["rate_above_one", "products.parquet", 2, "obsolescence_per_year"]
    ]


def test_columns_in_capitals_are_read(tmp_path):
    plain = write(tmp_path / "plain", few(), text=True)
    run(plain, tmp_path / "one")
    loud = write(tmp_path / "loud", few(), text=True)
    for path in loud.glob("*.csv"):
        head, rest = path.read_text().split("\n", 1)
        path.write_text(head.upper().replace("_", " ") + "\n" + rest)
    run(loud, tmp_path / "two")
    pd.testing.assert_frame_equal(decisions(tmp_path / "one"), decisions(tmp_path / "two"))


def test_a_table_in_another_form_is_told(tmp_path):
    folder = write(tmp_path / "catalogue", {name: rows for name, rows in few().items() if name == "products"})
    (folder / "bom.xlsx").write_bytes(b"PK")
    (folder / "products.xlsx").write_bytes(b"PK")  # what products.parquet was made of
    assert [notice.file for notice in open_catalogue(folder).notices] == ["bom.xlsx"]
