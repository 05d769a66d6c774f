"""Runs kept on the server: a proven plan under a name, to be held against later ones on the page Compare."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from engine.decision.plan import Plan
from engine.errors import EngineError
from engine.report.files import PLAN_TABLES, read_plan, write_plan
from engine.ui.state import store
from engine.ui.state.uploads import Given, unzipped
from engine.words.faults import LISTED
from engine.words.reason import cause

_PREFIX, _DIGITS, _MOST = "run-", 32, 200
_KEY = re.compile(rf"{_PREFIX}[0-9a-f]{{{_DIGITS}}}")
_ABOUT, _SESSION = "about.json", "_saved_runs"
_LONGEST_NAME = 60
_FILES = {*(f"{name}.csv" for name in PLAN_TABLES), "summary.json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """A plan as it was proven.

    Parameters
    ----------
    key : str
    name : str
        In the words of whoever kept it.
    cost_per_year : float
    currency : str
    samples, seed : int
        What it was proven on.
    """

    key: str
    name: str
    cost_per_year: float
    currency: str
    samples: int
    seed: int


def keep(plan: Plan, name: str) -> str:
    """Keep a plan under a name; its key."""
    name = name.strip()[:_LONGEST_NAME]
    said = json.dumps([name, str(plan.summary.get("input_sha256")), plan.objective_per_year,
                       plan.decisions["strategy"].tolist()])  # fmt: skip
    key = _PREFIX + hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]
    place = store.folder() / key
    if not (place / _ABOUT).is_file():
        write_plan(plan, place)
        about = {"name": name, "cost_per_year": plan.objective_per_year, "currency": str(plan.summary["currency"]),
                 "samples": int(plan.summary["samples"]), "seed": int(plan.summary["seed"])}  # fmt: skip
        (place / _ABOUT).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    store.forget_oldest(_KEY, _MOST)
    return key


def keep_upload(name: str, data: bytes) -> str:
    """Keep a plan that was downloaded from here or written by ``codp solve --out`` and zipped.

    Raises
    ------
    EngineError
        Where the archive holds no complete plan.
    """
    parts = [part for part in unzipped(Given(name=name, data=data)) if part.name in _FILES]
    scratch = Path(tempfile.mkdtemp(prefix="codp-run-"))
    try:
        for part in parts:
            (scratch / part.name).write_bytes(part.data)
        try:
            return keep(read_plan(scratch), Path(name).stem)
        except (EngineError, KeyError, TypeError, ValueError) as error:
            wanted = ", ".join(sorted(_FILES))
            head = cause("run_none", file=name, files=wanted)
            why = error.cause if isinstance(error, EngineError) else None
            # The engine's head names a folder that the reader has never seen; the faults below it are of their files.
            if why is not None and why.kind == LISTED:
                head = replace(why, values={**why.values, "head": head})
            raise EngineError(head) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def place_of(key: str) -> Path | None:
    """Folder of a run; None where there is none of this key."""
    if not _KEY.fullmatch(key):
        return None
    place = store.folder() / key
    return place if (place / _ABOUT).is_file() else None


def saved_runs() -> list[SavedRun]:
    """Runs of this session, the latest last; those no longer on the server are left out."""
    keys: list[str] = st.session_state.get(_SESSION, [])
    runs = []
    for key in keys:
        place = place_of(key)
        if place is not None:
            about: Mapping[str, object] = json.loads((place / _ABOUT).read_text(encoding="utf-8"))
            runs.append(
                SavedRun(key=key, name=str(about["name"]), cost_per_year=float(str(about["cost_per_year"])),
                         currency=str(about["currency"]), samples=int(str(about["samples"])),
                         seed=int(str(about["seed"])))
            )  # fmt: skip
    return runs


def add_run(key: str) -> None:
    """Offer a run in this session."""
    keys: list[str] = st.session_state.get(_SESSION, [])
    if key not in keys:
        st.session_state[_SESSION] = [*keys, key]


def drop_run(key: str) -> None:
    """Offer it no more; it stays on the server for other sessions."""
    st.session_state[_SESSION] = [other for other in st.session_state.get(_SESSION, []) if other != key]


def written() -> str:
    """The runs of this session as a link holds them."""
    return ",".join(st.session_state.get(_SESSION, []))


def read_link(said: str) -> None:
    """Offer the runs that a link names."""
    for key in said.split(","):
        if place_of(key) is not None:
            add_run(key)
