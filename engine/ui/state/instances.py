"""The samples behind the answer on the page, kept for the last one only: they are large."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np
import streamlit as st

from engine.decision.exact_costs import with_exact_costs
from engine.decision.plan import Plan, at_least_of
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import Instance
from engine.evaluate.reasons.explain import Explanation, explain_plan
from engine.evaluate.trust.first_stage import recourse_of_plan
from engine.scenario.columns import STRATEGIES
from engine.search.recourse import Recourse
from engine.ui.state.memo import digest_of, kept
from engine.ui.state.session import Answer

_KEPT, _EXPLAINED, _EXACT = "_instance", "_explained", "_exact"


def instance_of(answer: Answer) -> Instance:
    """The instance of an answer's own scenario, on as many samples as the answer."""
    samples = int(answer.plan.summary["samples"])
    key = (digest_of(answer.scenario), samples)
    kept = st.session_state.get(_KEPT)
    if not kept or kept[0] != key:
        cache = kept[1] if kept and kept[0][1] == samples else SampleCache()
        kept = (key, cache, build_instance(answer.scenario, samples=samples, cache=cache))
        st.session_state[_KEPT] = kept
    instance: Instance = kept[2]
    return instance


def draws_of(answer: Answer) -> SampleCache:
    """What is drawn for an answer's own scenario."""
    instance_of(answer)
    cache: SampleCache = st.session_state[_KEPT][1]
    return cache


def recourse_of(answer: Answer) -> Recourse:
    """An answer's own strategies and stocks, first come first served, with what they bring."""
    return recourse_of_plan(instance_of(answer), answer.plan)


def with_exact(answer: Answer, product: str) -> Answer:
    """The answer, what the product's other strategies cost worked out where the plan tells *at least*."""
    table = answer.plan.decisions
    if not at_least_of(table.iloc[table["product"].tolist().index(product)]):
        return answer
    memo: dict[Hashable, Plan] = st.session_state.setdefault(_EXACT, {})
    key = (digest_of(answer.scenario), answer.plan.objective_per_year, product)
    plan = kept(
        memo, key, lambda: with_exact_costs(instance_of(answer), answer.plan, recourse_of(answer), product), most=2
    )
    return replace(answer, plan=plan)


def explanation_of(answer: Answer, product: str) -> Explanation:
    """The product's three ledgers, windows and limits."""
    # What the other strategies cost is known once they are compared.
    key = (digest_of(answer.scenario), int(answer.plan.summary["samples"]), tuple(answer.plan.decisions["strategy"]),
           answer.compared)  # fmt: skip
    kept = st.session_state.get(_EXPLAINED)
    if not kept or kept[0] != key:
        st.session_state[_EXPLAINED] = kept = (key, recourse_of(answer), {})
    recourse: Recourse = kept[1]
    memo: dict[str, Explanation] = kept[2]
    if product not in memo:
        instance = instance_of(answer)
        more = more_than_chosen(answer, product)
        memo[product] = explain_plan(answer.scenario, instance, recourse, product, more=more, cache=draws_of(answer))
    return memo[product]


def more_than_chosen(answer: Answer, product: str) -> Array:
    """What the plan tells that each strategy of a product costs more a year, shape (3,); NaN where it does not."""
    table = answer.plan.decisions
    row = table.iloc[table["product"].tolist().index(product)]
    costs = np.array([row[f"cost_if_{k}"] for k in STRATEGIES], dtype=float)
    return costs - float(row["expected_cost_per_year"])
