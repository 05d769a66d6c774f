"""Every rule has a golden program, a section of the formulation and a line in the notes."""

import difflib
import re
from pathlib import Path

import pyomo.environ as pyo
import pytest

import engine.model.rules as rules_of_the_model
from engine.model.build import build_model
from engine.model.rules import RULES
from tests.model.golden_files import GOLDEN, program_text
from tests.model.micro import micro_instance

FORMULATION = (Path(rules_of_the_model.__file__).parent / "FORMULATION.md").read_text(encoding="utf-8")


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


def test_formulation_names_every_constraint_of_the_model():
    model = build_model(micro_instance())
    names = {part.local_name for part in model.component_objects(pyo.Constraint)} | {"C9"}
    named = set(re.findall(r"`(C\d\w*)`", FORMULATION))
    assert names <= named, f"not in FORMULATION.md: {sorted(names - named)}"
    assert {name for name in named if not name.endswith("_excess")} <= names, "FORMULATION.md names what is not there"


def test_formulation_names_every_variable_of_the_model():
    model = build_model(micro_instance())
    names = {part.local_name for part in model.component_objects(pyo.Var)}
    missing = [name for name in sorted(names) if f"`{name}`" not in FORMULATION]
    assert not missing, f"not in FORMULATION.md: {missing}"


def test_a_rule_left_out_is_absent():
    model = build_model(micro_instance(), rules=[name for name in RULES if name != "C5"])
    assert not hasattr(model, "C5")
    assert hasattr(model, "C3")
