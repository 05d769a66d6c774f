"""Books of a known season: what is fitted to them, beside a fit that knows the season's form and its weights."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.demand.book.history import History
from engine.demand.fitting.season import Season
from engine.demand.fitting.stationary import stationary, years_of

LEVEL, CV, DEPTH, WEEKS = 40.0, 0.3, 0.5, 156
START = pd.Timestamp("2022-01-03")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of each book, shape (books,).

    Parameters
    ----------
    cv : numpy.ndarray
        Fitted around level and season.
    drawn : numpy.ndarray
        Of the weeks around the true season.
    off, known_off : numpy.ndarray
        How far the factor of a month is off at most: fitted, and fitted by the one who knows the form.
    """

    cv: np.ndarray
    drawn: np.ndarray
    off: np.ndarray
    known_off: np.ndarray


def wave(days):
    """A yearly sine of 50% that begins with the first week of the book."""
    return 1.0 + DEPTH * np.sin(2.0 * np.pi * days / 364.0)


def true_months():
    """Its mean in each month of a year, shape (12,)."""
    days = np.arange(365.0)
    month = (days / 365.0 * 12.0).astype(int)
    return np.bincount(month, weights=wave(days - 2.0)) / np.bincount(month)


def knowing(history):
    """Months by weighted least squares of a sine and cosine with the true weights: no linear estimate is nearer."""
    angle = 2.0 * np.pi * years_of(history)
    mean = wave(7.0 * (history.places + 0.5))
    columns = np.column_stack([np.ones(len(angle)), np.sin(angle), np.cos(angle)])
    found = np.linalg.lstsq(columns / mean[:, None], history.weeks / mean, rcond=None)[0]
    return Season(coefficients=found[1:] / found[0], shape="linear", source="own", ratio=1.0).months()


def books(count):
    """What is found in books drawn from one process, book by book."""
    found, truth, places = [], true_months(), np.arange(WEEKS)
    mean = LEVEL * wave(7.0 * (places + 0.5))
    for seed in range(count):
        weeks = np.random.default_rng(1000 + seed).gamma(1.0 / CV**2, CV**2 * mean)
        history = History(product="P", weeks=weeks, place=places, start=START)
        one = stationary(history)
        months = np.ones(12) if one.season is None else one.season.months()
        found.append((
            one.cv, (weeks / mean).std(ddof=1), np.abs(months - truth).max(),
            np.abs(knowing(history) - truth).max(),
        ))  # fmt: skip
    cv, drawn, off, known_off = np.array(found).T
    return Found(cv=cv, drawn=drawn, off=off, known_off=known_off)
