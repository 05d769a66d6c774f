"""Previews that tests share: of the same scenario they are the same, and take half of what a page takes to be drawn."""

from collections.abc import Hashable
from functools import partial

import pytest

from engine.decision.today import today_of
from engine.scenario.scenario import Scenario
from engine.ui.state import baselines, session
from engine.ui.state.memo import digest_of, kept
from engine.ui.work.preview import preview

_REMEMBERED = 60


def share(patch: pytest.MonkeyPatch) -> None:
    """Have previews, and what today's strategies cost, worked out once for all sessions of this process."""
    previews, todays = {}, {}

    def shared_preview(solver, scenario, cache=None):
        key = (solver.samples, _content(scenario))
        return kept(previews, key, partial(preview, solver, scenario, cache), most=_REMEMBERED)

    def shared_today(scenario, strategies, *, given=None, samples=None, cache=None):
        key = (_content(scenario), tuple(strategies), None if given is None else _content(given), samples)
        make = partial(today_of, scenario, strategies, given=given, samples=samples, cache=cache)
        return kept(todays, key, make, most=_REMEMBERED)

    patch.setattr(session, "preview", shared_preview)
    patch.setattr(baselines, "today_of", shared_today)


def apart(patch: pytest.MonkeyPatch) -> None:
    """Have each session work them out by itself, as in the app."""
    patch.setattr(session, "preview", preview)
    patch.setattr(baselines, "today_of", today_of)


def _content(scenario: Scenario) -> Hashable:
    """All that an answer is made of: the digest knows neither the order of rows nor what is told beside them."""
    return digest_of(scenario), tuple(scenario.products["product"]), repr(scenario.notices)
