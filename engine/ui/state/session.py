"""What one reader's session knows: the answers it has, and the one proof under way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import streamlit as st

from engine.decision import whatif
from engine.decision.plan import Plan
from engine.economics.draw import SampleCache
from engine.scenario.scenario import Scenario
from engine.ui.state.levers import WhatIf
from engine.ui.state.memo import digest_of
from engine.ui.work.jobs import Job, Stage
from engine.ui.work.preview import PreviewResult, Today, preview, preview_samples, today
from engine.ui.work.proof import ProofQueue, Proven, Refused, Verdict

_REMEMBERED = 20
_REST_SECONDS = 0.6


class Label(Enum):
    """What a number is worth."""

    PREVIEW = "preview"
    PROVEN = "proven"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A plan on the page, with the scenario it belongs to.

    Parameters
    ----------
    label : Label
    plan : Plan
    scenario : Scenario
        With the levers moved; a stale answer keeps its own.
    today : Plan or Today
        The current strategies with their best stocks.
    compared : bool
        The plan tells what the other strategies would cost; a preview does not.
    searched : int
        Samples of demand on which the plan was looked for; its costs may be those of more.
    """

    label: Label
    plan: Plan
    scenario: Scenario
    today: Plan | Today
    compared: bool
    searched: int = 0


@dataclass(slots=True)
class Slot:
    """The one proof that a session may have under way."""

    what_if: WhatIf | None = None
    job: Job[Verdict] | None = None

    def clear(self) -> None:
        """Stop what is under way."""
        if self.job is not None:
            proof_queue().cancel(self.job)
        self.what_if, self.job = None, None


@st.cache_resource(show_spinner=False)
def proof_queue() -> ProofQueue:
    """The queue that all sessions of this server share."""
    return ProofQueue(rest_seconds=_REST_SECONDS)


@st.cache_resource(scope="session", on_release=Slot.clear, show_spinner=False)
def slot() -> Slot:
    """The slot of the session running; its process is killed when the session ends."""
    return Slot()


def known_verdict(what_if: WhatIf) -> Verdict | None:
    """The verdict on a what-if, where its proof has ended in this session."""
    return _verdicts().get(what_if)


def quick_answer(given: Scenario, scenario: Scenario, what_if: WhatIf) -> PreviewResult | None:
    """The preview of a scenario as given with the levers moved, None where no plan seems to keep the rules.

    The same inputs are worked out once in a session.
    """
    previews: dict[tuple[WhatIf, str], PreviewResult | None] = st.session_state.setdefault("_previews", {})
    key = (what_if, digest_of(given))
    if key not in previews:
        previews[key] = preview(solver_of(given), scenario, _samples(what_if.scenario))
        while len(previews) > _REMEMBERED:
            del previews[next(iter(previews))]
    return previews[key]


def stop_other_proof(what_if: WhatIf) -> None:
    """Kill the proof of inputs that are no longer on the page."""
    mine = slot()
    if mine.what_if != what_if:
        mine.clear()


def start_proof(scenario: Scenario, what_if: WhatIf) -> None:
    """See that the proof of these inputs is under way, unless it has ended already."""
    mine = slot()
    if known_verdict(what_if) is None and mine.job is None:
        mine.what_if, mine.job = what_if, proof_queue().submit(scenario)


def look_after_proof() -> tuple[Stage | None, float]:
    """How far the proof is and for how many seconds it has run; an ended one is put among the verdicts."""
    mine = slot()
    if mine.job is None or mine.what_if is None:
        return None, 0.0
    stage = proof_queue().poll(mine.job)
    if stage is Stage.ENDED:
        # A job that was stopped has no verdict: the page drawn anew starts another.
        if mine.job.verdict is not None:
            _remember(mine.what_if, mine.job.verdict)
        mine.what_if, mine.job = None, None
        return stage, 0.0
    return stage, mine.job.seconds


def answer(
    given: Scenario, scenario: Scenario, what_if: WhatIf, verdict: Verdict | None, quick: PreviewResult | None
) -> Answer | None:
    """What the page shows: the proven plan, else the preview, else the answer before, marked stale; None at first."""
    found: Answer | None
    if isinstance(verdict, Proven):
        known = _proven_today(given, scenario, what_if, verdict.plan)
        found = Answer(label=Label.PROVEN, plan=verdict.plan, scenario=scenario, today=known,
                       compared=not verdict.plan.summary.get("not_compared"))  # fmt: skip
    elif isinstance(verdict, Refused) or quick is None:
        found = _stale(what_if)
    else:
        found = Answer(label=Label.PREVIEW, plan=quick.plan, scenario=scenario, today=quick.today, compared=False,
                       searched=quick.searched)  # fmt: skip
    if found is not None and found.label is not Label.STALE:
        st.session_state["_last_answer"] = (what_if.scenario, found)
    return found


def stale_answer(what_if: WhatIf) -> Answer | None:
    """The last answer to other inputs of the same scenario."""
    return _stale(what_if)


def _stale(what_if: WhatIf) -> Answer | None:
    name, last = st.session_state.get("_last_answer", ("", None))
    if name != what_if.scenario or not isinstance(last, Answer):
        return None
    return replace(last, label=Label.STALE)


def _proven_today(given: Scenario, scenario: Scenario, what_if: WhatIf, plan: Plan) -> Plan | Today:
    """The current strategies on the samples of the proof, worked out once."""
    known: dict[WhatIf, tuple[str, Plan | Today]] = st.session_state.setdefault("_todays", {})
    digest = str(plan.summary["input_sha256"])
    if what_if not in known or known[what_if][0] != digest:
        known[what_if] = (digest, today(solver_of(given), scenario, plan, _samples(what_if.scenario)))
        while len(known) > _REMEMBERED:
            del known[next(iter(known))]
    return known[what_if][1]


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def _samples(name: str) -> SampleCache:  # noqa: ARG001  (the key)
    return SampleCache()


def _remember(what_if: WhatIf, verdict: Verdict) -> None:
    verdicts = _verdicts()
    verdicts[what_if] = verdict
    while len(verdicts) > _REMEMBERED:
        del verdicts[next(iter(verdicts))]


def _verdicts() -> dict[WhatIf, Verdict]:
    verdicts: dict[WhatIf, Verdict] = st.session_state.setdefault("_verdicts", {})
    return verdicts


def solver_of(given: Scenario) -> whatif.WhatIf:
    """What a session keeps between the moves of its sliders: samples, prices, the last plan."""
    return _solver(digest_of(given), given)


@st.cache_resource(scope="session", max_entries=2, show_spinner=False)
def _solver(digest: str, _given: Scenario) -> whatif.WhatIf:  # noqa: ARG001  (the key)
    return whatif.WhatIf(_given, samples=preview_samples(_given), prepare=0.0)
