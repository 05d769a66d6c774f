"""What fitting demand to order lines takes, beside reading their file alone: seconds and most memory.

`CODP_LINES=1000000` goes on to that many lines: three years, 500 lines a product, a quarter of the products with a
season, fifty to a family, customers and requested dates.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow.csv as pacsv

from engine.catalog.intake.fitted import fit_catalogue
from engine.demand.fitting.fit import fit_demand
from engine.report.machine import cores
from engine.scenario.read import read_scenario

Result = TypeVar("Result")

LINES_A_PRODUCT, DAYS = 500, 1_092
SIZES = (10_000, 100_000, 1_000_000)


def report() -> list[str]:
    """Rows of a Markdown table; each way in a process of its own."""
    longest = int(os.environ.get("CODP_LINES", "100000"))
    rows = ["| lines | products | way | s | processor s | peak MB |", "|---|---|---|---|---|---|"]
    for lines in (size for size in SIZES if size <= longest):
        with tempfile.TemporaryDirectory() as folder:
            # In a process of its own: one that is started takes the memory of its parent for its least peak.
            products = in_a_process(write_book, Path(folder), lines)
            for name, way in WAYS.items():
                elapsed, seconds, peak = in_a_process(measured, way, folder)
                rows.append(f"| {lines:,} | {products:,} | {name} | {elapsed:.1f} | {seconds:.1f} | {peak:,.0f} |")
                print(rows[-1], flush=True)
    return rows


def write_book(folder: Path, lines: int) -> int:
    """A catalogue, the same as a scenario, and their lines; how many products."""
    rng = np.random.default_rng(1)
    products = max(1, lines // LINES_A_PRODUCT)
    of = rng.integers(0, products, lines)
    day = rng.integers(0, DAYS, lines)
    # Lines of a season are kept near its peak, by putting half of those half a year off there.
    off = (of % 4 == 0) & (np.cos(2.0 * np.pi * day / 365.0) < 0.0) & (rng.random(lines) < 0.5)
    day = np.where(off, (day + 182) % DAYS, day)
    dates = pd.Timestamp("2022-01-03") + pd.to_timedelta(day, unit="D")
    book = pd.DataFrame({
        "order_date": dates.strftime("%Y-%m-%d"), "product": [f"P{k}" for k in of],
        "quantity": rng.integers(1, 10, lines), "customer": [f"c{k}" for k in rng.integers(0, 400, lines)],
        "requested_date": (dates + pd.to_timedelta(rng.integers(2, 30, lines), unit="D")).strftime("%Y-%m-%d"),
    })  # fmt: skip
    goods = pd.DataFrame({
        "product": [f"P{k}" for k in range(products)], "unit_cost": 10.0, "make_days": 20.0,
        "late_cost_per_unit_day": 0.5, "family": [f"F{k // 50}" for k in range(products)],
    })  # fmt: skip
    book.to_csv(folder / "lines.csv", index=False)
    for name in ("catalogue", "scenario"):
        (folder / name).mkdir()
        goods.to_csv(folder / name / "products.csv", index=False)
        settings = "name: lines\nholding_rate_per_year: 0.25\n"
        (folder / name / "scenario.yaml").write_text(settings, encoding="utf-8")
    os.link(folder / "lines.csv", folder / "scenario" / "orders.csv")
    return products


def read_alone(folder: str) -> None:
    """The file by pyarrow, dates parsed."""
    pacsv.read_csv(Path(folder) / "lines.csv")


def fit_scenario(folder: str) -> None:
    """As `codp solve` does where demand is blank."""
    fit_demand(read_scenario(Path(folder) / "scenario"), replicates=0)


def fit_and_judge(folder: str) -> None:
    """As `codp fit` does, with its bootstrap."""
    _codp("fit", str(Path(folder) / "scenario"), "--out", str(Path(folder) / "fit"))


def fit_by_partitions(folder: str) -> None:
    """As `codp batch fit` does in one process."""
    fit_catalogue(Path(folder) / "catalogue", Path(folder) / "lines.csv", Path(folder) / "filled")


def fit_side_by_side(folder: str) -> None:
    """As `codp batch fit` does."""
    _codp("batch", "fit", str(Path(folder) / "catalogue"), "--orders", str(Path(folder) / "lines.csv"),
          "--out", str(Path(folder) / "beside"))  # fmt: skip


def _codp(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "engine", *words], check=True, capture_output=True)


WAYS: dict[str, Callable[[str], None]] = {
    "read with pyarrow": read_alone, "`codp solve`, what is blank": fit_scenario, "`codp fit`": fit_and_judge,
    "`codp batch fit --workers 1`": fit_by_partitions, f"`codp batch fit`, {cores()} cores": fit_side_by_side,
}  # fmt: skip


def in_a_process(work: Callable[..., Result], *given: object) -> Result:
    """What a piece of work returns in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def measured(way: Callable[[str], None], folder: str) -> tuple[float, float, float]:
    """Seconds, processor seconds and the most memory in megabytes of this process and of any that it starts."""
    began, before = time.perf_counter(), time.process_time()
    way(folder)
    elapsed, here, others = time.perf_counter() - began, time.process_time() - before, getrusage(RUSAGE_CHILDREN)
    peak = max(getrusage(RUSAGE_SELF).ru_maxrss, others.ru_maxrss) / 1024.0
    return elapsed, here + others.ru_utime + others.ru_stime, peak
