"""Normal demand that falls due, window by window: its share that is late against drift and diffusion."""

import numpy as np
import pytest
from scipy import special

from engine.demand.distributions import Normal
from engine.economics.build import build_instance
from engine.economics.exposure.diffusion import own_place
from tests.scenarios import make_scenario

PLACES = (np.arange(200_000) + 0.5) / 200_000


@pytest.mark.parametrize("cv", [0.1, 0.35, 0.5])
@pytest.mark.parametrize("days", [0.05, 0.5, 1.0, 3.0, 60.0])
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
    own = own_place(np.array([70_000.0, 5.0]), np.array([7000.0, 0.0]), made)
    assert own == pytest.approx(0.5 * 0.3**2 * 70.0, rel=1e-3)


def built(**columns):
    row = {"distribution": "normal", "demand_cv": 0.4, "make_days": 1.0, "replenishment_days": 1.0,
           "lead_time_target_days": 0.0, "assembly_days": 0.0, "late_cost_per_unit_day": 1.0} | columns  # fmt: skip
    settings = {key: row.pop(key) for key in ("demand", "segments", "seasons") if key in row}
    parts = [{"component": "C1", "lead_time_days": 1.0}, {"component": "C2", "lead_time_days": 1.0,
             "min_order_quantity": 30.0}]  # fmt: skip
    return build_instance(make_scenario(
        [row], components=parts, bom={"P1": {"C1": 1.0, "C2": 1.0}}, review_days=0, samples=100, **settings
    ))  # fmt: skip


def test_windows_of_normal_demand_have_their_own():
    """Of finished stock as of parts; of lots it is the product's, which their width makes right."""
    found = built()
    same = found.edges.own_order[0]
    of = same + found.edges.own_beyond[0]
    assert np.ptp(of) > 0.5
    np.testing.assert_allclose(found.stock.reached[0] - found.stock.demand[0], of)
    lots = built(batch_size=20.0)
    np.testing.assert_allclose(lots.stock.reached[0] - lots.stock.demand[0], same)


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


def test_a_kit_finds_a_part_in_lots_as_it_did():
    """What a line of the queue asks of its part: of the first the window's own, of the second the product's."""
    from engine.economics.instance import ATO
    from engine.search.first_come.waiting import FirstCome

    found = built(allowed="ATO")
    queue = FirstCome(found, np.array([ATO]), np.ones(2))
    demand, own = found.edges.windows[0], found.edges.own_order[0]
    np.testing.assert_allclose(queue.gone[0], demand + own + found.edges.own_beyond[0])
    np.testing.assert_allclose(queue.gone[1], demand + own)
