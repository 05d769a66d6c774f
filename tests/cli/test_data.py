"""Commands about data by their words and exit codes."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app
from tests.scenarios import write_scenario

TINY = Path(__file__).resolve().parents[2] / "scenarios" / "tiny"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_fit_without_any_order_line_counts_none_as_fitted_and_ends_with_1(tmp_path):
    found = run("fit", TINY, "--out", tmp_path)
    assert "Tiny: 0 of 3 products fitted\n" in found.stdout
    assert "'STOOL': there are no order lines" in found.stderr
    assert found.exit_code == 1
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["fitted"] == 0


def test_a_template_says_how_to_check_it(tmp_path):
    found = run("template", tmp_path / "case.xlsx")
    assert found.exit_code == 0
    assert (tmp_path / "case.xlsx").is_file()
    assert f"codp check {tmp_path / 'case.xlsx'}" in found.stdout


@pytest.mark.parametrize("option", [("--target-quantile", 2), ("--on-time-today", 1.5), ("--on-time-today", 1)])
def test_a_share_out_of_range_ends_with_2(tmp_path, option):
    found = run("fit", TINY, "--out", tmp_path, *option)
    assert found.exit_code == 2
    assert "Invalid value" in found.stderr


def test_a_late_cost_is_implied_only_where_the_client_gave_none(tmp_path):
    """Holding 25% of 100 a year at 90% on time: 25 x 9 / 365 a day."""
    blank = {"product": "BLANK", "late_cost_per_unit_day": "", "on_time_target": 0.9}
    folder = write_scenario(tmp_path / "case", products=[blank, {"product": "GIVEN"}])
    told = run("fit", folder, "--out", tmp_path / "out", "--on-time-today", 0.9).stdout.splitlines()
    assert [line.split() for line in told if line.startswith("    ")] == [["BLANK", "0.6164"]]
    assert (
        "every product has a late_cost_per_unit_day"
        in run("fit", TINY, "--out", tmp_path, "--on-time-today", 0.9).stdout
    )


def test_check_and_solve_tell_warnings_and_products_without_demand(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "scenario.yaml").write_text("name: case\nholding_rate_per_year: 0.25\nsamples: 300\n")
    head = "product,unit_cost,price,lead_time_target_days,make_days,late_cost_per_unit_day,stock_on_hand\n"
    (folder / "products.csv").write_text(f"{head}A,100,180,2,14,1,\nZ,50,90,2,14,1,7\n")
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range("2022-01-05", periods=60, freq="7D")]
    lines = "".join(f"{day},A,{20 + k % 7},c1\n" for k, day in enumerate(days))
    (folder / "orders.csv").write_text(f"order_date,product,quantity,customer\n{lines}2204-01-10,A,5,c1\n")
    for arguments in (["check", str(folder)], ["solve", str(folder), "--out", str(tmp_path / "out")]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        assert "orders.csv:62:order_date: 2204-01-10 lies" in result.output
        assert "the line is left out" in result.output
        assert "Z: no demand, not stocked, 7 on hand" in result.output
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert [one["kind"] for one in summary["warnings"]] == ["date_far"]
    assert summary["no_demand"][0]["product"] == "Z"
    assert pd.read_csv(tmp_path / "out" / "warnings.csv")["row"].tolist() == [62]
