"""What one reader's session knows: the answers it has, and the one proof under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import pandas as pd
import streamlit as st

from engine.decision import whatif
from engine.decision.plan import Plan
from engine.decision.today import Broken, Today
from engine.demand.redraw import Redraw
from engine.economics.exposure.draw import SampleCache
from engine.notices import Notice
from engine.report.as_shown import decisions_as_shown
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import LeverState
from engine.ui.state.memo import digest_of, kept
from engine.ui.work.jobs import Job, Stage
from engine.ui.work.preview import PreviewResult, preview, preview_samples
from engine.ui.work.proof import ProofQueue, Proven, Refused, Verdict

_LAST_ANSWER, STRATEGIES_TOLD = "_last_answer", "_strategies"
_REMEMBERED = 20
_REST_SECONDS = 0.6


class AnswerState(Enum):
    """What a number is worth."""

    PREVIEW = "preview"
    PROVEN = "proven"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsGiven:
    """The plan of the scenario with nothing changed.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
    today : Today or None
        In the world as given; None where no current strategies are named.
    proven : bool
        Else it is a preview.
    same_world : bool
        The inputs on the page differ from it in rules alone, which cannot save anything.
    """

    plan: Plan
    scenario: Scenario
    today: Today | None
    proven: bool
    same_world: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan on the page, with the scenario it belongs to.

    Parameters
    ----------
    label : AnswerState
    plan : Plan
    scenario : Scenario
        With the levers moved; a stale answer keeps its own.
    compared : bool
        The plan tells what the other strategies would cost; a preview does not.
    searched : int
        Samples of demand on which the plan was looked for; its costs may be those of more.
    today : Today or None
        The current strategies with their best stocks in the same world; None where none are named.
    given : AsGiven or None
        None where the scenario as given has no plan.
    broken : tuple of Broken
        Rules of the plan that today does not keep.
    """

    label: AnswerState
    plan: Plan
    scenario: Scenario
    compared: bool
    searched: int = 0
    today: Today | None = None
    given: AsGiven | None = None
    broken: tuple[Broken, ...] = ()

    @property
    def decisions(self) -> pd.DataFrame:
        """The plan's decisions, their amounts as pages show them."""
        return decisions_as_shown(self.plan.decisions)


@dataclass(slots=True)
class Slot:
    """The one proof that a session may have under way.

    Parameters
    ----------
    what_if : LeverState or None
    job : Job or None
    beside : bool
        Of inputs that are not on the page, for what is told next to their answer.
    """

    what_if: LeverState | None = None
    job: Job[Verdict] | None = None
    beside: bool = False

    def clear(self) -> None:
        """Stop what is under way."""
        if self.job is not None:
            proof_queue().cancel(self.job)
        self.what_if, self.job, self.beside = None, None, False


@st.cache_resource(show_spinner=False)
def proof_queue() -> ProofQueue:
    """The queue that all sessions of this server share."""
    return ProofQueue(rest_seconds=_REST_SECONDS)


@st.cache_resource(scope="session", on_release=Slot.clear, show_spinner=False)
def slot() -> Slot:
    """The slot of the session running; its process is killed when the session ends."""
    return Slot()


def forget_other_files(name: str, base: Scenario) -> None:
    """Forget what was proven and told of a scenario whose files have changed since: it is known by its name.

    Parameters
    ----------
    name : str
    base : Scenario
        As its files give it now.
    """
    files: dict[str, tuple[str, tuple[Notice, ...]]] = st.session_state.setdefault("_files", {})
    now = digest_of(base), base.notices
    before, files[name] = files.get(name, now), now
    if before == now:
        return
    for what_ifs in (_verdicts(), st.session_state.get(STRATEGIES_TOLD, {})):
        for what_if in [one for one in what_ifs if one.scenario == name]:
            del what_ifs[what_if]
    mine = slot()
    if mine.what_if is not None and mine.what_if.scenario == name:
        mine.clear()
    if st.session_state.get(_LAST_ANSWER, ("",))[0] == name:
        del st.session_state[_LAST_ANSWER]


def known_verdict(what_if: LeverState) -> Verdict | None:
    """The verdict on a what-if, where its proof has ended in this session."""
    return _verdicts().get(what_if)


def tell_plan(what_if: LeverState, plan: Plan) -> None:
    """Have the proven plan of a what-if told as this one wherever it is shown, kept or handed over."""
    if isinstance(_verdicts().get(what_if), Proven):
        _verdicts()[what_if] = Proven(plan=plan)


def quick_answer(given: Scenario, scenario: Scenario, what_if: LeverState) -> PreviewResult | None:
    """The preview of a scenario as given with the levers moved, None where no plan seems to keep the rules.

    The same inputs are worked out once in a session.
    """
    previews: dict[tuple[LeverState, str], PreviewResult | None] = st.session_state.setdefault("_previews", {})
    key = (what_if, digest_of(given))
    return kept(
        previews, key,
        lambda: preview(solver_of(given, what_if.scenario), scenario, samples_of(what_if.scenario)), most=_REMEMBERED,
    )  # fmt: skip


def stop_other_proof(what_if: LeverState) -> None:
    """Kill the proof of inputs that are no longer on the page; what is proven beside them waits for them."""
    mine = slot()
    if mine.what_if != what_if and not (mine.beside and known_verdict(what_if) is not None):
        mine.clear()


def start_proof(scenario: Scenario, what_if: LeverState) -> None:
    """See that the proof of these inputs is under way, unless it has ended already."""
    mine = slot()
    if known_verdict(what_if) is None and mine.job is None:
        mine.what_if, mine.job, mine.beside = what_if, proof_queue().submit(scenario), False


def prove_beside(scenario: Scenario, what_if: LeverState) -> None:
    """See that the proof of other inputs than the page's is under way once theirs has ended."""
    mine = slot()
    if known_verdict(what_if) is None and mine.job is None:
        mine.what_if, mine.job, mine.beside = what_if, proof_queue().submit(scenario), True


def look_after_proof() -> tuple[Stage | None, float]:
    """How far the proof is and for how many seconds it has run; an ended one is put among the verdicts."""
    mine = slot()
    job, what_if = mine.job, mine.what_if
    if job is None or what_if is None:
        return None, 0.0
    stage = proof_queue().poll(job)
    if stage is not Stage.ENDED:
        return stage, job.seconds
    # A job that was stopped has no verdict: the page drawn anew starts another.
    if job.verdict is not None:
        remember_verdict(what_if, job.verdict)
    mine.clear()
    return stage, 0.0


def answer(
    scenario: Scenario, what_if: LeverState, verdict: Verdict | None, quick: PreviewResult | None
) -> Answer | None:
    """What the page shows: the proven plan, else the preview, else the answer before, marked stale; None at first."""
    if isinstance(verdict, Proven):
        return Answer(label=AnswerState.PROVEN, plan=verdict.plan, scenario=scenario,
                      compared=not verdict.plan.summary.get("not_compared"))  # fmt: skip
    if isinstance(verdict, Refused) or quick is None:
        return _stale(what_if)
    state = AnswerState.PREVIEW
    return Answer(label=state, plan=quick.plan, scenario=scenario, compared=False, searched=quick.searched)


def stock_today(scenario: str) -> float | None:
    """Inventory that today's strategies hold in the world of the last answer to a scenario; None before the first."""
    name, last = st.session_state.get(_LAST_ANSWER, ("", None))
    today = last.today if name == scenario and isinstance(last, Answer) else None
    return None if today is None else today.inventory_value


def keep_answer(what_if: LeverState, shown: Answer) -> None:
    """Remember what the page shows, to be shown as stale where the next inputs have no plan."""
    st.session_state[_LAST_ANSWER] = (what_if.scenario, shown)


def stale_answer(what_if: LeverState) -> Answer | None:
    """The last answer to other inputs of the same scenario."""
    return _stale(what_if)


def _stale(what_if: LeverState) -> Answer | None:
    name, last = st.session_state.get(_LAST_ANSWER, ("", None))
    if name != what_if.scenario or not isinstance(last, Answer):
        return None
    return replace(last, label=AnswerState.STALE)


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def samples_of(name: str) -> SampleCache:  # noqa: ARG001  (the key)
    """What is drawn of a scenario on all samples."""
    # The lever of variability draws every path anew: from the first move on it begins with what was drawn before.
    return SampleCache(redraw=Redraw())


def remember_verdict(what_if: LeverState, verdict: Verdict) -> None:
    """Keep what the proof of some inputs has ended with."""
    verdicts = _verdicts()
    verdicts[what_if] = verdict
    # What is as given is held against for as long as the session lasts.
    forgotten = [state for state in verdicts if state.changes]
    for state in forgotten[: max(len(verdicts) - _REMEMBERED, 0)]:
        del verdicts[state]


def _verdicts() -> dict[LeverState, Verdict]:
    verdicts: dict[LeverState, Verdict] = st.session_state.setdefault("_verdicts", {})
    return verdicts


def solver_of(given: Scenario, name: str) -> whatif.WhatIf:
    """What a session keeps between the moves of its sliders: samples, prices, the last plan."""
    return _solver(digest_of(given), name, given)


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def _solver(digest: str, name: str, _given: Scenario) -> whatif.WhatIf:  # noqa: ARG001  (the key)
    searched = preview_samples(_given)
    # On all samples it is today's strategies that are drawn for next.
    cache = samples_of(name) if searched == _given.settings.samples else None
    return whatif.WhatIf(_given, samples=searched, prepare=0.0, cache=cache)
