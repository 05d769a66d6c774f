"""Plans on disk: CSV tables and `summary.json`, written whole or not at all, and read back."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from engine.decision.plan import Plan
from engine.errors import EngineError, counted, listed
from engine.report.checks.plan import COLUMNS, read_summary, read_tables
from engine.scenario.files.formulas import escaped_table, unescaped
from engine.words.reason import cause, quoted

PLAN_TABLES = tuple(COLUMNS)
# Lists of a plan's summary that stand beside it as tables where they are not empty.
ASIDE_TABLES = ("no_demand", "warnings")
# Written where stocks follow a season, and where customers of a product wait differently.
MORE_TABLES = ("stock_calendar", "segments")


def write_results(
    out: Path, tables: Mapping[str, pd.DataFrame], summary: Mapping[str, Any], *, without: Collection[str] = ()
) -> None:
    """Write tables and a summary into a folder: into a temporary sibling first, then renamed.

    Of two runs that write into one folder at once, the later one's results stand there, whole.

    Parameters
    ----------
    out : Path
        Made where missing; files of an earlier run with the same names are replaced, others stay.
    tables : mapping of str to DataFrame
        Written as ``name.csv``; text that a spreadsheet would run stands behind an apostrophe.
    summary : mapping
        Written as ``summary.json``, last, so that a folder with a summary is complete. What is not finite (a bound
        that nothing has proven yet) is null.
    without : collection of str
        Tables of an earlier run that have to go.

    Raises
    ------
    EngineError
        Where the folder cannot be written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
        try:
            for name, frame in tables.items():
                safe = escaped_table(frame)
                safe.to_csv(scratch / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
            text = json.dumps(_finite(summary), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
            (scratch / "summary.json").write_text(text, encoding="utf-8")
            with _one_at_a_time(out):
                # From here to the last name the folder has no summary, by which a reader knows that it is incomplete.
                (out / "summary.json").unlink(missing_ok=True)
                for name in without:
                    (out / f"{name}.csv").unlink(missing_ok=True)
                for name in [*(f"{name}.csv" for name in tables), "summary.json"]:
                    (scratch / name).replace(out / name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        said = quoted(str(error.strerror or error))
        raise EngineError(cause("results_unwritten", path=str(out), error=said)) from error


def read_result(path: Path) -> pd.DataFrame:
    """A table as `write_results` was given it: names stay names, whatever they look like, and blanks are missing."""
    frame = pd.read_csv(path, dtype={"product": "str"}, keep_default_na=False, na_values=[""])
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(
        **{name: frame[name].map(lambda cell: unescaped(cell) if isinstance(cell, str) else cell) for name in texts}
    )


@contextmanager
def _one_at_a_time(out: Path) -> Iterator[None]:
    """Hold the folder while its files change names, which is done in no time; another run waits so long.

    The system lets go of it when the process ends, however it ends. Where a file system knows no locks (some network
    drives, Windows), the last file of a name wins.
    """
    if os.name == "nt":
        yield
        return
    import fcntl  # noqa: PLC0415  (not on Windows)

    held = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def refuse_to_replace(out: Path, name: str, *, plan: bool = False) -> None:
    """Refuse a folder in which results would replace a plan or a scenario; to be asked before any work.

    Both have tables of the names that other commands write, and are no longer of a piece without them.

    Parameters
    ----------
    out : Path
        Where the results are to go; need not be there yet.
    name : str
        Of the results, as proposed for a folder of their own.
    plan : bool
        The results are a plan, and may replace an earlier one.

    Raises
    ------
    EngineError
        Where the folder holds what would be replaced.
    """
    if (out / "scenario.yaml").is_file():
        raise EngineError(cause("results_scenario", path=str(out)))
    if not plan and (out / "decisions.csv").is_file():
        raise EngineError(cause("results_plan", path=str(out), other=str(out / name)))


def write_no_plan(summary: Mapping[str, Any], out: Path) -> None:
    """Write the summary of a run without a plan; the plan of an earlier run in the same folder goes."""
    write_results(out, {}, summary, without=(*PLAN_TABLES, *ASIDE_TABLES, *MORE_TABLES))


def _finite(value: Any) -> Any:  # noqa: ANN401  (what JSON holds)
    """The same with None for what JSON has no number for."""
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_plan(plan: Plan, out: Path) -> None:
    """Write a plan: ``decisions.csv``, ``components.csv``, ``ledger.csv``, ``resources.csv``, ``summary.json``.

    Products without demand, where there are any, are listed in ``no_demand.csv``, what was warned of the
    scenario in ``warnings.csv``, the levels of stocks that follow a season in ``stock_calendar.csv``, what customers
    who wait differently get in ``segments.csv``.
    """
    tables = {name: getattr(plan, name) for name in PLAN_TABLES}
    for name in ASIDE_TABLES:
        if rows := plan.summary.get(name):
            tables[name] = pd.DataFrame(rows).drop(columns="values", errors="ignore")
    tables |= {name: frame for name in MORE_TABLES if len(frame := getattr(plan, name))}
    without = [name for name in (*ASIDE_TABLES, *MORE_TABLES) if name not in tables]
    write_results(out, tables, plan.summary, without=without)


def read_plan(out: str | Path) -> Plan:
    """Read a plan back; base stocks may have been changed by hand.

    Raises
    ------
    EngineError
        Where the folder holds no complete plan, or a faulty one; every fault is named with file, row and column.
    """
    folder = Path(out)
    missing = [n for n in [*(f"{name}.csv" for name in PLAN_TABLES), "summary.json"] if not (folder / n).is_file()]
    if missing:
        raise EngineError(cause("plan_none", folder=str(folder), files=", ".join(missing)))
    tables, faults = read_tables(folder)
    summary, more = read_summary(folder, tables.get("decisions"))
    faults += more
    if faults:
        raise EngineError(listed(cause("plan_faulty", folder=str(folder), count=counted(faults)), faults))
    unproven = {"bound_per_year": -math.inf, "gap": math.inf}
    for name, value in unproven.items():
        if summary.get(name) is None:
            summary[name] = value
    return Plan(summary=summary, **tables)
