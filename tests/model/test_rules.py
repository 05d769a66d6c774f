"""Every rule has a golden program, a section of the formulation and a line in the notes."""

import difflib
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest

import engine.model.rules as rules_of_the_model
from engine.decision.ties import barred
from engine.economics.instance import Instance
from engine.economics.prices import Prices
from engine.model.build import build_model
from engine.model.formulation import formulation
from engine.model.measures import MEASURES
from engine.model.portfolio import PORTFOLIO, portfolio
from engine.model.rules import RULES
from engine.scenario.rules import BARRING, COUPLING
from tests.model.golden_files import GOLDEN, program_text
from tests.model.micro import micro_instance, risky_instance

FORMULATION = (Path(rules_of_the_model.__file__).parent / "FORMULATION.md").read_text(encoding="utf-8")


def _section(title):
    """The text below a heading, up to the next of its level."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", FORMULATION, flags=re.MULTILINE | re.DOTALL)
    assert found, f"FORMULATION.md has no section '{title}'"
    return found[1]


@pytest.mark.parametrize("rule", RULES)
def test_rule_writes_its_golden_program(rule):
    wanted = (GOLDEN / f"{rule}.lp").read_text(encoding="utf-8")
    now = program_text(rule)
    difference = "\n".join(difflib.unified_diff(wanted.splitlines(), now.splitlines(), "golden", "now", lineterm=""))
    assert now == wanted, (
        f"({rule}) writes another program than tests/model/golden/{rule}.lp. If that is meant, run "
        f"'python -m tests.model.golden_files' and say why in tests/model/golden/CHANGES.md:\n{difference}"
    )


def test_golden_programs_are_those_of_the_rules_and_each_has_a_note():
    assert {path.stem for path in GOLDEN.glob("*.lp")} == set(RULES)
    notes = (GOLDEN / "CHANGES.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (C\d+)\.lp \|", notes, flags=re.MULTILINE) == list(RULES)


def test_formulation_states_every_rule_in_order_and_by_its_function():
    stated = re.findall(r"^### \((C\d+)\) .*: `(\w+)`$", FORMULATION, flags=re.MULTILINE)
    assert stated == [(name, rule.__name__) for name, rule in RULES.items()]


@pytest.mark.parametrize("rule", RULES)
def test_a_golden_program_shows_every_block_of_its_rule(rule):
    """So that a rule that loses one of its blocks writes another program."""
    text = (GOLDEN / f"{rule}.lp").read_text(encoding="utf-8")
    shown = re.findall(r"^c_[elu]_(\w+)\(", text, flags=re.MULTILINE)
    assert set(shown) == {block.name for block in formulation(risky_instance()).blocks(rule)}


def test_formulation_names_every_constraint_of_the_model():
    model = build_model(risky_instance())
    names = {part.local_name for part in model.component_objects(pyo.Constraint)}
    named = set(re.findall(r"`(C\d\w*)`", FORMULATION))
    assert names <= named, f"not in FORMULATION.md: {sorted(names - named)}"
    elastic = build_model(micro_instance(), elastic=True)
    excess = {part.local_name for part in elastic.component_objects(pyo.Var) if part.local_name.startswith("C")}
    assert named - names == excess, "FORMULATION.md names what is not there"


def test_formulation_states_every_measure_in_order():
    stated = re.findall(r"^\| `(\w+)` \|.*\|$", _section("Objective"), flags=re.MULTILINE)
    assert stated == list(MEASURES)


def test_formulation_names_only_data_that_there_is():
    data = _section("Data")
    named = re.findall(r"`([a-z_.0-9]+)`", "\n".join(line.split("|")[2] for line in data.splitlines() if "|" in line))
    instance = micro_instance()
    assert named
    for name in named:
        value = instance
        for part in name.split("."):
            assert hasattr(value, part), f"FORMULATION.md, Data: an {Instance.__name__} has no {name}"
            value = getattr(value, part)
    prices = set(re.findall(r"`prices\.(\w+)`", FORMULATION))
    assert prices == set(Prices.__dataclass_fields__)


def test_formulation_names_every_variable_of_the_model():
    model = build_model(risky_instance())
    names = {part.local_name for part in model.component_objects(pyo.Var)}
    missing = [name for name in sorted(names) if f"`{name}`" not in FORMULATION]
    assert not missing, f"not in FORMULATION.md: {missing}"


def test_rules_over_strategies_alone_are_those_whose_rows_hold_nothing_else():
    """Moves, advice and explanations ask them there; (C1) is kept by whoever gives each product one strategy."""
    alone = {
        rule for rule in RULES
        for block in formulation(micro_instance()).blocks(rule)
        if block.form and all(piece.variable == "x" for piece in block.form) and not block.sampled
    }  # fmt: skip
    assert alone - {"C1"} == set(PORTFOLIO), "engine/model/portfolio.py: PORTFOLIO"


def test_rules_over_strategies_alone_are_lifted_and_bar_by_their_settings():
    assert set(PORTFOLIO) <= set(COUPLING), "engine/scenario/rules.py: COUPLING"
    assert set(PORTFOLIO) - {"C10"} == set(BARRING), "engine/scenario/rules.py: BARRING"


def test_what_bars_strategies_is_said_of_every_rule_over_them_alone():
    """Each rule by itself; a family moves as one, so that it bars no move."""
    said = {}
    # With no changes at all (C8) is broken by itself, with as many as there are products the others are.
    for most, strategy in product((0, 3), product(range(3), repeat=3)):
        instance, chosen = replace(micro_instance(), max_changes=most), np.array(strategy)
        broken = {block.partition("_")[0] for block, _ in portfolio(instance).broken(chosen)}
        if len(broken) == 1:
            said.setdefault(broken.pop(), set()).update(reason.kind for reason in barred(instance, chosen))
    assert said.pop("C10") == set()
    assert set(said) == set(BARRING), "tests/model/micro.py: data of which each rule is broken by itself"
    assert all(said.values()), "engine/decision/ties.py: barred"
    assert len(set().union(*said.values())) == len(said)


def test_a_rule_left_out_is_absent():
    model = build_model(micro_instance(), rules=[name for name in RULES if name != "C5"])
    assert not hasattr(model, "C5")
    assert hasattr(model, "C3")


@pytest.mark.parametrize("on_time", [0.95, 0.9, 0.5])
def test_customers_whom_assembly_keeps_waiting_leave_the_others_less_room(on_time):
    """(A - target) l where a share A of them can be on time at all, and none below the target."""
    (block,) = RULES["C6"](replace(micro_instance(), assembly_on_time=np.array([1.0, on_time, 1.0])))
    choice = {int(k): value for piece in block.form if piece.variable == "x"
              for k, value in zip(piece.index, piece.coefficient, strict=True)}  # fmt: skip
    # b: target 0.9, 2 a day; c, whom all can be served in time: target 0.8, 3 a day.
    assert choice == pytest.approx({4: -2.0 * max(on_time - 0.9, 0.0), 7: -3.0 * 0.2})
