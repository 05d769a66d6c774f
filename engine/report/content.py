"""What a report is made of: the plan, its scenario, today's cost, and evidence where there is any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from engine.decision.plan import Plan
from engine.decision.tables.figures import plan_figures
from engine.decision.today import today_of
from engine.demand.fitting.complete import complete
from engine.errors import EngineError, listed
from engine.evaluate.reasons.locks import LockCost, lock_costs
from engine.evaluate.reasons.today import NoCurrentCost, today_figures
from engine.evaluate.studies.same_scenario import plan_of
from engine.evaluate.trust.at_stake import as_told, saving_at_stake
from engine.evaluate.trust.certainty import certainties
from engine.report.checks.evidence import CASES, foreign
from engine.report.files import read_result
from engine.report.sentences.waves import shown_waves, to_sign
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.words.reason import cause, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What other commands found out about the plan; None where they have not been run.

    Columns beyond those of `SHOWN` are left to the files of the commands.

    Parameters
    ----------
    confidence : pandas.DataFrame, optional
        One row per product, as ``confidence.csv`` of ``codp confidence``.
    simulation : pandas.DataFrame, optional
        One row per product, as ``products.csv`` of ``codp simulate``.
    thresholds : pandas.DataFrame, optional
        One row per flip, as ``thresholds.csv`` of ``codp thresholds``.
    waves, wave_switches : pandas.DataFrame, optional
        One row per wave and one per switch, as ``waves.csv`` and ``switches.csv`` of ``codp waves``.
    frontier : pandas.DataFrame, optional
        One row per plan beside this one, as ``frontier.csv`` of ``codp frontier``.
    cases : pandas.DataFrame, optional
        One row per variant beside this plan, as ``cases.csv`` of ``codp compare``.
    """

    confidence: pd.DataFrame | None = None
    simulation: pd.DataFrame | None = None
    thresholds: pd.DataFrame | None = None
    waves: pd.DataFrame | None = None
    wave_switches: pd.DataFrame | None = None
    frontier: pd.DataFrame | None = None
    cases: pd.DataFrame | None = None

    def table(self, part: str) -> pd.DataFrame | None:
        """What is shown of a part, by its name; None also where it has no rows."""
        table: pd.DataFrame | None = getattr(self, part)
        if table is None:
            return None
        if "strategy_below" in table:
            # The other rows tell that an input has no flip.
            table = table[table["strategy_below"] != ""]
        if part == "frontier":
            # Of rough points no digit is shown that is not known: they wait until they are decided as the plan is.
            table = table[truths(table["kept"]) & ~truths(table["rough"])]
        if part in BESIDE_PARTS:
            if len(table) < 2:
                return None
            table = table.rename(columns=_CALLED)
        if part in WAVE_PARTS:
            shown = shown_waves(table) if part == "waves" else to_sign(table)
            return None if shown.empty else shown
        shown = table[[name for name in SHOWN[part] if name in table]].reset_index(drop=True)
        return None if shown.empty else shown


PARTS = tuple(field.name for field in fields(Evidence))
SHOWN = {
    "confidence": ("product", "strategy", "label", "confidence", "rival", "advantage_per_year",
                   "expected_regret_per_year", "depends_on"),
    "simulation": ("product", "strategy", "planned_cost_per_year", "simulated_cost_per_year", "planned_on_time",
                   "simulated_on_time", "planned_otif", "simulated_otif", "p95_lead_time_days"),
    "thresholds": ("product", "strategy", "input", "current_value", "low", "high", "strategy_below",
                   "strategy_above", "sampling_low", "sampling_high"),
    "frontier": ("point", "cost_per_year", "inventory_value", "promised_lead_time_days", "on_time"),
    "cases": ("case", "cost_per_year", "difference_per_year", "interval_low", "interval_high", "inventory_value",
              "on_time", "products_MTS", "products_ATO", "products_MTO"),
}  # fmt: skip
# What is known of the way to the plan, and of plans beside it, not of how sure it is.
WAVE_PARTS = ("waves", "wave_switches")
BESIDE_PARTS = ("frontier", "cases")
# A strategy as the head of a column is a sum of money, and the ends of a range are flips.
_CALLED = {"low": "interval_low", "high": "interval_high", **{k: f"products_{k}" for k in STRATEGIES}}
# A wave is no product, and another plan has other strategies.
_NOT_OF_PRODUCTS = ("waves", "frontier")
# Parts that every plan can be examined by: where one is missing the report says so.
EXAMINED = tuple(part for part in PARTS if part not in (*WAVE_PARTS, *BESIDE_PARTS))
READERS = ("customer", "investor", "regulator")
# The file that holds each part, and a column that tells it from a scenario's table of that name.
_FILES = {
    "confidence": ("confidence.csv", "confidence"),
    "simulation": ("products.csv", "simulated_cost_per_year"),
    "thresholds": ("thresholds.csv", "strategy_below"),
    "waves": ("waves.csv", "saving_so_far"),
    "wave_switches": ("switches.csv", "saving_by_itself_per_year"),
    "frontier": ("frontier.csv", "marginal_cost"),
    "cases": (CASES, "difference_per_year"),
}


# Without slots: what is asked for often is kept with the report.
@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a workbook, a page or a deck is made of.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario, optional
        Names, families, the map and the settings come from it.
    today : dict or NoCurrentCost
        What today's strategies come to with their best stocks, on the plan's samples, and which rules they do not
        keep; as the object `today` of ``summary.json``.
    locks : tuple of LockCost
        Products that the scenario keeps at a strategy, and what each lock costs.
    evidence : Evidence
    at_stake : dict of str to float, optional
        What the less sure switches save, as of `saving_at_stake`; None where nobody knows.
    as_given : dict of str to float, optional
        Figures of the plan of the scenario before anything was changed, as of `plan_figures`.
    date : datetime.date, optional
        Printed on the cover; left out, the same plan gives the same bytes on any day.
    """

    plan: Plan
    scenario: Scenario | None = None
    today: dict[str, Any] | NoCurrentCost = NoCurrentCost.NO_SCENARIO
    locks: tuple[LockCost, ...] = ()
    evidence: Evidence = Evidence()
    at_stake: dict[str, float] | None = None
    as_given: dict[str, float] | None = None
    date: dt.date | None = None

    @cached_property
    def certainty(self) -> pd.DataFrame:
        """The badge of every choice, as of `certainties`, from all evidence there is."""
        return badges_of(self.plan, self.evidence)


def badges_of(plan: Plan, evidence: Evidence) -> pd.DataFrame:
    """The badges of a plan from all evidence there is."""
    return certainties(plan, judged=evidence.confidence, thresholds=evidence.thresholds)


def make_report(
    plan: Plan, scenario: Scenario | None = None, *, evidence: Evidence | None = None, as_given: Plan | None = None,
    given: Scenario | None = None, date: dt.date | None = None,
) -> Report:
    """Put a report together.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario, optional
        Of the plan.
    evidence : Evidence, optional
    as_given : Plan, optional
        Of the scenario before anything was changed: its figures stand beside those of the plan.
    given : Scenario, optional
        That `as_given` is the plan of; by default the plan's own.
    date : datetime.date, optional

    Raises
    ------
    EngineError
        Where the plan was made from another scenario, or no longer has its products, or the plan as given was made from
        another than the one given, or is of another case.
    """
    # Written with the plan, so that a report without the scenario has it, too.
    today: dict[str, Any] | NoCurrentCost = plan.summary.get("today") or NoCurrentCost.NO_SCENARIO
    if plan.summary.get("corrected"):
        today = NoCurrentCost.NO_SCENARIO
    scenario = None if scenario is None else complete(scenario)
    if scenario is not None:
        if scenario.digest() != plan.summary.get("input_sha256"):
            of = str(plan.summary.get("scenario"))
            raise EngineError(cause("other_state", of=of, scenario=scenario.name))
        plan = plan_of(scenario, plan)
        # The simulated cost of one plan and the model's cost of another make no saving.
        today = NoCurrentCost.CORRECTED if plan.summary.get("corrected") else current(scenario, plan)
    evidence = evidence or Evidence()
    before = None
    if as_given is not None and scenario is not None:
        given = scenario if given is None else complete(given)
        _refuse_other_case(as_given, given, scenario)
        before = plan_figures(plan_of(given, as_given), given.products["demand_per_week"].to_numpy(dtype=float))
    return Report(
        plan=plan, scenario=scenario, today=today, evidence=evidence, as_given=before, date=date,
        at_stake=None if isinstance(today, NoCurrentCost) else _at_stake(scenario, plan, evidence),
        locks=() if scenario is None else _locks(scenario, plan),
    )  # fmt: skip


def _refuse_other_case(as_given: Plan, given: Scenario, scenario: Scenario) -> None:
    """Refuse a plan as given that is of another case, or of another state of it than the one given."""
    if set(given.products["product"]) != set(scenario.products["product"]):
        raise EngineError(cause("given_other_products"))
    if given.name != scenario.name:
        raise EngineError(cause("given_other_case", of=given.name, scenario=scenario.name))
    if as_given.summary.get("input_sha256") != given.digest():
        raise EngineError(cause("given_other_state", of=str(as_given.summary.get("scenario")), scenario=given.name))


def _locks(scenario: Scenario, plan: Plan) -> tuple[LockCost, ...]:
    """What each lock costs: where that was proven by deciding without it, as the plan tells it, else by itself."""
    told: dict[str, float] = plan.summary.get("lock_prices_per_year") or {}
    return tuple(
        replace(one, cost_per_year=told[one.lock.product]) if one.lock.product in told else one
        for one in lock_costs(scenario, plan)
    )


def _at_stake(scenario: Scenario | None, plan: Plan, evidence: Evidence) -> dict[str, float] | None:
    """What the less sure switches save: as the plan tells it, else worked out where evidence moved a badge."""
    badges = badges_of(plan, evidence)["certainty"]
    if as_told(plan, badges) and "saving_at_stake" in plan.summary:
        told: dict[str, float] | None = plan.summary["saving_at_stake"]
        return told
    return None if scenario is None else saving_at_stake(scenario, plan, badges)


def current(scenario: Scenario, plan: Plan) -> dict[str, Any] | NoCurrentCost:
    """Today's strategies: as the plan tells them, else priced on the plan's own samples."""
    told: dict[str, Any] | None = plan.summary.get("today")
    if told is None:
        samples, seed = int(plan.summary["samples"]), int(plan.summary["seed"])
        now = today_of(scenario, plan.decisions["strategy"], samples=samples, seed=seed)
        told = today_figures(now, scenario)
    return NoCurrentCost.NO_CURRENT if told is None else told


def read_evidence(folders: list[Path], plan: Plan) -> Evidence:
    """Evidence about a plan from the folders that other commands wrote; of two with the same part the later counts.

    Raises
    ------
    EngineError
        Where a folder holds none or it is about another plan, or a table cannot be read.
    """
    tables: dict[str, pd.DataFrame] = {}
    for folder in folders:
        here = {part: _read(folder / name) for part, (name, _) in _FILES.items() if (folder / name).is_file()}
        here = {part: frame for part, frame in here.items() if _FILES[part][1] in frame}
        if not here:
            raise EngineError(cause("evidence_none", folder=str(folder)))
        about = {_FILES[part][0]: frame for part, frame in here.items() if part not in _NOT_OF_PRODUCTS}
        if faults := foreign(folder, about, plan):
            raise EngineError(listed(cause("evidence_foreign", folder=str(folder)), faults))
        tables |= here
    return Evidence(**tables)


def truths(column: pd.Series) -> pd.Series:
    """A column of truths, as it is written or as it was."""
    return column.astype(str).eq("True")


def _read(path: Path) -> pd.DataFrame:
    try:
        frame = read_result(path)
    except (ValueError, OSError) as error:
        raise EngineError(cause("path_unreadable", path=str(path), error=quoted(str(error)))) from error
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].fillna("").astype(object).map(str)
    return frame
