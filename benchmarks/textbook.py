"""Newsvendors of a textbook library, one product after the other, beside a catalogue run of the same products.

stockpyl (Snyder & Shen 2019 in code) is timed where it is installed; it pins a documentation tool of 2022, so it is no
dependency here: `pip install --no-deps stockpyl jsonpickle networkx tabulate tqdm`.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from engine.economics.optima.closed_form import newsvendor
from engine.economics.optima.losses import WindowDemand

_DAYS = 21.0
_HOLDING_RATE = 0.35


def loop_over_catalogue(catalogue: Path, *, count: int = 400) -> dict[str, tuple[int, float]]:
    """Number of products and products a second of stockpyl's newsvendors, by family of demand and over all.

    Every product gets the newsvendor of its own distribution over three weeks: what the library offers for normal,
    Poisson, negative binomial and gamma demand. Empty where stockpyl is not installed.
    """
    try:
        from stockpyl import newsvendor as library  # noqa: PLC0415
    except ModuleNotFoundError:
        return {}
    products = pd.read_parquet(catalogue / "products.parquet")
    products = products.iloc[:: max(1, len(products) // count)]
    found: dict[str, tuple[int, float]] = {}
    spent = 0.0
    for family, rows in products.groupby("distribution"):
        mean = rows["demand_per_week"].to_numpy() * _DAYS / 7.0
        weekly = (rows["demand_cv"].to_numpy() * rows["demand_per_week"].to_numpy()) ** 2
        variance = mean if family == "poisson" else weekly * _DAYS / 7.0
        holding = _HOLDING_RATE * rows["unit_cost"].to_numpy() / 365.0
        late = rows["late_cost_per_unit_day"].to_numpy()
        began = time.perf_counter()
        for h, p, m, v in zip(holding, late, mean, variance, strict=True):
            if family == "normal":
                library.newsvendor_normal(h, p, m, v**0.5)
            elif family == "poisson":
                library.newsvendor_poisson(h, p, m)
            elif family == "gamma":
                library.newsvendor_continuous(h, p, stats.gamma(m * m / v, scale=v / m))
            else:
                library.newsvendor_discrete(h, p, stats.nbinom(m * m / (v - m), m / v))
        seconds = time.perf_counter() - began
        spent += seconds
        found[str(family)] = (len(rows), len(rows) / seconds)
    found["all"] = (len(products), len(products) / spent)
    return found


def normal_newsvendors(count: int = 2_000) -> dict[str, float]:
    """Newsvendors with normal demand a second, the library's fastest case: its loop, and many at once here."""
    rng = np.random.default_rng(1)
    mean = rng.uniform(10.0, 100.0, size=200_000)
    sd, holding, late = mean * 0.3, rng.uniform(0.1, 1.0, size=mean.size), rng.uniform(1.0, 10.0, size=mean.size)
    found: dict[str, float] = {}
    total = np.nan
    try:
        from stockpyl.newsvendor import newsvendor_normal  # noqa: PLC0415
    except ModuleNotFoundError:
        pass
    else:
        began = time.perf_counter()
        total = sum(newsvendor_normal(holding[k], late[k], mean[k], sd[k])[1] for k in range(count))
        found["stockpyl, one by one"] = count / (time.perf_counter() - began)
    began = time.perf_counter()
    best = newsvendor(WindowDemand(family="normal", mean=mean, sd=sd), holding=holding, late=late)
    found["here, all at once"] = mean.size / (time.perf_counter() - began)
    if not np.isnan(total) and not np.isclose(float(best.cost[:count].sum()), total, rtol=1e-9):
        raise ArithmeticError("the two newsvendors disagree")
    return found


def beside_the_library(catalogue: Path, *, products_per_second: float) -> list[str]:
    """Rows of a Markdown table: the library's loop over a catalogue beside a run of it."""
    loop = loop_over_catalogue(catalogue)
    if not loop:
        return ["stockpyl is not installed"]
    rows = ["| stockpyl, newsvendor of | products | products/s | the run is faster by |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {count} | {rate:,.0f} | {products_per_second / rate:,.1f} |"
        for name, (count, rate) in loop.items()
    ]
    return rows + [f"normal newsvendors, {name}: {rate:,.0f} a second" for name, rate in normal_newsvendors().items()]
