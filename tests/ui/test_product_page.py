"""The page of a product begins with a sentence that anyone understands, and leads to its neighbours."""

import pandas as pd
import pytest

from engine.economics.instance import TERMS
from engine.report.sentences.product_sentences import product_sentences
from engine.ui.text import LANGUAGES, text
from engine.ui.views.glossary import explained
from engine.ui.views.product.neighbours import next_in_cost, next_in_map
from engine.ui.words import money
from tests.ui.pages import opened


def test_one_product_after_the_other_in_words_to_be_copied() -> None:
    app = opened(page="product")
    answer = app.session_state["_last_answer"][1]
    products = answer.plan.decisions["product"].tolist()

    def words(product: str, language: str) -> list[str]:
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
