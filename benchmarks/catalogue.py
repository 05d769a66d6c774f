"""Catalogues of any size to measure batch runs on, and the measurements.

Intermittency is that of a real manufacturer's spare parts: mean and CV of each product are drawn from its SKUs, with
some jitter. Everything else is made up: costs, lead times, targets, kits.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.instances import data_folder
from benchmarks.textbook import beside_the_library
from engine.catalog.options import BatchOptions
from engine.catalog.run import run_batch

Array = npt.NDArray[np.float64]
_SETTINGS = """name: "catalogue of {products}"
holding_rate_per_year: 0.25
review_days: 7
samples: {samples}
seed: 1
"""


def write_catalogue(
    folder: Path,
    products: int,
    *,
    coupled_share: float = 0.5,
    group_sizes: tuple[int, int] = (2, 200),
    commonality: float = 0.5,
    samples: int = 100,
    screws: int = 0,
    seed: int = 1,
) -> Path:
    """Write a catalogue as Parquet.

    Parameters
    ----------
    folder : Path
    products : int
    coupled_share : float
        Share of products that share parts with others; the rest is lone.
    group_sizes : (int, int)
        Least and largest group, sizes log-uniform between.
    commonality : float
        Modules per product of a group are (1 - commonality) on average; the less, the more each is shared.
    samples : int
        For `scenario.yaml`.
    screws : int
        Cheap parts that products of all groups use; they tie the catalogue into one group unless taken as always
        available.
    seed : int

    Returns
    -------
    Path
        The folder.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    mean, cv, family = _demand(rng, products)
    sizes = _sizes(rng, int(products * coupled_share), group_sizes)
    coupled = int(sizes.sum())
    product, component, parts = _lines(rng, products, sizes, commonality)
    part_cost = np.round(rng.lognormal(2.5, 0.8, size=parts), 2)
    part_lead = rng.choice([7.0, 10.0, 14.0, 21.0, 28.0], size=parts)
    # The parts of a lone product come from one supplier, with one lead time.
    owner = np.zeros(parts, dtype=np.int64)
    owner[component] = product
    lone = owner >= coupled
    part_lead[lone] = np.array([7.0, 10.0, 14.0, 21.0, 28.0])[owner[lone] % 5]
    quantity = rng.integers(1, 4, size=len(product)).astype(np.float64)
    material = np.bincount(product, weights=quantity * part_cost[component], minlength=products)
    material = np.where(material > 0.0, material, rng.lognormal(3.5, 0.9, size=products))
    unit = np.round(material / 0.75, 2)
    with_kit = np.bincount(product, minlength=products) > 0
    if screws:
        extra = np.flatnonzero(with_kit & (rng.random(products) < 0.7))
        product, component = np.concatenate([product, extra]), np.concatenate([component, parts + extra % screws])
        quantity = np.concatenate([quantity, np.full(len(extra), 4.0)])
        part_cost = np.concatenate([part_cost, np.full(screws, 0.002)])
        part_lead, parts = np.concatenate([part_lead, np.full(screws, 7.0)]), parts + screws
    row_of = rng.permutation(products)
    names = np.array([f"P{k:08d}" for k in range(products)], dtype=object)
    frame = pd.DataFrame(
        {
            "product": names,
            "family": np.array([f"F{k:02d}" for k in range(20)], dtype=object)[rng.integers(0, 20, size=products)],
            "demand_per_week": mean,
            "demand_cv": cv,
            "distribution": family,
            "unit_cost": unit,
            "lead_time_target_days": rng.choice([2.0, 7.0, 10.0, 14.0, 21.0, 30.0], size=products),
            "assembly_days": rng.choice([1.0, 2.0, 4.0], size=products),
            "make_days": np.where(with_kit, np.nan, rng.choice([10.0, 21.0, 35.0], size=products)),
            "late_cost_per_unit_day": np.round(unit * rng.uniform(0.002, 0.008, size=products), 5),
            "assembly_premium": np.round(unit * rng.uniform(0.0, 0.03, size=products), 4),
            "make_premium": np.round(unit * rng.uniform(0.01, 0.06, size=products), 4),
            "batch_setup_cost": np.where(rng.random(products) < 0.5, 40.0, 0.0),
            "obsolescence_per_year": 0.1,
            "current_strategy": rng.choice(np.array(["MTS", "MTO", ""], dtype=object), size=products),
        }
    )
    # Members of a group stand anywhere in the file.
    frame = frame.iloc[np.argsort(row_of)].reset_index(drop=True)
    labels = np.array([f"C{k:08d}" for k in range(parts)], dtype=object)
    stock = pd.DataFrame({"component": labels, "unit_cost": part_cost, "lead_time_days": part_lead,
                          "obsolescence_per_year": 0.05})  # fmt: skip
    order = np.argsort(row_of[product], kind="stable")
    lines = pd.DataFrame(
        {"product": names[product][order], "component": labels[component][order], "quantity": quantity[order]}
    )
    for name, table in (("products", frame), ("components", stock), ("bom", lines)):
        pq.write_table(
            pa.Table.from_pandas(table, preserve_index=False), folder / f"{name}.parquet", row_group_size=65_536
        )
    (folder / "scenario.yaml").write_text(_SETTINGS.format(products=products, samples=samples), encoding="utf-8")
    return folder


def _demand(rng: np.random.Generator, products: int) -> tuple[Array, Array, npt.NDArray[np.object_]]:
    """Weekly mean, CV and family: a real SKU's, jittered; made up where the data is absent."""
    folder = data_folder()
    if folder is not None:
        items = pd.read_csv(folder / "man_spare_parts" / "items.csv")
        real = items[(items["mean"] > 0.0) & (items["cv"] > 0.0)]
        pick = rng.integers(0, len(real), size=products)
        mean = real["mean"].to_numpy()[pick] * rng.lognormal(0.0, 0.3, size=products)
        cv = real["cv"].to_numpy()[pick] * rng.lognormal(0.0, 0.1, size=products)
    else:
        mean, cv = rng.lognormal(0.0, 1.8, size=products), rng.lognormal(0.6, 0.7, size=products)
    mean, cv = np.round(np.maximum(mean, 0.005), 4), np.round(cv, 4)
    whole = (mean < 50.0) & (cv > 1.02 / np.sqrt(mean))
    draw = rng.random(products)
    family = np.where(whole & (draw < 0.6), "negative_binomial", "gamma").astype(object)
    family[draw > 0.9] = "poisson"
    normal = (cv < 0.4) & (draw < 0.3)
    family[normal] = "normal"
    return mean, np.where(family == "poisson", np.nan, cv), family


def _sizes(rng: np.random.Generator, coupled: int, limits: tuple[int, int]) -> npt.NDArray[np.int64]:
    """Sizes of groups, log-uniform, adding up to about the number of coupled products."""
    if coupled < limits[0]:
        return np.zeros(0, dtype=np.int64)
    drawn = np.exp(rng.uniform(np.log(limits[0]), np.log(limits[1] + 0.999), size=coupled)).astype(np.int64)
    drawn = np.clip(drawn, *limits)
    return drawn[: int(np.searchsorted(np.cumsum(drawn), coupled, side="right"))]


def _lines(
    rng: np.random.Generator, products: int, sizes: npt.NDArray[np.int64], commonality: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
    """Product and component of every line, and the number of components; coupled products come first."""
    lines: list[npt.NDArray[np.int64]] = []
    first, parts = 0, 0
    for size in sizes.tolist():
        pool = max(2, round(size * (1.0 - commonality)))
        # Neighbours share a module, so that the group hangs together; the rest is chosen freely.
        chain = np.stack([np.repeat(np.arange(size), 2), (np.arange(2 * size) + 1) // 2 % pool], axis=1)
        more = np.stack([np.repeat(np.arange(size), 2), rng.integers(0, pool, size=2 * size)], axis=1)
        own = np.unique(np.concatenate([chain, more]), axis=0)
        lines.append(own + np.array([first, parts]))
        first, parts = first + size, parts + pool
    rest = np.arange(first, products)
    kits = rng.choice([0, 1, 2, 3], p=[0.25, 0.6, 0.1, 0.05], size=len(rest))
    alone = np.repeat(rest, kits)
    lines.append(np.stack([alone, parts + np.arange(len(alone))], axis=1))
    both = np.concatenate(lines)
    return both[:, 0], both[:, 1], parts + len(alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run.

    Parameters
    ----------
    products : int
    coupled_share : float
    seconds, cpu_seconds : float
        Of the run, layout and start of the processes included; processor time of all its processes.
    peak_mb : float
        Most proportional memory (PSS) of all processes together, seen every half second.
    gap : float
    load : float
        Mean number of running processes on the machine in the last minute.
    """

    products: int
    coupled_share: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    gap: float
    load: float

    @property
    def row(self) -> str:
        """As a row of a Markdown table."""
        return (
            f"| {self.products:,} | {self.coupled_share:.0%} | {self.seconds:,.1f} | {self.cpu_seconds:,.1f} | "
            f"{self.products / self.seconds:,.0f} | {self.peak_mb:,.0f} | {self.gap:.3%} | {self.load:.1f} |"
        )


HEADER = (
    "| products | coupled | s | CPU s | products/s | peak MB | gap | load |",
    "|---|---|---|---|---|---|---|---|",
)


@contextmanager
def _peak_memory() -> Iterator[list[float]]:
    """Most memory of this process and all below it, MB."""
    import psutil  # noqa: PLC0415  (comes with Dask)

    seen, stop = [0.0], threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not stop.wait(0.5):
            total = 0.0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss / 2**20
                except (psutil.Error, AttributeError):
                    continue
            seen[0] = max(seen[0], total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def measure(products: int, coupled_share: float, *, workers: int = 2, folder: Path) -> Measured:
    """Write a catalogue into `folder` (not timed), run it from scratch, and measure that."""
    catalogue = folder / "catalogue"
    # In a process of its own: what the writer leaves behind would count as memory of the run.
    writer = multiprocessing.get_context("spawn").Process(
        target=write_catalogue, args=(catalogue, products), kwargs={"coupled_share": coupled_share}
    )
    writer.start()
    writer.join()
    before = _cpu_seconds()
    began = time.perf_counter()
    with _peak_memory() as peak:
        result = run_batch(catalogue, folder / "out", options=BatchOptions(), workers=workers)
    seconds = time.perf_counter() - began
    return Measured(
        products=products, coupled_share=coupled_share, seconds=seconds, cpu_seconds=_cpu_seconds() - before,
        peak_mb=peak[0], gap=float(result.summary["gap"]), load=os.getloadavg()[0],
    )  # fmt: skip


def _cpu_seconds() -> float:
    """Processor time of this process and of those below it that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def report() -> list[str]:
    """Lone and coupled catalogues of growing size; `CODP_CATALOGUE=1000000` goes on to that many products.

    `CODP_CATALOGUE_SHARES=0` (or 0.5) measures one of the two alone.
    """
    largest = int(os.environ.get("CODP_CATALOGUE", "100000"))
    sizes = [size for size in (10_000, 100_000, 1_000_000, 10_000_000) if size <= largest]
    rows, beside = list(HEADER), list[str]()
    for share in (float(text) for text in os.environ.get("CODP_CATALOGUE_SHARES", "0,0.5").split(",")):
        found = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as place:
                found.append(measure(size, share, folder=Path(place)))
                rows.append(found[-1].row)
                if share <= 0.0 and size == sizes[-1]:
                    beside = beside_the_library(Path(place) / "catalogue", products_per_second=size / found[-1].seconds)
        if len(found) > 1:
            growth = [
                np.log(getattr(found[-1], name) / getattr(found[0], name)) / np.log(sizes[-1] / sizes[0])
                for name in ("seconds", "cpu_seconds")
            ]
            rows.append(f"{share:.0%} coupled: seconds grow with exponent {growth[0]:.3f}, CPU seconds {growth[1]:.3f}")
    return rows + beside
