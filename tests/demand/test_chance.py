"""Bootstraps of many fits: each product by itself, whoever works on it."""

import numpy as np
import pytest

from benchmarks.lines import write_book
from engine.demand.fitting import chance
from engine.demand.fitting.chance import Judged, chances
from engine.demand.fitting.fit import fit_demand
from engine.demand.fitting.goodness import moments, p_value
from engine.demand.streams import stream
from engine.evaluate.processes.side_by_side import side_by_side
from engine.scenario.read import read_scenario


def fits(count):
    families = ("gamma", "negative_binomial", "compound_poisson", "normal", "poisson")
    return [
        Judged(product=f"P{k}", family=families[k % 5], distance=0.0004 * (k % 7) if k else float("nan"),
               of=moments(20.0 + k, 0.4, 3.0), weeks=104)
        for k in range(count)
    ]  # fmt: skip


def test_each_product_is_judged_with_random_numbers_of_its_own():
    asked = fits(12)
    found = chances(asked, key=5, replicates=19)
    assert np.isnan(found[0])
    for one, value in zip(asked[1:], found[1:], strict=True):
        rng = stream(5, "fit", one.product)
        assert value == p_value(one.family, one.distance, one.of, weeks=104, rng=rng, replicates=19)
    assert chances(asked[4:], key=5, replicates=19) == found[4:]


def test_one_and_several_processes_judge_alike(monkeypatch):
    monkeypatch.setattr(chance, "_A_PIECE", 3)
    asked = fits(8)[1:]
    ended = []

    def several(work, given, pieces):
        for values in side_by_side(work, given, pieces, processes=2):
            ended.append(len(values))
            yield values

    assert chances(asked, key=5, replicates=19, pieces=several) == chances(asked, key=5, replicates=19)
    assert ended == [3, 3, 1]


def test_who_works_on_it_is_who_is_asked(tmp_path):
    asked = []

    def counted(work, given, pieces):
        asked.extend(pieces)
        return chance.in_turn(work, given, pieces)

    write_book(tmp_path, 1_000)
    scenario = read_scenario(tmp_path / "scenario")
    fit_demand(scenario, replicates=3, pieces=counted)
    assert asked == [0]
    fit_demand(scenario, replicates=0, pieces=counted)
    assert asked == [0]


@pytest.mark.parametrize("order", [1, -1])
def test_orders_whose_chance_is_nothing_are_left_out_of_no_value(order):
    """Against the sum of all of them, for rates and sizes that differ from place to place."""
    from scipy import special

    from engine.demand.fitting.goodness import Moments, distribution_function

    rng = np.random.default_rng(2)
    rate, size = rng.uniform(0.01, 29.0, 400), np.exp(rng.normal(0.0, 2.0, 400))
    spread = np.where(np.arange(400) % 9, np.exp(rng.normal(-1.0, 1.5, 400)), 0.0)[::order]
    at = rate * size * rng.gamma(0.7, 1.5, 400)
    of = Moments(mean=rate * size, cv=((1.0 + spread) / rate) ** 0.5, order_size=size)
    found = distribution_function("compound_poisson", at, of)
    counts = np.arange(1, 200)
    chance_of = np.exp(counts * np.log(rate)[:, None] - rate[:, None] - special.gammaln(counts + 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        below = special.gammainc(counts / spread[:, None], (at / (size * spread))[:, None])
    direct = np.exp(-rate) + (chance_of * below).sum(axis=1)
    smooth = spread > 0.0
    np.testing.assert_allclose(found[smooth], direct[smooth], rtol=1e-9)
    np.testing.assert_allclose(found[~smooth], special.pdtr(np.floor(at / size + 1e-9), rate)[~smooth], rtol=1e-12)
