"""Numbers and reasons as readers see them."""

import math

import pandas as pd
import pytest

from engine.ui.words import MISSING, gap, money, number, reasons, share, strategy_name


def decision(**changes: object) -> pd.DataFrame:
    row = {
        "product": "P", "strategy": "MTS", "expected_cost_per_year": 1000.0,
        "cost_if_MTS": 1000.0, "cost_if_ATO": 1500.0, "cost_if_MTO": 3000.0,
    }  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


LEDGER = pd.DataFrame(
    {
        "product": ["P", "P", "P", "Q"],
        "term": ["late", "holding", "change", "late"],
        "cost_per_year": [300.0, 690.0, 10.0, 9e9],
    }
)


def test_missing_numbers_are_a_dash() -> None:
    assert money(math.nan) == share(math.nan) == number(math.inf) == strategy_name("", "en") == MISSING


@pytest.mark.parametrize(("value", "said"), [(0.0, "0%"), (1e-12, "0%"), (0.000001, "0.01%"), (0.0102, "1.02%")])
def test_a_gap_is_never_rounded_down(value: float, said: str) -> None:
    assert gap(value) == said


def test_a_reason_names_largest_costs_and_the_alternatives_nearest_first() -> None:
    assert reasons(decision(), LEDGER, "en") == [
        "Mostly holding 690 and lateness 300; Assemble to order would cost 500 more; Make to order would cost 2,000 more"  # noqa: E501
    ]
    assert reasons(decision(), LEDGER, "zh") == [
        "主要为持有成本 690 和延迟成本 300；按订单装配会多花 500；按订单生产会多花 2,000"
    ]


def test_a_reason_without_alternatives_or_costs_says_so() -> None:
    alone = decision(cost_if_ATO=math.nan, cost_if_MTO=math.inf)
    assert reasons(alone, LEDGER.iloc[:0], "en") == ["No cost; the only strategy open to it"]


def test_a_cheaper_alternative_within_the_gap_is_not_hidden() -> None:
    said = reasons(decision(cost_if_ATO=990.0, cost_if_MTO=1000.2), LEDGER, "en")[0]
    assert "Assemble to order would cost 10 less by itself" in said
    assert "Make to order would cost the same" in said
