"""What a session keeps does not grow with every move of a slider."""

import gc
import os
from pathlib import Path

import pytest

from tests.evidence import FULL
from tests.ui import previews
from tests.ui.pages import opened

MOVES = 500 if FULL else 5
WARM = MOVES // 3
# Caches fill up to their bound in the first moves; what comes after may not add up.
MOST_MB = 60.0


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's own count of memory")
def test_memory_stays_bounded_over_many_moves(monkeypatch) -> None:
    previews.apart(monkeypatch)
    app = opened()
    before = 0.0
    for move in range(MOVES):
        app.slider(key="lever_holding_rate").set_value(1.0 + 0.5 * (move % 100)).run()
        app.slider(key="lever_demand_cv").set_value(50.0 + 5.0 * (move % 30)).run()
        assert not app.exception
        if move == WARM:
            # As many more moves as a session remembers, which to make takes a minute.
            app.session_state["_history"] = 60 * app.session_state["_history"][:1]
            gc.collect()
            before = resident_mb()
    gc.collect()
    assert resident_mb() - before < MOST_MB
    assert len(app.session_state["_previews"]) <= 20
    assert len(app.session_state["_history"]) <= 50
