"""What studies found stands on the page Trust as far as it was found, and what was not is said."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from engine.ui.text import text
from engine.ui.work.trust_study import Found
from tests.report.reports import example_report

GAP = {
    "held_out_per_year": 1234.4, "held_out_margin_per_year": 56.6, "high_share": 0.021, "high_per_year": 78.0,
    "level": 0.95, "batches": 10, "batch_samples": 60, "samples_enough": 400, "samples_enough_seen": True,
    "within": 0.01,
}  # fmt: skip
INFORMATION = {"vss_per_year": 321.0, "evpi_per_year": 9.0}
LADDER = pd.DataFrame({"samples": [30, 60], "promised_per_year": [1.0, 2.0], "held_out_per_year": [3.0, 4.0],
                       "gap_high_share": [0.1, 0.02]})  # fmt: skip


def draw_sampling(found) -> None:
    from engine.ui.pages.trust import sampling

    sampling(found)


def draw_measure(found) -> None:
    from engine.ui.pages.trust import measure

    measure(found)


def draw_contested(found, plan) -> None:
    from engine.ui.pages.trust import contested

    contested(found, plan)


def page(function, *given):
    app = AppTest.from_function(function, args=given).run()
    assert not app.exception
    return app


def figures(app):
    return [metric.value for metric in app.metric]


@pytest.mark.parametrize(
    ("enough", "shown", "key"),
    [
        ({}, "400", "seen"), ({"samples_enough_seen": False}, "400", "scaled"), ({"samples_enough": None}, "–", "none"),
    ],
)  # fmt: skip
def test_the_sampling_gap_is_told_with_what_it_rests_on(enough, shown, key) -> None:
    found = Found(tables={"samples": LADDER}, summary={"currency": "EUR", "sampling_gap": {**GAP, **enough}})
    app = page(draw_sampling, found)
    assert figures(app) == ["1,234 EUR", "2.1%", shown]
    said = [str(one.value) for one in app.markdown]
    assert text("sampling.gap.detail", "en", amount="78 EUR", level="95%", batches=10, samples=60) in said
    assert text(f"sampling.enough.{key}", "en", within="1%") in said


def test_what_the_costliest_outcomes_cost_is_told_where_risk_counts() -> None:
    tail = {"cvar_weight": 0.5, "cvar_level": 0.9, "promised_per_year": 700.0, "held_out_per_year": 930.0,
            "held_out_margin_per_year": 85.0}  # fmt: skip
    none = {"samples_enough": None, "samples_enough_seen": False}
    gap = {**GAP, **none, "tail": tail}
    app = page(draw_sampling, Found(tables={"samples": LADDER}, summary={"currency": "EUR", "sampling_gap": gap}))
    told = text(
        "sampling.tail", "en", weight="50%", share="10%", held_out="930 EUR", margin="85 EUR", promised="700 EUR"
    )
    assert told in [str(one.value) for one in app.markdown]
    assert app.dataframe[0].value["samples"].tolist() == [30, 60]


@pytest.mark.parametrize("information", [None, INFORMATION, {**INFORMATION, "vss_per_year": None}])
def test_what_thinking_in_samples_is_worth_is_told_where_it_is_known(information) -> None:
    """Without batches there is no gap; where no stocks let the plan on averages keep all rules its price is unknown."""
    found = Found(tables={"samples": LADDER.iloc[:0]}, summary={"currency": "EUR", "information": information})
    app = page(draw_sampling, found)
    assert [str(one.value) for one in app.info] == [text("sampling.none", "en")]
    assert not app.dataframe
    if information is None:
        assert figures(app) == []
    else:
        assert figures(app) == ["–" if information["vss_per_year"] is None else "321 EUR", "9 EUR"]


def inputs(*values):
    return pd.DataFrame({
        "input": ["products.demand_cv", "products.unit_cost"][: len(values)], "uncertainty": "20%",
        "value_per_year": list(values), "products_depending": 2, "most_affected": "P1",
    })  # fmt: skip


def test_inputs_worth_knowing_better_are_told_or_that_none_is() -> None:
    summary = {"currency": "EUR", "confidence": {"draws": 40}}
    app = page(draw_measure, Found(tables={}, summary=summary))
    assert [str(one.value) for one in app.info] == [text("measure.none", "en")]
    app = page(draw_measure, Found(tables={"inputs": inputs(0.0, 0.0)}, summary=summary))
    assert str(app.markdown[-1].value) == text("measure.nothing", "en", draws=40)
    assert not app.dataframe
    app = page(draw_measure, Found(tables={"inputs": inputs(30.0, 0.0)}, summary=summary))
    assert app.dataframe[0].value["value_per_year"].tolist() == [30.0]


def test_without_draws_no_choice_is_called_contested() -> None:
    app = page(draw_contested, Found(tables={}, summary={"currency": "EUR"}), example_report().plan)
    assert [str(one.value) for one in app.info] == [text("contested.none", "en")]
    assert not app.metric


def test_contested_choices_come_first_with_the_badge_of_the_plan() -> None:
    plan = example_report().plan
    first, second = plan.decisions["product"].iloc[:2]
    table = pd.DataFrame({
        "product": [first, second, "gone"], "strategy": "MTS", "current_strategy": "MTO",
        "label": ["no-regret", "contested", "conditional"], "confidence": [0.97, 0.5, 0.8], "rival": "MTO",
        "advantage_per_year": 1.0, "expected_regret_per_year": 0.0, "depends_on": "",
    })  # fmt: skip
    counts = {"no-regret": 1, "conditional": 1, "contested": 1}
    found = Found(tables={"confidence": table}, summary={"confidence": {"counts": counts, "draws": 40}})
    app = page(draw_contested, found, plan)
    assert figures(app) == ["1", "1", "1"]
    rows = app.dataframe[0].value
    assert rows["product"].tolist() == [second, "gone", first]
    assert rows["confidence"].tolist() == [50.0, 80.0, 97.0]
    assert rows["certainty"].notna().all()
