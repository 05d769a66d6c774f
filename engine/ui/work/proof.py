"""The proven answer: `codp solve` in a process of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.report.files import read_plan
from engine.scenario.columns import TABLES
from engine.scenario.files.assumed import assumptions_file
from engine.scenario.files.write import write_scenario_folder
from engine.scenario.scenario import Scenario
from engine.ui.work.jobs import INFEASIBLE, SOLVED, TIMED_OUT, Job, JobQueue, Said, Stage

# Then the best plan comes with the gap proven so far. Also the longest that a process outlives a killed server.
PROOF_SECONDS = 120.0
_MOST_VERDICTS = 16


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
    """All proofs of this server; what was proven for one reader is not proven again for the next.

    Whoever has the scenario could prove it, so that nobody learns anything.
    """

    def submit(self, scenario: Scenario) -> Job[Verdict]:
        """Write a scenario down and queue its proof; one that has ended where it was proven before."""
        key = _contents(scenario)
        if (before := self._verdicts.get(key)) is not None:
            return Job(folder=Path(), command=[], read=verdict, stage=Stage.ENDED, verdict=before)

        def prepare(folder: Path) -> list[str]:
            return proof_command(scenario, folder)

        def read(folder: Path, code: int, said: Said) -> Verdict:
            ended = verdict(folder, code, said)
            # What ran out of time might do better another time.
            if code in (SOLVED, INFEASIBLE):
                self._verdicts[key] = ended
                while len(self._verdicts) > _MOST_VERDICTS:
                    del self._verdicts[next(iter(self._verdicts))]
            return ended

        return self.start(prepare, read)

    def forget(self) -> None:
        """Prove everything anew."""
        self._verdicts.clear()

    @cached_property
    def _verdicts(self) -> dict[tuple[str, ...], Verdict]:
        return {}


def _contents(scenario: Scenario) -> tuple[str, ...]:
    """All that a plan's files tell of a scenario: what it is, what was assumed, and the order of its rows."""
    rows = [str(name) for table in ("products", "components") for name in scenario.table(table).iloc[:, 0]]
    return (scenario.digest(), *assumptions_file(scenario.notices).values(), *rows)


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
