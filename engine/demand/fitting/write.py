"""Write a fit: `fit.csv`, `summary.json`, and `seasons.csv` and `segments.csv` where there are any."""

from __future__ import annotations

import json
import math
from importlib.metadata import version
from pathlib import Path

from engine.demand.fitting.fit import NO_DEMAND, DemandFit
from engine.errors import EngineError
from engine.scenario.files.formulas import escaped_table
from engine.scenario.files.whole import whole
from engine.words.reason import cause, quoted

FIT_FILE = "fit.csv"
SUMMARY_FILE = "summary.json"
SEASONS_FILE = "seasons.csv"
SEGMENTS_FILE = "segments.csv"


def write_fit(fit: DemandFit, out: str | Path) -> None:
    """Write the fit into a folder, each file under a temporary name first; no text in it runs in a spreadsheet.

    Parameters
    ----------
    fit : DemandFit
    out : str or Path
        Folder; made where it is missing.

    Raises
    ------
    EngineError
        Where the disk refuses.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _replace(out / FIT_FILE, escaped_table(fit.table).to_csv(index=False, lineterminator="\n"))
        for name, table in ((SEASONS_FILE, fit.seasons), (SEGMENTS_FILE, fit.segments)):
            if len(table):
                _replace(out / name, escaped_table(table).to_csv(index=False, lineterminator="\n"))
            else:
                (out / name).unlink(missing_ok=True)
        _replace(out / SUMMARY_FILE, json.dumps(_summary(fit), indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise EngineError(cause("unwritten", path=str(out), error=quoted(str(error.strerror or error)))) from error


def _replace(path: Path, text: str) -> None:
    with whole(path) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")


def _summary(fit: DemandFit) -> dict[str, object]:
    table = fit.table
    fitted = table[table["distribution"] != ""]
    share = fitted["p_value"].dropna()
    below = float((share < 0.05).mean()) if len(share) else math.nan
    return {
        "scenario": fit.scenario,
        "status": "fitted" if not fit.faults else "some products refused",
        "products": len(table),
        "fitted": len(fitted),
        "no_demand": table.loc[table["demand_class"] == NO_DEMAND, "product"].tolist(),
        "refused": [str(fault) for fault in fit.faults],
        "warnings": [notice.as_dict() for notice in fit.notices],
        "demand_classes": _counts(fitted["demand_class"].tolist()),
        "distributions": _counts(fitted["distribution"].tolist()),
        "share_with_p_value_below_0.05": None if math.isnan(below) else below,
        "weeks_min": fit.weeks_min,
        "target_quantile": fit.target_quantile,
        "replicates": fit.replicates,
        "seed": fit.seed,
        "notes": list(fit.notes),
        "versions": {name: version(name) for name in ("numpy", "scipy", "pandas", "statsmodels")},
        "input_sha256": fit.input_sha256,
    }


def _counts(values: list[str]) -> dict[str, int]:
    return {name: values.count(name) for name in sorted(set(values))}
