"""The line that tells what the numbers are worth, and trouble in words."""

from __future__ import annotations

import streamlit as st

from engine.decision.outcome import conflict_of
from engine.errors import EngineError
from engine.report.sentences.proof import NO_GAP
from engine.ui.language import language, sentences, t
from engine.ui.layout import in_place
from engine.ui.state.opened import draw_again
from engine.ui.state.positions import put
from engine.ui.state.session import Answer, AnswerState, look_after_proof, slot
from engine.ui.state.ways_out import WayOut
from engine.ui.turns import draw_every
from engine.ui.words import gap
from engine.ui.words import share as share_words
from engine.ui.work.jobs import Stage
from engine.ui.work.proof import Failed, Proven, Refused, Verdict
from engine.ui.work.studies import beside, look_after_study

_POLL_SECONDS = 0.5


def monitor(
    answer: Answer | None, verdict: Verdict | None, ways: list[WayOut], *, previewed: bool
) -> None:
    """Draw the line, and keep looking while a proof or a judgement is under way; its end draws the page anew.

    Parameters
    ----------
    answer : Answer or None
    verdict : Verdict or None
    ways : list of WayOut
        Where no plan keeps the rules: changes of the inputs that leave one.
    previewed : bool
        A plan was found in the server.
    """

    def line() -> None:
        under_way = slot().job is not None
        other = slot().beside
        stage, seconds = look_after_proof()
        judged, share = look_after_study() if beside() is not None else (None, None)
        if (under_way and stage is Stage.ENDED) or judged is Stage.ENDED:
            draw_again()
        if other:
            # What is proven beside the page's own inputs is no news of them.
            stage = None
        if verdict is None and not previewed:
            st.warning(t("trouble.infeasible_checking"))
        _line(answer, verdict, stage, seconds, share)

    # The fragment stays at the page's top level: nested ones stop polling when their parent is drawn anew.
    draw_every(_POLL_SECONDS if slot().job is not None or beside() is not None else None, line)
    # Outside, since a button of a fragment draws nothing but the fragment anew.
    way_buttons(ways)


@in_place
def way_buttons(ways: list[WayOut]) -> None:
    """A button for each way out."""
    if not ways:
        return
    with st.container(horizontal=True, key="ways_out"):
        for n, way in enumerate(ways):
            st.button(way_words(way), key=f"way_out_{n}", on_click=put, args=(way.what_if,))


def way_words(way: WayOut) -> str:
    """What a way out does."""
    if way.kind == "unlock":
        return t("ways.unlock", product=way.product)
    if way.kind == "lever":
        return t("ways.lever", lever=t(f"lever.{way.lever}"), position=f"{way.position:g}")
    return t("ways.all")


def trouble(error: EngineError) -> None:
    """What the engine said, folded away."""
    with st.expander(t("trouble.details")):
        st.text(error.words(language()))


def _line(
    answer: Answer | None, verdict: Verdict | None, stage: Stage | None, seconds: float, judged: float | None
) -> None:
    if isinstance(verdict, Refused):
        lines = [f"- {conflict_of(conflict).words(language())}" for conflict in verdict.conflicts]
        st.error("\n".join([t("trouble.infeasible"), "", *lines]))
    elif isinstance(verdict, Failed):
        st.warning(t("trouble.timed_out" if verdict.timed_out else "trouble.proof"))
        if verdict.words:
            trouble(EngineError(verdict.words))
    told = [_state(answer, verdict, stage, seconds)]
    if judged is not None:
        told.append(t("state.judging", share=share_words(judged)))
    st.info(sentences(told))


def _state(answer: Answer | None, verdict: Verdict | None, stage: Stage | None, seconds: float) -> str:
    if answer is not None and isinstance(verdict, Proven):
        key = "state.proven" if answer.plan.whole_gap > NO_GAP else "state.optimal"
        return t(key, gap=gap(answer.plan.whole_gap), samples=f"{answer.plan.summary['samples']:,}")
    waits = "queued" if stage is Stage.QUEUED else "proving"
    under_way = stage in (Stage.QUEUED, Stage.RUNNING)
    if answer is None:
        return t(f"state.first_{waits}", seconds=int(seconds)) if under_way else t("state.none")
    if answer.label is AnswerState.STALE:
        return t(f"state.stale_{waits}", seconds=int(seconds)) if under_way else t("state.stale")
    total = int(answer.plan.summary["samples"])
    drawn = t("state.samples" if answer.searched >= total else "state.samples_fewer",
              samples=f"{answer.searched:,}", total=f"{total:,}")  # fmt: skip
    return t(f"state.{waits if under_way else 'unproven'}", seconds=int(seconds), samples=drawn)
