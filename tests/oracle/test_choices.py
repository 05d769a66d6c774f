"""The strategies that the engine chooses against all others, each with stocks tuned by simulation.

`CODP_EVIDENCE=full` tries all strategies of forty systems and writes docs/evidence/choices.md; otherwise of a few, on
fewer days, with a tolerance as much wider.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.evidence import FULL
from tests.oracle.choices import Choices, descend
from tests.oracle.page import measured, table, write_section
from tests.oracle.promises import solved
from tests.oracle.simulation import Simulation
from tests.oracle.systems import draw_pair_system

SYSTEMS = range(40) if FULL else (8, 17)
SAMPLES = 4000 if FULL else 1000
# Days that stocks are tuned on, and others on which choices are compared.
TUNED, COMPARED = ((10, 3000.0), (20, 8000.0)) if FULL else ((4, 600.0), (10, 2000.0))
WITHIN, IN = (0.01, 38) if FULL else (0.03, 2)

COMMAND = "CODP_EVIDENCE=full python -m pytest -p no:randomly tests/oracle/test_choices.py"
NOTE = """
Two or three products on two shared parts, reviews every 0 and 7 days, gamma demand with a weekly CV of 0.4 to 1.8,
customers who wait for less than the longest lead time, every strategy open. Each system is decided on 4,000 samples.
Then all 9 or 27 choices of strategies are simulated order by order, first come first served, by a program that shares
no formula with the model (`tests/oracle`). The stocks of each choice are tuned on the same orders, 30,000 days, by
descent from the plan's stocks and from two others. The best six and the chosen one are compared on 160,000 days of
other orders. Money a year, with premiums. *Chosen* is what the engine's strategies cost with the stocks tuned by
simulation, *as planned* with the engine's own stocks, both against the best choice; *next* is the best of the other
choices.
"""


@dataclass(frozen=True)
class Trial:
    """A system's choices on orders that no stock was tuned on; costs in money a year."""

    chosen: tuple[str, ...]
    costs: dict[tuple[str, ...], float]
    planned: float
    worst: float

    @property
    def best(self) -> tuple[str, ...]:
        return min(self.costs, key=self.costs.__getitem__)

    def above(self, cost: float) -> float:
        """How much more than the best it costs, relatively."""
        return cost / self.costs[self.best] - 1.0

    @property
    def regret(self) -> float:
        """Of the chosen strategies."""
        return self.above(self.costs[self.chosen])

    @property
    def next(self) -> float:
        """Of the best of the others."""
        return self.above(min(cost for choice, cost in self.costs.items() if choice != self.best))


def tried(number: int) -> Trial:
    """All choices of a system."""
    system = draw_pair_system(number)
    promise = solved(system.scenario(samples=SAMPLES), certified=False, compared=False)
    runs, days = TUNED
    choices = Choices(system.plant, seed=300 + number, runs=runs, days=days)
    choices.tune({"goods": promise.levels, "parts": promise.part_levels}, promise.strategies)
    ranked = choices.ranked()
    runs, days = COMPARED
    fresh = Simulation(system.plant, seed=700 + number, runs=runs, days=days)
    kept = dict.fromkeys([*ranked[:6], promise.strategies])
    planned = fresh.outcome(promise.strategies, promise.levels, promise.part_levels).cost
    return Trial(
        chosen=promise.strategies,
        costs={choice: choices.afresh(choice, fresh) for choice in kept},
        planned=planned + choices.premiums(promise.strategies),
        worst=choices.cost(ranked[-1]),
    )


RESULTS: dict[int, Trial] = {}


@pytest.mark.evidence
@pytest.mark.parametrize("number", SYSTEMS)
def test_the_chosen_strategies_are_among_the_best(number):
    trial = RESULTS[number] = tried(number)
    # The trial tells choices apart: the worst is far off.
    assert trial.above(trial.worst) > 0.1
    # Forty systems are judged together.
    assert FULL or trial.regret <= WITHIN, trial


def test_a_descent_finds_the_lowest_of_a_scan():
    """Of a product made to stock, on the same orders: the best of eighty levels is no better than the descent's."""
    plant = draw_pair_system(0).plant
    choices = Choices(plant, seed=5, runs=4, days=600.0)
    week = plant.products[0].week

    def cost(levels):
        return choices.simulation.outcome(("MTS", "MTO"), (levels[0], 0.0), (0.0, 0.0)).cost

    found = descend(cost, [(0.0,), (9.0 * week,)], (week,))
    scan = min(cost((level,)) for level in np.linspace(0.0, 8.0 * week, 81).tolist())
    assert found.cost <= scan * 1.001
    assert 0.0 < found.levels[0] < 8.0 * week


@pytest.mark.evidence
@pytest.mark.skipif(not FULL, reason="the long form: CODP_EVIDENCE=full")
def test_the_page_tells_all_choices():
    rows = []
    for number, trial in sorted(RESULTS.items()):
        review = draw_pair_system(number).settings["review_days"]
        rows.append([
            str(number), f"{review:g}", " ".join(trial.chosen),
            "the same" if trial.best == trial.chosen else " ".join(trial.best), f"{trial.costs[trial.best]:,.0f}",
            f"{trial.regret:+.2%}", f"{trial.above(trial.planned):+.2%}", f"{trial.next:+.2%}",
        ])  # fmt: skip
    regrets = np.array([trial.regret for trial in RESULTS.values()])
    same = sum(trial.best == trial.chosen for trial in RESULTS.values())
    close = int((regrets <= WITHIN).sum())
    told = (
        f"The chosen strategies are the best ones in {same} of {len(rows)} systems, and within {WITHIN:.0%} of them in "
        f"{close}; at most {regrets.max():.2%} above, {regrets.mean():.2%} on average."
    )
    head = ["system", "review", "chosen", "best", "best cost", "chosen, above", "as planned, above", "next, above"]
    write_section("choices.md", "All strategies tried", f"{measured(COMMAND)}{NOTE}\n{told}\n\n{table(head, rows)}")
    assert len(rows) == len(SYSTEMS)
    assert close >= IN, told
