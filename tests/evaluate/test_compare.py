"""Cases side by side are the plans that `solve` makes, and only what can be told apart is told apart."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from engine.cli import app
from engine.decision.solve import solve
from engine.decision.whatif import best_stocks
from engine.economics.build import build_instance
from engine.errors import EngineError
from engine.evaluate.studies import compare as studies
from engine.evaluate.studies.assess import assess, difference
from engine.evaluate.studies.compare import Case, compare
from engine.evaluate.studies.rules_in_use import rules_in_use
from engine.report.files import write_plan
from engine.scenario.read import read_scenario
from engine.scenario.variants import apply_variant
from tests.evidence import FULL
from tests.scenarios import make_scenario, write_scenario

SAMPLES = 60 if FULL else 30


@pytest.fixture(scope="module")
def tiny():
    return read_scenario("scenarios/tiny")


@pytest.fixture(scope="module")
def found(tiny):
    cases = [Case(label="tiny", given=tiny)]
    cases += [Case(label=name, given=apply_variant(tiny, name)) for name in tiny.settings.variants]
    return compare(cases, samples=SAMPLES)


def test_costs_terms_and_strategies_are_those_of_solve(found, tiny):
    cases = found.cases.set_index("case")
    for name in ("tiny", *tiny.settings.variants):
        plan = solve(tiny if name == "tiny" else apply_variant(tiny, name), samples=SAMPLES, certified=False).plan
        row = cases.loc[name]
        assert row["cost_per_year"] == pytest.approx(plan.objective_per_year, rel=1e-9)
        assert row["inventory_value"] == pytest.approx(plan.summary["inventory_value"], rel=1e-9)
        assert {k: row[k] for k in ("MTS", "ATO", "MTO")} == plan.summary["counts"]
        terms = plan.ledger.groupby("term")["cost_per_year"].sum()
        told = found.terms[found.terms["case"] == name].set_index("term")["cost_per_year"]
        for term, cost in terms.items():
            assert told[term] == pytest.approx(cost, rel=1e-9)


def test_differences_add_up_and_switches_are_named(found):
    for case, rows in found.terms.groupby("case"):
        stated = found.cases.set_index("case").loc[case, "difference_per_year"]
        assert rows["difference_per_year"].sum() == pytest.approx(stated, abs=1e-6)
    switches = found.switches.set_index(["case", "product"])
    assert switches.loc[("steady-offices", "CHAIR"), "strategy"] == "MTS"
    assert switches.loc[("dearer-upholstery", "SOFA"), "strategy_first"] == "MTO"
    assert "premium" in switches.loc[("steady-offices", "CHAIR"), "why"]


def test_a_difference_that_the_samples_hide_is_not_told(tiny):
    """A product whose demand swings hard, at a late cost that is a hair higher, and one that is much higher."""
    def case(late):
        return make_scenario([{"demand_cv": 2.0, "late_cost_per_unit_day": late, "allowed": "MTS"}], samples=60)

    verdicts = compare([Case(label=str(late), given=case(late)) for late in (1.0, 1.01, 9.0)]).cases["verdict"]
    assert verdicts.tolist() == ["the same", "not distinguishable", "dearer"]
    twice = compare([Case(label="a", given=tiny), Case(label="b", given=tiny)], samples=SAMPLES).cases
    assert twice["verdict"].tolist() == ["the same", "the same"]


def test_the_interval_holds_the_difference_of_fresh_draws():
    """Pairs on their own seeds, thirty in the long form: at least 80% of the intervals hold the mean of all."""
    found = []
    for seed in range(30 if FULL else 15):
        sides = []
        for cv in (0.8, 0.84):
            instance = build_instance(make_scenario([{"demand_cv": cv, "allowed": "MTS"}], samples=100, seed=seed))
            sides.append(assess(instance, best_stocks(instance, np.array([0]))))
        found.append(difference(sides[1], sides[0]))
    mean = np.mean([one.mean for one in found])
    assert np.mean([one.low <= mean <= one.high for one in found]) >= 0.8
    # Wide enough, and no wider than the spread of the differences asks for.
    spread = np.std([one.mean for one in found], ddof=1)
    assert 1.2 * spread < np.mean([one.high - one.mean for one in found]) < 3.5 * spread


def test_a_plan_is_compared_on_its_scenario_s_samples_or_said_not_to_be(tiny):
    plan = solve(tiny, samples=SAMPLES).plan
    together = compare([Case(label="s", given=tiny), Case(label="p", given=plan)], samples=SAMPLES).cases
    assert together["verdict"].tolist() == ["the same", "the same"]
    assert together["kind"].tolist() == ["scenario", "plan"]
    changed = apply_variant(tiny, "steady-offices")
    apart = compare([Case(label="s", given=changed), Case(label="p", given=plan)], samples=SAMPLES)
    assert apart.cases["verdict"].tolist() == ["the same", "not tested"]
    assert apart.cases["cost_per_year"].iloc[1] == plan.objective_per_year
    assert apart.switches.set_index("product")["strategy"].to_dict() == {"CHAIR": "ATO"}


def test_products_that_only_one_case_has_are_named():
    one = make_scenario([{"product": "A"}, {"product": "B"}], samples=20)
    other = make_scenario([{"product": "A"}, {"product": "C"}], samples=20)
    rows = compare([Case(label="one", given=one), Case(label="other", given=other)]).switches
    told = rows.set_index("product")["why"].to_dict()
    assert told["B"] == "only in the first case"
    assert told["C"] == "not in the first case"


def test_the_command_tells_what_cannot_be_compared_as_it_seems(tmp_path):
    """The same twice, one sample, and nothing in common: each gets its line."""
    one = write_scenario(tmp_path / "one", products=[{"product": "A"}])
    other = write_scenario(tmp_path / "other", products=[{"product": "B", "unit_cost": 300}])
    out = ("--out", tmp_path / "out")

    def told(*arguments):
        return CliRunner().invoke(app, ["compare", *map(str, (*arguments, *out)), "--workers", "1"]).output

    assert "  costs the same as one\n" in told(one, one, "--samples", 20)
    single = told(one, other, "--samples", 1)
    assert "not tested: one sample gives no interval" in single
    assert "  has no product in common with one" in single
    assert "in common" not in told(one, one, "--samples", 20)


def test_a_scenario_alone_is_told_what_its_rules_cost():
    found = compare([Case(label="one", given=make_scenario([{"current_strategy": "MTO"}], samples=20))])
    assert found.cases["verdict"].tolist() == ["the same"]
    assert found.rules["rule"].tolist() == ["current strategies", "ABC-XYZ", "P:D x RDV"]


def test_rules_of_a_case_are_worked_out_while_other_processes_decide_the_next(tiny, monkeypatch):
    done = []

    def one_after_the_other(work, given, pieces, *, processes):
        for piece in pieces:
            done.append("decided")
            yield work(given, piece)

    def rules(*asked, **also):
        done.append("rules")
        return rules_in_use(*asked, **also)

    monkeypatch.setattr(studies, "side_by_side", one_after_the_other)
    monkeypatch.setattr(studies, "rules_in_use", rules)
    compare([Case(label=name, given=tiny) for name in ("first", "second")], samples=SAMPLES)
    assert done == ["decided", "rules"] * 2


def test_what_cannot_be_compared_is_told():
    one = Case(label="one", given=make_scenario([{}], samples=20))
    with pytest.raises(EngineError, match="a plan by itself has nothing to be compared with"):
        compare([Case(label="plan", given=solve(one.given).plan)])
    with pytest.raises(EngineError, match="EUR and USD cannot be compared"):
        compare([one, Case(label="two", given=make_scenario([{}], samples=20, currency="USD"))])


def test_the_command_writes_tables_that_agree_byte_by_byte(tmp_path, tiny):
    write_plan(solve(tiny, samples=SAMPLES).plan, tmp_path / "plan")
    for name, workers in (("a", "1"), ("b", "2")):
        run = CliRunner().invoke(
            app, ["compare", "scenarios/tiny", str(tmp_path / "plan"), "--variant", "steady-offices", "--samples",
                  str(SAMPLES), "--out", str(tmp_path / name), "--workers", workers]
        )  # fmt: skip
        assert run.exit_code == 0, run.output
    assert "steady-offices" in run.output
    assert "rule current strategies: +" in run.output
    for table in ("cases", "terms", "switches", "rules", "replaced"):
        assert (tmp_path / "a" / f"{table}.csv").read_bytes() == (tmp_path / "b" / f"{table}.csv").read_bytes()
    summary = json.loads((tmp_path / "a" / "summary.json").read_text(encoding="utf-8"))
    assert summary["cases"] == ["tiny", "plan", "steady-offices"]


def test_cases_tell_in_what_they_differ_the_world_apart_from_rules():
    first = make_scenario([{}], samples=30)
    other = make_scenario([{"demand_cv": 0.8}], samples=30, inventory_budget=5000.0)
    found = compare([Case(label="a", given=first), Case(label="b", given=other)]).changes
    assert found.to_dict("records") == [
        {"case": "b", "group": "world", "target": "products.demand_cv", "rows": 1, "first": "0.5", "here": "0.8"},
        {"case": "b", "group": "rules", "target": "inventory_budget", "rows": 0, "first": "-", "here": "5000"},
    ]
