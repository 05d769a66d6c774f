"""Limits of strategies and families as numbers: as stated in the settings, whole, by family and per family."""

import numpy as np

from engine.economics.instance import ATO, MTO, MTS
from engine.economics.ties import no_ties, ties
from tests.scenarios import make_scenario

FAMILIES = ("F", "G", "", "F", "G")


def stated(**settings):
    made = make_scenario([{"family": family} for family in FAMILIES], check=False, **settings)
    allowed = np.ones((5, 3), dtype=bool)
    allowed[3, ATO] = False
    dropped = {}
    return ties(made, allowed, dropped), allowed, dropped


def test_limits_count_the_products_they_are_stated_for():
    found, allowed, dropped = stated(limits={
        "shelves": {"strategy": "MTS", "at_most": 2},
        "kits": {"strategy": "ATO", "at_least": 1, "family": "G"},
        "orders": {"strategy": "MTO", "at_least": 0, "at_most": 3, "per": "family"},
    })  # fmt: skip
    limits = found.limits
    assert limits.name == ("shelves", "kits", "orders", "orders")
    assert limits.by == ("", "family", "family", "family")
    assert limits.of == ("", "G", "F", "G")
    assert limits.strategy.tolist() == [MTS, ATO, MTO, MTO]
    assert limits.least.tolist() == [0.0, 1.0, 0.0, 0.0]
    assert limits.most.tolist() == [2.0, np.inf, 3.0, 3.0]
    family = np.array(FAMILIES)
    np.testing.assert_array_equal(limits.counted, [np.ones(5, dtype=bool), family == "G", family == "F", family == "G"])
    assert (found.family == -1).all()
    assert found.tied.all()
    assert [members.tolist() for members in found.labels] == [[0, 1, 2, 3, 4], [1, 4], [0, 3], [1, 4]]
    assert dropped == {}
    assert allowed.sum() == 14


def test_a_family_has_what_all_of_it_may_be():
    found, allowed, dropped = stated(one_strategy_per="family")
    assert found.family.tolist() == [0, 1, -1, 0, 1]
    assert found.first.tolist() == [0, 1, 2, 0, 1]
    assert [members.tolist() for members in found.families] == [[0, 3], [1, 4]]
    assert found.tied.tolist() == [True, True, False, True, True]
    # What the other cannot be is taken from the first, and told.
    assert allowed[0].tolist() == allowed[3].tolist() == [True, False, True]
    assert allowed[[1, 2, 4]].all()
    assert list(dropped) == [(0, ATO)]
    assert dropped[0, ATO].values == {"family": "F", "strategy": "ATO", "other": "P4"}
    narrowed = np.zeros((5, 3), dtype=bool)
    narrowed[0, ATO] = True
    np.testing.assert_array_equal(found.narrowed, narrowed)
    free = found.without()
    assert (free.family == -1).all()
    assert not free.tied.any()
    assert no_ties(2).limits.counted.shape == (0, 2)


def test_who_has_no_strategy_by_itself_is_no_member():
    made = make_scenario([{"family": family} for family in FAMILIES], one_strategy_per="family")
    allowed = np.ones((5, 3), dtype=bool)
    allowed[0] = False
    found = ties(made, allowed, {})
    # One that is left is free.
    assert found.family.tolist() == [-1, 1, -1, -1, 1]
    assert allowed[3].all()
