"""Rows that were left out are wanted where a solution breaks them, by more than the solver may: stated anew."""

import numpy as np
import pytest

from engine.economics.build import build_instance
from engine.economics.instance import ATO
from engine.program import reduced
from engine.program.numbering import OPEN, HeldRows
from engine.program.reduced import build_pooled, violated_limits, violated_rows
from tests.decision.cases import case


@pytest.mark.parametrize("cells", [1, 40, 4_000_000])
@pytest.mark.parametrize("rule", ["plain", "min order quantities", "component stocking"])
def test_rows_of_parts_that_are_short_are_missing(rule, cells, monkeypatch):
    """S_c + V_c stocked_c + sum_i a_ci (w_i - D_i x[i,ATO]) < 0, sample by sample."""
    monkeypatch.setattr(reduced, "_CELLS", cells)
    rng, seen = np.random.default_rng(3), set()
    for seed in range(3):
        instance = build_instance(case(rule, seed, samples=12, parts_per_product=2))
        count, samples = len(instance.components), instance.samples
        held = HeldRows(cover=rng.random((count, samples)) < 0.3)
        strategy = np.full(len(instance.products), OPEN)
        pooled = build_pooled(instance, strategy, np.ones((count, samples), dtype=bool), held)
        edges, place = instance.edges, pooled.place
        values = rng.uniform(0.0, 1.0, place.column_count)
        values[place.columns["Sc"]] = rng.uniform(0.0, 40.0, count)
        found = violated_rows(instance, pooled, values)
        for c in range(count):
            stocked = place.columns["stocked"][c]
            for w in range(samples):
                cover = values[place.columns["Sc"][c]]
                cover += instance.parts.position[c, w] * (values[stocked] if stocked >= 0 else 0.0)
                for e in np.flatnonzero(edges.component == c):
                    i = edges.product[e]
                    x, late = place.columns["x"][3 * i + ATO], pooled.late[i, w]
                    share = values[x] if x >= 0 else 0.0
                    waits = values[late] if late >= 0 else 0.0
                    cover += edges.quantity[e] * (waits - edges.windows[edges.window[e], w] * share)
                assert found[c, w] == (place.rows["C3"][c, w] < 0 and cover < -1e-6)
                seen.add(bool(found[c, w]))
        over = violated_limits(instance, pooled, values)
        for i in range(len(strategy)):
            for w in range(samples):
                late, x = pooled.late[i, w], place.columns["x"][3 * i + ATO]
                expected = late >= 0 and values[late] > edges.peak[i, w] * (values[x] if x >= 0 else 0.0) + 1e-6
                assert over[i, w] == expected
    assert seen == {True, False}


@pytest.mark.parametrize("share", [0.05, 0.6])
@pytest.mark.parametrize("rule", ["plain", "min order quantities"])
def test_rows_held_at_first_are_those_of_samples_that_run_short(rule, share):
    """As many as a set's carrying cost H is of late + H, and a quarter more; of parts in lots every row can bind."""
    for seed in range(3):
        instance = build_instance(case(rule, seed, samples=40, parts_per_product=2))
        edges, each = instance.edges, instance.part_carrying
        assembled = instance.allowed[:, ATO]
        found = reduced.tail_rows(instance, np.full(len(assembled), OPEN), share)
        for c in range(len(instance.components)):
            lines = [e for e in np.flatnonzero(edges.component == c) if assembled[edges.product[e]]]
            if not lines:
                assert not found[c].any()
                continue
            short = 0.0
            for i in {edges.product[e] for e in lines}:
                mine = edges.product == i
                carrying = (each[edges.component[mine]] * edges.quantity[mine]).sum()
                short = max(short, carrying / (carrying + instance.waiting[i] + instance.bought_carrying[i]))
            count = int(np.ceil(max(share, min(1.0, 1.25 * short)) * 40))
            total = sum(edges.quantity[e] * edges.windows[edges.window[e]] for e in lines)
            lots = instance.parts.batch[c] > 0.0
            net = np.where((total > 0.0) | lots, total - instance.parts.position[c], -np.inf)
            least = np.sort(net)[-count]
            np.testing.assert_array_equal(found[c], (net >= least) & np.isfinite(net))
