"""What a batch run found, told in a few tables; partitions are read one after the other."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.deciding.partition import COMPONENTS, DECISIONS
from engine.catalog.manifest import LEDGER, MANIFEST, Ledger
from engine.decision.plan import leaves_today, told_at_least
from engine.errors import EngineError
from engine.evaluate.trust.certainty import Certainty, certainties_of
from engine.report.sentences.plain import counted
from engine.scenario.columns import STRATEGIES
from engine.scenario.files.formulas import escaped_table
from engine.scenario.files.whole import whole
from engine.words.reason import cause, quoted

# Regret in decades of money a year; the first is everything below.
_EDGES = (0.0, 1.0, 10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """A run in numbers.

    Parameters
    ----------
    summary : dict
        As in ``summary.json``.
    mix : DataFrame
        family, products, MTS, ATO, MTO, expected_cost_per_year, inventory_value.
    switches : DataFrame
        Products whose strategy changes, those that save most first: product, family, current_strategy, strategy,
        saving_per_year.
    regret : DataFrame
        from, to, products, at_least, regret_per_year: what the next best strategy would cost more, and of how many
        products that is a lower bound.
    switching : int
        Products whose strategy changes, those of `switches` and all others.
    saving_per_year : float
        What their switches save, each by itself, added up.
    unpriced : int
        Of them, products whose current strategy has no cost to compare with.
    certainty : dict of str to int
        Number of choices by badge; none is firm, since no input is judged.
    """

    summary: dict[str, Any]
    mix: pd.DataFrame
    switches: pd.DataFrame
    regret: pd.DataFrame
    switching: int
    saving_per_year: float
    unpriced: int
    certainty: dict[str, int]


def batch_report(out: str | Path, *, top: int = 20) -> BatchReport:
    """Add up the decisions of a finished run.

    Parameters
    ----------
    out : str or Path
        Folder of the run.
    top : int
        Switches to list.

    Raises
    ------
    EngineError
        Where the run is not complete or a file cannot be read.
    """
    folder = Path(out)
    summary = read_summary(folder)
    mixes: list[pd.DataFrame] = []
    switches = pd.DataFrame()
    counts, bounds = np.zeros((2, len(_EDGES) - 1), dtype=np.int64)
    sums = np.zeros(len(_EDGES) - 1)
    badges: Counter[str] = Counter()
    switching, unpriced, saving = 0, 0, 0.0
    for frame in decision_frames(folder):
        mixes.append(_mix(frame))
        badges.update(certainties_of(frame)["certainty"])
        switch_table = _switches(frame)
        switching, unpriced = (
            switching + len(switch_table),
            unpriced + int(switch_table["saving_per_year"].isna().sum()),
        )
        switch_table = switch_table[switch_table["saving_per_year"].notna()]
        saving += float(switch_table["saving_per_year"].sum())
        switches = pd.concat([switches, switch_table]) if len(switches) else switch_table
        switches = switches.sort_values(["saving_per_year", "product"], ascending=[False, True]).head(top)
        mask = frame["regret_per_year"].notna().to_numpy()
        regret = frame["regret_per_year"].to_numpy()[mask]
        at = np.clip(np.searchsorted(_EDGES, regret, side="right") - 1, 0, len(counts) - 1)
        counts += np.bincount(at, minlength=len(counts))
        sums += np.bincount(at, weights=regret, minlength=len(counts))
        bounds += np.bincount(at[told_at_least(frame)["regret_per_year"].to_numpy()[mask]], minlength=len(counts))
    mix = pd.concat(mixes).groupby("family", as_index=False, sort=True).sum() if mixes else pd.DataFrame()
    histogram = pd.DataFrame(
        {"from": _EDGES[:-1], "to": _EDGES[1:], "products": counts, "at_least": bounds, "regret_per_year": sums}
    )
    return BatchReport(
        summary=summary, mix=mix, switches=switches.reset_index(drop=True), regret=histogram, switching=switching,
        saving_per_year=saving, unpriced=unpriced, certainty={str(one): badges[str(one)] for one in Certainty},
    )  # fmt: skip


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a complete run."""
    path = folder / "summary.json"
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        done = len(Ledger(folder / LEDGER).read())
        begun = (folder / MANIFEST).exists()
        state = cause("batch_begun", done=done) if begun else cause("batch_unbegun")
        raise EngineError(cause("batch_incomplete", folder=str(folder), state=state)) from error
    except (OSError, ValueError) as error:
        raise EngineError(cause("path_unreadable", path=str(path), error=quoted(str(error)))) from error
    if not isinstance(summary, dict) or "layout" not in summary:
        raise EngineError(cause("batch_other", folder=str(folder)))
    return summary


def decision_frames(folder: Path) -> Iterator[pd.DataFrame]:
    """The decisions of each partition in order; only files of the ledger are trusted."""
    for _, name in _files(folder, DECISIONS):
        try:
            yield pq.read_table(folder / name).to_pandas()
        except (pa.ArrowException, OSError) as error:
            why = cause("batch_part", path=str(folder / name), error=quoted(str(error)))
            raise EngineError(why) from error


def _files(folder: Path, kind: str) -> list[tuple[int, str]]:
    receipts = Ledger(folder / LEDGER).read()
    return [
        (number, name)
        for number in sorted(receipts)
        for name in receipts[number]["files"]
        if name.startswith(f"{kind}/")
    ]


def _mix(frame: pd.DataFrame) -> pd.DataFrame:
    table = pd.DataFrame({"family": frame["family"].replace("", "(none)"), "products": 1})
    for strategy in STRATEGIES:
        table[strategy] = (frame["strategy"] == strategy).astype(np.int64)
    for column in ("expected_cost_per_year", "inventory_value"):
        table[column] = frame[column]
    return table.groupby("family", as_index=False, sort=True).sum()


def savings(frame: pd.DataFrame) -> pd.Series:
    """What leaving the current strategy saves each product by itself; NaN where it stays, and where nobody knows."""
    today = np.full(len(frame), np.nan)
    for strategy in STRATEGIES:
        now = (frame["current_strategy"] == strategy).to_numpy()
        today[now] = frame.loc[now, f"cost_if_{strategy}"]
    saved: pd.Series = (today - frame["expected_cost_per_year"]).where(leaves_today(frame))
    return saved


def _switches(frame: pd.DataFrame) -> pd.DataFrame:
    """Products that leave their current strategy, with what that saves; NaN where today's cannot be kept."""
    moved = frame[leaves_today(frame)]
    switches = moved[["product", "family", "current_strategy", "strategy"]]
    return switches.assign(saving_per_year=savings(moved))


def report_text(report: BatchReport) -> str:
    """The report as text for a terminal."""
    summary, money = report.summary, report.summary["currency"]
    layout = summary["layout"]
    lines = [
        (
            f"{summary['scenario']}: {counted(summary['products'], 'product')}, "
            f"{counted(summary['rejected_rows'], 'row')} rejected, "
            f"{summary.get('no_demand', 0):,} without demand, {counted(len(summary.get('warnings', [])), 'warning')}"
        ),
        (
            f"  cost {summary['objective_per_year']:,.0f} {money} a year, strategies proven within "
            f"{summary['gap']:.3%} (bound {summary['bound_per_year']:,.0f}); serving in turn makes "
            f"{summary['allocation_gap']:.3%} of it"
        ),
        (
            f"  {layout['lone']:,} lone, {layout['grouped']:,} in {counted(layout['groups'], 'group')}, "
            f"the largest of {layout['largest_group']:,}"
        ),
    ]
    if summary["sampled_groups"]:
        sampled, certified = summary["sampled_groups"], summary["certified_groups"]
        groups = counted(sampled, "group")
        lines.append(f"  {groups} decided on samples, {certified:,} of them certified by the Pyomo model")
    if once := summary.get("change_cost"):
        lines.append(f"  switches cost {once:,.0f} {money} once; costs a year carry them in equal parts")
    if layout["always_available"]:
        price = summary["always_available_cost_at_most_per_year"]
        lines.append(
            f"  {layout['always_available']:,} parts always available: that costs at most {price:,.0f} {money} a year"
        )
    badges = ", ".join(f"{count:,} {badge}" for badge, count in report.certainty.items())
    unpriced = f"; {report.unpriced:,} of them cannot be priced as they are today" if report.unpriced else ""
    lines += [
        f"  switches: {report.switching:,}, saving {report.saving_per_year:,.0f} {money} a year together{unpriced}",
        f"  choices: {badges}",
    ]
    terms = sorted(summary["terms_per_year"].items(), key=lambda item: -item[1])
    lines.append("  " + ", ".join(f"{name.replace('_', ' ')} {cost:,.0f}" for name, cost in terms))
    for title, table in (
        ("Strategies by family", report.mix),
        ("Switches that save most", report.switches),
        (f"Regret: what the next best strategy would cost more, {money} a year; of some products at least so much",
         report.regret),
    ):
        shown = table.to_string(index=False, float_format=lambda value: f"{value:,.0f}") if len(table) else "none"
        lines += ["", title, shown]
    return "\n".join(lines)


def write_tables(report: BatchReport, folder: Path) -> None:
    """Write ``mix.csv``, ``switches.csv`` and ``regret.csv`` beside the run's results."""
    for name, table in (("mix", report.mix), ("switches", report.switches), ("regret", report.regret)):
        with whole(folder / f"{name}.csv") as fresh:
            escaped_table(table).to_csv(fresh, index=False, lineterminator="\n")


def write_sqlite(out: str | Path, path: Path) -> int:
    """All decisions and component stocks of a run as one SQLite file; the number of decisions.

    Raises
    ------
    EngineError
        Where the file is there already or cannot be written.
    """
    folder = Path(out)
    read_summary(folder)
    if path.exists():
        raise EngineError(cause("there_already", path=str(path)))
    scratch = path.with_name(f".{path.name}.writing")
    scratch.unlink(missing_ok=True)
    count = 0
    try:
        with closing(sqlite3.connect(scratch)) as database:
            for kind in (DECISIONS, COMPONENTS):
                for _, name in _files(folder, kind):
                    frame = pq.read_table(folder / name).to_pandas()
                    frame.to_sql(kind, database, if_exists="append", index=False)
                    count += len(frame) if kind == DECISIONS else 0
            database.execute(f"CREATE INDEX by_product ON {DECISIONS} (product)")
            database.commit()
        scratch.replace(path)
    except (OSError, sqlite3.Error, pa.ArrowException) as error:
        scratch.unlink(missing_ok=True)
        raise EngineError(cause("unwritten_for", path=str(path), error=quoted(str(error)))) from error
    return count
