"""What each product's weeks would be at the level of today without season: what mean, CV and family are fitted to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.demand.book.book import order_book
from engine.demand.book.history import History, histories
from engine.demand.book.life import YEAR_WEEKS
from engine.demand.fitting.curve import Series
from engine.demand.fitting.gaps import sells_in_season
from engine.demand.fitting.level import Level, adding_up, level_of, of_whole_years
from engine.demand.fitting.patterns import seasonal
from engine.demand.fitting.season import Season, family_seasons, seasons_of
from engine.demand.fitting.totals import MONTH_WEEKS
from engine.demand.streams import Array
from engine.scenario.scenario import Scenario

_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationary:
    """A history with level, trend and season taken out.

    Parameters
    ----------
    weeks : shape (weeks,)
        Units of each week (or month) as it would be at today's level without season.
    level : Level
        Of the deseasonalised weeks.
    season : Season or None
    sample_cv : float
        Of the weeks as they were.
    cv : float
        What level and season leave open.
    """

    weeks: Array
    level: Level
    season: Season | None
    sample_cv: float
    cv: float

    @property
    def leverage(self) -> float:
        """Variance of today's fitted week over the square of a week's CV, both of a level of 1.

        Each number of a season of the product's own adds 1 / weeks on average over the year.
        """
        numbers = 0 if self.season is None or self.season.source == "family" else len(self.season.coefficients)
        return self.level.leverage + numbers / max(1, len(self.weeks))

    @property
    def freedom(self) -> int:
        """Numbers fitted to the product's own weeks."""
        numbers = 0 if self.season is None or self.season.source == "family" else len(self.season.coefficients)
        return self.level.freedom + numbers

    @property
    def changed(self) -> bool:
        """Whether level or season differ from the mean of all weeks."""
        return self.season is not None or self.level.kind != "flat"


def stationary(history: History, family: Season | None = None) -> Stationary:
    """Take level and season out of a history, as `taken_out` does.

    Parameters
    ----------
    history : History
    family : Season, optional
        Of the product's family.
    """
    return taken_out(history, _seasons([history], [family])[0])


def taken_out(history: History, season: Season | None) -> Stationary:
    """Take the level and a season out of a history.

    The fitted week is mu_k = L_k f_k, the level times the factor of the season (of a season of its own, that of the
    other years, so that what is left open is that of weeks held out). With p numbers of the level,

        cv^2 = n / (n - p) * sum ((y_k - mu_k)^2 / mu_k) / sum mu_k,

    which is right both where the CV is the same all year and where the variance is in proportion to the mean (Pearson's
    statistic over the mean), and the sample CV where the level is flat and there is no season.

    Parameters
    ----------
    history : History
    season : Season or None
    """
    weeks = history.weeks
    years = years_of(history)
    mean = float(weeks.mean()) if len(weeks) else 0.0
    sample_cv = float(weeks.std(ddof=1)) / mean if mean > 0.0 and len(weeks) > 1 else 0.0
    factor = np.ones(len(weeks)) if season is None else season.factor(years)
    level = level_of(weeks / factor, history.places, bucket_weeks=history.bucket_weeks)
    if season is None and level.kind == "flat":
        if history.bucket_weeks == 1.0 and len(weeks) % YEAR_WEEKS and (seasonal(weeks) or sells_in_season(weeks)):
            level = of_whole_years(weeks, history.places)
            weeks = weeks * (level.now / mean)
        return Stationary(weeks=weeks, level=level, season=None, sample_cv=sample_cv, cv=sample_cv)
    if level.kind == "flat":
        level = adding_up(weeks, factor)
    fitted = level.path * factor
    held_out = level.path * (factor if season is None else season.held_out_factor(years))
    share = float(((weeks - held_out) ** 2 / held_out).sum()) / float(held_out.sum())
    cv = float((share * len(weeks) / max(1, len(weeks) - level.freedom)) ** 0.5)
    return Stationary(
        weeks=weeks * (level.now / fitted), level=level, season=season, sample_cv=sample_cv, cv=cv
    )


def years_of(history: History) -> Array:
    """Middle of each week in years, the fraction being that of the calendar year.

    Where the days are not known, the first week is one of the first days of a year.
    """
    if history.start is None:
        days = (history.places + 0.5) * history.bucket_weeks * 7.0
        return np.asarray(days / _YEAR_DAYS, dtype=np.float64)
    each = history.bucket
    if each.months:
        months = history.start.year * 12 + history.start.month - 1 + each.months * history.places
        return np.asarray((months + 0.5 * each.months) / 12.0, dtype=np.float64)
    first = (history.start - np.datetime64("1970-01-01")).days
    return np.asarray((first + (history.places + 0.5) * each.length_days) / _YEAR_DAYS, dtype=np.float64)


def stationaries(past: Mapping[str, History], families: Mapping[str, str]) -> dict[str, Stationary]:
    """Each history with level and season taken out, seasons pooled by family where that predicts better.

    Parameters
    ----------
    past : mapping of str to History
        By product.
    families : mapping of str to str
        Family of each product; '' for none.
    """
    members: dict[str, list[str]] = {}
    for name in past:
        if families.get(name):
            members.setdefault(families[name], []).append(name)
    of_family = family_seasons({family: [_series(past[name]) for name in names] for family, names in members.items()})
    seasons = _seasons(list(past.values()), [of_family.get(families.get(name, "")) for name in past])
    return {name: taken_out(history, season) for (name, history), season in zip(past.items(), seasons, strict=True)}


def _seasons(histories: Sequence[History], families: Sequence[Season | None]) -> list[Season | None]:
    """The season of each history, or that of its family."""
    # Periods longer than a month tell too little of a season's form.
    told = [k for k, one in enumerate(histories) if one.weeks.any() and one.bucket.length_weeks <= MONTH_WEEKS]
    found = seasons_of([_series(histories[k]) for k in told], [families[k] for k in told])
    seasons: list[Season | None] = [None] * len(histories)
    for k, season in zip(told, found, strict=True):
        seasons[k] = season
    return seasons


def _series(history: History) -> Series:
    return history.weeks, years_of(history)


def scenario_weeks(scenario: Scenario, products: Collection[str]) -> dict[str, tuple[float, ...]]:
    """Weeks that the `empirical` distribution draws from, at today's level without season.

    Longer periods are spread evenly over their weeks. A product whose book is shorter than a week has one week.

    Parameters
    ----------
    scenario : Scenario
    products : collection of str
    """
    book = order_book(scenario)
    families = dict(zip(scenario.products["product"], scenario.products["family"], strict=True))
    past = histories(book, set(scenario.products["product"]))
    series = stationaries({name: past[name] for name in past if name in products or families.get(name)}, families)
    weeks: dict[str, tuple[float, ...]] = {}
    for name in products:
        if name in series and series[name].weeks.size:
            weeks[name] = tuple((series[name].weeks / past[name].bucket_weeks).tolist())
        else:
            lines = book.lines
            weeks[name] = (float(max(0.0, lines.loc[lines["product"] == name, "quantity"].sum())),)
    return weeks
