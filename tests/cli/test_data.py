"""Commands about data by their words and exit codes."""

import json
from pathlib import Path

from typer.testing import CliRunner

from engine.cli import app

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
