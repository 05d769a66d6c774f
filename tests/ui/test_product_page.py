"""The page of a product begins with a sentence that anyone understands, and leads to its neighbours."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.decision.plan import Plan, told_at_least
from engine.decision.solve import solve
from engine.economics.instance import TERMS
from engine.report.as_shown import decisions_as_shown, plan_as_shown
from engine.report.sentences.product_sentences import product_sentences
from engine.ui.state.session import Answer, AnswerState
from engine.ui.text import LANGUAGES, text
from engine.ui.views.glossary import explained
from engine.ui.views.product.neighbours import next_in_cost, next_in_map
from engine.ui.words import money
from tests.patience import PATIENCE_SECONDS
from tests.scenarios import random_scenario
from tests.ui.pages import opened


def test_one_product_after_the_other_in_words_to_be_copied() -> None:
    app = opened(page="product")
    products = app.session_state["_last_answer"][1].plan.decisions["product"].tolist()

    def words(product: str, language: str) -> list[str]:
        # Its proof may have landed since the page before.
        answer = app.session_state["_last_answer"][1]
        return product_sentences(
            answer.scenario, answer.plan, [product], language, money=lambda amount: money(amount, "EUR")
        )

    first = app.selectbox(key="product").value
    assert [one.value for one in app.code] == words(first, "en")
    seen = [first]
    for _ in products:
        app.button(key="product_next").click().run()
        seen.append(app.selectbox(key="product").value)
        assert [one.value for one in app.code] == words(seen[-1], "en")
    assert sorted(seen[:-1]) == sorted(products), "every product once"
    assert seen[-1] == first
    app.button(key="product_previous").click().run()
    assert app.selectbox(key="product").value == seen[-2]
    app.radio(key="language").set_value("zh").run()
    assert [one.value for one in app.code] == words(seen[-2], "zh")
    assert not app.exception


def test_neighbours_in_cost_and_in_the_map_lead_to_their_pages() -> None:
    points = pd.DataFrame({"product": list("ABCD"), "expected_cost_per_year": [100.0, 90.0, 300.0, 105.0],
                           "demand_cv": [0.2, 1.4, 0.3, 0.8], "pd_ratio": [8.0, 0.5, 7.0, 2.0]})  # fmt: skip
    assert next_in_cost(points, "A") == ["D", "B"]
    assert next_in_map(points, "A") == ["C", "D"]
    app = opened(page="product")
    first = app.selectbox(key="product").value
    other = next(one for one in app.button if str(one.key).startswith("next_map_"))
    other.click().run()
    assert app.selectbox(key="product").value == str(other.key).removeprefix("next_map_") != first
    assert not app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cost_term_is_explained(language: str, monkeypatch) -> None:
    monkeypatch.setattr("engine.ui.language.language", lambda: language)
    told = explained([*TERMS, "total"])
    assert told.count("\n\n") == len(TERMS) - 1
    assert all(text(f"term.{term}", language) in told for term in TERMS)


@pytest.fixture(scope="module")
def bounded() -> tuple[Answer, Plan]:
    """An answer that tells lower bounds, and the same plan as told exactly."""
    scenario = random_scenario(np.random.default_rng(5), products=16, components=6, samples=60)
    plan, exact = (
        solve(scenario, certified=False, exact_alternatives=told).plan_or_raise() for told in (False, True)
    )  # fmt: skip
    return Answer(label=AnswerState.PROVEN, plan=plan, scenario=scenario, today=None, compared=True), exact


def _page() -> None:
    """The list, and the page of a product that the session names."""
    import streamlit as st

    from engine.ui.state.instances import with_exact
    from engine.ui.views.decide.decision_table import table_rows
    from engine.ui.views.product.ledgers import ledgers_view
    from engine.ui.views.product.product_card import facts, in_plain_words

    answer, product = st.session_state["answer"], st.session_state["asked"]
    st.dataframe(table_rows(answer))
    answer = with_exact(answer, product)
    in_plain_words(answer, product)
    facts(answer, product)
    ledgers_view(answer, product)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_say_at_least_and_the_page_of_a_product_says_exactly(bounded, language: str) -> None:
    answer, exact = bounded
    rows, truth = answer.decisions, decisions_as_shown(exact.decisions)
    at = int(np.flatnonzero(told_at_least(rows)["regret_per_year"])[0])
    row, other = rows.iloc[at], truth.iloc[at]
    app = AppTest.from_function(_page, default_timeout=PATIENCE_SECONDS)
    app.session_state["answer"], app.session_state["asked"] = answer, row["product"]
    app.session_state["language"] = language
    app.run()
    assert not app.exception
    line = app.dataframe[0].value.set_index("product").loc[row["product"]]
    assert line["told"] == text("table.at_least", language)
    assert line["regret"] == row["regret_per_year"] <= other["regret_per_year"]
    told = [str(one.value) for one in [*app.code, *app.markdown]]
    (said,) = product_sentences(
        answer.scenario, plan_as_shown(exact), [row["product"]], language, money=lambda amount: money(amount, "EUR")
    )
    assert told[0] == said
    for k in ("MTS", "ATO", "MTO"):
        if np.isfinite(other[f"cost_if_{k}"]):
            assert any(money(float(other[f"cost_if_{k}"])) in one for one in told if one.startswith("| "))
    words = {"en": "at least", "zh": "至少"}[language]
    assert not any(words in one for one in told)
    (listed,) = product_sentences(answer.scenario, answer.plan, [row["product"]], language, money=money)
    assert words in listed
