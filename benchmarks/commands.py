"""Whole commands, one after the other in one run: seconds by the clock and of the processor, beside what is wanted.

AdventureWorks is there where its data are (`CODP_DATA`); catalogues are written anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.catalogue import measure
from benchmarks.instances import data_folder
from benchmarks.waiting import run_command

CATALOGUE = 100_000
# Seconds that a command of a machine of this size should take.
GOALS: Mapping[str, float] = {
    "`codp check scenarios/tiny`": 0.8, "`codp solve scenarios/tiny`": 1.5, "`codp solve scenarios/bicycles`": 3.0,
    "`codp solve scenarios/industrial-pumps`": 4.0, "`codp solve scenarios/spare-parts`": 4.0,
    "`codp solve`, AdventureWorks imported": 8.0, "`codp compare`, bicycles, three cases": 6.0,
    "`codp frontier scenarios/bicycles --points 10`": 40.0, "`codp simulate scenarios/bicycles`": 12.0,
    "`codp confidence scenarios/bicycles`": 40.0,
}  # fmt: skip
_CATALOGUES = ((0.0, "lone", 6.0), (0.5, "half coupled", 45.0))


def report(*, products: int = CATALOGUE, only: tuple[str, ...] = tuple(GOALS)) -> list[str]:
    """The table."""
    lines = ["| command | seconds | processor s | goal s |", "|:--|--:|--:|--:|"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if len(only) > 1:
            # What is compiled at the first start of a version is compiled here.
            run_command(["solve", "scenarios/tiny", "--out", str(folder / "first")])
        for name, command in _commands(folder):
            if name in only:
                seconds, processor = run_command(command)
                lines.append(f"| {name} | {seconds:.1f} | {processor:.1f} | {GOALS[name]:g} |")
        for share, kind, goal in _CATALOGUES:
            run = measure(products, share, folder=folder / kind.replace(" ", "-"))
            name = f"catalogue of {products:,}, {kind}, two workers"
            lines.append(f"| {name} | {run.seconds:.1f} | {run.cpu_seconds:.1f} | {goal:g} |")
    return lines


def _commands(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Every command by its name in the table; each is run before the next is asked for."""
    names = iter(GOALS)
    bicycles = "scenarios/bicycles"
    yield next(names), ["check", "scenarios/tiny"]
    for scenario in ("tiny", "bicycles", "industrial-pumps", "spare-parts"):
        yield next(names), ["solve", f"scenarios/{scenario}", "--out", str(folder / scenario)]
    adventureworks, data = next(names), data_folder()
    if data is not None:
        run_command(["import", "adventureworks", str(data / "adventureworks"), "--out", str(folder / "aw")])
        yield adventureworks, ["solve", str(folder / "aw"), "--out", str(folder / "aw-plan")]
    variants = ["--variant", "nearer-suppliers", "--variant", "shorter-promises"]
    yield next(names), ["compare", bicycles, *variants, "--out", str(folder / "compare")]
    yield next(names), ["frontier", bicycles, "--points", "10", "--out", str(folder / "frontier")]
    for name in ("simulate", "confidence"):
        yield next(names), [name, bicycles, "--out", str(folder / name)]
