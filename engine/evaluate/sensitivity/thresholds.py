"""Thresholds: the value of each input at which a product's strategy flips, verified by deciding again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.evaluate.sensitivity.flips import Flip, FlipStatus, RateSeeker, Redecisions, Seeker, strategies_around
from engine.evaluate.sensitivity.inputs import HOLDING_RATE, INPUTS, NAMES, without_effect
from engine.evaluate.sensitivity.lone_move import alone
from engine.evaluate.sensitivity.sampling_range import UNKNOWN, Contrast, SamplingRange, sampling_range
from engine.scenario.columns import STRATEGIES
from engine.scenario.scenario import Scenario
from engine.scenario.settings import nearest
from engine.words.reason import cause

# The proof is as quick at a tenth of the gap of `solve`, and a flip is then nearly always a point.
DEFAULT_GAP = 1e-4
COLUMNS = (
    "product", "strategy", "input", "unit", "current_value", "side", "status", "low", "high", "strategy_below",
    "strategy_above", "sampling_low", "sampling_high", "words",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Flips of a scenario.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per product, input and side: product, strategy, input, unit, current_value, side (below or above the
        current value), status, low, high, strategy_below, strategy_above, sampling_low, sampling_high, words.
    summary : dict
    """

    table: pd.DataFrame
    summary: dict[str, Any]


def thresholds(
    scenario: Scenario,
    *,
    products: Sequence[str] = (),
    inputs: Sequence[str] = (),
    gap: float = DEFAULT_GAP,
    samples: int | None = None,
    seed: int | None = None,
    log: Callable[[str], None] = lambda _: None,
) -> Thresholds:
    """Find the nearest flip of every product and input to either side of its current value.

    Ctrl-C ends the search; the products finished by then are kept, and the summary's status is ``stopped``.

    Parameters
    ----------
    scenario : Scenario
        Checked.
    products, inputs : sequence of str
        All by default.
    gap : float
        Gap to which the portfolio is decided, at first and at every verification.
    samples, seed : int, optional
        In place of the scenario's own.
    log : callable
        Takes one line of progress at a time.

    Raises
    ------
    EngineError
        Where a name is unknown or the scenario has no plan.
    """
    began = time.perf_counter()
    scenario = complete(scenario)
    names = list(scenario.products["product"])
    _named("a_product", products, names)
    _named("an_input", inputs, list(NAMES))
    portfolio = Redecisions(scenario, gap=gap, samples=samples, seed=seed)
    chosen = [name for name in NAMES if name in inputs or not inputs]
    rows: list[dict[str, object]] = []
    asked = [i for i, product in enumerate(names) if not products or product in products]
    done = 0
    for i in asked:
        product = names[i]
        try:
            table_rows = [row for name in chosen for row in _rows(portfolio, i, name)]
        except KeyboardInterrupt:
            if not done:
                raise
            break
        rows += table_rows
        done += 1
        flips = sum(row["product"] == product and row["strategy_below"] != "" for row in rows)
        log(
            f"{product}: {flips} flip{'' if flips == 1 else 's'}; {done} of {len(asked)} products, "
            f"{portfolio.count} decisions, {time.perf_counter() - began:,.0f} s"
        )
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    base = portfolio.base
    summary = {
        "scenario": scenario.name,
        "currency": scenario.settings.currency,
        "status": "solved" if done == len(asked) else "stopped",
        "products_done": done,
        "products_asked": len(asked),
        "objective_per_year": base.objective,
        "bound_per_year": base.bound,
        "gap": gap,
        "counts": {status.value: int((table["status"] == status.value).sum()) for status in FlipStatus},
        "points": int(((table["low"] == table["high"]) & table["status"].isin(["verified", "open"])).sum()),
        "decisions": portfolio.count,
        "samples": base.instance.samples,
        "seed": portfolio.seed,
        "seconds": round(time.perf_counter() - began, 3),
        "input_sha256": scenario.digest(),
    }
    return Thresholds(table=table, summary=summary)


def _named(kind: str, names: Sequence[str], choices: list[str]) -> None:
    for name in names:
        if name not in choices:
            what = cause(kind)
            raise EngineError(cause("name_none", what=what, name=name, near=nearest(name, choices)))


def _rows(portfolio: Redecisions, i: int, name: str) -> list[dict[str, object]]:
    """Both sides of one product and input, or one row that says why there is nothing to look for."""
    scenario, product = portfolio.scenario, portfolio.base.instance.products[i]
    single = alone(scenario, product)
    strategy = int(portfolio.base.recourse.strategy[i])
    currency = scenario.settings.currency
    if name == HOLDING_RATE:
        words, unit, value = "holding rate", "a year", scenario.settings.holding_rate_per_year
    else:
        of = INPUTS[name]
        words, unit, value = of.words, of.unit(currency), of.current(single)
    row: dict[str, object] = {
        "product": product, "strategy": STRATEGIES[strategy], "input": name, "unit": unit, "current_value": value,
        "strategy_below": "", "strategy_above": "",
    }  # fmt: skip
    why = without_effect(single, name, portfolio.base.instance, i)
    if why:
        return [{**row, "side": "", "status": FlipStatus.NO_EFFECT.value, "words": f"{words}: {why}"}]
    rows = []
    for direction, side in ((-1, "below"), (1, "above")):
        if name == HOLDING_RATE:
            flip = RateSeeker(portfolio, i, direction).flip()
        else:
            flip = Seeker(portfolio, i, name).flip(direction)
        spread = _sampling_range(portfolio, i, name, flip, single) if flip.strategy >= 0 else UNKNOWN
        told = _told(flip, strategy, words, unit)
        told["words"] = f"{told['words']}{_other_samples(flip, spread, value)}"
        rows.append({**row, "side": side, **told, "sampling_low": spread.low, "sampling_high": spread.high})
    return rows


def _sampling_range(portfolio: Redecisions, i: int, name: str, flip: Flip, single: Scenario) -> SamplingRange:
    """How far the flip may move on other samples, as far as values make sense."""
    base = portfolio.base
    instance = base.instance
    # Under a rule over several products a strategy may be out of reach of one by itself, whatever the samples say.
    tied = instance.cvar_weight > 0.0 or instance.ties_strategies
    if flip.before is None or flip.after is None or tied or instance.samples < 2:
        return UNKNOWN
    strategy = int(base.recourse.strategy[i])
    contrast = Contrast(
        portfolio.scenario, name, base.instance.products[i], i, strategy=strategy, beyond=flip.strategy,
        samples=portfolio.samples, seed=portfolio.seed, cache=portfolio.cache,
    )  # fmt: skip
    if name == HOLDING_RATE:
        start = portfolio.scenario.settings.holding_rate_per_year
        reach = start / RateSeeker.FACTOR, start * RateSeeker.FACTOR
    else:
        start, reach = INPUTS[name].current(single), INPUTS[name].reach(single)
    return sampling_range(
        contrast.at, (flip.low, flip.high), flip.direction, others=(flip.before, flip.after), start=start,
        end=reach[flip.direction > 0],
    )  # fmt: skip


def _told(flip: Flip, strategy: int, words: str, unit: str) -> dict[str, object]:
    """The columns of one flip, and its sentence."""
    row: dict[str, object] = {"status": flip.status.value, "low": flip.low, "high": flip.high}
    if flip.strategy < 0:
        way = "up to" if flip.direction > 0 else "down to"
        last = f"{_number(flip.low)}{_space(unit)}"
        row["words"] = f"{words}: {STRATEGIES[strategy]} {way} {last} at least, the others as they are"
        return row
    below, above = (STRATEGIES[k] for k in strategies_around(flip, strategy))
    row |= {"strategy_below": below, "strategy_above": above}
    if flip.low == flip.high:
        text = f"{below} until {_number(flip.low)}{_space(unit)}, then {above}"
    else:
        text = f"{below} until {_number(flip.low)}, {above} from {_number(flip.high)}{_space(unit)}"
        text += "; between them either, within the gap"
    if flip.status is FlipStatus.OPEN:
        text += "; not shown by deciding again"
    row["words"] = f"{words}: {text}"
    return row


def _other_samples(flip: Flip, spread: SamplingRange, current: float) -> str:
    """How far the flip may move, and whether as far as today's value."""
    if not (spread.low < flip.low or spread.high > flip.high):
        return ""
    words = f"; on other samples anywhere from {_number(spread.low)} to {_number(spread.high)}"
    return f"{words}, and {STRATEGIES[flip.strategy]} may be right today" if current in spread else words


def _number(value: float) -> str:
    """Four figures, without a power of ten."""
    return f"{value:,.0f}" if abs(value) >= 1e4 else f"{value:.4g}"


def _space(unit: str) -> str:
    return f" {unit}" if unit else ""
