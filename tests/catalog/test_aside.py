"""A catalogue lists what has no demand, keeps it out of what is rejected, and tells its warnings."""

import pandas as pd
import pytest

from tests.catalog.catalogues import decisions, run, tables, write


@pytest.mark.parametrize("text", [False, True])
def test_products_without_demand_are_listed_and_not_rejected(tmp_path, text):
    given = tables()
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
    given = tables()
    given["products"][0]["demand_per_week"] = 0.0
    given["products"][0]["unit_cost"] = -1.0
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert rejected["column"].tolist() == ["unit_cost"]
    assert result.summary["no_demand"] == 0
    assert not (tmp_path / "out" / "no_demand.csv").exists()


def test_warnings_of_settings_files_and_cells_are_told(tmp_path):
    folder = write(tmp_path / "catalogue", text=True, holding_rate_per_year=25.0)
    (folder / "Kunden.csv").write_text("a,b\n1,2\n")
    (folder / "._bom.csv").write_bytes(b"\x00\x05")
    result = run(folder, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "warnings.csv")
    assert sorted(table["kind"]) == ["file_left_out", "rate_above_one"]
    assert [one["kind"] for one in result.summary["warnings"]] == table["kind"].tolist()


def test_columns_in_capitals_are_read(tmp_path):
    plain = write(tmp_path / "plain", text=True)
    run(plain, tmp_path / "one")
    loud = write(tmp_path / "loud", text=True)
    for path in loud.glob("*.csv"):
        head, rest = path.read_text().split("\n", 1)
        path.write_text(head.upper().replace("_", " ") + "\n" + rest)
    run(loud, tmp_path / "two")
    pd.testing.assert_frame_equal(decisions(tmp_path / "one"), decisions(tmp_path / "two"))
