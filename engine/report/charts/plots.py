"""Charts of a plan in words, for notebooks: the specifications that the app and the reports draw."""

from __future__ import annotations

import altair as alt
import pandas as pd

from engine.decision.plan import Plan
from engine.demand.fitting.complete import complete
from engine.economics.instance import TERMS
from engine.evaluate.studies.same_scenario import plan_of
from engine.report.charts.specifications import map_points, strategy_map
from engine.report.charts.strategies import STRATEGY_COLOURS
from engine.report.texts.text import Language, text
from engine.scenario.columns import STRATEGIES
from engine.scenario.derived import derive
from engine.scenario.scenario import Scenario


def cost_chart(plan: Plan, *, language: Language = "en") -> alt.Chart:
    """Cost per year by term, divided by strategy.

    Parameters
    ----------
    plan : Plan
    language : str
        ``en`` or ``zh``.
    """
    names = {k: text(f"strategy.{k}", language) for k in STRATEGIES}
    strategy = plan.ledger["product"].map(plan.decisions.set_index("product")["strategy"])
    costs = plan.ledger.assign(strategy=strategy).groupby(["term", "strategy"], as_index=False)["cost_per_year"].sum()
    terms = [term for term in TERMS if (costs["term"] == term).any()]
    shown = costs.assign(
        label=costs["strategy"].map(names),
        told=costs["term"].map({term: text(f"term.{term}", language) for term in terms}),
    )
    title = text("chart.terms", language, currency=plan.summary.get("currency", ""))
    colour = alt.Scale(domain=list(names.values()), range=[STRATEGY_COLOURS[k] for k in STRATEGIES])
    chart: alt.Chart = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            y=alt.Y("told:N", sort=[text(f"term.{term}", language) for term in terms], title=None),
            x=alt.X("cost_per_year:Q", title=title, axis=alt.Axis(format=",.0f", tickCount=5)),
            color=alt.Color("label:N", scale=colour, legend=alt.Legend(orient="top", title=None)),
            tooltip=[
                alt.Tooltip("told:N", title=text("column.term", language)),
                alt.Tooltip("label:N", title=text("column.strategy", language)),
                alt.Tooltip("cost_per_year:Q", title=text("column.cost_per_year", language), format=",.0f"),
            ],
        )
    )
    return chart


def map_chart(plan: Plan, scenario: Scenario, *, language: Language = "en") -> alt.Chart:
    """Products by demand variability and P:D ratio, a colour and a shape per strategy.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        That the plan was made for.
    language : str
        ``en`` or ``zh``.

    Raises
    ------
    EngineError
        Where the plan is not one of this scenario.
    """
    scenario = complete(scenario)
    decisions = plan_of(scenario, plan).decisions
    points = map_points(scenario.products, pd.Series(derive(scenario).make_days), decisions)
    columns = {"strategy": "strategy", "product": "product", "name": "name", "family": "family",
               "cost": "expected_cost_per_year"}  # fmt: skip
    words = {key: text(f"column.{column}", language) for key, column in columns.items()}
    words |= {key: text(f"chart.map.{axis}", language) for axis in "xy" for key in (axis, _ALONG[axis])}
    return strategy_map(points, words=words, strategies={k: text(f"strategy.{k}", language) for k in STRATEGIES})


# What stands along each axis of the map.
_ALONG = {"x": "demand_cv", "y": "pd_ratio"}
