import json

import numpy as np
import pandas as pd
import pytest

from engine.demand.fitting.fit import FIT_COLUMNS, fit_demand
from engine.demand.fitting.write import write_fit
from engine.errors import EngineError
from engine.scenario.read import read_scenario
from tests.demand.test_fit import frame_of_weeks, lines
from tests.scenarios import make_scenario, write_scenario


@pytest.fixture
def fit():
    book = [*lines([3.0, 1.0] * 20), *frame_of_weeks(40), *lines([2.0], "007")]
    products = [{"product": "P1"}, {"product": "frame"}, {"product": "007"}]
    return fit_demand(make_scenario(products=products, orders=book), weeks_min=30, replicates=9)


def test_table_and_summary_are_written_and_nothing_else(fit, tmp_path):
    write_fit(fit, tmp_path / "a" / "b")
    out = tmp_path / "a" / "b"
    assert sorted(path.name for path in out.iterdir()) == ["fit.csv", "summary.json"]
    table = pd.read_csv(out / "fit.csv", dtype={"product": str})
    assert list(table.columns) == list(FIT_COLUMNS)
    assert table["product"].tolist() == ["P1", "frame", "007"]
    assert table["demand_per_week"].iloc[0] == fit.table["demand_per_week"].iloc[0]
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["products"] == 3
    assert summary["fitted"] + len(summary["refused"]) == 3
    assert sum(summary["distributions"].values()) == summary["fitted"]
    assert summary["input_sha256"] == fit.input_sha256
    assert summary["replicates"] == 9


def test_the_season_is_written_as_the_table_of_a_scenario(tmp_path):
    weeks = np.arange(156)
    units = 40.0 * (1.0 + 0.5 * np.sin(2.0 * np.pi * weeks / 52.0))
    found = fit_demand(make_scenario([{"product": "P1"}], orders=lines(units.tolist())), replicates=0)
    write_fit(found, tmp_path / "fit")
    case = write_scenario(tmp_path / "case", products=[{"product": "P1"}])
    (case / "seasons.csv").write_bytes((tmp_path / "fit" / "seasons.csv").read_bytes())
    table = read_scenario(case).seasons
    assert table["period"].tolist() == list(range(1, 53))
    assert table["factor"].tolist() == found.seasons["factor"].tolist()


def test_a_product_is_never_a_formula_in_the_table(tmp_path):
    found = fit_demand(make_scenario(products=[{"product": "=A1"}], orders=lines([3.0, 1.0] * 20, "=A1")),
                       weeks_min=30, replicates=9)  # fmt: skip
    write_fit(found, tmp_path)
    assert (tmp_path / "fit.csv").read_text("utf-8").splitlines()[1].startswith("'=A1,")


def test_two_fits_are_byte_identical(fit, tmp_path):
    for name in ("a", "b"):
        write_fit(fit, tmp_path / name)
    for file in ("fit.csv", "summary.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_file_in_the_way_is_told(fit, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EngineError, match="cannot be written"):
        write_fit(fit, tmp_path / "file")
