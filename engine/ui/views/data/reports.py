"""Reports to hand over: workbook, page and deck in either language, written by the command in a process of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from engine.decision.plan import Plan
from engine.report.files import write_plan, write_results
from engine.scenario.scenario import Scenario
from engine.ui.language import language, t
from engine.ui.state.baselines import scenario_as_given
from engine.ui.state.session import known_verdict
from engine.ui.state.situation import Situation
from engine.ui.text import LANGUAGES, OWN_NAMES
from engine.ui.views.decide.frontier import refined_points
from engine.ui.views.decide.moves import lock_prices
from engine.ui.views.decide.waves import waves_of
from engine.ui.views.downloads import file_name
from engine.ui.views.notices import this_day
from engine.ui.views.tabs import named
from engine.ui.work.compare_study import cases_beside
from engine.ui.work.interval import saving_interval
from engine.ui.work.proof import Proven, write_down
from engine.ui.work.studies import Study, study_panel
from engine.ui.work.trust_study import EVIDENCE, evidence_of

_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}


def reports_view(inputs: Situation) -> None:
    """Draw the choice, and the button that writes or hands over."""
    st.header(t("reports.header"))
    scenario, verdict = inputs.scenario, known_verdict(inputs.what_if)
    if scenario is None or not isinstance(verdict, Proven):
        st.info(t("reports.wait"))
        return
    plan = _as_told(inputs, verdict.plan)
    st.markdown(t("reports.about"))
    evidence, today = evidence_of(plan), this_day()
    st.markdown(t("reports.evidence.all" if len(evidence) == len(EVIDENCE) else "reports.evidence.some"))
    beside = _beside(inputs, scenario, plan)
    parts = [t(f"reports.with.{part}") for part in beside]
    if parts:
        st.markdown(t("reports.with", parts=t("list.join").join(parts)))
    one, two = st.columns(2)
    form = str(one.radio(t("reports.format"), list(_FORMATS), format_func=named(list(_FORMATS), _format),
                         key="report_format", horizontal=True))  # fmt: skip
    spoken = str(two.radio(t("reports.language"), LANGUAGES, format_func=OWN_NAMES.__getitem__, key="report_language",
                           index=LANGUAGES.index(language()), horizontal=True))  # fmt: skip

    def prepare(folder: Path) -> list[str]:
        write_down(scenario, folder / "scenario")
        write_plan(plan, folder / "plan")
        for kind, one in evidence.items():
            write_results(folder / kind, one.tables, one.summary)
        options = [word for kind in evidence for word in ("--evidence", str(folder / kind))]
        for part, write in beside.items():
            write(folder / part)
            options += ["--as-given" if part == "given" else "--evidence", str(folder / part)]
        if "given" in beside:
            write_down(scenario_as_given(inputs.base, inputs.what_if), folder / "scenario-given")
            options += ["--given", str(folder / "scenario-given")]
        return ["report", str(folder / "plan"), "--scenario", str(folder / "scenario"), "--out",
                str(folder / f"report.{form}"), "--language", spoken, "--date", today.isoformat(),
                *options]  # fmt: skip

    def read(folder: Path, _: int) -> bytes:
        return (folder / f"report.{form}").read_bytes()

    priced = tuple(plan.summary.get("lock_prices_per_year", {}).items())
    key = (plan.summary["input_sha256"], plan.objective_per_year, form, spoken, tuple(evidence), tuple(beside), today,
           priced)  # fmt: skip
    data = study_panel(Study(kind="report", key=key, prepare=prepare, read=read))
    if isinstance(data, bytes):
        st.success(t("reports.ready"))
        st.download_button(
            t("reports.download", format=_format(form), spoken=OWN_NAMES["zh" if spoken == "zh" else "en"]),
            data, file_name=file_name(scenario.name, f".{form}"), mime=_FORMATS[form], key="report_download",
            on_click="ignore",
        )  # fmt: skip


def _beside(inputs: Situation, scenario: Scenario, plan: Plan) -> dict[str, Callable[[Path], None]]:
    """What else the session has found about the plan: how each is written into a folder, by its name."""
    parts: dict[str, Callable[[Path], None]] = {}
    given = known_verdict(inputs.what_if.as_given) if inputs.what_if.changes else None
    if isinstance(given, Proven):
        parts["given"] = partial(write_plan, given.plan)
    waves, points = waves_of(scenario), refined_points(scenario)
    # Waves lead to the plan that their command makes, which a proof that ran out of time is not.
    if waves is not None and math.isclose(waves.summary["plan_per_year"], plan.objective_per_year, rel_tol=1e-6):
        parts["waves"] = partial(write_results, tables=waves.tables, summary=waves.summary)
    of_data, cases = {"input_sha256": plan.summary["input_sha256"]}, cases_beside(inputs.base, plan)
    if points is not None:
        parts["frontier"] = partial(write_results, tables={"frontier": points}, summary=of_data)
    if cases is not None:
        parts["cases"] = partial(write_results, tables={"cases": cases}, summary=of_data)
    return parts


def _as_told(inputs: Situation, plan: Plan) -> Plan:
    """The plan with what pages tell of it: what sampling leaves of its saving, and the prices of the reader's locks."""
    if inputs.answer is None:
        return plan
    interval, locks = saving_interval(inputs.answer), lock_prices(inputs.what_if, inputs.answer)
    told = ({} if interval is None else {"saving_interval": interval}) | (
        {"lock_prices_per_year": locks} if locks else {}
    )
    return replace(plan, summary={**plan.summary, **told})


def _format(form: str) -> str:
    return t(f"reports.{form}")
