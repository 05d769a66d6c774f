"""Normal demand that falls due, window by window: its share that is late against drift and diffusion."""

import numpy as np
import pytest
from scipy import special

from engine.demand.distributions import Normal
from engine.economics.build import build_instance
from engine.economics.exposure.diffusion import own_place
from engine.economics.instance import ATO
from engine.search.first_come.waiting import FirstCome
from tests.evidence import covering
from tests.scenarios import make_scenario

PLACES = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize(("days", "cv"), covering([0.05, 0.5, 1.0, 3.0, 60.0], [0.1, 0.35, 0.5]))
def test_what_is_late_is_drift_and_diffusion(days, cv):
    """P(D + U > S) = P(D > S) + sigma^2 / 2 l f(S), wherever the right side falls with the level."""
    made = Normal(mean_per_week=70.0, cv=cv)
    mean, spread = 10.0 * days, cv * 70.0 * np.sqrt(days / 7.0)
    demand = mean + spread * special.ndtri(PLACES)
    own = own_place(demand, np.full(demand.shape, days), made)
    assert (own > 0.0).all()
    assert (np.diff(demand + own) > 0.0).all()
    half = (cv * 70.0) ** 2 / 7.0 / 20.0
    for z in np.linspace(max(-2.0, -0.9 * spread / half), 3.0, 9).tolist():
        level = mean + z * spread
        density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) / spread
        late = min(float(special.ndtr(-z)) + half * density, 1.0)
        assert float((demand + own > level).mean()) == pytest.approx(late, abs=2e-5)


def test_it_is_the_same_for_all_of_long_windows_and_where_there_is_none():
    made = Normal(mean_per_week=70.0, cv=0.3)
    own = own_place(np.array([70_000.0, 5.0]), np.array([7000.0, 0.0]), made, rest=np.array([7.0, 8.0]))
    assert own == pytest.approx([0.5 * 0.3**2 * 70.0, 8.0], rel=1e-3)


@pytest.mark.parametrize("days", [0.1, 0.3, 0.6, 1.0, 4.0])
def test_in_lots_its_mean_is_kept(days):
    """What the width of lots makes of it is its mean: a twentieth may be lost, where the window is short nothing."""
    made = Normal(mean_per_week=70.0, cv=0.4)
    demand = 10.0 * days + 28.0 * np.sqrt(days / 7.0) * special.ndtri(PLACES)
    own = own_place(demand, np.full(demand.shape, days), made, lots=True)
    assert own.mean() == pytest.approx(0.5 * 0.4**2 * 70.0, rel=0.05)


def built(**columns):
    days = columns.pop("days", 0.3)
    row = {"distribution": "normal", "demand_cv": 0.4, "make_days": days, "replenishment_days": days,
           "lead_time_target_days": 0.0, "assembly_days": 0.0, "late_cost_per_unit_day": 1.0} | columns  # fmt: skip
    settings = {key: row.pop(key) for key in ("demand", "segments", "seasons") if key in row}
    parts = [{"component": "C1", "lead_time_days": days}, {"component": "C2", "lead_time_days": days,
             "min_order_quantity": 30.0}]  # fmt: skip
    return build_instance(make_scenario(
        [row], components=parts, bom={"P1": {"C1": 1.0, "C2": 1.0}}, review_days=0, samples=100, **settings
    ))  # fmt: skip


def test_windows_of_normal_demand_have_their_own():
    """Of finished stock as of parts; of lots where they are no shorter than half a day or so."""
    for days, same_in_lots in ((0.3, True), (1.0, False)):
        found, lots = built(days=days), built(days=days, batch_size=20.0)
        edges, same = found.edges, found.edges.own_order[0]
        of_parts = same + edges.own_beyond[edges.window]
        assert np.ptp(of_parts[0]) > 0.5
        assert same_in_lots == np.allclose(of_parts[1], same)
        np.testing.assert_allclose(found.stock.reached[0] - found.stock.demand[0], of_parts[0])
        np.testing.assert_allclose(lots.stock.reached[0] - lots.stock.demand[0], of_parts[1])


def test_units_after_an_order_that_supply_comes_for_are_those_of_a_gamma_process():
    found = built(days=3.0, lead_time_target_days=7.0, batch_size=20.0)
    gamma = built(days=3.0, lead_time_target_days=7.0, batch_size=20.0, distribution="gamma")
    after = found.stock.demand[0] - found.stock.reached[0]
    np.testing.assert_allclose(after, gamma.edges.own_order[0])
    np.testing.assert_allclose(found.edges.own_order[0] + found.edges.own_beyond[0], gamma.edges.own_order[0])


@pytest.mark.parametrize(
    "columns",
    [
        {"distribution": "gamma"}, {"demand": {"common_factor_cv": 0.2}},
        {"seasons": [{"product": "P1", "period": k, "factor": 0.5 + (k % 2)} for k in range(1, 13)]},
        {"lead_time_target_days": None, "late_cost_per_unit_day": None, "segments": [
            {"product": "P1", "segment": f"{wait}", "share": 0.5, "lead_time_target_days": wait,
             "late_cost_per_unit_day": 1.0}
            for wait in (0.0, 0.5)
        ]},
    ],
    ids=["gamma", "common factor", "season", "segments"],
)  # fmt: skip
def test_other_windows_have_the_same_own_order_at_every_place(columns):
    found = built(**columns)
    assert found.edges.own_beyond is None


@pytest.mark.parametrize("wait", [0.0, 7.0])
def test_a_line_of_the_queue_asks_its_part_for_what_its_window_says(wait):
    """Before the unit, or after it where supply comes for its whole order."""
    found = built(days=1.0, allowed="ATO", lead_time_target_days=wait)
    queue = FirstCome(found, np.array([ATO]), np.ones(2))
    edges = found.edges
    for e in range(len(edges.window)):
        own = edges.own_order[0] + edges.own_beyond[edges.window[e]]
        gone = edges.demand[e] + (own if wait == 0.0 else -own)
        np.testing.assert_allclose(queue.gone[e], gone)
