"""RP, EVPI, VSS and the sampling-gap interval on `scenarios/tiny` against mpi-sppy on the same samples.

mpi-sppy puts the extensive form together itself, keeps the first stage common, fixes plans and batches samples; it
has WS only as one program per sample, and no VSS: EEV is its cost of the plan of a program on mean windows.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from engine.decision.solve import decide_instance
from engine.economics.build import build_instance
from engine.evaluate.trust.first_stage import of_recourse
from engine.evaluate.trust.information import information, mean_instance, one_sample
from engine.evaluate.trust.sampling_gap import sampling_gap
from engine.scenario.read import read_scenario

pytest.importorskip("mpisppy", reason="mpi-sppy is not installed: python -m pip install mpi-sppy")
MODEL, SOLVER, TIGHT = "tests.evaluate.trust.mpisppy_tiny", "appsi_highs", {"mip_rel_gap": 1e-7}
BATCHES = 4

pytestmark = pytest.mark.filterwarnings("ignore:::pyomo", "ignore:::mpisppy")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """mpi-sppy writes its logs where it runs."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def tiny():
    from tests.evaluate.trust import mpisppy_tiny

    return mpisppy_tiny


def extensive_form(names, creator):
    from mpisppy.opt.ef import ExtensiveForm

    form = ExtensiveForm({"solver": SOLVER}, names, creator)
    form.solve_extensive_form(solver_options=TIGHT)
    return form


def cost_of_first_stage(first, names, creator):
    """mpi-sppy's expected cost of a fixed first stage."""
    from mpisppy.utils.xhat_eval import Xhat_Eval

    options = {"iter0_solver_options": None, "iterk_solver_options": None, "display_timing": False, "verbose": False,
               "solver_name": SOLVER, "solver_options": TIGHT}  # fmt: skip
    return Xhat_Eval(options, names, creator).evaluate({"ROOT": first})


def first_stage_of(form):
    from mpisppy.utils.sputils import nonant_cache_from_ef

    return nonant_cache_from_ef(form.ef)["ROOT"]


@pytest.mark.parametrize("shelf", [0.0, 900.0])
def test_recourse_vss_and_evpi_are_those_of_mpisppy(tiny, shelf):
    """As given, who knows the sample pays nothing; where a finished stock costs money of itself, he pays, too."""
    scenario = read_scenario(tiny.TINY)
    products = scenario.products.assign(stocking_cost_per_year=shelf)
    instance = build_instance(replace(scenario, products=products), samples=tiny.PER_BATCH)
    search = decide_instance(instance, gap=1e-6, served=False).search
    found = information(instance, recourse=search.best.objective, recourse_bound=search.bound, gap=1e-6)

    names = [f"sample{w}" for w in range(instance.samples)]

    def sample(name, probability=1.0 / instance.samples):
        return tiny.as_program(one_sample(instance, names.index(name)), probability)

    recourse = extensive_form(names, sample).get_objective_value()
    alone = [extensive_form([name], lambda n: sample(n, 1.0)) for name in names]
    wait_and_see = np.mean([form.get_objective_value() for form in alone])
    averages = extensive_form(["average0"], lambda _: tiny.as_program(mean_instance(instance), 1.0))
    expected_result = cost_of_first_stage(first_stage_of(averages), names, sample)

    assert (wait_and_see > 1e-6) == (shelf > 0.0)
    assert found.recourse == pytest.approx(recourse, rel=1e-5)
    assert found.evpi == pytest.approx(recourse - wait_and_see, rel=1e-4)
    assert found.expected_value == pytest.approx(averages.get_objective_value(), rel=1e-5, abs=1e-6)
    assert found.vss == pytest.approx(expected_result - recourse, rel=1e-4)


def test_the_sampling_gap_is_that_of_mpisppy(tiny):
    from mpisppy.confidence_intervals.mmw_ci import MMWConfidenceIntervals
    from mpisppy.utils.config import Config

    scenario = read_scenario(tiny.TINY)
    form = extensive_form(tiny.scenario_names_creator(tiny.PER_BATCH), tiny.scenario_creator)
    plan = decide_instance(tiny.instance_of(0), gap=1e-6, served=False).search.best
    found = sampling_gap(
        scenario, of_recourse(plan), promised=plan.objective, plan_samples=tiny.PER_BATCH, batches=BATCHES,
        samples=tiny.PER_BATCH, gap=1e-6, rungs=(),
    )  # fmt: skip

    cfg = Config()
    cfg.quick_assign("EF_2stage", bool, True)
    cfg.quick_assign("EF_solver_name", str, SOLVER)
    interval = MMWConfidenceIntervals(
        MODEL, cfg, {"ROOT": first_stage_of(form)}, BATCHES, batch_size=tiny.PER_BATCH, start=tiny.PER_BATCH,
        verbose=False,
    ).run(confidence_level=0.95)
    gaps = found.cost - found.bound
    assert gaps == pytest.approx(interval["Glist"], rel=1e-3, abs=0.05)
    assert found.interval.mean == pytest.approx(interval["Gbar"], rel=1e-3)
    # mpi-sppy takes the standard deviation with m, Mak, Morton & Wood (1999, eq. 7) with m - 1.
    margin = stats.t.ppf(0.95, BATCHES - 1) * found.interval.sd / BATCHES**0.5
    assert found.interval.high == pytest.approx(found.interval.mean + margin, rel=1e-9)
    theirs = interval["Gbar"] + margin * ((BATCHES - 1) / BATCHES) ** 0.5
    assert interval["gap_inner_bound"] == pytest.approx(theirs, rel=1e-3)
