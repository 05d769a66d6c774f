"""Every figure is held against today's strategies and the scenario as given; no rule moves either."""

import pytest

from engine.report.content import make_report
from engine.report.sentences.prose import Prose
from engine.ui.text import LANGUAGES, text
from tests.ui.pages import card, number, opened, shown, until_proven, without

pytestmark = pytest.mark.usefixtures("proven_here")


def budget_tightened(app, weeks: float = 0.5):
    app.selectbox(key="unit_budget").set_value("weeks").run()
    return app.number_input(key="typed_budget_weeks_weeks").set_value(weeks).run()


def test_levers_stand_below_the_titles_of_their_groups() -> None:
    app = opened()
    titles = [str(title.value) for title in app.subheader]
    assert titles == [text("inputs.world", "en"), text("inputs.rules", "en")]
    order = [str(slider.key) for slider in app.slider]
    assert order.index("lever_late_cost") < order.index("lever_on_time") < order.index("lever_risk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_change_everything_is_as_given(language: str) -> None:
    app = opened(language=language)
    assert sum(text("headline.as_given", language) in card(app, n, language) for n in range(5)) == 4


def test_a_budget_costs_and_moves_no_baseline() -> None:
    app = until_proven(opened())
    cost, saving, inventory = (number(app.metric[k].value) for k in range(3))
    held = inventory - number(card(app, 2)[0])
    until_proven(budget_tightened(app))
    now, saved, less = (number(app.metric[k].value) for k in range(3))
    assert now > cost, "a budget that binds"
    assert number(card(app, 0)[2]) == now - cost, card(app, 0)
    assert saved - saving == cost - now, "the saving falls by what the budget costs"
    assert f"as given: {saving:,} EUR" in card(app, 1)
    assert less < inventory < held
    assert less - number(card(app, 2)[0]) == held, "today does not move"
    budget = round(0.5 * (100 * 50 + 20 * 200 + 2 * 1000))
    over = next(line for line in card(app, 2) if "over the budget" in line)
    assert over == f"today holds {held:,} EUR, {held / budget - 1:.0%} over the budget"
    assert "do not keep the rules" in shown(app)


def test_the_world_moves_today_and_not_what_is_as_given() -> None:
    app = until_proven(opened())
    cost, saving = (number(app.metric[k].value) for k in range(2))
    today = cost - number(card(app, 0)[1])
    app.slider(key="lever_holding_rate").set_value(40.0).run()
    now = number(app.metric[0].value)
    assert now - number(card(app, 0)[1]) > today
    assert number(card(app, 0)[2]) == now - cost
    assert f"as given: {saving:,} EUR" in card(app, 1)


def test_an_on_time_target_leaves_today_alone_and_says_who_misses_it() -> None:
    app = opened()
    before = number(app.metric[0].value) - number(card(app, 0)[1])
    app.slider(key="lever_on_time").set_value(99.0).run()
    assert number(app.metric[0].value) - number(card(app, 0)[1]) == before
    assert "today misses the on-time target of 3 products" in shown(app)


def test_a_link_to_changed_inputs_has_the_scenario_as_given_proven_beside() -> None:
    app = until_proven(opened(budget_weeks="0.5"))
    without(app, "against as given (preview)")
    assert number(card(app, 0)[2]) > 0


def test_the_plan_that_is_handed_over_tells_the_figures_of_the_page() -> None:
    """Also where today was measured at targets other than those moved to."""
    app = until_proven(opened())
    app.slider(key="lever_on_time").set_value(97.0).run()
    until_proven(app)
    what_if, held = app.session_state["_last_answer"][0], app.session_state["_last_answer"][1]
    assert what_if == "tiny"
    written = make_report(held.plan, held.scenario)
    assert written.today["cost_per_year"] == held.today.cost_per_year
    saving = Prose(written, "en").saving
    shown_saving = number(app.metric[1].value)
    assert abs(round(saving)) == shown_saving
    (verdict,) = [one for key, one in app.session_state["_verdicts"].items() if key.changes]
    assert verdict.plan.summary["today"] == held.plan.summary["today"]
