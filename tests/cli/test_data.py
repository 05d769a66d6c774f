"""Commands about data by their words and exit codes."""

import json
from pathlib import Path

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
