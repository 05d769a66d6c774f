"""Numbers in both languages, and roundings that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.numbers import Numbers, add_up, numbers_for
from engine.ui.words import money

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(VALUES, st.sampled_from([0, 2]))
def test_rounded_values_add_up_and_none_is_off_by_a_unit(values, decimals):
    unit = 10.0**-decimals
    total = round(sum(values), decimals)
    shown = add_up(values, total, decimals)
    assert sum(shown) == pytest.approx(total, abs=unit / 100)
    assert all(abs(a - b) < unit * 1.001 for a, b in zip(values, shown, strict=True))


@pytest.mark.parametrize(
    ("language", "currency", "told"),
    [("en", "EUR", "1,235\u00a0EUR"), ("zh", "CNY", "1,235\u00a0CNY"), ("en", "kEUR", "1,235\u00a0kEUR"),
     ("en", "", "1,235")],
)  # fmt: skip
def test_money_is_written_as_on_the_pages_of_the_app(language, currency, told):
    assert Numbers(language=language, currency=currency).money(1234.6) == told
    assert money(1234.6, currency) == told.replace("\u00a0", " ")


def test_nothing_is_shown_as_minus_zero_and_cents_only_where_they_matter():
    numbers = Numbers(language="en", currency="EUR")
    assert numbers.money(-0.2) == "0\u00a0EUR"
    assert numbers.share(-0.0001, 1) == "0.0%"
    assert numbers_for("en", "EUR", 999.0).money(1.234) == "1.23\u00a0EUR"
    assert numbers.money(float("nan")) == "–"
