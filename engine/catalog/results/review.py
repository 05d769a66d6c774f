"""Does a run still hold? Its products by partitions: the charts of each, and the groups of those told decided again."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from engine.catalog.deciding.groups import Bundle
from engine.catalog.deciding.partition import COMPONENTS, DECISIONS, Work, sound_bundles
from engine.catalog.intake.keys import KeyIndex, hashes
from engine.catalog.intake.order_lines import StagedLines, stage_lines
from engine.catalog.intake.source import Catalogue, batches, open_catalogue, with_orders
from engine.catalog.intake.staging import placed_in, stage
from engine.catalog.manifest import LEDGER, MANIFEST, Ledger
from engine.catalog.results.finished import drawn, table_of, work_of
from engine.catalog.results.report import read_summary
from engine.decision.solve import DEFAULT_GAP
from engine.demand.book.weeks import Calendar
from engine.errors import EngineError
from engine.evaluate.review.again import in_use
from engine.evaluate.review.flips import crossed_of, with_flips
from engine.evaluate.review.moved import moved_inputs
from engine.evaluate.review.review import FALSE_ALARMS, weekly_demand, weeks_of
from engine.evaluate.review.sequential import Alarms, each_of_two
from engine.evaluate.review.told import (
    COLUMNS,
    OF_PLANS,
    Standing,
    again_in,
    charted,
    counts_of_moved,
    decided_again,
    not_charted,
    with_moved,
)
from engine.evaluate.review.waits import (
    Asked,
    Waits,
    targets_since,
    waits_of,
    with_asked,
    with_target,
    with_targets,
)
from engine.scenario.arrays import Booleans
from engine.words.reason import cause, named, quoted

REVIEW = "review"
# Rows that are told one by one.
TOLD = 10
_TEXTS = {"product", "strategy", "verdict", "since", "told_on", "strategy_again", "moved", "crossed"}
_NAMED = 3
COLUMNS_OF_RUN = (*COLUMNS, *OF_PLANS)
SCHEMA = pa.schema([(name, pa.string() if name in _TEXTS else pa.float64()) for name in COLUMNS_OF_RUN])


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueReview:
    """What has come since a run.

    Parameters
    ----------
    told : pandas.DataFrame
        The first of those that no longer hold, columns as of a `Review`.
    summary : dict
    """

    told: pd.DataFrame
    summary: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class _Totals:
    """Sums over partitions, and the rows that are told."""

    counts: dict[str, int] = field(default_factory=lambda: {one.value: 0 for one in Standing})
    saving: float = 0.0
    regret: float = 0.0
    not_decided_again: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    crossed: int = 0
    told: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS_OF_RUN)))

    def add(self, table: pd.DataFrame) -> None:
        for name in self.counts:
            self.counts[name] += int((table["verdict"] == name).sum())
        self.regret += float(table["regret_so_far"].sum())
        self.moved.update(counts_of_moved(table["moved"]))
        changed = table[table["verdict"] != Standing.HOLDS.value]
        self.crossed += crossed_of(table)
        if len(changed):
            both = pd.concat([self.told, changed]) if len(self.told) else changed
            self.told = both.sort_values(["verdict", "told_on", "product"], kind="stable").head(TOLD)


def review_run(
    run: str | Path,
    catalogue: str | Path,
    orders: str | Path | None = None,
    out: str | Path | None = None,
    *,
    now: str | Path | None = None,
    since: pd.Timestamp | None = None,
    false_alarms: float = FALSE_ALARMS,
    thresholds: pd.DataFrame | None = None,
    gap: float = DEFAULT_GAP,
    log: Callable[[str], None] = lambda _: None,
) -> CatalogueReview:
    """Ask of each product of a run whether what it was decided for still holds.

    The verdicts, levels and savings are those of `review` on the same products.

    Parameters
    ----------
    run : str or Path
        Folder of a complete batch run.
    catalogue : str or Path
        That it was made from.
    orders : str or Path, optional
        Order lines since: a CSV file, a Parquet file or a folder of such.
    out : str or Path, optional
        Where ``review/NNNNN.parquet`` go, one for each partition.
    now : str or Path, optional
        The same products with the costs, times, parts and settings of today.
    since : pandas.Timestamp, optional
        First day that counts. What customers asked for in the lines before it is what the run knew of their waits.
    false_alarms : float
        Share of products without a change that may be told of one in a month.
    thresholds : pandas.DataFrame, optional
        As `engine.catalog.results.thresholds` finds them, of any of the products.
    gap : float
        Relative gap to which groups are decided again.
    log : callable
        Takes a line of progress.

    Raises
    ------
    EngineError
        Where the run is not complete or of another catalogue, the order lines are of less than a week, products came or
        went since, or there is nothing to look at.
    """
    began = time.perf_counter()
    if not 0.0 < false_alarms < 1.0:
        raise EngineError(cause("review_alarms", share=false_alarms))
    if orders is None and now is None:
        raise EngineError(cause("review_nothing"))
    folder, opened = Path(run), open_catalogue(catalogue)
    made = read_summary(folder)
    work = work_of(folder, opened)
    partitions = sorted(Ledger(folder / LEDGER).read())
    target = None if out is None else _target(Path(out))
    totals = _Totals()
    with tempfile.TemporaryDirectory(prefix=".lines-", dir=target) as scratch:
        lines, known, weeks = None, None, None
        if orders is not None:
            index, partition = _decided(folder, partitions)
            lines = stage_lines(with_orders(opened, Path(orders)), Path(scratch), index, partition, since=since)
            weeks = weeks_of(lines.first_day, lines.last_day)
            if since is not None:
                earlier = Path(scratch) / "known"
                earlier.mkdir()
                known = stage_lines(with_orders(opened, Path(orders)), earlier, index, partition, before=since)
        today = None if now is None else _laid_out(work, open_catalogue(now), Path(scratch) / "now", partitions)
        for done, number in enumerate(partitions, start=1):
            here = _Here(lines=lines, known=known, weeks=weeks, today=today, false_alarms=false_alarms, gap=gap)
            tables = list(_partition(work, number, here, totals))
            table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))
            table = with_flips(table, thresholds)
            totals.add(table)
            if target is not None:
                rows = pa.Table.from_pandas(table[list(COLUMNS_OF_RUN)], schema=SCHEMA, preserve_index=False)
                pq.write_table(rows, target / REVIEW / f"{number:05d}.parquet", compression="zstd")
            log(f"{done} of {len(partitions)} partitions")
    told = totals.counts[Standing.DRIFTING.value] + totals.counts[Standing.AGAIN.value]
    summary = {
        "scenario": made["scenario"], "currency": made["currency"], "status": "solved", "counts": totals.counts,
        "products": sum(totals.counts.values()), "lines": 0 if lines is None else lines.lines,
        "lines_of_other_products": 0 if lines is None else lines.others,
        "weeks": 0 if weeks is None else weeks.weeks,
        "first_day": None if weeks is None else f"{weeks.first_day:%Y-%m-%d}",
        "last_day": None if weeks is None else f"{weeks.last_day:%Y-%m-%d}",
        "moved": dict(totals.moved.most_common()), "crossed": None if thresholds is None else totals.crossed,
        "false_alarms_per_month": false_alarms, "saving_per_year": totals.saving if told else None,
        "regret_so_far": totals.regret, "not_decided_again": totals.not_decided_again, "gap": gap,
        "samples": drawn(work)[0], "seed": drawn(work)[1], "seconds": round(time.perf_counter() - began, 3),
    }  # fmt: skip
    return CatalogueReview(told=totals.told.reset_index(drop=True), summary=summary)


def _target(out: Path) -> Path:
    """The folder of results, an earlier review in it gone; a run is none."""
    if (out / MANIFEST).exists():
        raise EngineError(cause("batch_there", folder=str(out), other=str(out / REVIEW)))
    try:
        shutil.rmtree(out / REVIEW, ignore_errors=True)
        (out / REVIEW).mkdir(parents=True)
    except OSError as error:
        raise EngineError(cause("unwritten_for", path=str(out), error=quoted(str(error.strerror or error)))) from error
    return out


def _decided(folder: Path, partitions: list[int]) -> tuple[KeyIndex, npt.NDArray[np.int64]]:
    """The decided products and the partition of each."""
    keys, place = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int64)]
    for number in partitions:
        names = table_of(folder, DECISIONS, number, ["product"]).column("product").combine_chunks()
        keys.append(hashes(names))
        place.append(np.full(len(names), number, dtype=np.int64))
    return KeyIndex(np.concatenate(keys)), np.concatenate(place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What a partition is looked at with: order lines since and before, their weeks, today's catalogue, its errors."""

    lines: StagedLines | None
    known: StagedLines | None
    weeks: Calendar | None
    today: Work | None
    false_alarms: float
    gap: float


def _laid_out(work: Work, now: Catalogue, folder: Path, partitions: list[int]) -> Work:
    """Today's catalogue, its products in the partitions and groups of the run."""
    folder.mkdir()
    try:
        placed = placed_in(Path(work.out), max(partitions, default=-1) + 1)
    except (pa.ArrowException, OSError) as error:
        why = cause("rows_unreadable", error=quoted(str(error)), folder=work.out)
        raise EngineError(why) from error
    names = [batch.column("product") for batch in batches(now, "products", ["product"])]
    strange = [column.filter(pa.array(placed.products.find(hashes(column)) < 0)) for column in names]
    came = [str(name) for column in strange for name in column.to_pylist()]
    if came:
        raise EngineError(cause("review_new", names=named(sorted(came), _NAMED)))
    about = stage(now, work.options, folder, placed)
    return Work(out=str(folder), settings=now.settings, options=work.options, text=dict(about["text"]))


def _partition(work: Work, number: int, here: _Here, totals: _Totals) -> Iterator[pd.DataFrame]:
    """The reviewed products of each block."""
    folder, orders = Path(work.out), None if here.lines is None else here.lines.of(number)
    decisions = table_of(folder, DECISIONS, number, ["product", "strategy", "base_stock"]).to_pandas()
    components = table_of(folder, COMPONENTS, number, ["component", "base_stock"]).to_pandas()
    decided = set(decisions["product"])
    worlds = None if here.today is None else list(sound_bundles(here.today, number))
    weeks = 0 if here.weeks is None else here.weeks.weeks
    earlier = None if here.known is None else here.known.of(number)
    samples, seed = drawn(work)
    for bundle in sound_bundles(work, number):
        mine = bundle.scenario.products["product"].isin(decided).to_numpy(dtype=bool)
        if not mine.any():
            continue
        part = bundle if mine.all() else bundle.part(mine)
        used = in_use(part.scenario.products["product"], decisions, components)
        table, told = not_charted(part.scenario, used)
        asked: Asked = {}
        if orders is not None and here.weeks is not None:
            demand, _ = weekly_demand(part.scenario, orders, here.weeks)
            waits = _waits(part, orders, earlier, here.weeks)
            watched = part.scenario.products["product"].isin(waits.products).to_numpy(dtype=bool)
            table, told = charted(
                part.scenario, used, demand, here.weeks, false_alarms=here.false_alarms, shared=watched
            )
            asked = targets_since(waits, weeks, false_alarms=each_of_two(here.false_alarms), seed=seed)
        world = part if worlds is None else _of_today(worlds, part)
        moved = {} if worlds is None else moved_inputs(part.scenario, world.scenario)
        table = with_asked(with_moved(table, with_target(moved, asked)), part.scenario, asked)
        changed = (table["verdict"] != Standing.HOLDS.value).to_numpy(dtype=bool)
        which = _tied(part, changed)
        if which.any():
            alarms = Alarms(week=told.week[which], since=told.since[which], upward=told.upward[which])
            some = world.part(world.scenario.products["product"].isin(table.loc[which, "product"]).to_numpy(dtype=bool))
            small = max(len(group) for group in part.part(which).groups()) <= work.options.moved_group
            again = again_in(
                with_targets(some.scenario, asked), decisions, components, table[which], alarms, gap=here.gap,
                samples=samples, seed=seed, settle=small,
            )  # fmt: skip
            again_rows = decided_again(table[which], alarms, again, weeks)
            table = pd.concat([again_rows, table[~which]]).sort_index()
            if again is None or again.saving is None:
                totals.not_decided_again += int(changed.sum())
            else:
                totals.saving += again.saving
        yield table


def _waits(part: Bundle, orders: pd.DataFrame, known: pd.DataFrame | None, weeks: Calendar) -> Waits:
    """What customers of some products asked for before and since; nothing where no lines before are known."""
    earlier = part.scenario.orders if known is None else known
    mine = earlier[earlier["product"].isin(set(part.scenario.products["product"]))].reset_index(drop=True)
    return waits_of(replace(part.scenario, orders=mine), orders, weeks, dates_known=True)


def _of_today(worlds: list[Bundle], part: Bundle) -> Bundle:
    """The products of a bundle as they are today."""
    names = set(part.scenario.products["product"])
    for world in worlds:
        mine = world.scenario.products["product"].isin(names).to_numpy(dtype=bool)
        if mine.any():
            names -= set(world.scenario.products["product"][mine])
            if not names:
                return world.part(mine)
    raise EngineError(cause("review_gone", names=named(sorted(names), _NAMED)))


def _tied(bundle: Bundle, rang: Booleans) -> Booleans:
    """Products told of a change, and all that share parts or hours with one of them."""
    groups = set(bundle.group[rang & (bundle.group > 0)].tolist())
    return np.asarray(rang | np.isin(bundle.group, sorted(groups)))
