"""Takes every place of three additions out again, each by itself, and runs the test that has to see it.

    python -m tests.removal [disposal | families | limits | FILE ...]

The tree is copied first. `tests/test_removal.py` holds the list to the code.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of an addition, what stands there without it, and the test that turns red."""

    addition: str
    file: str
    old: str
    new: str
    test: str


# fmt: off
PLACES = (
    Place(
        addition="disposal", file="engine/scenario/stock_prices.py",
        old="            \"disposal\": items[\"disposal_cost_per_unit\"].to_numpy(dtype=np.float64),\n",
        new="            \"disposal\": 0.0 * unit_cost,\n",
        test="tests/economics/test_disposal.py::test_a_unit_on_hand_costs_what_is_written_off_and_its_disposal",
    ),
    Place(
        addition="disposal", file="engine/economics/prices.py",
        old="written_off=_terms(**finished.written_off)",
        new="written_off=_terms(obsolescence=of(\"unit_cost\"))",
        test="tests/economics/test_disposal.py::test_a_unit_on_hand_costs_what_is_written_off_and_its_disposal",
    ),
    Place(
        addition="disposal", file="engine/economics/prices.py",
        old="part_written_off=_terms(**stored.written_off)",
        new="part_written_off=_terms(obsolescence=part(\"unit_cost\"))",
        test="tests/economics/test_disposal.py::test_parts_always_available_cost_the_same",
    ),
    Place(
        addition="disposal", file="engine/scenario/derived.py",
        old="holding = stock_prices(products, scenario.settings.holding_rate_per_year).carrying",
        new=(
            "holding = stock_prices(products"
            ".assign(disposal_cost_per_unit=0.0), scenario.settings.holding_rate_per_year).carrying"
        ),
        test="tests/economics/test_disposal.py::test_lots_are_as_large",
    ),
    Place(
        addition="disposal", file="engine/demand/fitting/late_cost.py",
        old="carrying = stock_prices(products, scenario.settings.holding_rate_per_year).carrying",
        new=(
            "carrying = stock_prices(products"
            ".assign(disposal_cost_per_unit=0.0), scenario.settings.holding_rate_per_year).carrying"
        ),
        test="tests/economics/test_disposal.py::test_late_costs_implied_by_service_are_as_high",
    ),
    Place(
        addition="disposal", file="engine/evaluate/simulate/findings/correct.py",
        old="return stock_prices(scenario.components, scenario.settings.holding_rate_per_year).carrying, cost",
        new=(
            "return stock_prices(scenario.components"
            ".assign(disposal_cost_per_unit=0.0), scenario.settings.holding_rate_per_year).carrying, cost"
        ),
        test="tests/economics/test_disposal.py::test_simulated_ledgers_and_corrections_cost_the_same",
    ),
    Place(
        addition="disposal", file="engine/evaluate/simulate/findings/modelled.py",
        old="for term in STOCK_TERMS]",
        new="for term in (\"holding\", \"obsolescence\")]",
        test="tests/economics/test_disposal.py::test_the_model_on_fresh_samples_books_disposal_as_it_books_what_is_written_off",
    ),
    Place(
        addition="disposal", file="engine/words/shared.py",
        old="    \"term.disposal\": (\"Disposal\", \"处置费用\"),\n",
        new="",
        test="tests/economics/test_every_cost.py::test_every_term_has_words_that_reasons_app_and_reports_share",
    ),
    Place(
        addition="families", file="engine/economics/ties.py",
        old="            allowed[i, k] = False\n",
        new="            pass\n",
        test="tests/decision/test_families.py::test_what_one_product_may_not_be_no_other_of_its_family_may",
    ),
    Place(
        addition="families", file="engine/economics/ties.py",
        old="        return [*self.families, *",
        new="        return [*",
        test="tests/decision/test_families.py::test_families_tie_groups_and_are_left_to_the_search",
    ),
    Place(
        addition="families", file="engine/economics/optima/screen.py",
        old=" & ~instance.ties.tied\n",
        new="\n",
        test="tests/decision/test_families.py::test_families_tie_groups_and_are_left_to_the_search",
    ),
    Place(
        addition="families", file="engine/model/rules.py",
        old="    \"C10\": c10_families,\n",
        new="",
        test="tests/model/test_rules.py",
    ),
    Place(
        addition="families", file="engine/model/portfolio.py",
        old="PORTFOLIO = (\"C8\", \"C10\", \"C11\")",
        new="PORTFOLIO = (\"C8\", \"C11\")",
        test="tests/decision/test_families.py::test_portfolio_moves_families_and_finds_the_cheapest_that_keep_the_rules",
    ),
    Place(
        addition="families", file="engine/search/alternatives.py",
        old="recourse = self.evaluator.evaluate(self.rules.moved(self.base.strategy, i, k))",
        new="after = self.base.strategy.copy()\n        after[i] = k\n"
        "        recourse = self.evaluator.evaluate(after)",
        test="tests/decision/test_families.py::test_the_programs_other_costs_move_the_whole_family",
    ),
    Place(
        addition="families", file="engine/decision/settling/settle.py",
        old="            strategy = self.rules.moved(strategy, i, k)\n",
        new="            strategy = strategy.copy()\n            strategy[i] = k\n",
        test="tests/decision/test_families.py::test_other_costs_are_those_of_the_whole_family",
    ),
    Place(
        addition="families", file="engine/evaluate/sensitivity/lone_move.py",
        old="            strategy = rules.moved(self.strategy, self.i, k)\n",
        new="            strategy = self.strategy.copy()\n            strategy[self.i] = k\n",
        test="tests/decision/test_families.py::test_a_lone_move_takes_the_family_along",
    ),
    Place(
        addition="families", file="engine/evaluate/sensitivity/lone_move.py",
        old=", ties=instance.ties",
        new=", ties=single.ties",
        test="tests/decision/test_families.py::test_a_changed_product_stays_in_its_family",
    ),
    Place(
        addition="families", file="engine/evaluate/reasons/explain.py",
        old="moved = rules.moved(recourse.strategy, i, k)",
        new="moved = recourse.strategy.copy()\n        moved[i] = k",
        test="tests/decision/test_families.py::test_explaining_a_product_moves_its_family_and_says_with_whom",
    ),
    Place(
        addition="families", file="engine/decision/tables/reasons.py",
        old="            head += f\"; one strategy for its family, with {members}\"\n",
        new="            pass\n",
        test="tests/decision/test_families.py::test_other_costs_are_those_of_the_whole_family",
    ),
    Place(
        addition="families", file="engine/decision/relaxation/infeasible.py",
        old="family_conflict(instance, members) for members in instance.ties.families if apart[members].all()",
        new="family_conflict(instance, members) for members in instance.ties.families[:0] if apart[members].all()",
        test="tests/decision/test_families.py::test_a_family_without_a_common_strategy_is_told_and_the_rule_left_out_helps",
    ),
    Place(
        addition="families", file="engine/scenario/rules.py",
        old="\"C10\": \"one_strategy_per\", ",
        new="",
        test="tests/decision/test_families.py::test_a_batch_refuses_the_rule",
    ),
    Place(
        addition="families", file="engine/decision/today.py",
        old="        if kinds > 1:\n",
        new="        if kinds > 3:\n",
        test="tests/decision/test_today.py::test_locks_families_and_limits_that_it_breaks_are_named",
    ),
    Place(
        addition="families", file="engine/words/rules.py",
        old="    \"C10\": (",
        new="    \"C0\": (",
        test="tests/decision/test_families.py::test_a_family_without_a_common_strategy_is_told_and_the_rule_left_out_helps",
    ),
    Place(
        addition="limits", file="engine/model/rules.py",
        old="    \"C11\": c11_limits,\n",
        new="",
        test="tests/model/test_rules.py",
    ),
    Place(
        addition="limits", file="engine/model/portfolio.py",
        old="PORTFOLIO = (\"C8\", \"C10\", \"C11\")",
        new="PORTFOLIO = (\"C8\", \"C10\")",
        test="tests/decision/test_limits.py::test_without_time_a_simple_plan_keeps_the_limits",
    ),
    Place(
        addition="limits", file="engine/economics/ties.py",
        old="return np.asarray((self.family >= 0) | self.limits.counted.any(axis=0))",
        new="return np.asarray(self.family >= 0)",
        test="tests/decision/test_limits.py::test_what_a_limit_counts_is_one_group_and_left_to_the_search",
    ),
    Place(
        addition="limits", file="engine/economics/ties.py",
        old="        return [*self.families, *[members for members in counted if members.size]]",
        new="        return [*self.families]",
        test="tests/decision/test_limits.py::test_what_a_limit_counts_is_one_group_and_left_to_the_search",
    ),
    Place(
        addition="limits", file="engine/economics/instance.py",
        old="                \"limit\": np.flatnonzero(self.ties.limits.counted[:, products].any(axis=1)),\n",
        new="",
        test="tests/decision/test_limits.py::test_what_a_limit_counts_is_one_group_and_left_to_the_search",
    ),
    Place(
        addition="limits", file="engine/economics/ties.py",
        old="each = sorted(set(columns[by].tolist()) - {\"\"}) if limit.per else [getattr(limit, by) if by else \"\"]",
        new="each = [getattr(limit, by) if by else \"\"]",
        test="tests/decision/test_limits.py::test_limits_count_one_family_or_each",
    ),
    Place(
        addition="limits", file="engine/model/build.py",
        old="[*numbers, *bare], [*ends, *[(0, 0)] * len(bare)]",
        new="numbers, ends",
        test="tests/decision/test_limits.py::test_the_model_of_a_plan_that_breaks_a_limit_has_no_solution",
    ),
    Place(
        addition="limits", file="engine/decision/relaxation/choices.py",
        old="(*conflicts, *limit_conflicts(self.instance, strategy))",
        new="tuple(conflicts)",
        test="tests/decision/test_limits.py::test_the_limit_and_its_least_relaxation_are_named",
    ),
    Place(
        addition="limits", file="engine/decision/relaxation/conflicts.py",
        old="            settings[\"limits\"] = limits\n",
        new="",
        test="tests/decision/test_limits.py::test_the_limit_and_its_least_relaxation_are_named",
    ),
    Place(
        addition="limits", file="engine/scenario/rules.py",
        old="BARRING = (\"C8\", \"C11\")",
        new="BARRING = (\"C8\",)",
        test="tests/model/test_rules.py::test_rules_over_strategies_alone_are_lifted_and_bar_by_their_settings",
    ),
    Place(
        addition="limits", file="engine/decision/today.py",
        old="np.flatnonzero((taken > limits.most) | (taken < limits.least)).tolist()",
        new="[]",
        test="tests/decision/test_today.py::test_locks_families_and_limits_that_it_breaks_are_named",
    ),
    Place(
        addition="limits", file="engine/decision/ties.py",
        old="        elif rule == \"C11\":\n",
        new="        elif rule == \"C0\":\n",
        test="tests/model/test_rules.py::test_what_bars_strategies_is_said_of_every_rule_over_them_alone",
    ),
    Place(
        addition="limits", file="engine/decision/ties.py",
        old="    return reasons + [_limit(\"limit_binds\"",
        new="    return reasons + 0 * [_limit(\"limit_binds\"",
        test="tests/decision/test_limits.py::test_what_binds_is_said",
    ),
    Place(
        addition="limits", file="engine/scenario/checks/check.py",
        old="_ranges, _limits, ",
        new="_ranges, ",
        test="tests/decision/test_limits.py::test_a_wrong_limit_is_refused_in_words",
    ),
    Place(
        addition="limits", file="engine/scenario/settings.py",
        old="        return list(StrategyLimit.model_fields)\n",
        new="        return []\n",
        test="tests/decision/test_limits.py::test_a_wrong_limit_is_refused_in_words",
    ),
    Place(
        addition="limits", file="engine/scenario/rules.py",
        old=", \"C11\": \"limits\"}",
        new="}",
        test="tests/decision/test_limits.py::test_a_batch_refuses_limits",
    ),
    Place(
        addition="limits", file="engine/search/neighbours.py",
        old="replace(instance.untied(), capacity=None)",
        new="replace(instance, capacity=None, max_changes=None)",
        test="tests/decision/test_limits.py::test_a_plan_next_to_another_costs_what_it_costs_alone_whatever_the_limit",
    ),
    Place(
        addition="limits", file="engine/words/rules.py",
        old="    \"C11\": (",
        new="    \"C0\": (",
        test="tests/decision/test_limits.py::test_the_limit_and_its_least_relaxation_are_named",
    ),
    Place(
        addition="limits", file="engine/scenario/files/template_text.py",
        old="    \"##   few kits: {strategy: ATO, at_most: 3, per: family}\",\n",
        new="",
        test="tests/scenario/test_template.py",
    ),
)
# fmt: on


def removed(place, root):
    """The lines of the report of the named test without the place; empty where it stays green."""
    path = root / place.file
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(place.old, place.new), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider", place.test]
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    finally:
        path.write_text(before, encoding="utf-8")
    return done.stdout.splitlines() if done.returncode else []


def main(only=()):
    """Say of every place which test saw its removal; the number of those that none saw."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "codp"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache"))
        unseen = 0
        for place in PLACES:
            if only and not {place.addition, place.file} & set(only):
                continue
            lines = removed(place, root)
            red = next((line for line in lines if line.startswith(("FAILED", "ERROR"))), "")
            unseen += not lines
            sys.stdout.write(f"{place.addition}: {place.file}: {red or ('red' if lines else 'STAYS GREEN')}\n")
            sys.stdout.flush()
    return unseen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
