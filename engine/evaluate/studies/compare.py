"""Scenarios, what-ifs and plans side by side: costs, inventory, service, who switches, and what rules of thumb cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.solve import DEFAULT_GAP
from engine.decision.whatif import best_stocks
from engine.demand.fitting.complete import complete
from engine.economics.instance import TERMS
from engine.errors import EngineError
from engine.evaluate.processes.side_by_side import side_by_side
from engine.evaluate.studies.assess import Assessed, Difference, assess, difference
from engine.evaluate.studies.redecide import decided, redecide
from engine.evaluate.studies.rules_in_use import rules_in_use
from engine.evaluate.studies.same_scenario import refuse_others
from engine.scenario.columns import STRATEGIES, strategy_numbers
from engine.scenario.rules import changes
from engine.scenario.scenario import Scenario
from engine.words.reason import Value, cause

CASES = (
    "case", "kind", "cost_per_year", "bound_per_year", "inventory_value", "on_time", *STRATEGIES,
    "difference_per_year", "low", "high", "verdict",
)  # fmt: skip
RULES = (
    "case", "rule", "cost_per_year", "over_plan_per_year", "low", "high", "verdict", "inventory_value", "on_time",
    "other_than_plan", "replaced",
)  # fmt: skip
REPLACED = ("case", "rule", "product", "wanted", "used", "why")
CHANGES = ("case", "group", "target", "rows", "first", "here")
UNTESTED = "not tested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One side of a comparison.

    Parameters
    ----------
    label : str
    given : Scenario or Plan
        A scenario is decided; a plan is taken as it is.
    """

    label: str
    given: Scenario | Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The first case against the others.

    Parameters
    ----------
    cases : pandas.DataFrame
        One row per case; differences are against the first.
    terms : pandas.DataFrame
        case, term, cost_per_year, difference_per_year.
    switches : pandas.DataFrame
        case, product, strategy in the first, strategy here, their costs, why.
    rules : pandas.DataFrame
        What rules of thumb cost over the best plan, per scenario.
    replaced : pandas.DataFrame
        Strategies that a rule wants and a product cannot have.
    changes : pandas.DataFrame
        In what the other scenarios differ from the first: what describes the world, then the client's own rules.
    summary : dict
    """

    cases: pd.DataFrame
    terms: pd.DataFrame
    switches: pd.DataFrame
    rules: pd.DataFrame
    replaced: pd.DataFrame
    changes: pd.DataFrame
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """A case in numbers; `assessed` where its samples are at hand.

    `ledger` has products as rows and terms as columns.
    """

    case: Case
    currency: str
    cost: float
    bound: float
    inventory_value: float
    on_time: float
    strategies: pd.Series
    ledger: pd.DataFrame
    assessed: Assessed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scenarios:
    """Cases to decide, by their number, and how: to a gap, on samples of a seed."""

    cases: dict[int, tuple[Case, Scenario]]
    gap: float
    samples: int | None
    seed: int | None


def compare(
    cases: Sequence[Case],
    *,
    gap: float = DEFAULT_GAP,
    samples: int | None = None,
    seed: int | None = None,
    processes: int = 1,
    log: Callable[[str], None] = lambda _: None,
) -> Comparison:
    """Compare cases on the same samples; of one scenario alone, what the rules in use cost.

    Parameters
    ----------
    cases : sequence of Case
        All scenarios are drawn with the samples and seed given, by default those of the first. A plan is compared on
        samples where its scenario is among the cases; elsewhere its costs stand as written and are not tested.
    gap : float
        Relative gap to which scenarios are decided.
    samples, seed : int, optional
    processes : int
        Scenarios decided side by side. With more than one the program's own file is read again in each process.
    log : callable
        Takes one line of progress at a time.

    Raises
    ------
    EngineError
        Where there is only one plan and nothing else, currencies differ or a scenario has no plan.
    """
    began = time.perf_counter()
    if len(cases) < 2 and not any(isinstance(case.given, Scenario) for case in cases):
        raise EngineError(cause("compare_alone"))
    cases = [
        replace(case, given=complete(case.given)) if isinstance(case.given, Scenario) else case for case in cases
    ]
    first = next((case.given for case in cases if isinstance(case.given, Scenario)), None)
    if first is not None:
        samples = first.settings.samples if samples is None else samples
        seed = first.settings.seed if seed is None else seed
    plans: dict[str, Assessed] = {}
    measured: dict[int, _Measured] = {}
    scenarios = {k: (case, case.given) for k, case in enumerate(cases) if isinstance(case.given, Scenario)}
    given = _Scenarios(cases=scenarios, gap=gap, samples=samples, seed=seed)
    rules: list[dict[str, object]] = []
    replaced: list[dict[str, object]] = []
    for k, side in zip(scenarios, side_by_side(_decide, given, list(scenarios), processes=processes), strict=True):
        measured[k] = side
        if side.assessed is not None:
            plans.setdefault(scenarios[k][1].digest(), side.assessed)
        log(f"{side.case.label}: {side.cost:,.0f}")
        # While other processes decide the next ones.
        _add_rules(side, scenarios[k][1], seed, rules, replaced)
    for k, case in enumerate(cases):
        if isinstance(case.given, Plan):
            measured[k] = _read(case, case.given, plans, samples=samples, seed=seed)
    sides = [measured[k] for k in range(len(cases))]
    if len(currencies := {side.currency for side in sides}) > 1:
        names: list[Value] = [*sorted(currencies)]
        every = reduce(lambda first, second: cause("and", first=first, second=second), names)
        raise EngineError(cause("compare_currencies", currencies=every))
    return Comparison(
        cases=pd.DataFrame([_case_row(side, sides[0]) for side in sides], columns=list(CASES)),
        terms=_terms(sides),
        switches=_switches(sides),
        rules=pd.DataFrame(rules, columns=list(RULES)),
        replaced=pd.DataFrame(replaced, columns=list(REPLACED)),
        changes=_changes(cases),
        summary={
            "cases": [case.label for case in cases],
            "status": "solved",
            "without_common_product": [side.case.label for side in sides[1:] if not _in_common(side, sides[0])],
            "currency": sides[0].currency,
            "gap": gap,
            "samples": samples,
            "seed": seed,
            "seconds": round(time.perf_counter() - began, 3),
            "input_sha256": [_digest(case) for case in cases],
        },
    )


def _changes(cases: Sequence[Case]) -> pd.DataFrame:
    """In what every scenario differs from the first one, in the world and in rules; of plans that is not known."""
    scenarios = [(case.label, case.given) for case in cases if isinstance(case.given, Scenario)]
    rows = [
        {"case": label, "group": one.group, "target": one.target, "rows": one.rows, "first": one.words(one.before),
         "here": one.words(one.after)}
        for label, scenario in scenarios[1:] for one in changes(scenarios[0][1], scenario)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CHANGES))


def _digest(case: Case) -> str | None:
    return case.given.digest() if isinstance(case.given, Scenario) else case.given.summary.get("input_sha256")


def _decide(given: _Scenarios, k: int) -> _Measured:
    """Case k, decided."""
    case, scenario = given.cases[k]
    decision = decided(
        redecide(scenario, gap=given.gap, samples=given.samples, seed=given.seed), scenario,
        samples=given.samples, seed=given.seed,
    )  # fmt: skip
    return _of(case, scenario.settings.currency, assess(decision.instance, decision.recourse), decision.bound)


def _of(case: Case, currency: str, assessed: Assessed, bound: float) -> _Measured:
    instance = assessed.instance
    names = [STRATEGIES[k] for k in assessed.recourse.strategy]
    return _Measured(
        case=case, currency=currency, cost=assessed.cost, bound=bound, inventory_value=assessed.inventory_value,
        on_time=assessed.on_time, strategies=pd.Series(names, index=list(instance.products), dtype=object),
        ledger=pd.DataFrame(assessed.attribution.ledger, index=list(instance.products), columns=list(TERMS)),
        assessed=assessed,
    )  # fmt: skip


def _read(
    case: Case, plan: Plan, plans: dict[str, Assessed], *, samples: int | None, seed: int | None
) -> _Measured:
    """A plan as written, its figures among them; tested on samples where its scenario was decided here with its own.

    For the interval alone its strategies get their best stocks again, which may be others of the same cost.
    """
    summary, table = plan.summary, plan.decisions.set_index("product")
    currency, bound = str(summary.get("currency", "")), plan.bound_per_year
    scenario = plans.get(str(summary.get("input_sha256")))
    tested: Assessed | None = None
    # What a simulation says of one plan and the model of another make no paired difference.
    corrected = bool(summary.get("corrected"))
    if scenario is not None and not corrected and (summary.get("samples"), summary.get("seed")) == (samples, seed):
        refuse_others(plan, scenario.instance.products, scenario.instance.components)
        strategy = strategy_numbers(table.loc[list(scenario.instance.products), "strategy"])
        same = np.array_equal(strategy, scenario.recourse.strategy)
        recourse = scenario.recourse if same else best_stocks(scenario.instance, strategy)
        tested = scenario if same else None if recourse is None else assess(scenario.instance, recourse)
    ledger = plan.ledger.pivot_table(index="product", columns="term", values="cost_per_year", aggfunc="sum")
    customer = summary.get("customer") or {}
    return _Measured(
        case=case, currency=currency, cost=plan.objective_per_year, bound=bound,
        inventory_value=float(summary["inventory_value"]), on_time=float(customer.get("on_time", np.nan)),
        strategies=table["strategy"], assessed=tested,
        ledger=ledger.reindex(index=list(table.index), columns=list(TERMS)).fillna(0.0),
    )  # fmt: skip


def _verdict(difference: Difference | None, *, same: bool = False) -> str:
    """What the paired interval says of two costs."""
    if same:
        return "the same"
    if difference is None:
        return UNTESTED
    if not difference.distinguishable:
        return "the same" if difference.low == difference.high == 0.0 else "not distinguishable"
    return "dearer" if difference.mean > 0.0 else "cheaper"


def _case_row(side: _Measured, base: _Measured) -> dict[str, object]:
    contrast = None
    if side.assessed is not None and base.assessed is not None:
        contrast = difference(side.assessed, base.assessed)
    # The interval stands around the difference of the two costs told.
    moved = 0.0 if contrast is None or contrast.low == contrast.high else side.cost - base.cost - contrast.mean
    counts = {name: int((side.strategies == name).sum()) for name in STRATEGIES}
    return {
        "case": side.case.label, "kind": "scenario" if isinstance(side.case.given, Scenario) else "plan",
        "cost_per_year": side.cost, "bound_per_year": side.bound, "inventory_value": side.inventory_value,
        "on_time": side.on_time, **counts, "difference_per_year": side.cost - base.cost,
        "low": np.nan if contrast is None else contrast.low + moved,
        "high": np.nan if contrast is None else contrast.high + moved,
        "verdict": _verdict(contrast, same=side is base),
    }  # fmt: skip


def _terms(sides: list[_Measured]) -> pd.DataFrame:
    rows = []
    base = sides[0].ledger.sum()
    for side in sides:
        total = side.ledger.sum()
        rows += [
            {"case": side.case.label, "term": term, "cost_per_year": total[term],
             "difference_per_year": total[term] - base[term]}
            for term in TERMS if total[term] != 0.0 or base[term] != 0.0
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=["case", "term", "cost_per_year", "difference_per_year"])


def _switches(sides: list[_Measured]) -> pd.DataFrame:
    """Products whose strategy differs from the first case's, and those that only one case has."""
    base = sides[0]
    rows: list[dict[str, object]] = []
    for side in sides[1:]:
        shared = _in_common(side, base)
        for name in shared:
            before, after = base.strategies[name], side.strategies[name]
            if before != after:
                rows.append(
                    {"case": side.case.label, "product": name, "strategy_first": before, "strategy": after,
                     "cost_first_per_year": base.ledger.loc[name].sum(), "cost_per_year": side.ledger.loc[name].sum(),
                     "why": _why(base.ledger.loc[name], side.ledger.loc[name])}
                )  # fmt: skip
        gone = base.strategies.drop(labels=shared)
        new = side.strategies.drop(labels=shared)
        rows += [_lonely(side, str(name), str(strategy), "") for name, strategy in gone.items()]
        rows += [_lonely(side, str(name), "", str(strategy)) for name, strategy in new.items()]
    columns = ["case", "product", "strategy_first", "strategy", "cost_first_per_year", "cost_per_year", "why"]
    return pd.DataFrame(rows, columns=columns)


def _in_common(side: _Measured, base: _Measured) -> list[Any]:
    """Products that both cases have, in the order of the former."""
    return [name for name in side.strategies.index if name in base.strategies.index]


def _lonely(side: _Measured, name: str, first: str, here: str) -> dict[str, object]:
    why = "only in the first case" if first else "not in the first case"
    return {"case": side.case.label, "product": name, "strategy_first": first, "strategy": here, "why": why}


def _why(before: pd.Series, after: pd.Series) -> str:
    """The terms that changed most, largest first."""
    change = (after - before).sort_values(key=lambda values: -values.abs(), kind="stable")
    told = [f"{str(term).replace('_', ' ')} {value:+,.0f}" for term, value in change.items() if abs(value) >= 0.5]
    return ", ".join(told[:3])


def _add_rules(
    side: _Measured, scenario: Scenario, seed: int | None,
    rows: list[dict[str, object]], replaced: list[dict[str, object]],
) -> None:  # fmt: skip
    """Add what rules of thumb cost in a case, and the strategies that they want and products cannot have."""
    if side.assessed is None:
        return
    for rule in rules_in_use(scenario, side.assessed, seed=seed):
        row: dict[str, object] = {
            "case": side.case.label, "rule": rule.rule, "replaced": len(rule.replaced),
            "other_than_plan": int((rule.strategy != side.assessed.recourse.strategy).sum()),
            "verdict": "no stocks keep the rules of the scenario",
        }  # fmt: skip
        if rule.assessed is not None:
            over = rule.over_plan
            row |= {
                "cost_per_year": rule.assessed.cost, "over_plan_per_year": np.nan if over is None else over.mean,
                "low": np.nan if over is None else over.low, "high": np.nan if over is None else over.high,
                "verdict": _verdict(over), "inventory_value": rule.assessed.inventory_value,
                "on_time": rule.assessed.on_time,
            }  # fmt: skip
        rows.append(row)
        replaced += [
            {"case": side.case.label, "rule": rule.rule, "product": one.product, "wanted": one.wanted,
             "used": one.used, "why": one.why}
            for one in rule.replaced
        ]  # fmt: skip
