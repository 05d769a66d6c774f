"""Cases side by side: `codp compare` on the base, the scenario's variants and what was pinned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from engine.decision.plan import Plan
from engine.scenario.scenario import Scenario
from engine.ui.language import t
from engine.ui.state.levers import LeverState, based, changed
from engine.ui.state.memo import digest_of
from engine.ui.state.positions import pins_of
from engine.ui.work.proof import write_down
from engine.ui.work.saved_runs import SavedRun, place_of, saved_runs

_TABLES = ("cases", "terms", "switches", "rules", "replaced")
_KEPT = "_compared_cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseColumn:
    """One column of a comparison.

    Parameters
    ----------
    key : str
        Stays the same in every language.
    name : str
        As the reader sees it.
    what_if : LeverState or None
        None for a saved run, which is taken as it was proven.
    run : SavedRun or None
    """

    key: str
    name: str
    what_if: LeverState | None
    run: SavedRun | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the command wrote; the column ``case`` holds keys of sides."""

    cases: pd.DataFrame
    terms: pd.DataFrame
    switches: pd.DataFrame
    rules: pd.DataFrame
    replaced: pd.DataFrame
    summary: dict[str, Any]


def sides(base: Scenario, now: LeverState) -> dict[str, CaseColumn]:
    """What can be compared, the scenario as given first."""
    given = LeverState(scenario=now.scenario)
    columns = [CaseColumn(key="base", name=t("compare.base"), what_if=given)]
    if now.changes:
        columns.append(CaseColumn(key="now", name=t("compare.now"), what_if=now))
    columns += [
        CaseColumn(key=f"variant {name}", name=name, what_if=LeverState(scenario=now.scenario, variant=name))
        for name in base.settings.variants
    ]
    columns += [CaseColumn(key=f"pin {pin.name}", name=pin.name, what_if=pin.what_if) for pin in pins_of(now.scenario)]
    columns += [
        CaseColumn(key=run.key, name=t("compare.run", name=run.name), what_if=None, run=run) for run in saved_runs()
    ]
    return {side.key: side for side in columns}


def keep_cases(base: Scenario, compared: Compared, names: Mapping[str, str]) -> None:
    """Keep what was compared last, for a report of one of the cases."""
    cases = compared.cases.assign(case=compared.cases["case"].map(names))
    st.session_state[_KEPT] = (digest_of(base), int(compared.summary["samples"]), cases)


def cases_beside(base: Scenario, plan: Plan) -> pd.DataFrame | None:
    """The cases that were compared last, where a plan of this scenario is among them on the same samples."""
    kept = st.session_state.get(_KEPT)
    if not kept or kept[:2] != (digest_of(base), int(plan.summary["samples"])):
        return None
    cases: pd.DataFrame = kept[2]
    among = np.isclose(cases["cost_per_year"], plan.objective_per_year, rtol=1e-9, atol=0.0).any()
    return cases if among else None


def prepare(folder: Path, base: Scenario, chosen: list[CaseColumn]) -> list[str]:
    """Write every case down; the command."""
    places = []
    for n, side in enumerate(chosen):
        if side.what_if is not None:
            write_down(changed(based(base, side.what_if), side.what_if), folder / f"case{n}")
        elif side.run is not None and (place := place_of(side.run.key)) is not None:
            shutil.copytree(place, folder / f"case{n}")
        places.append(str(folder / f"case{n}"))
    # Samples and gap are those of a proof, so that a case costs here what its plan costs on every page. A saved run by
    # itself can be tested only on the samples that it was proven on.
    runs = [side.run for side in chosen if side.run is not None]
    samples = str(runs[0].samples if len(runs) == len(chosen) else base.settings.samples)
    return ["compare", *places, "--out", str(folder / "out"), "--samples", samples, "--verbose"]


def share(folder: Path) -> float:
    """Share of the cases that are decided: the command tells each in a line."""
    cases = sum(1 for _ in folder.glob("case*"))
    said = (folder / "stderr").read_text(encoding="utf-8", errors="replace") if (folder / "stderr").is_file() else ""
    return said.count("\n") / max(cases, 1)


def read(folder: Path, chosen: list[CaseColumn]) -> Compared:
    """The tables, cases under the keys of their sides."""
    keys = {f"case{n}": side.key for n, side in enumerate(chosen)}
    tables = {}
    for name in _TABLES:
        blanks = {"low": [""], "high": [""], "over_plan_per_year": [""], "cost_per_year": [""]}
        frame = pd.read_csv(folder / "out" / f"{name}.csv", keep_default_na=False, na_values=blanks)
        tables[name] = frame.assign(case=frame["case"].map(keys)) if "case" in frame else frame
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    return Compared(summary=summary, **tables)
