"""Small catalogues for tests, and what a run of them left."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.options import BatchOptions
from engine.catalog.run import run_batch

# Small pieces, so that a small catalogue has several.
SMALL = BatchOptions(block_products=8, bundle_products=6, partitions=6, samples=40)
# What certifies groups is shown in test_certify.py and wherever SMALL is named, and takes a quarter of a run.
UNCERTIFIED = replace(SMALL, certify_share=0.0)


def tables(products=27, groups=(3, 2, 4), seed=1):
    """Groups first, then lone products with one part, two parts, or none."""
    rng = np.random.default_rng(seed)
    goods, parts, bom = [], [], []

    def part(lead=None):
        name = f"C{len(parts) + 1}"
        parts.append({"component": name, "unit_cost": round(float(rng.uniform(5, 40)), 2),
                      "lead_time_days": lead or float(rng.integers(6, 25))})  # fmt: skip
        return name

    def product(kit):
        name = f"P{len(goods) + 1}"
        lines = [{"product": name, "component": c, "quantity": float(rng.integers(1, 3))} for c in kit]
        bom.extend(lines)
        cost = round(float(rng.uniform(60, 200)), 2)
        goods.append(
            {
                "product": name,
                "family": f"F{len(goods) % 3}",
                "demand_per_week": round(float(rng.uniform(1, 20)), 3),
                "demand_cv": round(float(rng.uniform(0.6, 1.6)), 3),
                "distribution": str(rng.choice(["gamma", "negative_binomial"])),
                "unit_cost": cost,
                "lead_time_target_days": float(rng.integers(2, 12)),
                "assembly_days": float(rng.integers(0, 3)),
                "make_days": "" if kit else 15.0,
                "late_cost_per_unit_day": round(cost * float(rng.uniform(0.002, 0.01)), 4),
                "assembly_premium": round(cost * 0.01, 3),
                "make_premium": round(cost * 0.04, 3),
                "current_strategy": str(rng.choice(["MTS", "MTO"])),
            }
        )
        if goods[-1]["distribution"] == "negative_binomial":
            goods[-1]["demand_cv"] = round(goods[-1]["demand_cv"] + goods[-1]["demand_per_week"] ** -0.5, 3)

    for size in groups:
        pool = [part() for _ in range(size + 1)]
        for i in range(size):
            product(sorted({pool[i], pool[i + 1], str(rng.choice(pool))}))
    while len(goods) < products:
        lead = float(rng.integers(6, 25))
        product([part(lead) for _ in range(int(rng.integers(0, 3)))])
    order = rng.permutation(len(goods))
    return {"products": [goods[i] for i in order], "components": parts, "bom": bom}


def write(folder: Path, given=None, *, text=False, **settings):
    """The tables as a catalogue folder; CSV with `text`."""
    folder.mkdir(parents=True, exist_ok=True)
    known = {"name": "case", "holding_rate_per_year": 0.25, "samples": 40, "seed": 1, **settings}
    (folder / "scenario.yaml").write_text("".join(f"{k}: {v}\n" for k, v in known.items()), encoding="utf-8")
    for name, rows in (given or tables()).items():
        frame = pd.DataFrame(rows)
        if text:
            frame.to_csv(folder / f"{name}.csv", index=False)
            continue
        for column in frame.columns:
            if column == "make_days" or frame[column].map(lambda value: value == "").any():
                frame[column] = pd.to_numeric(frame[column], errors="coerce")
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")
    return folder


def run(catalogue, out, *, workers=0, options=UNCERTIFIED, **more):
    """Run in this process by default, and certify nothing."""
    return run_batch(catalogue, out, options=options, workers=workers, **more)


def digest(out: Path):
    """SHA-256 of every result file, by name: what must be equal to the byte."""
    files = [*sorted(out.glob("decisions/*")), *sorted(out.glob("components/*")), *sorted(out.glob("rejected/*"))]
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*files, out / "rejected.csv"]
        if path.exists()
    }


def decisions(out: Path):
    """All decisions in the order of partitions."""
    return pd.concat([pd.read_parquet(path) for path in sorted(out.glob("decisions/*.parquet"))], ignore_index=True)
