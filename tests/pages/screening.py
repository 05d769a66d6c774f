"""How many products of each example screening decides: `python -m tests.pages.screening` writes it into its page."""

import re
import sys
from dataclasses import replace

import numpy as np

from engine.economics.build import build_instance
from engine.economics.optima.screen import DecidedBy, screen
from engine.economics.optima.stock import fold
from engine.scenario.read import read_scenario
from engine.search.groups import groups
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "screening.md"
BLOCK = re.compile(r"(<!-- written by python -m tests\.pages\.screening -->\n).*?(<!-- end -->\n)", re.DOTALL)
TESTS = (DecidedBy.GIVEN, DecidedBy.DEDICATED, DecidedBy.DOMINATED, DecidedBy.LONE, DecidedBy.OPEN)
# Examples, and what of each is left out.
CASES = (
    ("tiny", ""), ("spare-parts", ""), ("bicycles", ""), ("bicycles", "resources"), ("industrial-pumps", ""),
    ("industrial-pumps", "resources and budget"),
)  # fmt: skip


def row(name, without):
    """The line of one example."""
    scenario = read_scenario(ROOT / "scenarios" / name)
    if without:
        bare = replace(scenario, resources=scenario.resources.iloc[:0], routing=scenario.routing.iloc[:0])
        scenario = bare.with_settings(inventory_budget=None)
    instance = build_instance(scenario)
    instance = instance if instance.ties_stocks else fold(instance)
    found = screen(instance)
    together = groups(instance, found.allowed)
    largest = max(int((found.allowed[members].sum(axis=1) > 1).sum()) for members in together)
    told = name + (f" without {without}" if without else "")
    counts = [found.counts[test] for test in TESTS]
    assert sum(counts) == len(instance.products) == np.concatenate(together).size
    return "| " + " | ".join(map(str, (told, len(instance.products), *counts, len(together), largest))) + " |"


def renewed(page):
    """The page with the table of now."""
    head = f"| scenario | products | {' | '.join(test.value for test in TESTS)} | groups | open in the largest |"
    lines = [head, re.sub(r"[^|]+", "---", head), *(row(*case) for case in CASES)]
    return BLOCK.sub(lambda found: f"{found[1]}{chr(10).join(lines)}\n{found[2]}", page)


def main():
    """Write the table of this checkout."""
    page = PAGE.read_text(encoding="utf-8")
    if (now := renewed(page)) != page:
        PAGE.write_text(now, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{PAGE.name} rewritten\n")


if __name__ == "__main__":
    main()
