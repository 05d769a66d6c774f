"""Paths drawn together are those drawn one by one, to the last bit."""

import threading

import numpy as np
import pytest

import engine.demand.panel
from engine.demand import redraw
from engine.demand.distributions import process
from engine.demand.panel import draw_panels, positions_of_many
from engine.demand.paths import positions, sample_paths
from engine.demand.quantile import gamma_quantile
from engine.demand.redraw import Redraw
from engine.demand.streams import uniforms, uniforms_of_many
from tests.evidence import FULL
from tests.patience import PATIENCE_SECONDS

SAMPLES = 30
CASES = [
    ("gamma", {"mean_per_week": 5.0, "cv": 0.9}),
    ("gamma", {"mean_per_week": 0.2, "cv": 4.0}),
    ("normal", {"mean_per_week": 30.0, "cv": 0.3}),
    ("poisson", {"mean_per_week": 5.0, "cv": 0.0}),
    ("poisson", {"mean_per_week": 9_000.0, "cv": 0.0}),
    ("negative_binomial", {"mean_per_week": 5.0, "cv": 0.9}),
    ("negative_binomial", {"mean_per_week": 0.4, "cv": 3.0}),
    ("negative_binomial", {"mean_per_week": 40_000.0, "cv": 0.0051}),
    ("compound_poisson", {"mean_per_week": 5.0, "cv": 0.9, "order_size": 2.0}),
    ("compound_poisson", {"mean_per_week": 50.0, "cv": 0.2, "order_size": 2.0}),
    ("empirical", {"mean_per_week": 5.0, "cv": 0.8, "weeks": (0.0, 3.0, 11.0, 7.0)}),
    ("gamma", {"mean_per_week": 5.0, "cv": 0.0}),
]


@pytest.mark.parametrize("common", [0.0, 0.15])
def test_windows_are_those_of_single_paths(common):
    rng = np.random.default_rng(8)
    # What takes longest is there once in the short form.
    both = [*CASES, *(one for one in CASES if FULL or one[1]["mean_per_week"] < 40_000.0)]
    made = [process(family, **numbers) for family, numbers in both]
    keys = [f"P{k}" for k in range(len(made))]
    longest = rng.choice([6.5, 13.0, 30.0], size=len(made))
    days = rng.uniform(0.0, 1.0, size=(3, len(made), SAMPLES)) * longest[:, None]
    days[1] = np.round(days[1])
    seen = 0
    for rows, panel in draw_panels(made, keys, seed=4, days=longest, samples=SAMPLES, common_factor_cv=common):
        of = np.tile(np.arange(len(rows)), 3)
        found = panel.windows(of, days[:, rows].reshape(len(of), SAMPLES)).reshape(3, len(rows), SAMPLES)
        for k, i in enumerate(rows):
            alone = sample_paths(
                made[i], seed=4, key=keys[i], days=longest[i], samples=SAMPLES, common_factor_cv=common
            )
            for j in range(3):
                assert np.array_equal(found[j, k], alone.window(days[j, i])), (both[i], j)
                assert np.array_equal(panel.paths(k).window(days[j, i]), alone.window(days[j, i]))
            seen += 1
    assert seen == len(made)


@pytest.mark.parametrize("most", [4_000_000, 300])
def test_products_drawn_again_have_the_same_paths(monkeypatch, most):
    """Other numbers, longer paths, other windows, other company; kept or, where it would be too much, not."""
    monkeypatch.setattr(redraw, "_MOST", most)
    again = Redraw()
    for company, longest, cv in ((3, 6.5, 0.9), (4, 6.5, 1.3), (2, 30.0, 0.4), (4, 13.0, 0.9)):
        made = [process("gamma", mean_per_week=5.0, cv=cv), process("normal", mean_per_week=5.0, cv=0.1)] * 2
        made, keys = made[:company], ["P0", "P1", "P2", "P3"][:company]
        days = np.linspace(0.2, longest, company * SAMPLES).reshape(company, SAMPLES)
        drawn = draw_panels(made, keys, seed=4, days=np.full(company, longest), samples=SAMPLES, redraw=again)
        for rows, panel in drawn:
            found = panel.windows(np.arange(len(rows)), days[rows])
            for k, i in enumerate(rows):
                alone = sample_paths(made[i], seed=4, key=keys[i], days=longest, samples=SAMPLES)
                assert np.array_equal(found[k], alone.window(days[i]))
    assert len(again.places) == (2 if most > 300 else 0)


@pytest.mark.parametrize("longest", [[6.5, 6.5], [6.5, 30.0]])
def test_the_next_panel_is_drawn_beside_the_one_in_use(monkeypatch, longest):
    """What is drawn for another panel ends though the one before is not let go of; one alone needs no thread."""
    begun, draw_days = [threading.Event() for _ in longest], engine.demand.panel._increments

    def noted(processes, keys, **options):
        begun[int(keys[0][1])].set()
        return draw_days(processes, keys, **options)

    monkeypatch.setattr(engine.demand.panel, "_increments", noted)
    made = [process("gamma", mean_per_week=5.0, cv=0.9)] * 2
    threads = threading.active_count()
    panels = draw_panels(made, ["P0", "P1"], seed=4, days=np.array(longest), samples=SAMPLES)
    next(panels)
    if longest[0] == longest[1]:
        assert threading.active_count() == threads
    else:
        assert begun[1].wait(PATIENCE_SECONDS)
    assert len(list(panels)) == len(set(longest)) - 1


def test_what_was_drawn_before_is_not_drawn_again(monkeypatch):
    again, days = Redraw(), np.linspace(0.2, 12.7, SAMPLES)
    processes = [process("gamma", mean_per_week=5.0, cv=cv) for cv in (0.5, 0.8)]
    alone = [sample_paths(made, seed=4, key="P0", days=13.0, samples=SAMPLES).window(days) for made in processes]
    for made, fresh in zip(processes, alone, strict=True):
        ((_, panel),) = draw_panels([made], ["P0"], seed=4, days=np.array([13.0]), samples=SAMPLES, redraw=again)
        assert np.array_equal(panel.windows(np.zeros(1, dtype=np.int64), days[None])[0], fresh)
        for home in (redraw, engine.demand.panel):
            monkeypatch.setattr(home, "uniforms_of_many", None)


def test_windows_cut_before_are_no_others_and_belong_to_who_asks():
    """A window that differs in one sample is cut; one cut before is given again, and changing it changes no other."""
    made, days = process("gamma", mean_per_week=5.0, cv=0.9), np.linspace(0.3, 12.7, SAMPLES)
    ((_, panel),) = draw_panels([made], ["P0"], seed=4, days=np.array([13.0]), samples=SAMPLES)
    panel.windows(np.zeros(1, dtype=np.int64), days[None])
    known, other = panel.paths(0), days.copy()
    other[-1] += 0.4
    assert known.cut
    for asked in (days, other, days, other):
        alone = sample_paths(made, seed=4, key="P0", days=13.0, samples=SAMPLES).window(asked)
        found = known.window(asked)
        assert np.array_equal(found, alone)
        found += 1.0


def test_streams_and_positions_are_those_of_single_keys():
    keys = ["A", "B", "C"]
    wanted = np.array([[True, False], [False, False], [True, True]])
    every, some = (
        uniforms_of_many(3, "x", keys, rows=2, samples=7, wanted=which) for which in (None, wanted)
    )
    for k, key in enumerate(keys):
        assert np.array_equal(every[k], uniforms(3, "x", key, 2, 7))
    assert np.array_equal(some, every[wanted])
    batch, whole = np.array([4.0, 0.0, 2.5]), np.array([True, True, False])
    found = positions_of_many(seed=1, keys=keys, batch=batch, samples=9, integer=whole)
    for k, key in enumerate(keys):
        alone = positions(seed=1, key=key, batch=float(batch[k]), samples=9, integer=bool(whole[k]))
        assert np.array_equal(found[k], alone)


def test_gamma_quantiles_of_many_shapes_are_those_of_each():
    shapes = np.array([0.004, 0.3, 7.0])
    u = np.random.default_rng(1).random((3, 5, 6))
    found = gamma_quantile(shapes, u)
    for k, shape in enumerate(shapes):
        assert np.array_equal(found[k], gamma_quantile(float(shape), u[k]))


def test_windows_cut_are_kept_but_not_for_ever():
    made = [process("gamma", mean_per_week=7.0, cv=0.5)]
    ((_, panel),) = draw_panels(made, ["P1"], seed=1, days=np.array([30.0]), samples=5)
    paths = panel.paths(0)
    for n in range(300):
        days = np.full(5, 3.5 + n / 100.0)
        np.testing.assert_array_equal(panel.windows(np.array([0]), days[None])[0], panel.paths(0).window(days))
        paths.window(days)
    assert 0 < len(panel.cut[0]) < 100
    assert 0 < len(paths.cut) < 100
