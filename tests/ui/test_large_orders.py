"""The page of a product says which of its orders are made to order."""

import pytest

import engine.ui.state.scenarios
from engine.ui.text import LANGUAGES
from tests.scenarios import write_scenario
from tests.ui.pages import opened, shown

WARES = {
    "product": "A", "demand_cv": 1.0, "demand_per_week": 40.0, "distribution": "compound_poisson", "order_size": 6.0,
    "make_days": 14.0, "make_premium": 0.4, "large_order_target_days": 13.0, "allowed": "MTS|MTO",
}  # fmt: skip
SAID = {
    "en": ("Make to stock, orders over ", " of the units, within 13 days"),
    "zh": ("按库存生产，超过 ", "，13 天内交付"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stock_with_a_cutoff_says_which_orders_are_made_to_order(tmp_path, monkeypatch, language):
    monkeypatch.setattr(engine.ui.state.scenarios, "FOLDER", tmp_path)
    write_scenario(tmp_path / "case", products=[WARES], samples=50)
    app = opened("case", language, page="product")
    assert not app.exception
    for words in SAID[language]:
        assert words in shown(app)
