"""A batch run: lay out, decide the partitions that are not finished, add up."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from engine.catalog.cluster import check_address
from engine.catalog.deciding.certify import Programs
from engine.catalog.deciding.partition import DECISIONS, REJECTED, DiskFullError, Work, certify_one, clear_unfinished
from engine.catalog.intake.aside import NO_DEMAND, WARNINGS, merge_listed, merge_notices
from engine.catalog.intake.rejected import merge_rejected
from engine.catalog.intake.source import Catalogue, open_catalogue
from engine.catalog.intake.staging import PLAN, stage
from engine.catalog.manifest import LEDGER, MANIFEST, Ledger, Receipt, RunLock, agree, identity, write_json
from engine.catalog.options import BatchOptions
from engine.catalog.progress import Progress
from engine.catalog.results.decisions import AlwaysUse
from engine.catalog.results.summary import summarise
from engine.catalog.workers import in_this_process, on_dask
from engine.errors import EngineError
from engine.evaluate.processes.interrupts import die_with_parent, without_ctrl_c
from engine.program.deadline import Log
from engine.words.reason import cause, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """How a run ended.

    Parameters
    ----------
    out : Path
    summary : dict
        As in ``summary.json``; empty where the run is not complete.
    failed : dict of int to str
        Partitions that could not be decided, and why.
    finished, partitions : int
    """

    out: Path
    summary: dict[str, Any]
    failed: dict[int, str] = field(default_factory=dict)
    finished: int = 0
    partitions: int = 0


class Stopped(EngineError):  # noqa: N818  (not an error of the input)
    """The user stopped the run; what is finished stays."""


def run_batch(
    catalogue: str | Path,
    out: str | Path,
    *,
    options: BatchOptions | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    insecure_tcp: bool = False,
    today: dt.date | None = None,
    log: Log = lambda _: None,
) -> BatchResult:
    """Decide a catalogue, or go on where an earlier run stopped.

    Parameters
    ----------
    catalogue : str or Path
        Folder of the tables as Parquet or CSV, with ``scenario.yaml``.
    out : str or Path
        Folder of the run; a run of the same catalogue and options in it is resumed.
    options : BatchOptions, optional
    workers : int, optional
        Processes on this machine; all cores by default, 0 decides in this process without Dask.
    scheduler : str, optional
        Address of a Dask cluster in place of processes here.
    insecure_tcp : bool
        Allow an address without encryption on another host.
    today : datetime.date, optional
        Locks whose last day had passed by then are told among the warnings; none are where it is left out.
    log : callable
        Takes one line of progress at a time.

    Returns
    -------
    BatchResult

    Raises
    ------
    EngineError
        Where the input is faulty, the run is another's, or the disk is full. What is finished stays.
    """
    options = options or BatchOptions()
    began = time.perf_counter()
    if scheduler is not None:
        check_address(scheduler, insecure_tcp=insecure_tcp)
    folder, opened = Path(out), open_catalogue(catalogue)
    if folder.exists() and not folder.is_dir():
        raise EngineError(cause("batch_is_file", folder=str(folder)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with RunLock(folder):
            return _locked(
                folder, opened, options=options, workers=workers, scheduler=scheduler, began=began,
                insecure_tcp=insecure_tcp, today=today, log=log,
            )  # fmt: skip
    except OSError as error:
        raise _no_room(folder, error) from error


def _no_room(folder: Path, error: OSError) -> EngineError:
    path, said = str(error.filename or folder), quoted(str(error.strerror or error))
    return EngineError(cause("batch_no_room", path=path, error=said))


def _locked(
    folder: Path,
    catalogue: Catalogue,
    *,
    options: BatchOptions,
    workers: int | None,
    scheduler: str | None,
    began: float,
    insecure_tcp: bool,
    today: dt.date | None,
    log: Log,
) -> BatchResult:
    identity_here = identity(catalogue, options)
    if not agree(folder, identity_here):
        if any((folder / name).exists() for name in (LEDGER, DECISIONS)):
            raise EngineError(cause("batch_unmarked", folder=str(folder)))
        write_json(folder / MANIFEST, identity_here)
    here = workers == 0 and scheduler is None
    plan = _plan(catalogue, options, folder, log, here=here)
    partitions = int(str(plan["partitions"]))
    ledger = Ledger(folder / LEDGER)
    done = ledger.read(verify=True)
    todo = [number for number in range(partitions) if number not in done]
    work = Work(out=str(folder.resolve()), settings=catalogue.settings, options=options, text=dict(plan["text"]))
    if todo:
        # A summary says that the run is complete.
        (folder / "summary.json").unlink(missing_ok=True)
    if done and todo:
        log(f"{len(done)} of {partitions} partitions are finished; going on")
    progress = Progress(partitions, done, int(plan["counts"]["rows"]), log)
    failed = _decide(
        work, todo, ledger, progress, done, workers=workers, scheduler=scheduler, insecure_tcp=insecure_tcp
    )
    if options.stop_on_rejected and (rejections := _rejections(folder, plan, done)):
        (folder / "rejected.csv").unlink(missing_ok=True)
        merge_rejected(rejections, folder / "rejected.csv")
        raise EngineError(cause("batch_rejected", path=str(folder / "rejected.csv")))
    if failed:
        return BatchResult(out=folder, summary={}, failed=failed, finished=len(done), partitions=partitions)
    clear_unfinished(folder)
    rejected = merge_rejected(_rejections(folder, plan, done), folder / "rejected.csv")
    idle = merge_listed(_listed(folder, done), folder / f"{NO_DEMAND}.csv")
    warned = merge_notices(catalogue.notices, done, folder / f"{WARNINGS}.csv", today=today)
    certified = _certified(work, done, log)
    summary = summarise(
        identity_here, plan, done, rejected=rejected, always=_always_cost(done), certified=certified,
        no_demand=idle, warnings=warned, seconds=time.perf_counter() - began,
    )  # fmt: skip
    write_json(folder / "summary.json", summary)
    return BatchResult(out=folder, summary=summary, finished=len(done), partitions=partitions)


def _rejections(folder: Path, plan: dict[str, Any], done: dict[int, Receipt]) -> list[Path]:
    """Files with rejected rows; those of the plan first."""
    files = [folder / PLAN / "rejected.csv"] if plan["rejected"] else []
    names = [name for number in sorted(done) for name in done[number]["files"] if name.startswith(f"{REJECTED}/")]
    return files + [folder / name for name in names]


def _listed(folder: Path, done: dict[int, Receipt]) -> list[Path]:
    """Files with products without demand."""
    return [
        folder / name for number in sorted(done) for name in done[number]["files"] if name.startswith(f"{NO_DEMAND}/")
    ]


def _always_cost(done: dict[int, Receipt]) -> float:
    """What the parts always available cost at most, over all partitions."""
    uses: dict[str, AlwaysUse] = {}
    for number in sorted(done):
        for name, values in done[number]["always"].items():
            use = AlwaysUse.from_dict(values)
            uses[name] = uses[name].joined(use) if name in uses else use
    return sum(uses[name].cost_at_most for name in sorted(uses))


def _certified(work: Work, done: dict[int, Receipt], log: Log) -> int:
    """Groups that the Pyomo model had the last word on; where their keys drew none, the one with the least key."""
    programs = {number: Programs.from_dict(receipt["programs"]) for number, receipt in done.items()}
    count = sum(program.certified for program in programs.values())
    candidates = [(program.least, number) for number, program in programs.items() if program.least is not None]
    if count or not candidates or work.options.certify_share <= 0.0:
        return count
    (_, product), number = min(candidates)
    log(f"certifying the group of '{product}'")
    return int(certify_one(work, number, product))


def _plan(catalogue: Catalogue, options: BatchOptions, folder: Path, log: Log, *, here: bool) -> dict[str, Any]:
    """The layout, read where it is whole already."""
    import json  # noqa: PLC0415

    path = folder / PLAN / "plan.json"
    if path.is_file():
        plan: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if all((folder / PLAN / name).is_file() and (folder / PLAN / name).stat().st_size == size
               for name, (size, _) in plan["files"].items()):  # fmt: skip
            return plan
    log("laying out the catalogue")
    planned = stage(catalogue, options, folder) if here else _stage_apart(catalogue, options, folder)
    counts: dict[str, int] = planned["counts"]
    log(
        f"{counts['rows']:,} products: {counts['lone']:,} lone, {counts['grouped']:,} in {counts['groups']:,} groups "
        f"(largest {counts['largest_group']:,}), {planned['partitions']} partitions"
    )
    return planned


def _stage_apart(catalogue: Catalogue, options: BatchOptions, folder: Path) -> dict[str, Any]:
    """Lay out in a process of its own, whose memory goes with it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    planner = context.Process(target=_stage_and_tell, args=(there, catalogue, options, folder), daemon=True)
    try:
        with without_ctrl_c():
            planner.start()
            there.close()
        planned: dict[str, Any] | Exception = here.recv()
    except EOFError as error:
        raise EngineError(cause("batch_killed")) from error
    finally:
        planner.terminate()
        planner.join()
        here.close()
    if isinstance(planned, Exception):
        raise planned
    return planned


def _stage_and_tell(
    there: Connection, catalogue: Catalogue, options: BatchOptions, folder: Path
) -> None:
    """Send what the plan says of itself, or why there is none."""
    # Whose parent was killed must not write into the folder of the next run.
    die_with_parent()
    try:
        there.send(stage(catalogue, options, folder))
    except Exception as error:  # noqa: BLE001  (raised again by the parent)
        there.send(error)


def _decide(
    work: Work,
    todo: list[int],
    ledger: Ledger,
    progress: Progress,
    done: dict[int, Receipt],
    *,
    workers: int | None,
    scheduler: str | None,
    insecure_tcp: bool,
) -> dict[int, str]:
    """Decide the partitions, each receipt into the ledger as it comes; those that failed, with the reason."""
    failed: dict[int, str] = {}
    if not todo:
        return failed
    count = (os.cpu_count() or 1) if workers is None else workers
    here = scheduler is None and count == 0
    source = in_this_process(work, todo) if here else on_dask(
        work, todo, workers=min(count, len(todo)) or 1, scheduler=scheduler, insecure_tcp=insecure_tcp
    )  # fmt: skip
    try:
        for number, receipt, reason in source:
            if receipt is None:
                failed[number] = reason
                progress.log(f"partition {number} failed: {reason}")
                continue
            ledger.add(receipt)
            done[number] = receipt
            progress.add(receipt)
            if work.options.stop_on_rejected and receipt["rejected"]:
                break
    except DiskFullError as error:
        so_far = {"done": len(done), "partitions": progress.partitions}
        raise EngineError(cause("batch_full", why=error.cause or str(error), **so_far)) from error
    except KeyboardInterrupt as error:
        raise Stopped(cause("batch_stopped", done=len(done), partitions=progress.partitions)) from error
    return failed
