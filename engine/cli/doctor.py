"""The command that looks whether this machine can run codp: doctor."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import typer

from engine.cli.decide import EXIT_FAULTY

PACKAGE = "codp"
# Below these a catalogue of thousands of connected products, or a report beside it, may not find room.
LITTLE_MEMORY = 2 * 2**30
LITTLE_DISK = 2**30


class State(StrEnum):
    """How a finding is meant."""

    fine = "ok"
    note = "note"
    bad = "FAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    Parameters
    ----------
    what : str
    state : State
    found : str
        What was found, and what would be right where it is not.
    """

    what: str
    state: State
    found: str


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(doctor)


def doctor() -> None:
    """Look whether this machine can run codp: versions, solver, folders, browser, cores and memory.

    Exit codes: 0 it can (notes say what is missing for tests or large cases), 1 it cannot.
    """
    bad = 0
    for finding in findings():
        typer.echo(f"{finding.state:<6} {finding.what:<14} {finding.found}")
        bad += finding.state is State.bad
    if bad:
        raise typer.Exit(EXIT_FAULTY)


def findings() -> Iterator[Finding]:
    """Each thing looked at, as it is found."""
    yield Finding(
        what="codp", state=State.fine, found=f"{_version(PACKAGE) or 'not installed, run from its sources'}; "
        f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
    )  # fmt: skip
    yield packages(requires(PACKAGE) if _version(PACKAGE) else [])
    yield solver()
    yield room()
    yield from folders()
    yield from optional()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def packages(needs: list[str] | None) -> Finding:
    """Whether what codp needs is there, in a version that it accepts.

    Parameters
    ----------
    needs : list of str or None
        Requirements as an installed package states them; those of an extra do not count.
    """
    from packaging.requirements import Requirement

    wanted = [need for need in map(Requirement, needs or []) if need.marker is None or need.marker.evaluate()]
    wrong = []
    for need in wanted:
        there = _version(need.name)
        if there is None:
            wrong.append(f"{need.name} is missing")
        elif not need.specifier.contains(there, prereleases=True):
            wrong.append(f"{need.name} {there} is not {need.specifier}")
    if wrong:
        told = f"{', '.join(wrong)}; 'pip install' codp again, with its constraints.txt"
        return Finding(what="packages", state=State.bad, found=told)
    told = f"{len(wanted)} needed, all there in versions that are accepted"
    return Finding(what="packages", state=State.fine, found=told)


def solver() -> Finding:
    """Whether a small case is decided, proven and certified: HiGHS, Pyomo and all between them."""
    began = time.perf_counter()
    try:
        from engine.decision.solve import solve
        from engine.scenario.examples import example
        from engine.scenario.read import read_scenario

        plan = solve(read_scenario(example("tiny")), samples=20).plan_or_raise()
    except Exception as error:  # noqa: BLE001  (whatever is broken, it is told)
        return Finding(what="solver", state=State.bad, found=f"the example 'tiny' is not decided: {error!r}")
    seconds = time.perf_counter() - began
    words = f"HiGHS {_version('highspy')}, Pyomo {_version('pyomo')}: the example 'tiny' is decided"
    proof = "and certified" if plan.summary.get("certified_by") else "but not certified"
    return Finding(what="solver", state=State.fine, found=f"{words} {proof} in {seconds:.1f} s")


def room() -> Finding:
    """Cores and memory."""
    from engine.report.machine import cores, memory_bytes

    memory = memory_bytes()
    told = f"{cores()} cores, " + ("memory unknown" if memory is None else f"{memory / 2**30:.1f} GiB of memory")
    if memory is not None and memory < LITTLE_MEMORY:
        told += "; enough for some hundred products, decide more in parts with 'codp batch run'"
        return Finding(what="machine", state=State.note, found=told)
    return Finding(what="machine", state=State.fine, found=told)


def folders() -> Iterator[Finding]:
    """Whether what codp writes has a place to go."""
    from engine.report.machine import store_folder

    for what, folder, without in (
        ("temporary", Path(tempfile.gettempdir()), "set TMPDIR to a folder that can be written"),
        ("store", store_folder(), "uploads and saved runs of the app end with it; set CODP_STORE to a folder"),
        ("here", Path.cwd(), "name an --out elsewhere"),
    ):
        refused = _refused(folder)
        needed = what == "temporary"
        if refused:
            state = State.bad if needed else State.note
            yield Finding(what=what, state=state, found=f"{folder}: {refused}; {without}")
            continue
        free = shutil.disk_usage(_there(folder)).free
        state, more = (State.note, ", which is little") if free < LITTLE_DISK else (State.fine, "")
        yield Finding(what=what, state=state, found=f"{folder} can be written, {free / 2**30:.1f} GiB free{more}")


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _refused(folder: Path) -> str:
    """Why nothing can be written there; '' where it can. Only trying tells."""
    try:
        with tempfile.TemporaryDirectory(prefix=".codp-doctor-", dir=_there(folder)):
            return ""
    except OSError as error:
        return f"cannot be written ({error.strerror or error})"


def optional() -> Iterator[Finding]:
    """What only some commands or tests need."""
    from engine.report.machine import chromium, data_folder

    dask = _version("distributed")
    told = f"Dask {dask}: 'codp batch run' uses all cores, or a cluster" if dask else (
        "not installed: 'codp batch run' needs --workers 0, or 'pip install codp[cluster]'"
    )  # fmt: skip
    yield Finding(what="cluster", state=State.fine if dask else State.note, found=told)
    browser = chromium()
    told = f"{browser}, for the browser tests" if browser else "none at CODP_CHROMIUM; the browser tests skip"
    yield Finding(what="browser", state=State.fine if browser else State.note, found=told)
    data = data_folder()
    told = f"{data}, for tests on real data" if data.is_dir() else "none at CODP_DATA; tests on real data skip"
    yield Finding(what="real data", state=State.fine if data.is_dir() else State.note, found=told)
    served = os.environ.get("STREAMLIT_SERVER_ADDRESS")
    if served and served not in {"127.0.0.1", "localhost", "::1"}:
        told = f"the app would answer on {served}, and it has no login; see docs/security.md"
        yield Finding(what="address", state=State.note, found=told)
