"""The spare parts of a real manufacturer, from import to report."""

import os
from pathlib import Path

import numpy as np
import pytest

from engine.catalog.results.report import batch_report
from engine.economics.build import build_instance
from engine.economics.optima.stock import best_stock, decide_stock
from engine.scenario.importers.man_spare_parts import import_man_spare_parts
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import decisions, run
from tests.evidence import FULL

DATA = Path(os.environ.get("CODP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")) / "man_spare_parts"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data at {DATA}; set CODP_DATA")


@pytest.mark.evidence
def test_every_sku_that_sells_is_decided_and_agrees_with_samples(tmp_path):
    import_man_spare_parts(DATA, tmp_path / "catalogue")
    result = run(tmp_path / "catalogue", tmp_path / "out", options=None)
    frame, scenario = decisions(tmp_path / "out"), read_scenario(tmp_path / "catalogue")
    assert result.summary["products"] == len(scenario.products) == 1941
    assert result.summary["rejected_rows"] == 0
    assert set(frame["basis"]) == {"exact"}
    assert batch_report(tmp_path / "out").mix["products"].sum() == 1941
    if not FULL:
        return
    instance = build_instance(scenario, samples=500)
    cost = decide_stock(instance, best_stock(instance)).choice
    cost = np.where(instance.allowed, cost, np.inf)
    sampled = cost.min(axis=1)
    same = frame["strategy"].map({"MTS": 0, "ATO": 1, "MTO": 2}).to_numpy() == cost.argmin(axis=1)
    print(f"exact {frame['expected_cost_per_year'].sum():,.0f}, sampled {sampled.sum():,.0f}, same {same.mean():.1%}")
    assert frame["expected_cost_per_year"].sum() == pytest.approx(sampled.sum(), rel=0.01)
    assert same.mean() > 0.95
