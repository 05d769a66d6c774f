"""How far stocks swing with a season: stated anew for each product and part, by gamma quantiles of SciPy."""

import numpy as np
import pytest
from scipy import stats

from engine.economics.build import scenario_season
from engine.scenario.derived import derive
from tests.scenarios import make_scenario, season_rows

KEEP = 0.25 + 0.1
PRODUCTS = (
    {"demand_per_week": 40.0, "demand_cv": 0.6, "unit_cost": 50.0, "late_cost_per_unit_day": 0.4, "assembly_days": 1.0,
     "lead_time_target_days": 4.0, "replenishment_days": 21.0, "replenishment_cv": 0.3, "make_days": 30.0,
     "disposal_cost_per_unit": 7.0},
    {"demand_per_week": 9.0, "distribution": "poisson", "demand_cv": "", "unit_cost": 80.0, "batch_size": 12.0,
     "late_cost_per_unit_day": 0.9, "lead_time_target_days": 0.0, "replenishment_days": 14.0, "make_days": 30.0,
     "on_time_target": 0.97},
    {"demand_per_week": 15.0, "demand_cv": 1.1, "unit_cost": 30.0, "late_cost_per_unit_day": 0.02,
     "lead_time_target_days": 2.0, "replenishment_days": 18.0, "make_days": 30.0},
)  # fmt: skip
PARTS = (
    {"unit_cost": 12.0, "lead_time_days": 20.0, "lead_time_cv": 0.4, "min_order_quantity": 60.0},
    {"unit_cost": 5.0, "lead_time_days": 28.0, "disposal_cost_per_unit": 2.0},
    # Bought after the order: nobody who waits four days needs it to follow.
    {"unit_cost": 3.0, "lead_time_days": 2.0},
)
BOM = {"P1": {"C1": 2, "C2": 1, "C3": 1}, "P2": {"C1": 1}, "P3": {"C2": 4}}
SEASONS = [*season_rows(0.5, periods=52, product="P1"), *season_rows(0.4, periods=4, product="P2")]
CASES = {
    "average": {},
    "continuous review": {"review_days": 0},
    "end of the cycle": {"cost_timing": "period_end"},
    "longer reviews": {"review_days": 14},
}


def scenario(**settings):
    products = [{"obsolescence_per_year": 0.1, **row} for row in PRODUCTS]
    parts = [{"obsolescence_per_year": 0.1, **row} for row in PARTS]
    return make_scenario(products, components=parts, bom=BOM, seasons=SEASONS, **settings)


class Oracle:
    """The swing of every level, by the words of the module."""

    def __init__(self, made):
        self.season, settings = scenario_season(made), made.settings
        self.review = settings.review_days
        self.since = self.review * (1.0 if settings.cost_timing == "period_end" else 0.5)
        self.daily = np.array([row["demand_per_week"] for row in PRODUCTS]) / 7.0
        cv = np.array([0.6, 1.0 / 3.0, 1.1])
        self.variance = 7.0 * (self.daily * cv) ** 2
        self.wait, self.assembly = np.array([4.0, 0.0, 2.0]), np.array([1.0, 0.0, 0.0])
        self.late = 365.0 * np.array([row["late_cost_per_unit_day"] for row in PRODUCTS])
        self.target = np.array([0.0, 0.97, 0.0])
        self.keep = KEEP * np.array([row["unit_cost"] for row in PRODUCTS]) + 0.1 * np.array([7.0, 0.0, 0.0])
        self.part_keep = KEEP * np.array([row["unit_cost"] for row in PARTS]) + 0.1 * np.array([0.0, 2.0, 0.0])

    def days(self, lead, wait):
        return max(lead + self.since - wait, 0.0)

    def spread(self, i, days, lead, cv):
        """Variance of demand over its days, and of the days themselves: lead times and the instant of the cycle."""
        return days * self.variance[i] + self.daily[i] ** 2 * ((lead * cv) ** 2 + self.review**2 / 12.0)

    def service(self, short, over, i):
        return min(max(short / (short + over), self.target[i], 0.05), 0.999)

    def rise(self, i, mean, spread, all_mean, all_spread, lots, service):
        """mu + z sigma_i^2 / sigma; half of that of single orders, whose variance rises as their mean does."""
        z = (stats.gamma(all_mean**2 / all_spread, scale=all_spread / all_mean).ppf(service) - all_mean) / np.sqrt(
            all_spread
        )
        return mean + (0.5 if i == 1 else 1.0) * z * spread / np.sqrt(all_spread + lots**2 / 12.0)

    def factors(self, i, days):
        """Mean factor of the days covered, from each day of a week on, week by week; the last has eight days."""
        by_day = [float(self.season.year.mean(i, day + 0.5, max(days, 1.0))) for day in range(365)]
        return np.array([np.mean(by_day[7 * week : 7 * week + 7 if week < 51 else 365]) for week in range(52)])

    def stock(self, i):
        row = PRODUCTS[i]
        lead, cv = row["replenishment_days"], row.get("replenishment_cv", 0.0)
        days = self.days(lead, self.wait[i])
        mean, spread = self.daily[i] * days, self.spread(i, days, lead, cv)
        service = self.service(self.late[i], self.keep[i], i)
        return self.rise(i, mean, spread, mean, spread, row.get("batch_size", 0.0), service) * (
            self.factors(i, days) - 1.0
        )

    def line(self, i, c):
        lead, cv = PARTS[c]["lead_time_days"], PARTS[c].get("lead_time_cv", 0.0)
        users = [(j, BOM[f"P{j + 1}"][f"C{c + 1}"]) for j in range(3) if f"C{c + 1}" in BOM[f"P{j + 1}"]]
        kit = [sum(q * self.part_keep[int(name[1]) - 1] for name, q in BOM[f"P{j + 1}"].items()) for j in range(3)]
        total = use = asked = 0.0
        for j, q in users:
            days = self.days(lead, self.wait[j] - self.assembly[j])
            total += q**2 * self.spread(j, days, lead, cv)
            use += q * self.daily[j]
            own = q * self.part_keep[c]
            asked += q * self.daily[j] * self.service(self.late[j] + kit[j] - own, own, j)
        days = self.days(lead, self.wait[i] - self.assembly[i])
        q = dict(users)[i]
        rise = self.rise(
            i, self.daily[i] * days, q * self.spread(i, days, lead, cv), use * days, total,
            PARTS[c].get("min_order_quantity", 0.0), asked / use,
        )  # fmt: skip
        return rise * (self.factors(i, days) - 1.0)


@pytest.mark.parametrize("case", CASES)
def test_levels_swing_by_what_their_costs_and_days_ask_for(case):
    made = scenario(**CASES[case])
    oracle = Oracle(made)
    season = oracle.season
    np.testing.assert_allclose(season.stock[0], oracle.stock(0), rtol=1e-9, atol=1e-9)
    # Whole units swing by whole units, up to where halves are rounded.
    assert (season.stock[1] == np.round(season.stock[1])).all()
    np.testing.assert_allclose(season.stock[1], oracle.stock(1), atol=0.5 + 1e-9)
    assert (season.stock[2] == 0.0).all()
    first = season.lines[season.line[0, 0]]
    np.testing.assert_allclose(first, oracle.line(0, 0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(season.lines[season.line[0, 1]], oracle.line(0, 1), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(season.lines[season.line[1, 0]], oracle.line(1, 0), atol=0.5 + 1e-9)
    assert (season.lines[season.line[2, 1]] == 0.0).all()
    assert (season.lines[season.line[0, 2]] == 0.0).all()
    # By the week of the review, in any year; of what is not taken nothing.
    days = np.array([3.0, 364.5, 365.0 + 10.0])
    np.testing.assert_array_equal(season.stock_swing(0, days), season.stock[0][[0, 51, 1]])
    np.testing.assert_array_equal(season.line_swing(0, 0, days), first[[0, 51, 1]])
    np.testing.assert_array_equal(season.line_swing(1, 1, days), np.zeros(3))
    assert season.in_orders.tolist() == [False, True, False]
    assert season.wait_days.tolist() == [4.0, 0.0, 2.0]
    assert season.slack_days.tolist() == [3.0, 0.0, 2.0]


def test_windows_have_the_factor_of_the_days_in_which_they_were_ordered():
    season = scenario_season(scenario())
    due, days = np.array([100.0, 200.0]), np.array([[20.0, 5.0], [-6.0, -3.0]])
    for part, wait in ((False, 4.0), (True, 3.0)):
        found = season.window_factor(0, due, days, part=part)
        for row, lengths in enumerate(days):
            for k, length in enumerate(lengths):
                # What lies ahead of a window below zero is ordered after it.
                first = due[k] - wait - max(length, 0.0)
                grid = first + (np.arange(4000) + 0.5) / 4000 * abs(length)
                factor = np.mean([float(season.year.mean(0, at, 0.0)) for at in grid[::40]])
                assert found[row, k] == pytest.approx(factor, abs=4e-3)


@pytest.mark.parametrize("budget", [60_000.0, 9_000.0, 4_000.0])
def test_levels_that_keep_a_budget_swing_less(budget):
    """A unit of money in stock costs so much more that finished stocks alone, demand taken for normal, keep it."""
    free, bound = scenario(), scenario(inventory_budget=budget)
    oracle, found = Oracle(bound), scenario_season(bound)
    value = np.array([row["unit_cost"] for row in PRODUCTS])
    lots = np.array([0.0, 12.0, 0.0])
    lead = np.array([row["replenishment_days"] for row in PRODUCTS])
    days = np.array([oracle.days(lead[i], oracle.wait[i]) for i in range(3)])
    spread = np.sqrt(np.array([oracle.spread(i, days[i], 0.0, 0.0) for i in range(3)]))

    def worth(price):
        service = np.array([oracle.service(oracle.late[i], oracle.keep[i] + price * value[i], i) for i in range(3)])
        z = stats.norm.ppf(service)
        return (value * (spread * (z * service + stats.norm.pdf(z)) + lots / 2.0)).sum()

    low, high = 0.0, 100.0
    if worth(0.0) <= budget:
        high = 0.0
        np.testing.assert_array_equal(found.stock, scenario_season(free).stock)
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if worth(middle) > budget else (low, middle)
    oracle.keep, oracle.part_keep = oracle.keep + high * value, oracle.part_keep + high * np.array([12.0, 5.0, 3.0])
    np.testing.assert_allclose(found.stock[0], oracle.stock(0), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.lines[found.line[0, 1]], oracle.line(0, 1), rtol=1e-6, atol=1e-6)
    assert derive(bound).batch.tolist() == [0.0, 12.0, 0.0]
