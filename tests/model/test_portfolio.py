"""Rules over strategies alone: what breaks them and which moves keep them, against all 27 combinations."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from engine.economics.instance import ATO, MTO, MTS
from engine.economics.ties import no_ties
from engine.model.portfolio import Portfolio
from tests.model.micro import micro_instance

EVERY = [np.array(strategy) for strategy in product(range(3), repeat=3)]


def broken(strategy, *, changes=1):
    """Of the micro instance, in words: blocks and rows that strategies break."""
    a, b, c = strategy.tolist()
    found = set()
    # a is made to stock today and b assembled to order; c has no strategy yet.
    if (a == MTO) + (b in (MTS, MTO)) > changes:
        found.add(("C8", 0))
    # b and c are a family. c may not be made to stock, so that b is not either.
    found |= {("C10", 3 * 2 + k) for k in range(3) if (c == k) != (b == k)}
    # At least one of all is assembled, at most one of the family made to order.
    if (b == ATO) + (c == ATO) < 1:
        found.add(("C11_least", 0))
    if (b == MTO) + (c == MTO) > 1:
        found.add(("C11_most", 1))
    return found


def allowed(strategy):
    """Strategies that products may have; others are in no row."""
    return micro_instance().allowed[np.arange(3), strategy].all()


@pytest.mark.parametrize("changes", [0, 1, 2])
def test_what_a_plan_breaks_is_what_its_rules_say(changes):
    rules = Portfolio(replace(micro_instance(), max_changes=changes))
    assert rules.stated == {"C8", "C10", "C11"}
    for strategy in filter(allowed, EVERY):
        assert set(rules.broken(strategy)) == broken(strategy, changes=changes)
        assert rules.keeps(strategy) is not bool(broken(strategy, changes=changes))


def test_a_move_takes_its_family_along_and_is_free_where_no_rule_breaks():
    rules = Portfolio(micro_instance())
    assert [rules.moves_with(i).tolist() for i in range(3)] == [[0], [1, 2], [1, 2]]
    for strategy in filter(allowed, EVERY):
        free = rules.free(strategy)
        assert free.shape == (3, 3)
        for i, k in product(range(3), repeat=2):
            after = strategy.copy()
            after[[0] if i == 0 else [1, 2]] = k
            np.testing.assert_array_equal(rules.moved(strategy, i, k), after)
            if allowed(after):
                assert free[i, k] == (not broken(after))


def test_what_moves_together_is_added_up():
    values = np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]])
    family = values[1] + values[2]
    np.testing.assert_array_equal(Portfolio(micro_instance()).together(values), [values[0], family, family])
    apart = replace(micro_instance(), ties=no_ties(3))
    np.testing.assert_array_equal(Portfolio(apart).together(values), values)
    two = replace(micro_instance(), ties=replace(micro_instance().ties, family=np.array([1, 0, 0])))
    np.testing.assert_array_equal(Portfolio(two).together(values), [values[0], family, family])


def test_without_rules_nothing_is_broken_and_all_is_free():
    rules = Portfolio(replace(micro_instance(), max_changes=None, ties=no_ties(3)))
    assert rules.stated == set()
    assert rules.rows.shape == (0, 9)
    for strategy in EVERY:
        assert rules.broken(strategy) == []
        assert rules.keeps(strategy)
        assert rules.free(strategy).all()
