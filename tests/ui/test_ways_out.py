"""Where no plan keeps the rules, every way out that is offered leaves a plan, and the page stays alive."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

import engine.ui.state.scenarios
from engine.decision.outcome import Infeasible, Solved
from engine.decision.solve import solve
from engine.errors import ScenarioError
from engine.ui.state.levers import NO_LIMIT_WEEKS, LeverState, LockLever, changed
from engine.ui.state.ways_out import ways_out, ways_out_of_faults
from engine.ui.text import LANGUAGES, text
from tests.scenarios import make_scenario, write_scenario
from tests.ui.pages import again_while, on_page, opened, shown, until_proven

pytestmark = pytest.mark.usefixtures("proven_here")

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}
MACHINE = {
    "resources": [{"resource": "R", "hours_per_week": 30, "overtime_hours_per_week": 1, "overtime_cost_per_hour": 9}],
    "routing": [{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 2}],
}
# What is made to order comes on time in a share of the orders that no stock changes.
RANDOM = {"make_cv": 0.5, "lead_time_target_days": 12.0}


@pytest.fixture
def scenarios(tmp_path, monkeypatch) -> Path:
    """An empty folder in place of the bundled scenarios."""
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    return tmp_path


def refused(given, what_if: LeverState) -> list:
    """What the engine says of inputs without a plan, and the ways out of it."""
    outcome = solve(changed(given, what_if))
    assert isinstance(outcome, Infeasible), outcome
    return ways_out(what_if, given, [asdict(one) for one in outcome.conflicts])


CASES = {
    "hours": (make_scenario(**PARTS, **MACHINE, samples=60), LeverState(scenario="case", moved=(("capacity", 50.0),))),
    "weeks": (
        make_scenario([{"on_time_target": 0.95}], samples=60),
        LeverState(scenario="case", moved=(("budget_weeks", 0.5),)),
    ),
    "budget": (
        make_scenario([{"on_time_target": 0.95}], samples=60, inventory_budget=5000.0),
        LeverState(scenario="case", moved=(("budget", 25.0),)),
    ),
}
# A target that no strategy of a product can keep is a fault of the scenario.
FAULTS = {
    "target": (
        make_scenario([{"allowed": "MTO", **RANDOM}], samples=60),
        LeverState(scenario="case", moved=(("on_time", 99.5),)),
    ),
    "lock": (
        make_scenario([RANDOM, RANDOM], samples=60),
        LeverState(
            scenario="case",
            moved=(("on_time", 99.5),),
            locks=(LockLever(product="P2", strategy="MTO", reason=""),),
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_way_out_leaves_a_plan(name: str) -> None:
    given, what_if = CASES[name]
    ways = refused(given, what_if)
    assert ways
    for way in ways:
        assert way.what_if != what_if
        assert isinstance(solve(changed(given, way.what_if)), Solved), way


def test_a_lever_goes_no_further_than_it_has_to() -> None:
    given, what_if = CASES["weeks"]
    (way,) = refused(given, what_if)
    assert way.lever == "budget_weeks"
    short = LeverState(scenario="case", moved=(("budget_weeks", way.position - 0.5),))
    assert isinstance(solve(changed(given, short)), Infeasible)


@pytest.mark.parametrize("name", FAULTS)
def test_a_target_that_cannot_be_goes_back_no_further_than_it_has_to(name: str) -> None:
    given, what_if = FAULTS[name]
    with pytest.raises(ScenarioError):
        changed(given, what_if)
    lever, *locks = ways_out_of_faults(what_if, given)
    assert isinstance(solve(changed(given, lever.what_if)), Solved)
    assert 0.0 < lever.position < 99.5
    with pytest.raises(ScenarioError):
        changed(given, replace(what_if, moved=(("on_time", lever.position + 0.5),)))
    assert [(way.kind, way.product) for way in locks] == [("unlock", lock.product) for lock in what_if.locks]
    for way in locks:
        assert way.what_if.moved == what_if.moved
        assert isinstance(solve(changed(given, way.what_if)), Solved)


def test_what_no_lever_reaches_is_not_offered() -> None:
    given = make_scenario(**PARTS, **MACHINE, samples=60)
    conflict = {"rule": "C5", "concerns": ["R"], "needed": 500.0, "setting": "overtime_hours_per_week"}
    assert ways_out(LeverState(scenario="case", moved=(("capacity", 50.0),)), given, [conflict]) == []


def locked(product: str, strategy: str = "MTO") -> LockLever:
    return LockLever(product=product, strategy=strategy, reason="")


def conflict(rule: str, needed: float, *concerns: str) -> dict:
    return {"rule": rule, "concerns": concerns, "needed": needed, "setting": ""}


def test_changes_that_locks_ask_for_are_allowed_or_the_locks_lifted_and_all_that_together() -> None:
    """Two of three products leave today by their locks, and none may: more changes, either lock, or all of it."""
    today = {"current_strategy": "MTS"}
    given = make_scenario([today, today, today], samples=60)
    what_if = LeverState(scenario="case", moved=(("switches", 0.0),), locks=(locked("P1"), locked("P2")))
    ways = refused(given, what_if)
    assert [(way.kind, way.lever, way.product) for way in ways] == [
        ("lever", "switches", ""), ("unlock", "", "P1"), ("unlock", "", "P2"), ("all", "", ""),
    ]
    assert ways[0].position == 2.0
    assert isinstance(solve(changed(given, ways[0].what_if)), Solved)
    together = ways[-1].what_if
    assert not together.locks
    assert dict(together.moved)["switches"] == 2.0
    assert isinstance(solve(changed(given, together)), Solved)


def test_without_the_lever_that_a_rule_is_from_only_its_locks_are_lifted() -> None:
    """Changes and targets of the scenario itself are no lever's; locks of products that it is not about stay."""
    given = make_scenario([{}, {}], samples=60)
    what_if = LeverState(scenario="case", locks=(locked("P1"), locked("P2")))
    assert [way.product for way in ways_out(what_if, given, [conflict("C8", 1.0, "P1", "P2")])][:2] == ["P1", "P2"]
    assert [way.product for way in ways_out(what_if, given, [conflict("C6", 0.5, "P1")])] == ["P1"]
    # The same way out of two conflicts is one.
    twice = [conflict("C6", 0.5, "P1"), conflict("C6", 0.4, "P1")]
    assert len(ways_out(what_if, given, twice)) == 1


@pytest.mark.parametrize(("needed", "position"), [(0.873, 87.0), (0.0, 0.0)])
def test_a_target_of_the_lever_goes_down_to_the_step_that_can_be_kept(needed: float, position: float) -> None:
    given = make_scenario([{}], samples=60)
    what_if = LeverState(scenario="case", moved=(("on_time", 99.0),))
    (way,) = ways_out(what_if, given, [conflict("C6", needed, "P1")])
    assert (way.lever, way.position) == ("on_time", position)


@pytest.mark.parametrize(
    ("budget", "needed", "lever", "position"),
    [(1000.0, 1501.0, "budget", 151.0), (None, 1e12, "budget_weeks", NO_LIMIT_WEEKS), (0.0, 5.0, "", 0.0)],
)
def test_a_budget_is_raised_to_the_next_step_or_taken_away(budget, needed, lever, position) -> None:
    """Of a budget of nothing no share is enough; the end of the weeks' lever means no budget at all."""
    given = make_scenario([{}], samples=60, inventory_budget=budget)
    ways = ways_out(LeverState(scenario="case"), given, [conflict("C7", needed)])
    assert [(way.lever, way.position) for way in ways] == ([(lever, position)] if lever else [])


def test_a_lever_that_is_no_fault_by_itself_is_not_taken_back() -> None:
    """A lock is at fault: the budget stays where it was put."""
    given = make_scenario([{"allowed": "MTS"}, {}], samples=60)
    what_if = LeverState(scenario="case", moved=(("holding_rate", 30.0),), locks=(locked("P1"),))
    ways = ways_out_of_faults(what_if, given)
    assert [(way.kind, way.product) for way in ways] == [("unlock", "P1")]
    assert ways[0].what_if.moved == what_if.moved


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_to_inputs_without_a_plan_opens_a_page_with_a_way_out(scenarios, language: str) -> None:
    write_scenario(scenarios / "case", **PARTS, **MACHINE, samples=60)
    app = opened("case", language, capacity="50")
    assert len(app.metric) == 5, "the scenario as given stands in"
    assert text("status.stale", language) in app.metric[0].label
    again_while(app, lambda: not any(str(button.key).startswith("way_out_") for button in app.button))
    assert not app.exception
    app.button(key="way_out_0").click().run()
    assert app.slider(key="lever_capacity").value > 50.0
    until_proven(app, language)


def test_a_lock_leaves_headline_saving_and_ledgers_and_has_its_price() -> None:
    app = until_proven(opened())
    cost, saving = app.metric[0].value, app.metric[1].value
    on_page(app, "product")
    app.selectbox(key="product").set_value("STOOL").run()
    app.button(key="lock_do").click().run()
    assert not app.exception
    table = next(str(m.value) for m in app.markdown if str(m.value).startswith("| Term"))
    assert "(not allowed)" in table
    assert ":gray[" in table
    assert "nothing to hold against it" not in shown(app)
    until_proven(on_page(app, "decide"))
    dearer = int(app.metric[0].value.replace(",", "")) - int(cost.replace(",", ""))
    assert dearer > 0
    assert app.metric[1].value not in ("–", saving), "the lock costs, and the saving is known"
    assert f"+{dearer:,} EUR a year" in shown(app)
    app.session_state["decide_view"] = "variants"
    app.run()
    line = next(str(m.value) for m in app.markdown if str(m.value).startswith("**STOOL** stays"))
    assert f"+{dearer:,} EUR a year" in line
