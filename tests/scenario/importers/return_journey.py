"""A scenario that was written as an export and read again is the same, and so is what is decided of it."""


import pandas as pd
import pytest

from engine.decision.solve import solve
from tests.evidence import FULL

TABLES = ("products", "components", "bom", "resources", "routing")


def assert_the_same(given, found, notes, *, solved):
    """Nothing was asked for, settings and tables are equal; decided where `solved`, else where evidence is full."""
    assert not [note for note in notes if note.startswith("Asked for")], notes
    assert found.settings == given.settings
    for table in TABLES:
        pd.testing.assert_frame_equal(found.table(table), given.table(table), rtol=1e-12)
    if solved or FULL:
        one, two = (solve(case, samples=10).plan.decisions for case in (given, found))
        assert one["strategy"].tolist() == two["strategy"].tolist()
        costs = [plan["expected_cost_per_year"].to_numpy() for plan in (one, two)]
        assert costs[1] == pytest.approx(costs[0], rel=1e-9)
