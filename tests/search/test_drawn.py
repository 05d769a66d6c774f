"""What is drawn of parts over the last days: as many days as are asked for, and the same answers as of all."""

from dataclasses import replace

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.search.first_come import drawn
from engine.search.first_come.waiting import FirstCome
from tests.scenarios import random_scenario


def queue_of(seed, monkeypatch, days):
    """Parts in lots, whose reorder levels may be so low that orders wait for months."""
    monkeypatch.setattr(drawn, "_DAYS", days)
    scenario = random_scenario(np.random.default_rng(seed), products=5, components=4, samples=25)
    parts = scenario.components.assign(min_order_quantity=np.array([300.0, 40.0, 0.0, 900.0]))
    instance = build_instance(replace(scenario, components=parts))
    strategy = np.array([ATO if row[ATO] else row.argmax() for row in instance.allowed])
    return instance, FirstCome(instance, strategy, instance.part_carrying)


@pytest.mark.parametrize("seed", range(3))
def test_few_days_say_what_all_say(seed, monkeypatch):
    instance, every = queue_of(seed, monkeypatch, 100_000)
    few = queue_of(seed, monkeypatch, 2)[1]
    assert few.drawn.days < every.drawn.days == instance.edges.paths.shape[1]
    for share in (0.0, 0.5, 1.0):
        # From levels that cover most of what is due down to a lot below zero.
        base = (1.0 - share) * every.total.mean(axis=1) - share * instance.parts.batch
        ours, theirs = few.waiting(base), every.waiting(base)
        for name in ("units", "age", "pull"):
            np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-12, err_msg=name)
    assert few.drawn.days > 2


def test_nobody_who_queues_needs_no_days(monkeypatch):
    instance, _ = queue_of(0, monkeypatch, 2)
    nobody = FirstCome(instance, np.full(len(instance.products), 2), instance.part_carrying)
    assert nobody.drawn.values.shape[0] == 0
    assert not nobody.waiting(np.zeros(len(instance.components))).units.any()


@pytest.mark.parametrize("seed", range(3))
def test_a_queue_laid_out_from_another_is_the_same_to_the_last_digit(seed, monkeypatch):
    instance, every = queue_of(seed, monkeypatch, 2)
    base = 0.3 * every.total.mean(axis=1)
    # The other queue has looked back further, which changes nothing.
    every.waiting(-instance.parts.batch)
    for i in range(len(instance.products)):
        strategy = every.strategy.copy()
        strategy[i] = 2 if strategy[i] == ATO else ATO
        near = FirstCome(instance, strategy, instance.part_carrying, near=every)
        fresh = FirstCome(instance, strategy, instance.part_carrying)
        days = min(near.drawn.days, fresh.drawn.days)
        np.testing.assert_array_equal(near.drawn.values[:, :days], fresh.drawn.values[:, :days])
        ours, theirs = near.waiting(base), fresh.waiting(base)
        for name in ("units", "age", "pull"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
