"""Studies: long commands that a reader starts, watches, cancels; the last results are remembered in the session.

One may also begin by itself, with what no study that was asked for needs: it makes room for each that is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from engine.errors import EngineError
from engine.ui.language import language, t
from engine.ui.layout import in_place
from engine.ui.state.memo import remember
from engine.ui.state.opened import draw_again
from engine.ui.turns import draw_every
from engine.ui.work.jobs import Job, JobQueue, Said, Stage

_REMEMBERED = 12
_POLL_SECONDS = 1.0
_REST_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A study that ended without a result; `words` are the engine's own, empty where it had none."""

    words: Said


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
    so_far : callable, optional
        Draws what the folder has by now, each second while the study is under way.
    """

    kind: str
    key: Hashable
    prepare: Callable[[Path], list[str]]
    read: Callable[[Path, int], object]
    share: Callable[[Path], float] | None = None
    so_far: Callable[[Path], None] | None = None


@dataclass(slots=True)
class Desk:
    """The one study that a session may have under way.

    Parameters
    ----------
    study : Study or None
    job : Job or None
    asked : bool
        A reader started it; else it began by itself.
    declined : set
        Studies that began by themselves and were stopped by the reader: they wait to be asked for.
    """

    study: Study | None = None
    job: Job[object] | None = None
    asked: bool = True
    declined: set[tuple[str, Hashable]] = field(default_factory=set)

    @property
    def queue(self) -> JobQueue[object]:
        """The queue of what is under way."""
        return study_queue() if self.asked else unasked_queue()

    def clear(self) -> None:
        """Stop what is under way."""
        if self.job is not None:
            self.queue.cancel(self.job)
        self.study, self.job, self.asked = None, None, True

    def decline(self) -> None:
        """Stop what is under way, as a reader wants it."""
        if self.study is not None and not self.asked:
            self.declined.add(_name(self.study))
        self.clear()


@st.cache_resource(show_spinner=False)
def study_queue() -> JobQueue[object]:
    """The queue that all sessions of this server share; proofs go first."""
    return JobQueue(niceness=15)


@st.cache_resource(show_spinner=False)
def unasked_queue() -> JobQueue[object]:
    """What began by itself, in all sessions of this server: one at a time, and last of all."""
    return JobQueue(most=1, niceness=19, rest_seconds=_REST_SECONDS)


@st.cache_resource(scope="session", on_release=Desk.clear, show_spinner=False)
def desk() -> Desk:
    """The desk of the session running; its process is killed when the session ends."""
    return Desk()


def result_of(study: Study) -> object | None:
    """The result, where it is known: what `read` gave, or `Trouble`."""
    return _results().get(_name(study))


def begin_beside(study: Study) -> None:
    """See that a study is under way that nobody asked for, unless it is known or declined, or another is under way."""
    mine = desk()
    if mine.job is None and result_of(study) is None and _name(study) not in mine.declined:
        mine.study, mine.job, mine.asked = study, unasked_queue().start(study.prepare, _reader(study)), False


def beside() -> Study | None:
    """The study under way that nobody asked for."""
    mine = desk()
    return None if mine.asked or mine.job is None else mine.study


def look_after_study() -> tuple[Stage | None, float | None]:
    """How far the study under way is, with the share that is done; an ended one is put among the results."""
    mine = desk()
    job, study = mine.job, mine.study
    if job is None or study is None:
        return None, None
    stage = mine.queue.poll(job)
    if stage is Stage.ENDED:
        verdict = job.verdict if job.verdict is not None else Trouble(words="")
        remember(_results(), _name(study), verdict, most=_REMEMBERED)
        mine.clear()
        return stage, None
    return stage, None if study.share is None else min(max(study.share(job.folder), 0.0), 1.0)


@in_place
def study_panel(study: Study) -> object | None:
    """The result of a study; without one draw how to get it, or how far it is, and return None."""
    result = result_of(study)
    mine = desk()
    if isinstance(result, Trouble):
        st.error(t("study.failed"))
        if result.words:
            with st.expander(t("trouble.details")):
                st.text(EngineError(result.words).words(language()))
    elif result is not None:
        return result
    same = mine.study is not None and _name(mine.study) == _name(study)
    if mine.job is not None and mine.study is not None and (mine.asked or same):
        _watch(study.kind, "" if same else t("study.other", other=t(f"study.{mine.study.kind}.start")))
        return None
    st.markdown(t(f"study.{study.kind}"))
    st.button(t(f"study.{study.kind}.start"), key=f"start_{study.kind}", on_click=_start, args=(study,))
    return None


def _start(study: Study) -> None:
    mine = desk()
    mine.clear()
    _results().pop(_name(study), None)
    mine.study, mine.job = study, study_queue().start(study.prepare, _reader(study))


def _reader(study: Study) -> Callable[[Path, int, Said], object]:
    def read(folder: Path, code: int, said: Said) -> object:
        try:
            return study.read(folder, code)
        except (OSError, ValueError, KeyError, IndexError):
            return Trouble(words=said)

    return read


def _watch(panel: str, other: str) -> None:
    """How far the study under way is, with a button that stops it; its end draws the page anew.

    Several panels of a page may watch the same study.
    """

    def line() -> None:
        mine = desk()
        stage, share = look_after_study()
        if mine.job is None:
            draw_again()
        _progress(mine.job, stage, share, panel, other)
        if mine.study is not None and mine.study.so_far is not None and not other:
            mine.study.so_far(mine.job.folder)

    draw_every(_POLL_SECONDS, line)


def _progress(job: Job[object], stage: Stage | None, share: float | None, panel: str, other: str) -> None:
    if other:
        st.markdown(other)
    elif stage is Stage.QUEUED:
        st.info(t("study.queued"))
    else:
        words = t("study.running", seconds=int(job.seconds))
        if share is None:
            st.info(words)
        else:
            st.progress(share, text=words)
    st.button(t("study.cancel_other" if other else "study.cancel"), key=f"cancel_{panel}", on_click=desk().decline)


def _name(study: Study) -> tuple[str, Hashable]:
    return study.kind, study.key


def _results() -> dict[tuple[str, Hashable], object]:
    results: dict[tuple[str, Hashable], object] = st.session_state.setdefault("_studies", {})
    return results
