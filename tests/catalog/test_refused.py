"""What a batch run refuses, and what it says of a worker or a disk that failed."""

import errno
import os

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.catalog import workers
from engine.catalog.deciding.always import without_stock
from engine.catalog.deciding.partition import _cannot_write
from engine.catalog.manifest import LEDGER
from engine.cli import app
from engine.errors import EngineError
from tests.catalog.catalogues import run, tables, write
from tests.scenarios import make_scenario


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "full"), (errno.EDQUOT, "full"), (errno.EACCES, "Permission denied"), (errno.EIO, "error")],
)
def test_a_disk_that_is_full_is_told_apart_from_one_that_refuses(tmp_path, number, said):
    told = _cannot_write(tmp_path, OSError(number, os.strerror(number)))
    assert said in str(told)
    assert isinstance(told, workers.DiskFullError) == (number in (errno.ENOSPC, errno.EDQUOT))


def test_why_a_partition_failed_is_told_in_words():
    killed = type("KilledWorker", (Exception,), {})
    assert "cost every worker that took it its life" in workers._reason(killed())
    assert workers._reason(EngineError("the file is gone")) == "the file is gone"
    assert workers._reason(ZeroDivisionError("by zero")) == "ZeroDivisionError: by zero"


def test_results_of_something_else_are_not_written_over(tmp_path):
    catalogue = write(tmp_path / "catalogue", tables(products=6, groups=(3,)))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LEDGER).write_text("")
    with pytest.raises(EngineError, match="out"):
        run(catalogue, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name == "decisions"] == []


def test_no_part_at_hand_changes_nothing():
    scenario = make_scenario([{}], components=[{}], bom={"P1": {"C1": 1}})
    assert without_stock(scenario, {"C9"}) is scenario
    assert without_stock(scenario, {"C1"}) is not scenario


def invoked(*arguments):
    return CliRunner().invoke(app, ["batch", *map(str, arguments)])


def test_a_quiet_run_is_quiet_and_a_report_needs_no_tables(tmp_path):
    catalogue = write(tmp_path / "catalogue", tables(products=6, groups=(3,)))
    loud = invoked("run", catalogue, "--out", tmp_path / "loud", "--workers", "0")
    quiet = invoked("run", catalogue, "--out", tmp_path / "quiet", "--workers", "0", "--quiet")
    assert (loud.exit_code, quiet.exit_code) == (0, 0), loud.output
    assert loud.stderr
    assert not quiet.stderr
    told = invoked("report", tmp_path / "quiet")
    assert told.exit_code == 0
    assert "tables written" not in told.output


def test_a_fit_of_which_nothing_came_ends_with_1(tmp_path):
    """Two weeks of each product are too few to tell anything."""
    given = tables(products=3, groups=())
    for row in given["products"]:
        row.update(demand_per_week="", demand_cv="", distribution=None)
    catalogue = write(tmp_path / "catalogue", given, text=True)
    names = [row["product"] for row in given["products"]]
    pd.DataFrame({"order_date": ["2025-01-06"] * 3 + ["2025-01-13"] * 3, "product": names * 2, "quantity": 3}).to_csv(
        tmp_path / "lines.csv", index=False
    )
    done = invoked("fit", catalogue, "--orders", tmp_path / "lines.csv", "--out", tmp_path / "out", "--quiet")
    assert done.exit_code == 1, done.output
    assert "0 of 3 products fitted" in done.output
