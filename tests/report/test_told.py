"""Each sentence of a report or of the terminal is there where it is true, and only there."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation

from engine.decision.solve import solve
from engine.evaluate.reasons.today import Payback
from engine.evaluate.trust.at_risk import Tail
from engine.evaluate.trust.confidence import Confidence, Label
from engine.evaluate.trust.sampling_gap import Enough
from engine.report.content import make_report
from engine.report.deck.slides import write_deck
from engine.report.numbers import numbers_for
from engine.report.page.document import page_html
from engine.report.sentences.books import book_sentences
from engine.report.sentences.payback import payback_sentence, span
from engine.report.sentences.prose import Prose
from engine.report.sentences.reliance import risks
from engine.report.sentences.trust import _confidence, _gap, _information
from engine.report.sentences.words import recommendation
from engine.report.texts.text import LANGUAGES, text
from tests.evidence import FULL
from tests.report.reports import example_report
from tests.scenarios import make_scenario

BOUND = {
    "inventory_budget": 1500.0, "max_changes": 1, "one_strategy_per": "family", "limits": {
        "few": {"strategy": "MTO", "at_most": 2}},
}  # fmt: skip


def ruled(**settings):
    """Two products of one family that share a part and are in stock today, under rules over strategies and stock."""
    rows = [{"product": name, "family": "F", "current_strategy": "MTS"} for name in ("A", "B")]
    return make_scenario(
        rows, components=[{"component": "C1"}], bom={"A": {"C1": 1}, "B": {"C1": 2}}, samples=60, **settings
    )  # fmt: skip


def report_of(scenario):
    return make_report(solve(scenario).plan_or_raise(), scenario)


@cache
def reports_of_rules():
    """One under a budget and other rules, one under none, one under a budget alone; nobody changes them."""
    return tuple(report_of(ruled(**settings)) for settings in (BOUND, {}, {"inventory_budget": 1500.0}))


def with_summary(report, **values):
    return replace(report, plan=replace(report.plan, summary={**report.plan.summary, **values}))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_answer_weighs_names_the_rules_there_are(language):
    bound, free, _ = (Prose(report, language) for report in reports_of_rules())
    words = [
        bound.t("question.budget", budget=bound.numbers.money(1500.0)), bound.t("question.changes", count="1"),
        bound.t("question.families"), bound.t("question.limits"),
    ]  # fmt: skip
    said, unsaid = (" ".join(one.question()) for one in (bound, free))
    assert all(one in said for one in words)
    assert not any(one in unsaid for one in words)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("price", "kind"), [(None, "unknown"), (0.0, "free"), (0.4, "")])
def test_what_more_budget_would_save_is_told_where_it_is_known(language, price, kind):
    report = with_summary(reports_of_rules()[2], budget_price_per_year=price)
    prose = Prose(report, language)
    budget = {"budget": prose.numbers.money(1500.0), "used": prose.numbers.share(prose.shown.inventory / 1500.0)}
    if kind == "":
        budget |= {"step": prose.numbers.money(1000.0), "price": prose.numbers.money(400.0)}
    assert prose.stocks()[-1] == prose.t(".".join(filter(None, ["stocks.budget", kind])), **budget)


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_a_plan_that_keeps_every_strategy_has_no_switches_to_show(language, tmp_path):
    """Nothing may change, and so nothing does: said on page, slides and terminal, without an empty chart."""
    report = report_of(ruled(max_changes=0))
    prose = Prose(report, language)
    (said,) = prose.who_switches()
    assert said == prose.t("switches.none", known=prose.counted("product", 2))
    assert said in page_html(prose)
    write_deck(report, tmp_path / "deck.pptx", language)
    titles = [
        shape.text_frame.text for slide in Presentation(str(tmp_path / "deck.pptx")).slides for shape in slide.shapes
        if shape.has_text_frame
    ]  # fmt: skip
    assert prose.t("slide.switches.none") in titles
    assert "all 2 products keep their current strategy" in recommendation(report.plan)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_switch_from_what_is_not_possible_any_more_has_no_saving(language):
    """Today made to stock, which is not allowed any more: the switch is told, its saving is not."""
    scenario = make_scenario([{"current_strategy": "MTS", "allowed": "MTO"}])
    report = report_of(scenario)
    prose = Prose(report, language)
    said = prose.who_switches()
    assert said[-1] == prose.t("switches.impossible")
    assert not any(sentence.startswith(("The largest single", "单项节省")) for sentence in said)
    assert "MTS -> MTO   MTS is not possible any more" in recommendation(report.plan)
    # Whose cost was not worked out for want of time is not called impossible.
    hurried = replace(report.plan, summary={**report.plan.summary, "not_compared": ["P1"], "customer": None})
    told = recommendation(hurried)
    assert "MTS -> MTO   not compared: no time was left" in told
    assert "of 1 product not all strategies are compared" in told
    assert "figures for customer, investor and regulator are left out" in told


BOOKS = {
    "book_value": 900.0, "planned_value": 500.0, "capital_released": 400.0, "products": 2, "products_given": 2,
    "components": 1, "components_given": 1, "run_down_days": None, "surplus_value": 400.0, "stranded_value": 0.0,
    "no_demand_value": 0.0,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("books", "english", "chinese"),
    [
        ({}, ["of working capital is released"], ["释放"]),
        ({"capital_released": -70.0}, ["70 more working capital is needed"], ["70"]),
        ({"products_given": 1}, ["counts the 1 of 2 products and 1 of 1 components"], ["1", "2"]),
        ({"run_down_days": 0.2, "stranded_value": 100.0},
         ["300 of what is there beyond the plan is used up by demand, 90% of it within 1 days", "100 is stranded"],
         ["300", "100"]),
        ({"no_demand_value": 33.0}, ["Another 33 lies in products without demand"], ["33"]),
    ],
)  # fmt: skip
def test_stock_on_hand_is_told_as_far_as_it_is_known(language, books, english, chinese):
    plan = with_summary(example_report(), stock_on_hand={**BOOKS, **books}).plan
    told = book_sentences(plan, language, money=lambda amount: f"{amount:.0f}")
    assert len(told) == (1 if "capital_released" in books or not books else 1 + len(english))
    assert all(word in " ".join(told) for word in {"en": english, "zh": chinese}[language])


@pytest.mark.parametrize(("released", "told"), [(None, []), (5.0, ["5 less is"]), (-5.0, ["5 more is"])])
def test_without_stock_on_hand_the_best_of_today_is_what_is_compared(released, told):
    plan = example_report().plan
    summary = {**plan.summary, "stock_on_hand": None, "investor": {"working_capital_released": released}}
    said = book_sentences(replace(plan, summary=summary), "en", money=lambda amount: f"{amount:.0f}")
    assert len(said) == len(told)
    assert all(sentence.startswith(words) for sentence, words in zip(said, told, strict=True))


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_locks_are_told_with_the_dearest_or_as_free(language):
    rows = [{"product": "A", "locked": "MTO", "current_strategy": "MTO"}, {"product": "B", "current_strategy": "MTS"}]
    report = report_of(make_scenario(rows))
    prose = Prose(report, language)
    assert report.locks
    free = replace(report, locks=tuple(replace(one, cost_per_year=0.0) for one in report.locks))
    dear = replace(report, locks=tuple(replace(one, cost_per_year=7_777.0) for one in report.locks))
    assert prose.t("risks.locks.free", count=prose.counted("locked", 1)) in risks(Prose(free, language))
    said = [one for one in risks(Prose(dear, language)) if "7,777" in one]
    assert len(said) == 1
    assert prose.inner("strategy.MTO") in said[0]
    assert prose.t("sheet.locks") in page_html(Prose(dear, language))
    unlocked = report_of(make_scenario([{"current_strategy": "MTO"}]))
    assert prose.t("sheet.locks") not in page_html(Prose(unlocked, language))


TAIL = Tail(level=0.9, weight=0.3, held_out=1234.0, margin=56.0, promised=1111.0)


def gap(**values):
    """What `_gap` reads of a sampling gap."""
    fields = {
        "held_out": 1000.0, "held_out_margin": 10.0, "interval": type("I", (), {"high": 20.0}), "high_share": 0.02,
        "level": 0.95, "cost": np.zeros(5), "samples": 60, "solver_share": 0.001, "for_targets": 0.0,
        "below_target": pd.DataFrame({"product": []}), "enough": lambda _: Enough(samples=400, seen=True),
        "tail": None,
    }  # fmt: skip
    return type("Gap", (), {"__init__": lambda self: self.__dict__.update({**fields, **values})})()


@pytest.mark.parametrize(
    ("values", "said", "unsaid"),
    [
        ({}, "samples for 1.0%: 400 are enough", "on-time targets"),
        ({"enough": lambda _: Enough(samples=900, seen=False)}, "about 900, by scaling", "enough"),
        ({"enough": lambda _: Enough(samples=None, seen=False)}, "these batches do not tell", "by scaling"),
        ({"for_targets": 55.0}, "on-time targets             55 EUR of stock more keeps them there too", "miss"),
        ({"below_target": pd.DataFrame({"product": ["A"]})}, "1 product misses its target", "miss their"),
        ({"below_target": pd.DataFrame({"product": ["A", "B"]})}, "2 products miss their target", "misses its"),
        ({}, "on fresh samples", "costliest"),
        ({"tail": TAIL}, "costliest 10%            1,234 EUR there, give or take 56; promised are 1,111", "miss"),
        ({"tail": TAIL}, "Costs above are 30% these, the rest the mean", "on-time targets"),
    ],
)
def test_what_fresh_samples_say_is_told_as_far_as_they_do(values, said, unsaid):
    told = "\n".join(_gap(gap(**values), 0.01, "EUR"))
    assert said in told
    assert unsaid not in told


def test_a_plan_on_averages_that_no_stocks_save_has_no_price():
    info = type("Info", (), {"vss": np.inf, "evpi": 9.0})()
    assert "none: no stocks let the plan on averages keep all rules" in _information(info, "EUR")[0]
    info.vss = 12.0
    assert "12 EUR: what a plan on averages would cost more" in _information(info, "EUR")[0]


def test_confidence_tells_the_most_at_stake_and_what_is_worth_measuring():
    products = pd.DataFrame({
        "product": ["A", "B", "C"], "strategy": "MTS", "label": [str(Label.CONTESTED)] * 2 + [str(Label.NO_REGRET)],
        "confidence": [0.6, np.nan, 0.99], "expected_regret_per_year": [5.0, 50.0, 0.0], "advice": "look",
    })  # fmt: skip
    inputs = pd.DataFrame({
        "input": ["demand_cv", "unit_cost"], "value_per_year": [30.0, 0.0], "noise_per_year": 7.0, "most_affected": "B",
    })  # fmt: skip
    given = Confidence(products=products, inputs=inputs, draws=40, unsolved=0)
    told = _confidence(given, "EUR", 1)
    # The dearest first; of what nobody could judge the share is a question.
    assert told[2].split()[:3] == ["B", "MTS", "?"]
    assert "    and 1 more in confidence.csv" in told
    assert any("demand_cv" in line and "30" in line for line in told)
    assert any("the others cannot be told from zero with 40 draws; below 7 nothing is claimed" in line for line in told)
    sure = replace(given, products=products.iloc[2:], inputs=inputs.iloc[:1])
    assert len(_confidence(sure, "EUR", 1)) == 3
    blind = replace(given, inputs=inputs.iloc[1:])
    assert any("the inputs cannot be told from zero" in line for line in _confidence(blind, "EUR", 5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_corrected_plan_without_its_scenario_is_not_compared_with_today(language):
    """The simulated cost of one plan and the model's cost of another make no saving."""
    plan = example_report().plan
    corrected = replace(plan, summary={**plan.summary, "corrected": True})
    prose = Prose(make_report(corrected), language)
    assert prose.saving_sentence() == prose.t("saving.no_scenario")


@pytest.mark.evidence
@pytest.mark.parametrize("language", LANGUAGES if FULL else ["zh"])
def test_a_plan_that_costs_nothing_has_a_page_and_slides_without_an_empty_chart(language, tmp_path):
    """Made within the time that customers wait, for nothing beyond its parts: no term, no largest one."""
    report = report_of(make_scenario([{"allowed": "MTO", "make_days": 2.0, "lead_time_target_days": 9.0}], samples=30))
    assert report.plan.objective_per_year == pytest.approx(0.0)
    prose = Prose(report, language)
    assert prose.costs() == []
    assert "NaN" not in page_html(prose)
    assert "nan" not in " ".join(one.shown for one in prose.headline())
    write_deck(report, tmp_path / "deck.pptx", language)
    assert (tmp_path / "deck.pptx").stat().st_size > 5_000


def test_a_switch_without_an_amount_has_slides_without_bars(tmp_path):
    report = report_of(make_scenario([{"current_strategy": "MTS", "allowed": "MTO"}], samples=30))
    write_deck(report, tmp_path / "deck.pptx", "en")
    slides = Presentation(str(tmp_path / "deck.pptx")).slides
    title = Prose(report, "en").t("slide.switches", count="1", known="1 product")
    (slide,) = [one for one in slides if any(s.has_text_frame and s.text_frame.text == title for s in one.shapes)]
    assert not any(shape.has_chart for shape in slide.shapes)
    assert any(shape.has_table for shape in slide.shapes)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("saving", "months", "key"), [(None, None, "unknown"), (-5.0, None, "never"), (1200.0, 2.5, "months")]
)
def test_when_a_change_pays_back_is_told_where_it_does(language, saving, months, key):
    plan = replace(example_report().plan, summary={
        **example_report().plan.summary, "investor": None, "change_payback_years": 2,
    })  # fmt: skip
    payback = Payback(change_cost=250.0, running_saving_per_year=saving, months=months)
    said = payback_sentence(plan, payback, language, money=lambda amount: f"{amount:.0f}")
    assert "250" in said
    endings = {name: text(f"payback.{name}", language, saving="1200", months=span(NUMBERS[language], "month", 2.5))
               for name in ("unknown", "never", "months")}  # fmt: skip
    assert [name for name, words in endings.items() if words in said] == [key]
    assert payback_sentence(plan, replace(payback, change_cost=0.0), language) == ""


NUMBERS = {language: numbers_for(language, "EUR", 1e6) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_not_finite_is_missing_in_every_kind_of_number(language):
    numbers, missing = NUMBERS[language], text("missing", language)
    for value in (float("nan"), float("inf"), -float("inf")):
        assert numbers.money(value) == numbers.share(value) == numbers.number(value) == missing
