"""A time limit ends whatever is being done. The clock is ours: work moves its hands, and nothing else does."""

from functools import cache

import numpy as np
import pytest

import engine.decision.drawing
import engine.economics.exposure.draw
import engine.evaluate.figures.readers
import engine.model.build
from engine.decision.outcome import Infeasible, Solved, TimedOut
from engine.decision.solve import solve
from engine.economics.exposure.draw import SampleCache
from engine.evaluate.figures.readers import with_readers
from engine.program.deadline import Deadline
from engine.program.highs import Solver
from engine.report.content import make_report
from engine.report.files import read_plan, write_plan
from engine.report.sentences.words import recommendation, unsolved
from engine.report.write import write_report
from engine.scenario.read import read_scenario
from engine.search.first_come.tuning import Tuning
from tests.conftest import ROOT
from tests.evidence import FULL
from tests.scenarios import make_scenario

SAMPLES = 30 if FULL else 15
# Seconds that each piece of work takes on the clock of these tests; none can be stopped half-way but a solve.
DRAW, LINEAR_PROGRAM, MEASURE, BUILD, READERS = 0.3, 0.4, 0.03, 0.5, 0.4
# What may come after the limit: a piece of work begun before it, and the tables.
SLACK = 2.0
# That `solve` asks for by itself.
GAP = 1e-3


class Hands:
    """A clock that stands still until work moves its hands."""

    def __init__(self) -> None:
        self.now, self.pieces = 1000.0, 0

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds
        self.pieces += 1


@pytest.fixture
def hands(monkeypatch):
    clock = Hands()
    plain_solve, plain_measure = Solver.solve, Tuning.measure

    def timed_solve(self, *, time_limit=None, **options):
        clock.move(LINEAR_PROGRAM if time_limit is None else min(LINEAR_PROGRAM, time_limit))
        # Seconds of this clock are none of HiGHS's, or a busy machine would decide: linear programs come to their end.
        return plain_solve(self, time_limit=time_limit if self._mixed else None, **options)

    def timed_measure(self, base):
        clock.move(MEASURE)
        return plain_measure(self, base)

    def takes(module, name, seconds):
        plain = getattr(module, name)

        def timed(*args, **options):
            clock.move(seconds)
            return plain(*args, **options)

        monkeypatch.setattr(module, name, timed)

    monkeypatch.setattr(Solver, "solve", timed_solve)
    monkeypatch.setattr(Tuning, "measure", timed_measure)
    takes(engine.economics.exposure.draw, "draw_panels", DRAW)
    takes(engine.model.build, "build_model", BUILD)
    takes(engine.evaluate.figures.readers, "readers", READERS)
    return clock


@cache
def as_read():
    return read_scenario(ROOT / "scenarios" / "bicycles")


def bicycles(**settings):
    return as_read().with_settings(samples=SAMPLES, **settings)


CASES = {
    "plain": bicycles,
    "budget": lambda: bicycles(inventory_budget=600_000.0),
    "budget that nothing keeps": lambda: bicycles(inventory_budget=20_000.0),
    "changes": lambda: bicycles(max_changes=5),
    "risk": lambda: bicycles(risk=bicycles().settings.risk.model_copy(update={"cvar_weight": 0.5})),
    "on time": lambda: bicycles(on_time_target=0.9, inventory_budget=300_000.0),
}


@pytest.mark.parametrize("name", CASES)
def test_all_work_ends_with_the_limit(hands, name):
    scenario = CASES[name]()
    for limit in (0.1, 1.0, 3.0, 8.0) if FULL else (0.1, 3.0):
        began = hands.now
        deadline, cache = Deadline.after(limit, clock=hands), SampleCache()
        outcome = solve(scenario, time_limit=deadline, cache=cache, gap=0.0)
        if not isinstance(outcome, Infeasible) and outcome.plan is not None:
            with_readers(scenario, outcome.plan, cache=cache, deadline=deadline)
        assert hands.now - began <= limit + SLACK, f"limit {limit}"


def test_without_a_limit_the_clock_is_not_asked_for_one(hands):
    outcome = solve(bicycles(), time_limit=Deadline.after(None, clock=hands))
    assert isinstance(outcome, Solved)
    assert outcome.plan.summary["not_compared"] == []
    assert outcome.plan.summary["certified_by"]["model"] == "pyomo"


def test_more_time_never_proves_less(hands):
    bounds = []
    for limit in (2.0, 6.0, 60.0):
        outcome = solve(bicycles(), time_limit=Deadline.after(limit, clock=hands))
        # Below the gap asked for the search has ended, whatever is left.
        bounds.append(max(outcome.plan.gap, GAP) if outcome.plan is not None else np.inf)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == GAP


def test_a_plan_without_time_for_the_rest_says_what_it_lacks(hands, tmp_path):
    scenario, cache = bicycles(), SampleCache()
    deadline = Deadline.after(2.5, clock=hands)
    outcome = solve(scenario, time_limit=deadline, cache=cache, gap=0.0)
    assert isinstance(outcome, TimedOut)
    missing = outcome.plan.summary["not_compared"]
    assert missing
    hands.move(10.0)
    plan = with_readers(scenario, outcome.plan, cache=cache, deadline=deadline)
    assert plan.summary["customer"] is None
    told = recommendation(plan)
    assert f"of {len(missing)} products not all strategies are compared: no time was left" in told
    assert "figures for customer, investor and regulator are left out: no time was left" in told
    assert "is not possible any more" not in told
    left = plan.decisions[plan.decisions["product"].isin(missing)]
    assert left["reason"].str.contains("not compared with all others: no time was left").all()
    assert not left["reason"].str.contains("the only strategy left").any()
    write_plan(plan, tmp_path / "plan")
    read = read_plan(tmp_path / "plan")
    assert read.summary["not_compared"] == missing
    # Of a plan that lacks other things, a test below has the other language.
    for language in ("en", "zh") if FULL else ("en",):
        write_report(make_report(read, scenario), tmp_path / f"{language}.html", language)
    alone = plan.decisions[plan.decisions["next_best"] == ""]
    alone = alone[~alone["product"].isin(missing)]
    assert (tmp_path / "en.html").read_text().count("the only strategy open to it") == len(alone)


def test_samples_that_are_not_drawn_in_time_leave_no_plan(hands):
    outcome = solve(bicycles(), time_limit=Deadline.after(0.1, clock=hands))
    assert isinstance(outcome, TimedOut)
    assert outcome.plan is None
    assert "give it more time" in unsolved(outcome)
    # What interrupted the drawing does not interrupt the next.
    cache = SampleCache()
    assert solve(bicycles(), time_limit=Deadline.after(0.1, clock=hands), cache=cache).plan is None
    assert solve(bicycles(), cache=cache).plan is not None


def test_more_samples_than_can_be_decided_on_leave_a_proven_plan_on_fewer(hands, monkeypatch, tmp_path):
    """Drawing 200 samples would take four of the five seconds, and the relaxation on them the rest."""
    drawing = engine.economics.exposure.draw.draw_panels

    def timed(*processes, samples, **options):
        hands.move(0.02 * samples - DRAW)
        return drawing(*processes, samples=samples, **options)

    monkeypatch.setattr(engine.economics.exposure.draw, "draw_panels", timed)
    monkeypatch.setattr(engine.decision.drawing, "FIRST", 10)
    scenario, cache, began = bicycles(), SampleCache(), hands.now
    deadline = Deadline.after(5.0, clock=hands)
    outcome = solve(scenario, time_limit=deadline, cache=cache, samples=200)
    plan = with_readers(scenario, outcome.plan, cache=cache, deadline=deadline)
    assert hands.now - began <= 5.0 + SLACK
    assert isinstance(outcome, TimedOut)
    assert 10 <= plan.summary["samples"] <= 40
    assert plan.summary["samples_asked"] == 200
    assert plan.gap <= 0.01
    drawn = plan.summary["samples"]
    assert f"on {drawn} samples of the 200 asked for" in unsolved(outcome)
    assert f"proven on {drawn} samples of the 200 asked for" in recommendation(plan)
    assert "left no room for the 200 samples asked for" in " ".join(recommendation(plan).split())
    write_plan(plan, tmp_path / "plan")
    assert read_plan(tmp_path / "plan").summary["samples_asked"] == 200
    write_report(make_report(plan, scenario), tmp_path / "zh.html", "zh")
    assert "时间上限不足以使用所要求的 200 个样本" in (tmp_path / "zh.html").read_text(encoding="utf-8")
    # With room for all of them, all are used.
    outcome = solve(scenario, time_limit=Deadline.after(500.0, clock=hands), samples=20, certified=False)
    assert isinstance(outcome, Solved)
    assert outcome.plan.summary["samples"] == 20
    assert "samples_asked" not in outcome.plan.summary


def test_what_the_first_sample_takes_is_not_counted_for_each(hands, monkeypatch):
    """Half a second whatever the samples: a hundred of them told of two minutes for 4,000, which one second draws."""
    drawing = engine.economics.exposure.draw.draw_panels

    def timed(*processes, samples, **options):
        hands.move(0.5 + 0.0001 * samples - DRAW)
        return drawing(*processes, samples=samples, **options)

    monkeypatch.setattr(engine.economics.exposure.draw, "draw_panels", timed)
    scenario = make_scenario([{}, {"product": "Q"}])
    outcome = solve(scenario, time_limit=Deadline.after(120.0, clock=hands), samples=4000, certified=False)
    assert isinstance(outcome, Solved)
    assert outcome.plan.summary["samples"] == 4000


def test_no_time_for_advice_is_no_impossibility(hands):
    scenario = bicycles(inventory_budget=20_000.0)
    seen = set()
    for limit in (0.1, *np.arange(0.5, 8.0, 1.5 if FULL else 3.0)):
        outcome = solve(scenario, time_limit=Deadline.after(float(limit), clock=hands))
        told = unsolved(outcome)
        assert "helps" not in told
        if isinstance(outcome, Infeasible) and outcome.conflicts:
            assert "set inventory_budget to" in told
        else:
            assert "more" in told
        seen.add((type(outcome), bool(getattr(outcome, "conflicts", ()))))
    assert (Infeasible, True) in seen
    assert (TimedOut, False) in seen
