"""The commands by their words and exit codes; nothing a client does wrong ends in a traceback."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli import app, main
from engine.report.files import read_plan
from tests.scenarios import write_scenario

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "scenarios" / "tiny"
IMPOSSIBLE = {"products": [{"product": "A", "current_strategy": "MTO", "allowed": "MTS"}], "max_changes": 0}
# A plan with nothing beside it.
QUICK = ("--samples", 20, "--brief")


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def by_main(monkeypatch, capsys, *arguments):
    """Through `main`, which turns errors into words; exit code, output, errors."""
    monkeypatch.setattr(sys, "argv", ["codp", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    shown = capsys.readouterr()
    return ended.value.code, shown.out, shown.err


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What `solve` says on 60 samples, and the folder with the plan, which nobody changes."""
    out = tmp_path_factory.mktemp("whole") / "out"
    return run("solve", TINY, "--out", out, "--samples", 60), out


def test_solve_recommends_writes_and_ends_with_0(whole):
    found, out = whole
    assert found.exit_code == 0, found.output
    plan = read_plan(out)
    assert plan.decisions["strategy"].tolist() == ["MTS", "ATO", "MTO"]
    assert "Tiny: 3 products, 1 MTS, 1 ATO, 1 MTO" in found.output
    assert f"{plan.objective_per_year:,.0f} EUR a year" in found.output
    assert "2 of 3 products switch" in found.output
    assert plan.summary["samples"] == 60
    said = " ".join(found.output.split())
    assert "Proven and certified (the Pyomo model gives the same figure), on 60 samples of demand: no plan can" in said
    assert plan.summary["certified_by"]["objective_per_year"] == pytest.approx(plan.summary["program_per_year"])


def test_where_the_certificate_is_switched_off_the_terminal_says_so(tmp_path):
    found = run("solve", TINY, "--out", tmp_path / "out", "--samples", 60, "--no-certify", "--brief")
    assert found.exit_code == 0, found.output
    said = " ".join(found.output.split())
    assert "Proven, not certified (the check by the Pyomo model was switched off), on 60 samples of demand:" in said
    assert read_plan(tmp_path / "out").summary["certified_by"] == {"model": None, "reason": "switched off"}


def test_a_brief_plan_is_the_same_plan_with_nothing_beside_it(whole, tmp_path):
    whole, out = whole
    brief = run("solve", TINY, "--out", tmp_path, "--samples", 60, "--brief")
    assert (whole.exit_code, brief.exit_code) == (0, 0), brief.output
    assert "no time was left" not in brief.output
    assert "switch" not in brief.output
    whole, brief = read_plan(out), read_plan(tmp_path)
    assert brief.objective_per_year == whole.objective_per_year
    same = ["product", "strategy", "base_stock", "expected_cost_per_year", "inventory_value"]
    assert brief.decisions[same].equals(whole.decisions[same])
    assert brief.ledger.equals(whole.ledger)
    assert {"today", "certainty"} <= whole.summary.keys()
    assert not {"today", "certainty"} & brief.summary.keys()
    others = [f"cost_if_{name}" for name in ("MTS", "ATO", "MTO")]
    assert brief.decisions[others].count(axis=1).max() <= 1


def test_several_scenarios_get_a_folder_each_even_under_one_name(tmp_path):
    first, second = write_scenario(tmp_path / "a" / "case"), write_scenario(tmp_path / "b" / "case", seed=2)
    found = run("solve", first, second, TINY, "--out", tmp_path / "out", *QUICK, "--workers", 1)
    assert found.exit_code == 0, found.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["case", "case-2", "tiny"]
    assert read_plan(tmp_path / "out" / "case-2").summary["seed"] == 2


def test_a_scenario_named_twice_gets_a_folder_each_time(tmp_path):
    folder = write_scenario(tmp_path / "case")
    run("solve", folder, folder, "--out", tmp_path / "out", *QUICK, "--workers", 1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["case", "case-2"]


def test_a_folder_name_with_a_dot_is_kept(tmp_path):
    folders = [write_scenario(tmp_path / name) for name in ("plant.2024", "plant.2025")]
    run("solve", *folders, "--out", tmp_path / "out", *QUICK, "--workers", 1)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["plant.2024", "plant.2025"]


def test_infeasible_ends_with_3_names_the_rule_and_leaves_no_stale_plan(tmp_path):
    out = tmp_path / "out"
    assert run("solve", TINY, "--out", out, *QUICK).exit_code == 0
    folder = write_scenario(tmp_path / "case", **IMPOSSIBLE)
    found = run("solve", folder, "--out", out)
    assert found.exit_code == 3
    assert "limit of changes (C8): max_changes is 0, at least 1 are needed; set max_changes to 1\n" in found.stderr
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert summary["status"] == "infeasible"
    assert summary["conflicts"][0]["concerns"] == ["A"]
    assert not (out / "decisions.csv").exists()


def test_out_of_time_ends_with_4(tmp_path):
    found = run("solve", ROOT / "scenarios" / "bicycles", "--out", tmp_path, "--samples", 20, "--gap", 0,
                "--time-limit", 0)  # fmt: skip
    assert found.exit_code == 4
    assert "time ran out" in found.stderr
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["status"] == "timed_out"


def test_the_worst_end_decides_the_exit_code_and_the_others_are_still_written(tmp_path):
    folder = write_scenario(tmp_path / "case", **IMPOSSIBLE)
    found = run("solve", folder, TINY, "--out", tmp_path / "out", *QUICK, "--workers", 1)
    assert found.exit_code == 3
    assert read_plan(tmp_path / "out" / "tiny").summary["status"] == "solved"


def test_a_faulty_scenario_is_told_and_keeps_none_of_the_others_from_being_decided(tmp_path):
    faulty, infeasible = tmp_path / "faulty", write_scenario(tmp_path / "case", **IMPOSSIBLE)
    shutil.copytree(TINY, faulty)
    edit(faulty / "products.csv", ",100,0.2,", ",lots,0.2,")
    missing = tmp_path / "nowhere"
    several = ("solve", faulty, missing, infeasible, TINY, "--out", tmp_path / "out", *QUICK)
    found, beside = run(*several, "--workers", 1), run(*several, "--workers", 2)
    assert (beside.stdout, beside.stderr, beside.exit_code) == (found.stdout, found.stderr, found.exit_code)
    assert found.exit_code == 1
    assert f"{faulty}: 1 fault in the scenario:\n  products.csv:2:demand_per_week: 'lots'" in found.stderr
    assert f"\n{missing}: there is no such scenario" in found.stderr
    assert "case: no plan keeps all rules" in found.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["case", "tiny"]
    assert read_plan(tmp_path / "out" / "tiny").summary["status"] == "solved"


FAULTY = {
    "no folder": shutil.rmtree,
    "no tables": lambda folder: [path.unlink() for path in folder.glob("*.csv")],
    "no settings": lambda folder: (folder / "scenario.yaml").unlink(),
    "settings that are no YAML": lambda folder: (folder / "scenario.yaml").write_text("a: [", encoding="utf-8"),
    "settings of one word": lambda folder: (folder / "scenario.yaml").write_text("word", encoding="utf-8"),
    "a table of bytes": lambda folder: (folder / "products.csv").write_bytes(bytes(range(256))),
    "an empty table": lambda folder: (folder / "products.csv").write_text("", encoding="utf-8"),
    "a header alone": lambda folder: (folder / "bom.csv").write_text("product,component,quantity\n", encoding="utf-8"),
    "a word for a number": lambda folder: edit(folder / "products.csv", ",100,0.2,", ",lots,0.2,"),
    "an unknown column": lambda folder: edit(folder / "products.csv", "demand_cv", "demand_cvv"),
    "an unknown component": lambda folder: edit(folder / "bom.csv", "STOOL,WOOD", "STOOL,WOOL"),
}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTY)
def test_check_tells_faults_in_words_and_ends_with_1(fault, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    FAULTY[fault](folder)
    code, out, err = by_main(monkeypatch, capsys, "check", folder)
    if fault == "a header alone":
        assert code in (0, 1)
        return
    assert code == 1
    assert err.strip()
    assert "Traceback" not in out + err


def test_check_places_a_fault_by_file_row_and_column(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    edit(folder / "products.csv", ",100,0.2,", ",lots,0.2,")
    edit(folder / "bom.csv", "STOOL,WOOD", "STOOL,WOOL")
    code, _, err = by_main(monkeypatch, capsys, "check", folder)
    assert code == 1
    assert "products.csv:2:demand_per_week: " in err
    assert "bom.csv:2:component: " in err


def test_check_of_a_sound_scenario_ends_with_0():
    found = run("check", TINY)
    assert found.exit_code == 0
    assert "Tiny: no faults (3 products, 4 components, 0 resources, 0 orders; 2 variants)" in found.output


def test_explain_and_unknown_names(monkeypatch, capsys):
    code, _, err = by_main(monkeypatch, capsys, "explain", TINY, "CHAIRR")
    assert code == 1
    assert "there is no product 'CHAIRR'" in err
    assert "CHAIR" in err.split(";")[1]
    code, _, err = by_main(monkeypatch, capsys, "explain", TINY, "CHAIR", "--variant", "steady")
    assert code == 1
    assert "did you mean 'steady-offices'?" in err


def test_a_variant_is_solved_as_named(tmp_path):
    found = run("solve", TINY, "--out", tmp_path, "--variant", "steady-offices", "--brief")
    assert found.exit_code == 0
    assert read_plan(tmp_path).decisions.set_index("product")["strategy"]["CHAIR"] == "MTS"


def test_bad_options_end_with_2():
    assert run("solve", TINY, "--out", "x", "--gap", "-1").exit_code == 2
    assert run("solve", TINY, "--out", "x", "--samples", 1_000_001).exit_code == 2
    assert run("solve", TINY).exit_code == 2

