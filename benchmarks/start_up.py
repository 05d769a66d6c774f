"""Processor seconds of whole commands: of another checkout and of this one, taking turns.

`python -m benchmarks.start_up OTHER`, where OTHER is the folder of the other.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

HERE = Path(__file__).resolve().parents[1]
COMMANDS = (
    ("--help",),
    ("check", "scenarios/tiny"),
    ("check", "scenarios/bicycles"),
    ("solve", "scenarios/tiny"),
    ("solve", "scenarios/bicycles"),
)
TURNS = 5


def seconds(checkout: Path, command: tuple[str, ...]) -> float:
    """Of the processor, from the interpreter's start to its end: other jobs lengthen the wall clock more."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/plan"] if command[0] == "solve" else []
        began = getrusage(RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "engine", *command, *out], check=True, cwd=checkout, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(checkout)},
        )  # fmt: skip
        ended = getrusage(RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def report(other: Path | None = None) -> list[str]:
    """Medians as a table, and the median of the ratios of neighbouring runs."""
    rows = ["| command | before s | now s | ratio |", "|---|---|---|---|"]
    for command in COMMANDS:
        turns = [(seconds(other, command) if other else float("nan"), seconds(HERE, command)) for _ in range(TURNS)]
        before, now = (statistics.median(side) for side in zip(*turns, strict=True))
        ratio = statistics.median(first / second for first, second in turns)
        rows.append(f"| `codp {' '.join(command)}` | {before:.2f} | {now:.2f} | {ratio:.2f} |")
    return rows


if __name__ == "__main__":
    print(*report(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else None), sep="\n")
