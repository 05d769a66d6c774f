"""Labels, regrets and the value of inputs on draws made by hand, where the answer is known."""

import numpy as np
import pytest
from scipy.stats import norm

from engine.economics.instance import ATO, MTO, MTS
from engine.evaluate.trust.confidence import _dependence, judge, wilson
from engine.evaluate.trust.draws import Draws
from engine.evaluate.trust.inputs import uncertain_inputs
from engine.evaluate.trust.measuring import Measuring, measuring
from engine.evaluate.trust.resample import resample
from tests.evidence import FULL
from tests.scenarios import make_scenario

COUNT = 2000


def drawn(*rivals, count=COUNT):
    """Products planned as MTS; MTO costs `rivals[i]` more in each draw, ATO is not possible."""
    dearer = np.full((count, len(rivals), 3), np.nan)
    dearer[:, :, MTS] = 0.0
    for i, extra in enumerate(rivals):
        dearer[:, i, MTO] = extra
    kept = np.stack([np.asarray(extra) * np.ones(count) >= 0.0 for extra in rivals], axis=1)
    strategy = np.zeros(len(rivals), dtype=np.int64)
    return Draws(strategy=strategy, dearer=dearer, kept=kept, solved=np.ones(count, dtype=bool))


def inputs(products, count=COUNT, **of):
    of = of or {"demand_cv": 0.3, "products.unit_cost": 0.3}
    return resample(make_scenario([{}] * products), uncertain_inputs(0.0, of), draws=count)


def test_the_value_of_an_input_that_decides_alone_is_the_closed_form():
    """Cost difference N(m, s^2), all of it from one input: s phi(m/s) - m Phi(-m/s) (Raiffa & Schlaifer 1961)."""
    resamples = inputs(1)
    z = np.log(resamples.factors["products.demand_cv"][:, 0])
    z = (z - z.mean()) / z.std()
    mean, sd = 50.0, 100.0
    found = measuring(resamples, drawn(mean + sd * z), np.array([MTO]))
    value = dict(zip(found.inputs, found.value[0], strict=True))
    expected = sd * norm.pdf(mean / sd) - mean * norm.cdf(-mean / sd)
    assert value["products.demand_cv"] == pytest.approx(expected, rel=0.1)
    assert value["products.unit_cost"] < 0.02 * expected
    assert found.everything[0] == pytest.approx(expected, rel=0.1)
    slope = dict(zip(found.inputs, found.slope[0], strict=True))
    assert slope["products.demand_cv"] == pytest.approx(1.0)


def test_of_noise_next_to_nothing_is_reported():
    """A dozen inputs, none with any effect: in 5% of all studies one seems worth measuring, as stated."""
    count = 40
    row = {"make_premium": 1.0, "assembly_premium": 1.0, "obsolescence_per_year": 0.1, "make_order_cost": 5.0}
    resamples = resample(make_scenario([row, row]), uncertain_inputs(0.2), draws=count)
    found = []
    for seed in range(50 if FULL else 12):
        noise = np.random.default_rng([1, seed]).normal(60.0, 100.0, (2, count))
        found.append(measuring(resamples, drawn(*noise, count=count), np.array([MTO, MTO])))
    most = 7 if FULL else 2
    assert sum(one.value[0].max() > 0.0 for one in found) <= most
    assert sum(one.total.max() > 0.0 for one in found) <= most
    assert sum((np.abs(one.slope[1]) > 0.0).any() for one in found) <= most
    assert min(one.noise.min() for one in found) > 0.0
    found = judge(resamples, drawn(*noise, count=count), cost=np.full(2, 1000.0), current=np.array([MTS, MTS]))
    assert (found.inputs["noise_per_year"] > 0.0).all()
    assert found.products["label"].iloc[0] == "conditional"
    assert found.products["advice"].iloc[0] == "keep MTS; no single input is seen to decide"


def test_an_input_that_decides_is_found_with_few_draws_and_the_same_each_time():
    resamples = inputs(2, count=30)
    z = np.log(resamples.factors["products.demand_cv"])[:, 0]
    noise = np.random.default_rng(0).normal(0.0, 30.0, 30)
    draws = drawn(400.0 * z + noise, noise, count=30)
    found, again = (measuring(resamples, draws, np.array([MTO, MTO])) for _ in range(2))
    value = dict(zip(found.inputs, found.value[0], strict=True))
    assert value["products.demand_cv"] > found.noise[0]
    assert value["products.unit_cost"] == 0.0
    assert found.total.max() > found.total_noise
    np.testing.assert_array_equal(found.total, again.total)
    np.testing.assert_array_equal(found.noise, again.noise)


def test_an_input_of_little_worth_is_named_itself_where_none_correlates():
    """The regret is large, what can be known of it small; no correlation is left to go by."""
    worth = Measuring(
        inputs=("a", "b"), value=np.array([[0.0, 1.0]]), slope=np.zeros((1, 2)), everything=np.array([100.0]),
        noise=np.array([0.5]), total=np.array([0.0, 1.0]), total_noise=0.5,
    )  # fmt: skip
    names, directions, value = _dependence(worth, np.array([MTO]), np.array([True]), np.array([100.0]))
    assert (names, directions, value.tolist()) == (["b"], ["no clear direction"], [1.0])


def test_equal_on_average_is_conditional_where_one_input_decides():
    """Each strategy wins half of the time, by 300 of 1,000: who knows the CV saves a tenth of the cost."""
    resamples = inputs(1)
    z = np.log(resamples.factors["products.demand_cv"])
    draws = drawn(5.0 + 300 * ((z - z.mean(axis=0)) / z.std(axis=0))[:, 0])
    row = judge(resamples, draws, cost=np.array([1000.0]), current=np.array([MTO])).products.iloc[0]
    assert abs(row["advantage_per_year"]) < 0.02 * 1000.0
    assert row["label"] == "conditional"
    assert row["advice"] == "check products.demand_cv first, then switch to MTS"


def test_labels_regret_and_advice():
    resamples = inputs(4)
    z = np.log(resamples.factors["products.demand_cv"])
    z = z / z.std(axis=0)
    draws = drawn(1000.0 + 10 * z[:, 0], 300.0 + 300 * z[:, 1], 5.0 + 60 * z[:, 2], -200.0 + 50 * z[:, 3])
    current = np.array([MTO, MTO, MTO, -1])
    found = judge(resamples, draws, cost=np.full(4, 1000.0), current=current)
    table = found.products.set_index("product")
    assert table["label"].tolist() == ["no-regret", "conditional", "contested", "conditional"]
    assert found.counts == {"no-regret": 1, "conditional": 2, "contested": 1}
    assert table.loc["P1", "advice"] == "switch to MTS"
    assert table.loc["P2", "advice"] == "check products.demand_cv first, then switch to MTS"
    assert table.loc["P2", "direction"] == "lower speaks for MTO"
    assert table.loc["P3", "advice"] == "do not switch: MTO costs about the same"
    assert table.loc["P4", "advice"].startswith("MTO costs less on average")
    lost = -np.minimum(draws.dearer[:, 1, MTO], 0.0)
    assert table.loc["P2", "confidence"] == pytest.approx((lost == 0).mean())
    assert table.loc["P2", "expected_regret_per_year"] == pytest.approx(lost.mean())
    assert table.loc["P2", "regret_if_wrong_per_year"] == pytest.approx(lost[lost > 0].mean())
    assert found.inputs["input"].iloc[0] == "products.demand_cv"
    assert found.inputs["products_depending"].tolist() == [3, 0]


def test_a_product_without_choice_is_certain_and_one_that_breaks_rules_is_not():
    resamples = inputs(2, count=40)
    draws = drawn(np.nan, 100.0, count=40)
    draws.kept[:, 0] = True
    draws.kept[:10, 1] = False
    draws.dearer[:10, 1, :] = np.nan
    found = judge(resamples, draws, cost=np.full(2, 1000.0), current=np.array([MTS, MTS])).products
    assert found["confidence"].tolist() == [1.0, 0.75]
    assert found["rival"].tolist() == ["", "MTO"]
    assert found["expected_regret_per_year"].tolist() == [0.0, 0.0]
    assert found["advice"].iloc[0] == "keep MTS"


def test_draws_without_a_plan_are_left_out():
    resamples = inputs(1, count=40)
    draws = drawn(100.0, count=40)
    draws.solved[:4] = False
    draws.kept[:4] = False
    found = judge(resamples, draws, cost=np.ones(1), current=np.array([MTS]))
    assert found.unsolved == 4
    assert found.products["confidence"].tolist() == [1.0]


def test_the_rival_is_who_wins_when_the_plan_does_not():
    resamples = inputs(1, count=40)
    draws = drawn(10.0, count=40)
    draws.dearer[:, 0, ATO] = 500.0
    draws.dearer[:6, 0, ATO] = -100.0
    draws.kept[:6] = False
    found = judge(resamples, draws, cost=np.full(1, 1e4), current=np.array([MTS])).products
    assert found["rival"].tolist() == ["ATO"]


def test_the_interval_of_a_share_covers_it_as_often_as_stated():
    rng = np.random.default_rng(1)
    kept = rng.binomial(150, 0.9, 4000).astype(float)
    low, high = wilson(kept, 150)
    assert ((low <= 0.9) & (high >= 0.9)).mean() == pytest.approx(0.9, abs=0.03)
    assert wilson(np.array([150.0]), 150)[1][0] == 1.0
