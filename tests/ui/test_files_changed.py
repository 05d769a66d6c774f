"""A scenario whose files change while a reader looks at it is decided anew, as who opens it now has it."""

import os

import pytest

import engine.ui.state.scenarios
from tests.scenarios import write_scenario
from tests.ui.pages import opened, shown, until_proven

pytestmark = pytest.mark.usefixtures("proven_here")
PRODUCT = {"late_cost_per_unit_day": 0.2, "demand_cv": 0.8, "current_strategy": "MTS"}


def figures(app) -> list[tuple[str, str]]:
    return [(metric.label, metric.value) for metric in app.metric]


def written(folder, cost: float, second: int) -> None:
    """As an editor saves them at some second: a file system tells when a file was written by its own clock."""
    write_scenario(folder / "case", products=[PRODUCT, {**PRODUCT, "unit_cost": cost}], samples=100)
    for file in (folder / "case").iterdir():
        os.utime(file, (second, second))


def test_what_was_proven_of_the_files_before_is_told_no_more(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    written(tmp_path, cost=100.0, second=1_000_000_000)
    app = until_proven(opened("case"))
    before = figures(app)
    written(tmp_path, cost=150.0, second=1_000_000_001)
    app = until_proven(app.run())
    now = until_proven(opened("case"))
    assert figures(app) == figures(now) != before
    assert shown(app) == shown(now)
