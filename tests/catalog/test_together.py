"""Groups decided in one call: which are, and that none costs another its plan."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.catalog.deciding import groups as groups_module
from engine.catalog.intake.rejected import read_rejected
from engine.catalog.options import BatchOptions
from engine.program.highs import SolveStatus
from engine.search.branch_and_cut import Search
from tests.catalog.catalogues import SMALL, decisions, run, tables, write

# One bundle, groups up to three products followed.
TOGETHER = replace(SMALL, bundle_products=100, moved_group=3)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    return write(tmp_path_factory.mktemp("together") / "catalogue", tables(products=20, groups=(2, 3, 2, 5, 4)))


@pytest.fixture
def decided(monkeypatch):
    """The products of every call that decides."""
    calls, before = [], groups_module.decide_instance

    def decide(instance, **more):
        calls.append((set(instance.products), more["settle"]))
        return before(instance, **more)

    monkeypatch.setattr(groups_module, "decide_instance", decide)
    return calls


def grouped(out):
    frame = decisions(out).set_index("product").sort_index()
    return frame[frame["group"] > 0]


def test_groups_of_a_kind_are_decided_in_one_call(catalogue, tmp_path, decided):
    run(catalogue, tmp_path / "one", options=replace(TOGETHER, certify_share=0.0))
    one = grouped(tmp_path / "one")
    sizes = one.groupby("group")["group"].transform("size")
    assert sorted(decided, key=lambda call: call[1]) == [(set(one.index[sizes > 3]), False),
                                                         (set(one.index[sizes <= 3]), True)]  # fmt: skip
    decided.clear()
    run(catalogue, tmp_path / "each", options=replace(TOGETHER, bundle_products=1, certify_share=0.0))
    assert len(decided) == one["group"].nunique() == 5
    pd.testing.assert_frame_equal(one, grouped(tmp_path / "each"), check_exact=False, rtol=1e-9)


def test_one_without_a_plan_costs_no_other_its_own(catalogue, tmp_path, monkeypatch):
    run(catalogue, tmp_path / "all", options=TOGETHER)
    every = grouped(tmp_path / "all")
    lost = set(every.index[every["group"] == every["group"].iloc[0]])
    before = groups_module.decide_instance

    def decide(instance, **more):
        found = before(instance, **more)
        if not lost & set(instance.products):
            return found
        return replace(found, search=Search(best=None, bound=np.inf, status=SolveStatus.INFEASIBLE))

    monkeypatch.setattr(groups_module, "decide_instance", decide)
    monkeypatch.setattr(groups_module, "_why", lambda _: "no plan")
    run(catalogue, tmp_path / "some", options=replace(TOGETHER, certify_share=0.0))
    some = grouped(tmp_path / "some")
    assert set(every.index) - set(some.index) == lost
    pd.testing.assert_frame_equal(every.loc[some.index], some, check_exact=False, rtol=1e-9)
    told = read_rejected(tmp_path / "some" / "rejected.csv")
    assert {one.product: one.reason for one in told} == dict.fromkeys(lost, "no plan")


def test_hours_and_large_groups_have_a_call_of_their_own():
    class Made:
        class capacity:  # noqa: N801 (as the instance has it)
            used = np.array([[False], [False], [True], [True], [False], [False], [False], [False]])

    groups = [np.array(members) for members in ([0, 1], [2, 3], [4], [5, 6, 7])]
    sets = groups_module._sets(Made, groups, BatchOptions(largest_group=2, moved_group=2))
    assert [[members.tolist() for members in one] for one in sets] == [[[0, 1], [4]], [[2, 3]], [[5, 6, 7]]]
