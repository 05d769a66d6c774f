"""Batch: decide a whole catalogue, watch it, stop it, go on, browse what was found."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from engine.catalog.results.report import BatchReport, batch_report
from engine.errors import EngineError
from engine.ui.language import t
from engine.ui.layout import in_place
from engine.ui.state.memo import kept
from engine.ui.state.opened import note_extra
from engine.ui.state.scenarios import scenario_names
from engine.ui.turns import draw_every
from engine.ui.views.batch.products import products_view
from engine.ui.views.batch.results import figures, tables
from engine.ui.views.batch.start import go_on, start_view
from engine.ui.views.status import trouble
from engine.ui.words import MISSING
from engine.ui.work.runs import Run, Standing, look_at, progress, registry, session_runs, written_runs

_STOPPING = "_batch_stopping"
_POLL_SECONDS = 1.0


def page() -> None:
    """Draw the page."""
    st.title(t("batch.title"))
    st.markdown(t("batch.about"))
    names = scenario_names()
    if not names:
        st.error(t("trouble.no_scenarios"))
        return
    start_view(names)
    runs = session_runs()
    note_extra("run", written_runs())
    if not runs:
        st.info(t("batch.none"))
        return
    run = runs[0]
    listed(runs)
    st.header(t("batch.run", name=run.about["name"], products=f"{run.about['products']:,}"))
    watch(run)
    if registry().standing(run) is Standing.COMPLETE:
        results(run)


@in_place
def listed(runs: list[Run]) -> None:
    """Draw the runs of this session, each with how far it is; a button puts it on the page."""
    if len(runs) < 2:
        return
    with st.expander(t("batch.runs", count=len(runs)), key="batch_runs_box"):
        for number, run in enumerate(runs):
            words, chosen = st.columns([4, 1], vertical_alignment="center")
            standing = t(f"batch.standing.{registry().standing(run).value}")
            began = run.about.get("began")
            day = MISSING if began is None else f"{dt.datetime.fromtimestamp(float(began), dt.UTC):%Y-%m-%d %H:%M} UTC"
            words.markdown(t("batch.runs.line", name=run.about["name"], products=f"{run.about['products']:,}",
                             standing=standing, began=day))  # fmt: skip
            chosen.button(t("batch.runs.show"), key=f"batch_show_{run.key}", on_click=look_at, args=(run,),
                          disabled=number == 0, width="stretch")  # fmt: skip


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
                remaining = MISSING if told.seconds_left is None else t("batch.left", seconds=told.seconds_left)
                words = t("batch.progress", done=f"{told.done:,}", products=f"{told.products:,}", left=remaining)
            st.progress(0.0 if told is None else min(told.share, 1.0), text=words)
            stop(run)
        elif now is Standing.STOPPED:
            st.warning(t("batch.full" if registry().full() else "batch.stopped"))
            st.button(t("batch.resume"), key="batch_resume", on_click=go_on, args=(run,))
            if (why := run.why) is not None:
                trouble(EngineError(why))
            elif run.said:
                with st.expander(t("trouble.details")):
                    st.text("\n".join(run.said[-20:]))

    if before is Standing.RUNNING:
        draw_every(_POLL_SECONDS, line)
    else:
        line()


def stop(run: Run) -> None:
    """The button that stops a run, which asks first."""
    if st.session_state.get(_STOPPING) != run.key:
        st.button(t("batch.stop"), key="batch_stop", on_click=_ask, args=(run.key,))
        return
    st.markdown(t("batch.stop.ask"))
    one, two = st.columns(2)
    one.button(t("batch.stop.do"), key="batch_stop_do", on_click=_stop, args=(run,), width="stretch")
    two.button(t("batch.stop.keep"), key="batch_stop_keep", on_click=_ask, args=("",), width="stretch")


def _ask(key: str) -> None:
    st.session_state[_STOPPING] = key


def _stop(run: Run) -> None:
    _ask("")
    registry().stop(run)


def results(run: Run) -> None:
    """What the run found."""
    memo: dict[str, BatchReport] = st.session_state.setdefault("_batch_reports", {})
    try:
        report = kept(memo, run.key, lambda: batch_report(run.out), most=2)
        figures(report)
        products_view(run, report)
    except EngineError as error:
        st.error(t("batch.unreadable"))
        trouble(error)
        return
    tables(report)


if __name__ == "__main__":
    page()
