"""The page of a product begins with a sentence that anyone understands, and leads to its neighbours."""

from engine.report.sentences.product_sentences import product_sentences
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
