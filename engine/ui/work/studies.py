"""Studies: long commands that a reader starts, watches, cancels; the last results are remembered in the session."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from engine.ui.language import t
from engine.ui.state.memo import remember
from engine.ui.state.opened import draw_again
from engine.ui.work.jobs import Job, JobQueue, Stage

_REMEMBERED = 12
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A study that ended without a result; `words` are the engine's own, empty where it had none."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One long command.

    Parameters
    ----------
    kind : str
        Text keys ``study.<kind>`` (what it finds out) and ``study.<kind>.start`` (the button).
    key : hashable
        Everything the result depends on.
    prepare : callable
        Writes the inputs into a folder; the command.
    read : callable
        Folder and exit code to the result.
    share : callable, optional
        Folder to the share that is done.
    """

    kind: str
    key: Hashable
    prepare: Callable[[Path], list[str]]
    read: Callable[[Path, int], object]
    share: Callable[[Path], float] | None = None


@dataclass(slots=True)
class Desk:
    """The one study that a session may have under way."""

    study: Study | None = None
    job: Job[object] | None = None

    def clear(self) -> None:
        """Stop what is under way."""
        if self.job is not None:
            study_queue().cancel(self.job)
        self.study, self.job = None, None


@st.cache_resource(show_spinner=False)
def study_queue() -> JobQueue[object]:
    """The queue that all sessions of this server share; proofs go first."""
    return JobQueue(niceness=15)


@st.cache_resource(scope="session", on_release=Desk.clear, show_spinner=False)
def desk() -> Desk:
    """The desk of the session running; its process is killed when the session ends."""
    return Desk()


def result_of(study: Study) -> object | None:
    """The result, where it is known: what `read` gave, or `Trouble`."""
    return _results().get((study.kind, study.key))


def study_panel(study: Study) -> object | None:
    """The result of a study; without one draw how to get it, or how far it is, and return None."""
    found = result_of(study)
    mine = desk()
    if isinstance(found, Trouble):
        st.error(t("study.failed"))
        if found.words:
            with st.expander(t("trouble.details")):
                st.text(found.words)
    elif found is not None:
        return found
    if mine.job is not None and mine.study is not None:
        same = (mine.study.kind, mine.study.key) == (study.kind, study.key)
        _watch(study.kind, "" if same else t("study.other", other=t(f"study.{mine.study.kind}.start")))
        return None
    st.markdown(t(f"study.{study.kind}"))
    st.button(t(f"study.{study.kind}.start"), key=f"start_{study.kind}", on_click=_start, args=(study,))
    return None


def _start(study: Study) -> None:
    mine = desk()
    mine.clear()
    _results().pop((study.kind, study.key), None)

    def read(folder: Path, code: int, said: str) -> object:
        try:
            return study.read(folder, code)
        except (OSError, ValueError, KeyError, IndexError):
            return Trouble(words=said)

    mine.study, mine.job = study, study_queue().start(study.prepare, read)


def _watch(panel: str, other: str) -> None:
    """How far the study under way is, with a button that stops it; its end draws the page anew.

    Several panels of a page may watch the same study.
    """

    def line() -> None:
        mine = desk()
        if mine.job is None or mine.study is None:
            draw_again()
        stage = study_queue().poll(mine.job)
        if stage is Stage.ENDED:
            verdict = mine.job.verdict if mine.job.verdict is not None else Trouble(words="")
            remember(_results(), (mine.study.kind, mine.study.key), verdict, most=_REMEMBERED)
            mine.study, mine.job = None, None
            draw_again()
        _progress(mine.study, mine.job, stage, panel, other)

    st.fragment(line, run_every=_POLL_SECONDS)()


def _progress(study: Study, job: Job[object], stage: Stage, panel: str, other: str) -> None:
    if other:
        st.markdown(other)
    elif stage is Stage.QUEUED:
        st.info(t("study.queued"))
    else:
        share = min(max(study.share(job.folder), 0.0), 1.0) if study.share is not None else None
        words = t("study.running", seconds=int(job.seconds))
        if share is None:
            st.info(words)
        else:
            st.progress(share, text=words)
    st.button(t("study.cancel_other" if other else "study.cancel"), key=f"cancel_{panel}", on_click=desk().clear)


def _results() -> dict[tuple[str, Hashable], object]:
    found: dict[tuple[str, Hashable], object] = st.session_state.setdefault("_studies", {})
    return found
