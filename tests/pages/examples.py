"""What the best plan of each example is, in its README: `python -m tests.pages.examples` writes it anew."""

import re
import sys
from pathlib import Path

from engine.decision.solve import solve
from engine.evaluate.figures.readers import with_readers
from engine.scenario.columns import STRATEGIES
from engine.scenario.read import read_scenario
from tests.conftest import ROOT

EXAMPLES = ("tiny", "bicycles", "industrial-pumps", "spare-parts")
BLOCK = re.compile(
    r"(<!-- the best plan, written by python -m tests\.pages\.examples -->\n).*?(<!-- end -->\n)", re.DOTALL
)


def readme(name: str) -> Path:
    """The README of an example."""
    return ROOT / "scenarios" / name / "README.md"


def best_plan(name: str) -> str:
    """What is told of an example's best plan, rounded so that another machine says the same."""
    scenario = read_scenario(ROOT / "scenarios" / name)
    outcome = solve(scenario)
    plan = with_readers(scenario, outcome.plan_or_raise())
    told, money = plan.summary, scenario.settings.currency
    today = told["today"]
    bound = _rounded(told["bound_per_year"])
    broken = " Today's strategies do not keep all rules." if today["broken"] else ""
    before = f"{_counts(today['counts'])} | {_rounded(today['cost_per_year'])}"
    lines = [
        "| | MTS | ATO | MTO | cost a year |",
        "|---|---|---|---|---|",
        f"| best plan | {_counts(told['counts'])} | {_rounded(plan.objective_per_year)} {money} |",
        f"| today's strategies with their best stocks | {before} {money} |",
        "",
        f"On {told['samples']:,} samples, seed {told['seed']}; no plan can cost less than {bound} {money}.{broken}",
    ]
    return "\n".join(lines) + "\n"


def _counts(counts: dict[str, int]) -> str:
    return " | ".join(str(counts[strategy]) for strategy in STRATEGIES)


def _rounded(money: float) -> str:
    """Three digits, which no last bit changes."""
    digits = len(str(int(money))) - 3
    return f"{round(money, -digits):,.0f}"


def renewed(name: str) -> str:
    """The README with the best plan of now."""
    text = readme(name).read_text(encoding="utf-8")
    return BLOCK.sub(lambda found: f"{found[1]}{best_plan(name)}{found[2]}", text)


def main() -> None:
    """Write the READMEs of this checkout."""
    for name in EXAMPLES:
        readme(name).write_text(renewed(name), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
