"""Batch: decide a whole catalogue, watch it, stop it, go on, browse what was found."""

from __future__ import annotations

import streamlit as st

from engine.catalog.report import BatchReport, batch_report
from engine.errors import EngineError
from engine.ui.language import t
from engine.ui.state.opened import note_extra
from engine.ui.state.scenarios import load_scenario, scenario_names, scenario_title
from engine.ui.views.frames import frame_view
from engine.ui.views.status import trouble
from engine.ui.views.tabs import named
from engine.ui.words import MISSING, gap, money
from engine.ui.work.runs import Run, Standing, new_run, progress, registry, run_of

_RUN, _CATALOGUE = "batch_run", "batch_catalogue"
_POLL_SECONDS = 1.0


def page() -> None:
    """Draw the page."""
    st.title(t("batch.title"))
    st.markdown(t("batch.about"))
    names = scenario_names()
    if not names:
        st.error(t("trouble.no_scenarios"))
        return
    run = run_of(str(st.session_state.get(_RUN) or st.query_params.get("run", "")))
    if run is not None:
        st.session_state[_RUN] = run.key
        note_extra("run", run.key)
    start(names)
    if run is None:
        st.info(t("batch.none"))
        return
    st.header(t("batch.run", name=run.about["name"], products=f"{run.about['products']:,}"))
    watch(run)
    if registry().standing(run) is Standing.COMPLETE:
        results(run)


def start(names: list[str]) -> None:
    """Choose a catalogue and begin."""
    wanted = st.session_state.get(_CATALOGUE) or st.session_state.get("scenario")
    st.session_state[_CATALOGUE] = wanted if wanted in names else names[0]
    name = str(st.selectbox(t("batch.catalogue"), names, format_func=named(names, scenario_title), key=_CATALOGUE,
                            help=t("batch.catalogue.help"), persist_state="session"))  # fmt: skip
    if st.button(t("batch.start"), key="batch_start"):
        try:
            scenario = load_scenario(name)
        except EngineError as error:
            st.error(t("trouble.read", scenario=scenario_title(name)))
            trouble(error)
            return
        before = run_of(str(st.session_state.get(_RUN, "")))
        if before is not None:
            registry().stop(before)
        if registry().full():
            st.warning(t("batch.full"))
            return
        run = new_run(scenario)
        registry().begin(run)
        st.session_state[_RUN] = run.key
        st.rerun()


def watch(run: Run) -> None:
    """Progress, with the button that stops or goes on; a change of standing draws the page anew."""
    before = registry().standing(run)

    def line() -> None:
        now = registry().standing(run)
        if now is not before:
            st.rerun()
        told = progress(run)
        if now is Standing.RUNNING:
            words = t("batch.laying_out")
            if told is not None:
                left = MISSING if told.seconds_left is None else t("batch.left", seconds=told.seconds_left)
                words = t("batch.progress", done=f"{told.done:,}", products=f"{told.products:,}", left=left)
            st.progress(0.0 if told is None else min(told.share, 1.0), text=words)
            st.button(t("batch.stop"), key="batch_stop", on_click=registry().stop, args=(run,))
        elif now is Standing.STOPPED:
            st.warning(t("batch.stopped"))
            st.button(t("batch.resume"), key="batch_resume", on_click=registry().begin, args=(run,))
            if run.said:
                with st.expander(t("trouble.details")):
                    st.text("\n".join(run.said[-20:]))

    st.fragment(line, run_every=_POLL_SECONDS if before is Standing.RUNNING else None)()


def results(run: Run) -> None:
    """What the run found."""
    try:
        found = batch_report(run.out)
    except EngineError as error:
        st.error(t("batch.unreadable"))
        trouble(error)
        return
    summary, currency = found.summary, str(found.summary["currency"])
    one, two, three = st.columns(3)
    for column, key, value, detail in (
        (one, "batch.cost", money(float(summary["objective_per_year"]), currency),
         t("headline.gap", gap=gap(float(summary["gap"])))),
        (two, "batch.products", f"{summary['products']:,}", t("batch.rejected", count=summary["rejected_rows"])),
        (three, "batch.seconds", f"{float(summary['seconds']):,.0f}", t("batch.samples", samples=summary["samples"])),
    ):  # fmt: skip
        with column.container(border=True, height="stretch", gap="xxsmall"):
            st.metric(t(key), value)
            st.markdown(detail)
    _tables(found, currency)


def _tables(found: BatchReport, currency: str) -> None:
    st.header(t("batch.mix"))
    st.markdown(t("batch.money", currency=currency))
    mix = found.mix.rename(columns={"expected_cost_per_year": "cost_per_year"})
    frame_view(mix, ["family", "products", "MTS", "ATO", "MTO", "cost_per_year", "inventory_value"],
               alt=t("batch.mix"), codes={"family": lambda name: name or t("inputs.all_families")})  # fmt: skip
    st.header(t("batch.switches"))
    if found.switches.empty:
        st.markdown(t("batch.no_switch"))
    else:
        frame_view(found.switches, ["product", "family", "current_strategy", "strategy", "saving_per_year"],
                   alt=t("batch.switches"), codes={"product": str, "family": str})  # fmt: skip
    st.header(t("batch.regret"))
    regret = found.regret.copy()
    regret["range"] = [t("batch.range", low=money(float(a)), high=money(float(b)) if b < float("inf") else "∞")
                       for a, b in zip(regret["from"], regret["to"], strict=True)]  # fmt: skip
    regret = regret.rename(columns={"regret_per_year": "together_per_year"})
    frame_view(regret, ["range", "products", "together_per_year"], alt=t("batch.regret"), codes={"range": str})


if __name__ == "__main__":
    page()
