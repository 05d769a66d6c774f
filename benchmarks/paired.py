"""Whole commands before and after a change, both versions in turn in one run: what else the machine does cancels.

    python -m benchmarks paired=REVISION

Processor seconds of the command and all that it starts, the least of the repeats. Each version runs on its own bundled
scenarios; the risk and lost-sales instances are drawn by this version and written for both.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.instances import group
from benchmarks.waiting import as_installed
from engine.scenario.files.workbook import write_workbook
from engine.scenario.scenario import Scenario
from engine.scenario.settings import Risk

ROOT = Path(__file__).resolve().parents[1]
BUNDLED = ("tiny", "bicycles", "industrial-pumps", "spare-parts")
REPEATS = 2
LIMIT_SECONDS = 900


def report(revision: str, *, repeats: int = REPEATS) -> list[str]:
    """The table; a command that a version does not end well has no time."""
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        git = shutil.which("git") or "git"
        subprocess.run([git, "worktree", "add", "-q", "--detach", str(before), revision], cwd=ROOT, check=True)
        try:
            return _table(Path(folder), before, repeats)
        finally:
            subprocess.run([git, "worktree", "remove", "--force", str(before)], cwd=ROOT, check=True)


def _table(folder: Path, before: Path, repeats: int) -> list[str]:
    rows = ["| command | before s | after s | after / before |", "|---|---|---|---|"]
    for name, arguments in _commands(folder).items():
        least = {"before": float("inf"), "after": float("inf")}
        for _ in range(repeats):
            for version, root in (("before", before), ("after", ROOT)):
                least[version] = min(least[version], _seconds(root, arguments, folder / f"out-{version}"))
        old, new = least["before"], least["after"]
        shown = [f"{each:.1f}" if each < float("inf") else "no plan" for each in (old, new)]
        ratio = f"{new / old:.2f}" if max(old, new) < float("inf") else ""
        rows.append(f"| {name} | {shown[0]} | {shown[1]} | {ratio} |")
    return rows


def _commands(folder: Path) -> dict[str, list[str]]:
    """What is run, by its name in the table; the folder of results comes last."""
    commands = {"`codp check scenarios/tiny`": ["check", "scenarios/tiny"]}
    for name in BUNDLED:
        commands[f"`codp solve scenarios/{name}`"] = ["solve", f"scenarios/{name}", "--out"]
    commands["`codp compare scenarios/bicycles --variant nearer-suppliers`"] = [
        "compare", "scenarios/bicycles", "--variant", "nearer-suppliers", "--out",
    ]  # fmt: skip
    for name, scenario in _drawn().items():
        write_workbook(scenario, folder / f"{name}.xlsx")
        commands[f"`codp solve`, {name}"] = ["solve", str(folder / f"{name}.xlsx"), "--out"]
    return commands


def _drawn() -> dict[str, Scenario]:
    risky = group(60, samples=150).with_settings(risk=Risk(cvar_weight=0.3, cvar_level=0.9))
    lost = group(100, samples=200)
    goods = lost.products.assign(price=2.0 * lost.products["unit_cost"], lost_share_if_late=0.2)
    return {"CVaR 60 x 150": risky, "lost sales 100 x 200": replace(lost, products=goods)}


def _seconds(root: Path, arguments: list[str], out: Path) -> float:
    """Processor seconds of one command of the version under `root`; infinite where it fails."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "engine", *arguments, *([str(out)] if arguments[-1] == "--out" else [])]
    began = _spent()
    try:
        done = subprocess.run(
            command, cwd=root, env={**as_installed(), "PYTHONPATH": str(root)}, capture_output=True, check=False,
            timeout=LIMIT_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return float("inf")
    return _spent() - began if done.returncode == 0 else float("inf")


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
