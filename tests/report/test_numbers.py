"""Numbers in both languages, and roundings that add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.numbers import Numbers, add_up, numbers_for

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
    [("en", "EUR", "€1,235"), ("zh", "CNY", "¥1,235"), ("en", "CNY", "CN¥1,235"), ("zh", "USD", "US$1,235"),
     ("en", "CHF", "CHF\u00a01,235"), ("en", "kEUR", "kEUR\u00a01,235"), ("en", "", "1,235")],
)  # fmt: skip
def test_money_is_written_as_readers_of_the_language_do(language, currency, told):
    assert Numbers(language=language, currency=currency).money(1234.6) == told


def test_nothing_is_shown_as_minus_zero_and_cents_only_where_they_matter():
    numbers = Numbers(language="en", currency="EUR")
    assert numbers.money(-0.2) == "€0"
    assert numbers.share(-0.0001, 1) == "0.0%"
    assert numbers_for("en", "EUR", 999.0).money(1.234) == "€1.23"
    assert numbers.money(float("nan")) == "–"
