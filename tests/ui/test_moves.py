"""The strip tells what the changes did against as given: figures, who switched and why, what each rule costs."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import engine.ui.state.scenarios
from engine.ui.state.levers import LeverState, LockLever
from engine.ui.state.rules_in_force import rules_in_force
from engine.ui.text import LANGUAGES, text
from tests.evidence import FULL
from tests.scenarios import write_scenario
from tests.ui.pages import opened, shown, until_proven, without

pytestmark = pytest.mark.usefixtures("proven_here")

LOCKS = (LockLever(product="A", strategy="MTO", reason=""), LockLever(product="B", strategy="MTS", reason=""))


@pytest.fixture
def scenarios(tmp_path, monkeypatch) -> Path:
    """An empty folder in place of the bundled scenarios."""
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    return tmp_path


def one_that_flips(folder: Path, **settings: object) -> None:
    """A product that is made to stock, and to order where stock is dear."""
    good = {"late_cost_per_unit_day": 0.2, "demand_cv": 0.8, "current_strategy": "MTS"}
    write_scenario(folder / "case", products=[good, {**good, "demand_per_week": 30.0, "late_cost_per_unit_day": 9.0}],
                   samples=100, **{"holding_rate_per_year": 0.1, **settings})  # fmt: skip


def strip(app) -> str:
    said = [str(m.value) for m in app.markdown]
    start = next(n for n, words in enumerate(said) if text("moves.header", "en") in words)
    return "\n".join(said[start : start + 8])


def test_where_nothing_was_changed_there_is_no_strip() -> None:
    assert text("moves.header", "en") not in shown(opened())


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_who_switched_and_which_cost_moved_it(scenarios, language: str) -> None:
    one_that_flips(scenarios)
    app = until_proven(opened("case", language), language)
    app.slider(key="lever_holding_rate").set_value(60.0).run()
    app.slider(key="lever_late_cost").set_value(25.0).run()
    until_proven(app, language)
    said = shown(app)
    assert text("moves.some", language, count=1) in said
    assert text("moves.header", language) in said
    assert {"en": "Make to stock → Make to order", "zh": "由“按库存生产”改为“按订单生产”"}[language] in said
    assert {"en": "stocks unchanged, turned by", "zh": "库存不变时"}[language] in said
    app.button(key="moved_P1").click().run()
    assert app.session_state["product"] == "P1"
    assert not app.exception


def test_the_figures_of_the_strip_are_those_of_the_cards() -> None:
    app = opened()
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    told = strip(app)
    cards = "\n".join(str(m.value) for m in app.markdown if "against as given" in str(m.value))
    for difference in re.findall(r"[+−][\d.,]+ (?:EUR(?: a year)?|points|days)", told)[:4]:
        assert f"{difference} against as given" in cards, (difference, cards)


def test_each_rule_has_its_price_and_so_have_all_together() -> None:
    app = until_proven(opened())
    cost = _cost(app)
    app.slider(key="lever_on_time").set_value(97.0).run()
    until_proven(app)
    alone = _cost(app) - cost
    assert f"+{alone:,} EUR a year, on time +" in strip(app)
    app.slider(key="lever_demand_cv").set_value(120.0).run()
    until_proven(app)
    without(app, text("moves.price.waits", "en", rule="").strip("* :"))
    priced = next(line for line in strip(app).splitlines() if line.startswith("- **On-time"))
    assert re.search(r"\+[\d,]+ EUR a year", priced), "against the same world without it, not against as given"
    total = _cost(app) - cost
    assert f"+{total:,} EUR a year" not in priced


def test_undone_moves_can_be_done_again_until_another_way_is_taken() -> None:
    app = opened()
    app.slider(key="lever_holding_rate").set_value(30.0).run()
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    assert app.button(key="redo").disabled
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert app.slider(key="lever_holding_rate").value == 20.0
    app.button(key="redo").click().run()
    assert app.slider(key="lever_holding_rate").value == 30.0
    app.button(key="redo").click().run()
    assert app.slider(key="lever_holding_rate").value == 40.0
    assert app.button(key="redo").disabled
    app.button(key="undo").click().run()
    app.slider(key="lever_holding_rate").set_value(25.0).run()
    assert app.button(key="redo").disabled
    app.button(key="undo").click().run()
    assert app.slider(key="lever_holding_rate").value == 30.0


def test_rules_are_taken_out_one_by_one_and_together() -> None:
    moved = (("holding_rate", 30.0), ("budget_weeks", 2.0), ("on_time", 95.0))
    what_if = LeverState(scenario="case", family="F", moved=moved, locks=LOCKS)
    found = rules_in_force(what_if)
    assert [rule.kind for rule in found] == ["lever", "lever", "lock", "lock", "locks", "all"]
    assert found[0].without == replace(what_if, moved=(moved[0], moved[2]))
    assert found[1].without.family == "", "no lever acts on the family any more"
    assert found[2].without.locks == LOCKS[1:]
    assert found[4].without.locks == ()
    assert found[5].without == LeverState(scenario="case", moved=moved[:1])
    assert rules_in_force(LeverState(scenario="case", moved=moved[:1])) == []
    assert [rule.kind for rule in rules_in_force(LeverState(scenario="case", locks=LOCKS))] == ["lock", "lock", "locks"]


def _cost(app) -> int:
    return int(app.metric[0].value.replace(",", ""))
