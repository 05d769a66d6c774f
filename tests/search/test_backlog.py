import numpy as np
import pytest

from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.search.backlog import end_of_cycle_backlog
from tests.scenarios import make_scenario, random_scenario

ATO = {"allowed": "ATO", "late_cost_per_unit_day": 0.05, "demand_cv": 1.0}


def pair(target):
    """Two products that share nothing; A may have an on-time target."""
    return make_scenario(
        products=[{"product": "A", **ATO, "on_time_target": target}, {"product": "B", **ATO}],
        components=[{"component": "C1"}, {"component": "C2"}],
        bom={"A": {"C1": 1}, "B": {"C2": 1}},
    )


@pytest.mark.parametrize("extensive", [False, True])
def test_a_target_of_one_product_leaves_the_share_of_another_as_it_is(extensive):
    """The program that counts late units for A's sake says nothing of B's, so B's may not be read from it."""
    with_target, without = (
        solve(pair(target), extensive=extensive).plan.decisions.set_index("product") for target in (0.9, "")
    )
    assert with_target.loc["A", "on_time"] >= 0.9 - 1e-6 > without.loc["A", "on_time"]
    assert with_target.loc["B", "on_time"] == pytest.approx(without.loc["B", "on_time"], abs=1e-6)


def test_with_one_part_the_backlog_is_the_shortage():
    scenario = make_scenario(products=[ATO], components=[{"component": "C"}], bom={"P1": {"C": 2}})
    instance = build_instance(scenario)
    recourse = decide_instance(instance, gap=1e-6).search.best
    short = np.maximum(2 * instance.edges.windows_end[0] - recourse.base[0], 0.0) / 2
    assert end_of_cycle_backlog(instance, recourse)[0] == pytest.approx(short, abs=1e-6)
    assert short.max() > 0.0


@pytest.mark.parametrize("seed", range(4))
def test_parts_cover_what_is_not_late_and_targets_are_kept(seed):
    rng = np.random.default_rng(seed)
    columns = {**ATO, "on_time_target": 0.9} if seed % 2 else {**ATO, "lost_share_if_late": 0.2}
    scenario = random_scenario(rng, products=4, samples=40, product_columns=columns)
    instance = build_instance(scenario)
    recourse = decide_instance(instance, gap=1e-6).search.best
    late = end_of_cycle_backlog(instance, recourse)
    edges = instance.edges
    for c in range(len(instance.components)):
        at = edges.component == c
        drawn = edges.quantity[at, None] * (edges.windows_end[edges.window[at]] - late[edges.product[at]])
        assert (drawn.sum(axis=0) <= recourse.base[c] + instance.parts.position[c] + 1e-6).all()
    assert (late <= np.maximum(edges.peak_end, 0.0) + 1e-9).all()
    per_day = late.mean(axis=1) / instance.cycle_days
    kept = (1 - instance.on_time_target) * instance.rate
    assert (per_day[instance.on_time_target > 0] <= kept[instance.on_time_target > 0] + 1e-6).all()
    assert recourse.late_end is not None
    lost = instance.lost > 0
    assert (late.sum(axis=1)[lost] <= recourse.late_end.sum(axis=1)[lost] + 1e-6).all()
