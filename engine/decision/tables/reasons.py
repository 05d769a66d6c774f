"""One sentence per product: why this strategy, in terms a planner can check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from engine.decision.ties import barred, others_of_family
from engine.demand.streams import Array
from engine.economics.instance import ATO, MTO, MTS, TERMS, Booleans, Instance, Integers
from engine.model.portfolio import portfolio
from engine.scenario.columns import STRATEGIES
from engine.scenario.locks import locks_in
from engine.words.language import within, words_of
from engine.words.shared import SHARED

# A label with a comma is no part of a sentence.
_SHORTER = {"change": "change cost"}
# Money a year below which two costs read the same.
SAME = 0.5


def reasons(
    instance: Instance, strategy: Integers, ledger: Array, cost_if: Array, *, corrected: bool = False,
    unknown: Booleans | None = None, at_least: Booleans | None = None, settled: Mapping[int, str] | None = None,
) -> list[str]:  # fmt: skip
    """A sentence for every product.

    Parameters
    ----------
    instance : Instance
    strategy : shape (I,)
        Chosen strategy of each product.
    ledger : shape (I, terms)
        Money per year.
    cost_if : shape (I, 3)
        NaN or inf where a strategy is not available.
    corrected : bool
        The chosen strategies' costs are corrected by a simulation, those of the others are as planned.
    unknown : shape (I,), optional
        Products with a strategy whose cost there was no time to tell.
    at_least : shape (I, 3), optional
        Where `cost_if` is a lower bound.
    settled : mapping of int to str, optional
        Of `settled_beforehand`.
    """
    sentences = []
    settled = settled or {}
    would = "would, as planned, cost" if corrected else "would cost"
    bound = np.zeros(cost_if.shape, dtype=bool) if at_least is None else at_least
    for i, k in enumerate(strategy):
        chosen = STRATEGIES[k]
        others = [j for j in (MTS, ATO, MTO) if j != k and np.isfinite(cost_if[i, j])]
        cut = (
            f", orders over {instance.large.cutoff[i]:g} to order"
            if k == MTS and instance.large.orders[i] > 0.0
            else ""
        )
        head, members = f"{chosen}{cut}: {_main_costs(ledger[i])}", others_of_family(instance, i)
        if members:
            head += f"; one strategy for its family, with {members}"
        rest = "" if unknown is None or not unknown[i] else "; not compared with all others: no time was left"
        if not others and rest:
            sentences.append(f"{head}{rest}")
            continue
        if not others:
            sentences.append(f"{head}; {settled.get(i) or _why_only(instance, i, int(k))}")
            continue
        for_all = " for all of it" if members else ""
        parts = []
        for j in sorted(others, key=lambda j: cost_if[i, j]):
            bars = partial(_bars, instance, strategy, i, j)
            more = _more(cost_if[i, j] - cost_if[i, k], bars, corrected=corrected, at_least=bool(bound[i, j]))
            parts.append(f"{STRATEGIES[j]}{for_all} {would} {more}{_contrast(instance, i, j)}")
        sentences.append(f"{head}; {'; '.join(parts)}{rest}")
    return sentences


def _more(more: float, bars: Callable[[], str], *, corrected: bool, at_least: bool) -> str:
    """How much more a rejected strategy costs; where it costs no more, which rules leave no room for it."""
    if at_least:
        # A plan that is not corrected costs less than every bound.
        return f"at least {more:,.0f} a year more" if more >= 0.0 else f"at most {-more:,.0f} a year less"
    if more >= SAME:
        return f"{more:,.0f} a year more"
    less, why = f"{-more:,.0f} a year less", bars()
    if more > -SAME:
        return f"the same, but {why}" if why else "the same, a tie"
    if corrected:
        return less
    return f"{less}, {f'but {why}' if why else 'which the proven gap leaves open'}"


def _bars(instance: Instance, strategy: Integers, i: int, k: int) -> str:
    """The rules that bar product i, and whoever changes with it, from strategy k while the others keep theirs."""
    return " and ".join(str(bar) for bar in barred(instance, portfolio(instance).moved(strategy, i, k)))


def _main_costs(ledger: Array) -> str:
    order = [t for t in np.argsort(-ledger)[:2] if ledger[t] > 0.0]
    if not order:
        return "no cost"
    return "mostly " + " and ".join(f"{_name(TERMS[t])} {ledger[t]:,.0f}" for t in order)


def _name(term: str) -> str:
    """A term of the ledger within a sentence."""
    return _SHORTER.get(term) or within(words_of(SHARED, f"term.{term}", "en"))


def _why_only(instance: Instance, i: int, chosen: int) -> str:
    reasons = [
        f"{STRATEGIES[j]}: {instance.dropped[i, j]}"
        for j in (MTS, ATO, MTO)
        if j != chosen and (i, j) in instance.dropped
    ]
    return "the only strategy left" + (f" ({'; '.join(reasons)})" if reasons else "")


def settled_beforehand(products: pd.DataFrame) -> dict[int, str]:
    """Of products whose strategy the client has settled, by record: the lock, or that no other is allowed."""
    alone = np.flatnonzero(products["allowed"].isin(STRATEGIES))
    locks = {lock.record: str(lock.why) for lock in locks_in(products)}
    return {**dict.fromkeys(alone.tolist(), "the only strategy allowed"), **locks}


def _contrast(instance: Instance, i: int, other: int) -> str:
    """What the rejected strategy is mainly about for this product, in brackets; nothing where no cost of its own is."""
    if other == MTS:
        mean = float(instance.stock.demand[i].mean())
        about = [f"finished stock over {mean:,.1f} units of lead-time demand" if mean > 0.0 else "finished stock"]
    elif other == MTO:
        days = float(instance.make_late_days[i])
        about = [f"{days:.1f} days late on average"] if days > 0.05 else _of_choice(instance, i, MTO)
    else:
        days = float(instance.assembly_late_days[i])
        stock = ["stock of its parts", "lateness"] if (instance.edges.product == i).any() else []
        about = [f"assembly alone {days:.1f} days late"] if days > 0.0 else [*stock, *_of_choice(instance, i, ATO)]
    if not about:
        return ""
    return f" ({' and '.join([', '.join(about[:-1]), about[-1]] if about[1:] else about)})"


def _of_choice(instance: Instance, i: int, k: int) -> list[str]:
    """Names of what a strategy costs whatever the stocks, but lateness."""
    price = instance.prices.choice[i, k]
    return [_name(term) for t, term in enumerate(TERMS) if price[t] > 0.0 and term != "late"]
