"""The words of faults: what is wrong and what would be right; English, then Simplified Chinese."""

from __future__ import annotations

from engine.words.faults_catalogue import CATALOGUE
from engine.words.faults_cells import CELLS
from engine.words.faults_files import FILES
from engine.words.faults_imports import IMPORTS
from engine.words.faults_plans import PLANS
from engine.words.faults_results import RESULTS
from engine.words.faults_settings import SETTINGS
from engine.words.faults_tables import TABLES
from engine.words.faults_work import WORK

# Reasons among whose values each stands on a line of its own.
LISTED = "listed"
# What every fault is made of.
_SHARED: dict[str, tuple[str, str]] = {
    "fault": ("{count} fault", "{count} 处错误"),
    "faults": ("{count} faults", "{count} 处错误"),
    "scenario_faulty": ("{count} in the scenario:", "场景中有 {count}："),
    LISTED: ("{head}\n{faults}", "{head}\n{faults}"),
    "more_alike": ("and {count:,} more of this kind there", "同一处另有 {count:,} 处同类错误"),
    "line": ("  {fault}", "  {fault}"),
    "at": ("{place}: {why}", "{place}：{why}"),
    "of": ("'{name}': {why}", "“{name}”：{why}"),
    "plain": ("{text}", "{text}"),
    "then": ("{found}; {right}", "{found}；{right}"),
    "either": ("{first} or {last}", "{first} 或 {last}"),
    "did_you_mean": ("did you mean '{name}'?", "是否指“{name}”？"),
    "none_known": ("there are none", "目前一个也没有"),
    "known_are": ("known are: {names}", "可用的有：{names}"),
    "known_are_more": ("known are: {names} and {more:,} more", "可用的有：{names}，另有 {more:,} 个"),
}

FAULTS: dict[str, tuple[str, str]] = {
    **_SHARED, **CELLS, **TABLES, **SETTINGS, **FILES, **CATALOGUE, **IMPORTS, **PLANS, **WORK, **RESULTS,
}  # fmt: skip
