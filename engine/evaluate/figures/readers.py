"""One plan for three readers: the customer, the investor, the regulator. Formulas and sources: docs/readers.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace

import numpy as np
import pandas as pd

from engine.decision.plan import Plan
from engine.decision.tables.attribution import finished_on_hand
from engine.decision.tables.whole_orders import on_time_in_full, otif_of
from engine.decision.today import Today, today_of
from engine.demand.fitting.complete import complete
from engine.demand.streams import Array
from engine.economics.build import build_instance
from engine.economics.exposure.draw import SampleCache
from engine.economics.instance import DAYS_PER_YEAR, MTS, Instance
from engine.errors import EngineError
from engine.evaluate.figures.segment_waits import GroupWaits, group_waits, segment_table
from engine.evaluate.figures.waiting import Waits, waits, weighted_quantile
from engine.evaluate.reasons.today import capital_released, payback, saving_interval, today_figures
from engine.evaluate.studies.assess import Assessed
from engine.evaluate.trust.first_stage import assess_fixed, of_plan
from engine.program.deadline import NEVER, Deadline
from engine.scenario.scenario import Scenario
from engine.search.recourse import Recourse, parts_on_shelf
from engine.words.reason import cause

QUANTILE = 0.95
# How long the figures take, in times that drawing the samples took; the cost of today's strategies beside.
_TIMES_DRAWING, _TODAY = 1.5, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """What is promised and kept, all from one distribution of waits in which every unit counts the same.

    Parameters
    ----------
    promised_lead_time_days : float
        Mean lead-time target.
    lead_time_days : float
        Mean time from order to delivery.
    lead_time_p95_days : float
        95% of the units come within it.
    days_beyond_promise_p95 : float
        95% of the units are at most so many days later than promised: zero if and only if 95% are on time.
    on_time : float
        Share of units within their target, as the plan's.
    otif : float
        Share of orders that are whole within their target.
    """

    promised_lead_time_days: float
    lead_time_days: float
    lead_time_p95_days: float
    days_beyond_promise_p95: float
    on_time: float
    otif: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Investor:
    """What is tied up, and what may be lost.

    Parameters
    ----------
    inventory_value : float
        Average, finished goods and components.
    turns_per_year, inventory_days : float or None
        Cost of the goods sold in a year over inventory, and the days it lasts; None without inventory.
    change_cost : float
        Of the plan's switches, money once.
    running_saving_per_year, payback_months : float or None
        What today's strategies cost above the plan without its change cost, and the months until that has paid for the
        change (`engine.evaluate.reasons.today`); None where it is not known, the months also where nothing is saved.
    working_capital_released : float or None
        Stock on hand today less the plan's, where it is given (`engine.decision.tables.books`). Else inventory under
        the current strategies with their best stocks (`engine.decision.today`), less the plan's; None where no
        current strategy is given.
    obsolescence_write_off_per_year : float
        Expected.
    obsolescence_write_off_at_risk_per_year : float
        95th percentile over the samples.
    cost_cvar_per_year : float
        Mean cost of the worst samples, beyond `cvar_level`.
    cvar_level : float
    """

    inventory_value: float
    turns_per_year: float | None
    inventory_days: float | None
    change_cost: float
    running_saving_per_year: float | None
    payback_months: float | None
    working_capital_released: float | None
    obsolescence_write_off_per_year: float
    obsolescence_write_off_at_risk_per_year: float
    cost_cvar_per_year: float
    cvar_level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulator:
    """What is thrown away, and what it emits.

    Parameters
    ----------
    finished_units_obsoleted_per_year, component_units_obsoleted_per_year : float
    co2e_kg_per_year : float or None
        Of the units sold and of what is written off; None where no product or component has a `co2_kg`.
    co2e_written_off_kg_per_year : float or None
        Of what is written off alone.
    """

    finished_units_obsoleted_per_year: float
    component_units_obsoleted_per_year: float
    co2e_kg_per_year: float | None
    co2e_written_off_kg_per_year: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The figures of the three readers.

    Parameters
    ----------
    customer : Customer
    investor : Investor
    regulator : Regulator
    """

    customer: Customer
    investor: Investor
    regulator: Regulator


def readers(
    scenario: Scenario,
    instance: Instance,
    plan: Plan,
    *,
    cache: SampleCache | None = None,
    today: Today | None = None,
    deadline: Deadline = NEVER,
) -> Readers:
    """The three readers' figures of a plan.

    Parameters
    ----------
    scenario : Scenario
    instance : Instance
        Of the scenario, on the plan's samples and seed, finished stock open.
    plan : Plan
        Of this scenario, with its stocks.
    cache : SampleCache, optional
        That the instance was built with; spares drawing demand again.
    today : Today, optional
        Today's strategies on the same samples, where they are priced already.
    deadline : Deadline
        What today's strategies come to is left open where it would not be there by then.

    Raises
    ------
    EngineError
        Where the plan is not one of this scenario.
    """
    served = _served(scenario, instance, plan, cache)
    if today is None and not _late(deadline, cache):
        seed = int(plan.summary["seed"])
        today = today_of(scenario, plan.decisions["strategy"], samples=instance.samples, seed=seed, cache=cache)
    return _readers(scenario, plan, served, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A plan's stocks on its samples, and when its units come: all, and those of segments."""

    assessed: Assessed
    waits: Waits
    apart: GroupWaits


def _served(scenario: Scenario, instance: Instance, plan: Plan, cache: SampleCache | None) -> _Served:
    """Refuses the plan of another scenario before anything is priced."""
    stage, seed = of_plan(instance, plan), int(plan.summary["seed"])
    if not instance.allowed[np.arange(len(stage.strategy)), stage.strategy].all():
        raise EngineError(cause("strategies_unkept"))
    assessed = assess_fixed(instance, stage)
    when = waits(scenario, assessed, seed=seed, cache=cache)
    return _Served(assessed=assessed, waits=when, apart=group_waits(scenario, assessed, when, seed=seed, cache=cache))


def _readers(scenario: Scenario, plan: Plan, served: _Served, today: Today | None) -> Readers:
    return Readers(
        customer=_customer(scenario, served),
        investor=_investor(served.assessed, plan, today, level=scenario.settings.risk.cvar_level),
        regulator=_regulator(served.assessed),
    )


def with_readers(
    scenario: Scenario, plan: Plan, *, cache: SampleCache | None = None, deadline: Deadline = NEVER
) -> Plan:
    """The plan with the objects `customer`, `investor`, `regulator`, `today` and `saving_interval` in its summary.

    `today` holds what today's strategies come to and which rules they do not keep, `saving_interval` what sampling
    leaves open of the saving against them; None where there are none.

    Parameters
    ----------
    scenario : Scenario
    plan : Plan
    cache : SampleCache, optional
        Draws that the plan was decided on, to spare drawing them again.
    deadline : Deadline
        The objects are None where they would not be there by then.
    """
    if cache is not None and deadline.room() < _TIMES_DRAWING * cache.seconds:
        unknown = (*(field.name for field in fields(Readers)), "today", "saving_interval")
        return replace(plan, summary={**plan.summary, **dict.fromkeys(unknown)})
    scenario = complete(scenario)
    samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
    cache = SampleCache() if cache is None else cache
    instance = build_instance(scenario, samples=samples, seed=seed, cache=cache)
    served, now = _served(scenario, instance, plan, cache), None
    if not _late(deadline, cache):
        now = today_of(scenario, plan.decisions["strategy"], samples=samples, seed=seed, cache=cache)
    figures = asdict(_readers(scenario, plan, served, now))
    summary = {**plan.summary, **figures, "today": today_figures(now, scenario), "saving_interval": None}
    if now is not None:
        summary["saving_interval"] = saving_interval(now, served.assessed.recourse, instance)
    plan = replace(plan, summary=summary)
    if not len(scenario.segments):
        return plan
    return replace(plan, segments=segment_table(scenario, served.waits, served.apart))


def segment_figures(
    scenario: Scenario, instance: Instance, plan: Plan, *, cache: SampleCache | None = None
) -> pd.DataFrame:
    """On-time share and lead time of each segment under a plan; parameters as of `readers`, columns of `Plan`."""
    served = _served(scenario, instance, plan, cache)
    return segment_table(scenario, served.waits, served.apart)


def _late(deadline: Deadline, cache: SampleCache | None) -> bool:
    """Whether there is no time for what today's strategies come to."""
    return cache is not None and deadline.room() < _TODAY * cache.seconds


def _customer(scenario: Scenario, served: _Served) -> Customer:
    assessed, when, apart = served.assessed, served.waits, served.apart
    instance = assessed.instance
    of = instance.rate / instance.rate.sum()
    target = scenario.products["lead_time_target_days"].to_numpy(dtype=float)
    large, beside = instance.large, instance.large.beside(assessed.recourse.strategy == MTS)
    on_time = (1.0 - beside) * when.on_time
    alike = np.where(np.isin(np.arange(len(of)), apart.product), 0.0, 1.0)
    # Share of all units, target and delays, of whom has a target of his own: segments, and large orders.
    parts = [(of * alike * (1.0 - beside), target, when)]
    if len(apart.product):
        parts.append((of[apart.product] * apart.share, apart.target_days, apart.waits))
    if when.beside is not None and beside.any():
        parts.append((of * beside, large.target_days, when.beside))
        on_time += beside * when.beside.on_time
    units = [waits.units(share) for share, _, waits in parts]
    beyond, weights = (np.concatenate(rows) for rows in zip(*units, strict=True))
    share, target = (np.concatenate(rows) for rows in zip(*((one[0], one[1]) for one in parts), strict=True))
    return Customer(
        promised_lead_time_days=float(share @ target),
        lead_time_days=float((weights * (target[:, None] + beyond)).sum()),
        lead_time_p95_days=weighted_quantile((target[:, None] + beyond).ravel(), weights.ravel(), QUANTILE),
        days_beyond_promise_p95=weighted_quantile(beyond.ravel(), weights.ravel(), QUANTILE),
        on_time=float(of @ on_time),
        otif=otif_of(scenario.products, on_time_in_full(instance, assessed.recourse)),
    )


def _investor(assessed: Assessed, plan: Plan, today: Today | None, *, level: float) -> Investor:
    instance = assessed.instance
    value = float(plan.summary["inventory_value"])
    sold = float((instance.rate * instance.unit_cost).sum()) * DAYS_PER_YEAR
    finished, parts = on_hand(instance, assessed.recourse)
    scrapped = instance.write_off_rate * instance.unit_cost
    part_scrapped = instance.parts.write_off_rate * instance.parts.unit_cost
    write_off = scrapped @ finished + part_scrapped @ parts
    repaid = payback(plan, None if today is None else today.cost_per_year)
    return Investor(
        inventory_value=value,
        turns_per_year=sold / value if value > 1e-9 else None,
        inventory_days=DAYS_PER_YEAR * value / sold if value > 1e-9 and sold > 0.0 else None,
        change_cost=repaid.change_cost,
        running_saving_per_year=repaid.running_saving_per_year,
        payback_months=repaid.months,
        working_capital_released=capital_released(plan, today),
        obsolescence_write_off_per_year=float(write_off.mean()),
        obsolescence_write_off_at_risk_per_year=float(np.quantile(write_off, QUANTILE, method="inverted_cdf")),
        cost_cvar_per_year=tail_mean(assessed.attribution.at_risk, level),
        cvar_level=level,
    )


def _regulator(assessed: Assessed) -> Regulator:
    instance, parts = assessed.instance, assessed.instance.parts
    share, part_share = instance.write_off_rate, parts.write_off_rate
    sold = float((instance.co2 * instance.rate).sum()) * DAYS_PER_YEAR
    scrap = float(assessed.attribution.scrap_co2.sum())
    # Nothing given is not nothing emitted.
    given = bool((instance.co2 > 0.0).any() or (parts.co2 > 0.0).any())
    return Regulator(
        finished_units_obsoleted_per_year=float(share @ assessed.attribution.on_hand),
        component_units_obsoleted_per_year=float(part_share @ assessed.attribution.part_on_hand),
        co2e_kg_per_year=sold + scrap if given else None,
        co2e_written_off_kg_per_year=scrap if given else None,
    )


def on_hand(instance: Instance, recourse: Recourse) -> tuple[Array, Array]:
    """Units on hand in each sample, what came early with them: finished, shape (I, W), and components, shape (C, W)."""
    return finished_on_hand(instance, recourse), parts_on_shelf(instance, recourse)


def tail_mean(cost: Array, level: float) -> float:
    """Conditional value at risk of equally likely costs (Rockafellar & Uryasev 2000, equation 10).

    Examples
    --------
    >>> tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.75)
    10.0
    >>> tail_mean(np.array([1.0, 2.0, 3.0, 10.0]), 0.5)
    6.5
    """
    at_risk = float(np.quantile(cost, level, method="inverted_cdf"))
    return at_risk + float(np.maximum(cost - at_risk, 0.0).mean()) / (1.0 - level)

