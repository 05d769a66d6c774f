"""The proven answer: `codp solve` in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.report.files import read_plan
from engine.scenario.columns import TABLES
from engine.scenario.files.assumed import assumptions_file
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.scenario import Scenario
from engine.ui.work.jobs import INFEASIBLE, SOLVED, TIMED_OUT, Job, JobQueue, Said

# Then the best plan comes with the gap proven so far. Also the longest that a process outlives a killed server.
PROOF_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A plan with its proven gap."""

    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """No plan keeps all rules: the conflicts as ``summary.json`` tells them."""

    conflicts: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The process ended without an answer; `words` are the engine's own, empty where it had none."""

    timed_out: bool
    words: Said


Verdict = Proven | Refused | Failed


class ProofQueue(JobQueue[Verdict]):
    """All proofs of this server."""

    def submit(self, scenario: Scenario) -> Job[Verdict]:
        """Write a scenario down and queue its proof."""

        def prepare(folder: Path) -> list[str]:
            return proof_command(scenario, folder)

        return self.start(prepare, verdict)


def proof_command(scenario: Scenario, folder: Path) -> list[str]:
    """Write a scenario down; the command that proves it, for `verdict` to read."""
    write_down(scenario, folder / "scenario")
    limit = str(PROOF_SECONDS)
    return ["solve", str(folder / "scenario"), "--out", str(folder / "plan"), "--time-limit", limit]


def write_down(scenario: Scenario, folder: Path) -> None:
    """Write a scenario to a folder; reading it gives the same scenario."""
    settings = scenario.settings.model_dump(by_alias=True, exclude={"columns", "format"})
    tables = {name: scenario.table(name) for name in TABLES if not scenario.table(name).empty}
    write_scenario_folder(
        folder, settings=settings, tables=tables, notes=[], beside=assumptions_file(scenario.notices)
    )


def verdict(folder: Path, code: int, said: Said) -> Verdict:
    """What a proof that has ended left behind."""
    summary = folder / "plan" / "summary.json"
    try:
        if code == INFEASIBLE:
            return Refused(conflicts=tuple(json.loads(summary.read_text(encoding="utf-8"))["conflicts"]))
        if code == SOLVED or (code == TIMED_OUT and summary.is_file()):
            return Proven(plan=read_plan(folder / "plan"))
    except (EngineError, OSError, ValueError, KeyError):
        return Failed(timed_out=False, words="")
    return Failed(timed_out=code == TIMED_OUT, words=said)
