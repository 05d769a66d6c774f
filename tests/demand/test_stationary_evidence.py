"""What the choice of level and season is worth on weeks held out of real books.

``CODP_EVIDENCE=full`` takes every product; otherwise every fifth one.
"""


import numpy as np
import pandas as pd
import pytest

from engine.demand.book.history import History
from engine.demand.book.life import Cleaning, in_life
from engine.demand.fitting.curve import curves_fitted
from engine.demand.fitting.season import Season
from engine.demand.fitting.stationary import stationary, years_of
from tests.evidence import FULL

HELD_OUT, WINDOW = 26, 8
# No error counts as more than five times the mean, so that no single part decides.
_MOST = 25.0

pytestmark = pytest.mark.evidence


@pytest.fixture(scope="module")
def spare_parts(data_dir):
    frame = pd.read_csv(data_dir / "man_spare_parts" / "weekly.csv.gz", dtype={"sku": str}).set_index("sku")
    weekly = np.maximum(frame.to_numpy(dtype=float), 0.0)
    weekly = weekly[(weekly > 0.0).sum(axis=1) >= 20]
    return weekly if FULL else weekly[::5]


@pytest.fixture(scope="module")
def adventureworks(data_dir):
    lines = pd.read_csv(data_dir / "adventureworks" / "sales_lines.csv.gz", parse_dates=["order_date"])
    last = pd.Timestamp("2020-05-31")
    lines = lines[lines["order_date"] <= last]
    week = (last - lines["order_date"]).dt.days // 7
    weeks = week.max() - week
    table = lines.pivot_table(index="product", columns=weeks, values="qty", aggfunc="sum", fill_value=0)
    weekly = table.reindex(columns=range(int(weeks.max()) + 1), fill_value=0).to_numpy(dtype=float)
    still = (weekly[:, -HELD_OUT:] > 0.0).sum(axis=1) > 4
    return weekly[still & (weekly[:, :54] > 0.0).any(axis=1)]


def forecasts(weeks):
    """Held-out weeks as the choice has them, and as always flat and always seasonal would."""
    alive, cleaned = in_life(weeks[:-HELD_OUT], Cleaning())
    first = cleaned.weeks_before_launch
    history = History(product="P", weeks=alive, place=first + np.arange(len(alive)))
    later = History(product="P", weeks=np.zeros(HELD_OUT), place=len(weeks) - HELD_OUT + np.arange(HELD_OUT))
    found, years = stationary(history), years_of(later)
    mean = np.full(HELD_OUT, alive.mean())
    chosen = np.full(HELD_OUT, found.level.now) * (1.0 if found.season is None else found.season.factor(years))
    coefficients = curves_fitted([(alive, years_of(history))], 1, "linear")[0] if len(alive) >= 104 else None
    always = mean
    if coefficients is not None:
        forced = Season(coefficients=coefficients, shape="linear", source="own", ratio=1.0)
        factor = forced.factor(years_of(history))
        always = (alive / factor).mean() * forced.factor(years)
    return {"chosen": chosen, "flat": mean, "seasonal": always}, alive.mean(), found


def errors(books):
    rows, seasons, moved = [], 0, 0
    for weeks in books:
        made, mean, found = forecasts(weeks)
        if mean <= 0.0:
            continue
        seasons, moved = seasons + (found.season is not None), moved + (found.level.kind != "flat")
        after = weeks[-HELD_OUT:]
        starts = range(0, HELD_OUT - WINDOW + 1, 6)
        rows.append({
            name: min(_MOST, np.mean([
                ((after[k : k + WINDOW].sum() - one[k : k + WINDOW].sum()) / (WINDOW * mean)) ** 2 for k in starts
            ]))
            for name, one in made.items()
        })  # fmt: skip
    return pd.DataFrame(rows).mean(), len(rows), seasons, moved


def test_the_choice_beats_always_flat_and_always_seasonal(spare_parts, adventureworks):
    for name, books in (("spare parts", spare_parts), ("AdventureWorks", adventureworks)):
        mean, count, seasons, moved = errors(books)
        told = ", ".join(f"{key} {value:.3f}" for key, value in mean.items())
        print(f"{name}: {count} products, {seasons} with a season, {moved} with another level: squared error {told}")
        assert mean["chosen"] <= mean["flat"] * 1.005
        assert mean["chosen"] < mean["seasonal"]
