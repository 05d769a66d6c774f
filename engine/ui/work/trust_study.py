"""How far to believe the plan: `codp confidence` and `codp simulate` on the proven plan."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from engine.decision.plan import Plan
from engine.evaluate.trust.certainty import certainties
from engine.report.files import read_result, write_plan
from engine.scenario.scenario import Scenario
from engine.ui.work.proof import write_down
from engine.ui.work.studies import Study, begin_beside, beside, desk, result_of

EVIDENCE = ("confidence", "simulation")
# Fewer than the command's own, so that an answer is there in minutes; the page says how many.
_DRAWS, _BATCHES, _YEARS, _REPLICATIONS = "60", "5", "3", "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Tables by name, and the summary."""

    tables: dict[str, pd.DataFrame]
    summary: dict[str, Any]


def judgement_study(scenario: Scenario, plan: Plan) -> Study:
    """Which choices hold when the inputs are off, and what to measure: it settles the badges, and begins by itself."""
    return _study("confidence", scenario, plan, ["--draws", _DRAWS, "--batches", "0"], share=_redrawn)


def sampling_study(scenario: Scenario, plan: Plan) -> Study:
    """Sampling gap, VSS, EVPI."""
    return _study("sampling", scenario, plan, ["--draws", "0", "--batches", _BATCHES])


def judge_beside(scenario: Scenario, plan: Plan) -> None:
    """See that the judgement of a proven plan is under way or known, where it may begin by itself."""
    if judges_by_itself():
        begin_beside(judgement_study(scenario, plan))


def stop_other_judgement(plan: Plan | None) -> None:
    """Stop a judgement that began by itself of another plan than the page's; None where its plan is not proven."""
    mine = beside()
    if mine is not None and (plan is None or mine.key != _key(plan)):
        desk().clear()


def judges_by_itself() -> bool:
    """Whether proven plans are judged without being asked to: `CODP_JUDGE=off` in the environment prevents it."""
    return os.environ.get("CODP_JUDGE", "on").strip().lower() not in {"off", "0", "no", "false"}


def simulation_study(scenario: Scenario, plan: Plan) -> Study:
    """The plan under orders one by one."""
    return _study("simulation", scenario, plan, ["--years", _YEARS, "--replications", _REPLICATIONS])


def review_study(scenario: Scenario, plan: Plan, orders: bytes | None, now: Scenario | None = None) -> Study:
    """Whether the plan holds for the order lines of a CSV file, and for the same case as it stands today."""

    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        write_plan(plan, folder / "plan")
        command = ["review", str(folder / "plan"), "--scenario", str(folder / "scenario")]
        if orders is not None:
            (folder / "orders.csv").write_bytes(orders)
            command += ["--orders", str(folder / "orders.csv")]
        if now is not None:
            write_down(now, folder / "now")
            command += ["--now", str(folder / "now")]
        return [*command, "--out", str(folder / "out")]

    lines, today = ("" if orders is None else hashlib.sha256(orders).hexdigest()), ("" if now is None else now.digest())
    return Study(kind="review", key=(*_key(plan), lines, today), prepare=prepare, read=_read)


def confidence_of(plan: Plan) -> dict[str, tuple[str, float]]:
    """Label and share by product, where the study of this plan has ended; else empty."""
    evidence = evidence_of(plan).get("confidence")
    if evidence is None or "confidence" not in evidence.tables:
        return {}
    table = evidence.tables["confidence"]
    return {
        str(product): (str(label), float(share))
        for product, label, share in zip(table["product"], table["label"], table["confidence"], strict=True)
    }


def badges_of(plan: Plan) -> pd.DataFrame:
    """The badge of every choice, as of `certainties`, with the judgement where it has ended."""
    evidence = evidence_of(plan).get("confidence")
    return certainties(plan, judged=None if evidence is None else evidence.tables.get("confidence"))


def evidence_of(plan: Plan) -> dict[str, Found]:
    """What the studies of this plan found, by the name of the study; those that have not ended are left out."""
    results = {kind: result_of(Study(kind=kind, key=_key(plan), prepare=lambda _: [], read=lambda _, __: None))
             for kind in EVIDENCE}  # fmt: skip
    return {kind: evidence for kind, evidence in results.items() if isinstance(evidence, Found)}


def _key(plan: Plan) -> tuple[str, float]:
    return str(plan.summary["input_sha256"]), plan.objective_per_year


def _study(
    kind: str, scenario: Scenario, plan: Plan, options: list[str], share: Callable[[Path], float] | None = None
) -> Study:
    command = {"simulation": "simulate"}.get(kind, "confidence")

    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        write_plan(plan, folder / "plan")
        return [command, str(folder / "scenario"), "--plan", str(folder / "plan"), "--out", str(folder / "out"),
                *options]  # fmt: skip

    return Study(kind=kind, key=_key(plan), prepare=prepare, read=_read, share=share)


def _redrawn(folder: Path) -> float:
    """Share of the draws that are decided, by the last line of progress that names one."""
    said = (folder / "stderr").read_text(encoding="utf-8", errors="replace") if (folder / "stderr").is_file() else ""
    done = re.findall(r": (\d+) of \d+$", said, flags=re.MULTILINE)
    return int(done[-1]) / int(_DRAWS) if done else 0.0


def _read(folder: Path, _: int) -> Found:
    out = folder / "out"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return Found(tables={path.stem: read_result(path) for path in sorted(out.glob("*.csv"))}, summary=summary)
