"""Best stocks of lone products against every level there is, and how few steps it takes to find them."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.lone import mixture
from engine.economics.lone.decide import decide_lone
from engine.economics.lone.mixture import quantile, shortage
from engine.economics.lone.stock import StockCase, best_stock, least_level
from engine.economics.lone.windows import INSTANT, Exposure, no_windows
from tests.economics.lone_products import lone
from tests.economics.test_lone import CASES
from tests.evidence import FULL, covering

FAMILIES = ("gamma", "normal", "poisson", "negative_binomial")
# Products by what one unit costs a year: on hand, late, and lost once it is late.
CARRYING, LATE = np.array([20.0, 20.0, 20.0, 5.0]), np.array([300.0, 90.0, 0.0, 40.0])
LOST = np.array([0.0, 30.0, 3.0, 0.4])
RATE, NOISE = np.array([1.5, 0.6, 2.0, 0.3]), np.array([3.0, 1.4, 3.5, 0.9])
TARGETS = (0.0, 0.8, 0.97)
BATCHES = (0.0, 6.0)
GRID = 80 if FULL else 40


def case(family, batch, *, target=0.0, life=np.nan, lost=LOST, share=1.0):
    """A cycle of seven days after a wait of three for what takes eight, seen at three instants of a share of it."""
    variance = RATE if family == "poisson" else NOISE
    none = no_windows(4)

    def over(*days):
        return shortage(
            family, mean_per_day=RATE, variance_per_day=variance, batch=np.full(4, batch), ahead=none,
            exposure=Exposure(days=np.repeat(np.array(days)[:, None], 4, axis=1),
                              weights=np.full((len(days), 4), share / len(days))),
        )  # fmt: skip

    still = shortage(
        family, mean_per_day=RATE, variance_per_day=variance, batch=np.full(4, batch), exposure=none,
        ahead=Exposure(days=np.full((1, 4), INSTANT), weights=np.ones((1, 4))),
    )  # fmt: skip
    cycle = over(5.0, 8.0, 11.0)
    return StockCase(
        now=cycle, due=cycle, start=over(5.0), end=over(12.0), stretch_days=7.0, still=still, rate=RATE,
        carrying=CARRYING, late=LATE, lost=lost, target=np.full(4, target), life_days=np.full(4, life),
        order_size=np.ones(4), orders_per_day=RATE,
    )  # fmt: skip


def levels(one):
    """Every level that could be best, shape (n,): whole ones, or a fine grid."""
    low, high = -float(one.now.batch[0]), 60.0
    return np.arange(low, high + 1.0) if one.now.integer else np.linspace(low, high, GRID)


def at_each(one, value, grid):
    """A value of every product at every level, shape (levels, products)."""
    return np.array([value(np.full(4, level)) for level in grid])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("batch", BATCHES)
def test_late_units_are_what_the_backlog_grows_by(family, batch):
    """E(D - S - V)+ at the end of the stretch less that at its start, over its days; never more than what is sold."""
    one = case(family, batch)
    for level in (-3.0, 0.0, 4.0, 15.0):
        at = np.full(4, level)
        late = (one.end.backlog(at) - one.start.backlog(at)) / 7.0
        np.testing.assert_allclose(one.late_per_day(at), np.clip(late, 0.0, RATE), rtol=1e-12, atol=1e-15)
    below = np.full(4, -20.0)
    np.testing.assert_allclose(one.late_per_day(below), RATE, rtol=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("level", [-5.5, -3.0, -1.0, 0.0])
def test_units_without_a_window_wait_for_the_rest_of_their_own_order(family, level):
    """Of lots whose position is below zero: what is owed grows by all that is ordered an instant before."""
    at = np.full(4, level)
    for batch in BATCHES:
        one = case(family, batch, share=0.7)
        late = (one.end.backlog(at) - one.start.backlog(at)) / 7.0
        if batch:
            late += 0.3 * (one.due.owed(at) - one.still.backlog(at)) / INSTANT
        np.testing.assert_allclose(one.late_per_day(at), np.clip(late, 0.0, RATE), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("family", "batch", "target"), covering(FAMILIES, BATCHES, [0.02, 0.3, *TARGETS[1:]])
)
def test_the_least_level_is_the_first_that_keeps_the_target(family, batch, target):
    one = case(family, batch, target=target)
    found, allowed = least_level(one), (1.0 - target) * RATE
    assert (one.late_per_day(found) <= allowed * (1.0 + 1e-9)).all()
    step = 1.0 if one.now.integer else 1e-6 * (1.0 + np.abs(found))
    # Or the lowest there is: less than its lot a stock never lacks.
    assert ((one.late_per_day(found - step) > allowed * (1.0 - 1e-9)) | (found <= -batch)).all()
    # Whatever keeps it anyway is not stocked.
    np.testing.assert_array_equal(least_level(case(family, batch, target=0.0)), np.full(4, -batch))


@pytest.mark.evidence
@pytest.mark.parametrize(
    ("family", "batch", "target", "life"), covering(FAMILIES, BATCHES, TARGETS, [np.nan, 9.0])
)
def test_no_level_between_target_and_shelf_life_costs_less(family, batch, target, life):
    one = case(family, batch, target=target, life=life)
    found, grid = best_stock(one), levels(one)
    cost, late = at_each(one, one.cost, grid), at_each(one, one.late_per_day, grid)
    # What sells within its life at the mean rate: the fullest shelf is S + Q less what is gone when it comes.
    most = np.full(4, np.inf) if np.isnan(life) else RATE * life + one.now.mean - batch
    keeps = (late <= (1.0 - target) * RATE * (1.0 + 1e-9)) if target else np.full(late.shape, fill_value=True)
    least = np.array([grid[keeps[:, i]].min() for i in range(4)])
    width = 0.0 if one.now.integer else grid[1] - grid[0]
    assert (found.sellable == (most >= (least_level(one) if target else -batch) - 1e-9)).all()
    for i in range(4):
        if not found.sellable[i]:
            continue
        fits = keeps[:, i] & (grid <= most[i])
        own = one.cost(found.level)[i]
        assert own <= cost[fits, i].min() * (1.0 + 1e-6) + 1e-9 if fits.any() else True
        assert found.level[i] >= least[i] - width - 1e-9
        assert found.level[i] <= most[i] + 1e-9
    np.testing.assert_allclose(found.backlog, one.now.backlog(found.level))
    on_hand = found.level + one.now.position - one.now.mean + found.backlog
    np.testing.assert_allclose(found.on_hand, np.maximum(on_hand, 0.0))
    np.testing.assert_allclose(found.need, (least_level(one) if target else -batch) + batch)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("goal", [0.6, 0.2, 0.03, 1e-4])
def test_a_single_window_has_its_quantile(family, goal):
    """One window without a lot: the law's own quantile."""
    days, variance = 6.0, RATE if family == "poisson" else NOISE
    one = shortage(
        family, mean_per_day=RATE, variance_per_day=variance, batch=np.zeros(4), ahead=no_windows(4),
        exposure=Exposure(days=np.full((1, 4), days), weights=np.ones((1, 4))),
    )  # fmt: skip
    mean, spread = RATE * days, variance * days
    law = {
        "gamma": lambda: stats.gamma(mean**2 / spread, scale=spread / mean),
        "normal": lambda: stats.norm(mean, np.sqrt(spread)),
        "poisson": lambda: stats.poisson(mean),
        "negative_binomial": lambda: stats.nbinom(mean**2 / (spread - mean), mean / spread),
    }[family]()
    low = np.full(4, -2.0)
    wanted = np.maximum(law.isf(goal), low)
    np.testing.assert_allclose(quantile(one, np.full(4, goal), low), wanted, rtol=1e-6, atol=1e-6)
    # Where the least is enough it is the least.
    np.testing.assert_array_equal(quantile(one, np.full(4, goal), wanted + 3.0), wanted + 3.0)
    np.testing.assert_array_equal(quantile(one, np.ones(4), low), low)


# Values of the tail that are worked out for a product, on average: each costs a special function for every node.
STEPS = {
    "gamma": 2.2,
    "gamma in batches": 3.1,
    "gamma, continuous review": 2.1,
    "normal": 2.6,
    "poisson": 2.5,
    "negative binomial": 2.4,
    "negative binomial in batches": 2.6,
    "random lead times, continuous review": 3.5,
    "lots, customers wait": 3.9,
    "lots, customers wait, normal": 3.1,
    "lots, customers wait, whole units": 3.0,
}


@pytest.mark.parametrize("case", STEPS)
def test_the_search_begins_next_to_the_level_and_ends_soon(case, monkeypatch):
    columns, settings = CASES[case]
    tried, asked, step, search = [], [], mixture._step, mixture._guess
    monkeypatch.setattr(mixture, "_step", lambda *given: tried.append(len(given[2])) or step(*given))
    monkeypatch.setattr(mixture, "_guess", lambda *given: asked.append(len(given[1])) or search(*given))
    decide_lone(lone({**columns, "allowed": "MTS"}, count=60 if FULL else 30, **settings))
    assert sum(tried) <= STEPS[case] * sum(asked)
