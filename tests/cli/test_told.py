"""What commands print of what they found: each line where it is true, and only there."""

import io
import math
import re
import threading
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import app, simulate, stopping, thresholds
from engine.cli.compare import _against_first
from engine.cli.review import _tell
from engine.cli.thresholds import ONLY_ONE
from engine.cli.warned import idle, told
from engine.notices import Notice
from engine.scenario.read import read_scenario
from tests.scenarios import make_scenario, season_rows, write_scenario


def test_warnings_beyond_the_first_are_counted():
    notices = [Notice(kind="file_left_out", file=f"{k}.csv", values={"tables": "products"}) for k in range(25)]
    assert told([]) == []
    lines = told(notices)
    assert len(lines) == 22
    assert lines[0] == "25 warnings:"
    assert lines[-1] == "  ... and 5 more; 'codp check' lists all of them"
    assert len(told(notices, most=None)) == 26


def test_products_without_demand_beyond_the_first_are_counted(tmp_path):
    rows = [{"demand_per_week": 0.0}] * 23
    few, many = (write_scenario(tmp_path / str(n), products=[{}, *rows[:n]]) for n in (2, 23))
    assert len(idle(read_scenario(few))) == 3
    assert idle(read_scenario(many))[-1] == "  ... and 3 more"
    assert idle(make_scenario([{}])) == []


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_for_a_terminal_or_who_asks(monkeypatch, capsys, shown, terminal):
    monkeypatch.setattr("sys.stderr", stream := io.StringIO())
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    stopping.progress(verbose=shown)("half")
    assert stream.getvalue() == ("  half\n" if shown or terminal else "")


def test_the_progress_of_a_simulation_is_for_a_terminal(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    step = simulate._progress()
    step("simulated", 5, 10)
    assert stream.getvalue() == ""
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(simulate.time, "monotonic", lambda: 1e9)
    step("simulated", 5, 10)
    # Between two looks nothing is written anew, but the end always is.
    step("simulated", 6, 10)
    step("simulated", 10, 10)
    assert stream.getvalue() == "\r  simulated  50%\r  simulated 100%\n"


@pytest.mark.parametrize(
    ("summary", "said"),
    [
        ({"status": "simulated"}, []),
        ({"replications": 3, "replications_asked": 10},
         ["  stopped early: 3 of 10 replications, and what follows is from those"]),
        ({"causes_looked_for": False}, ["  stopped early: the plan is simulated, causes are not looked for"]),
        ({}, ["  stopped early: the plan is simulated, not corrected"]),
        ({"corrected": {"replications": 4}}, ["  stopped early: the correction is checked on 4 of 10 replications"]),
    ],
)  # fmt: skip
def test_a_simulation_that_was_stopped_says_how_far_it_came(summary, said):
    whole = {"status": "stopped", "replications": 10, "replications_asked": 10, "causes_looked_for": True}
    assert simulate._stopped({**whole, **summary}) == said


def test_a_deviation_from_nothing_is_told_in_money():
    row = {"planned_cost_per_year": 0.0, "simulated_cost_per_year": 1234.0, "cost_deviation": math.inf}
    assert simulate._cost(row) == "0 -> 1,234 a year"
    assert simulate._cost({**row, "cost_deviation": 0.25}).strip() == "+25.0%"


def test_targets_that_are_missed_and_those_of_which_nothing_is_known_are_told_apart():
    assert simulate._targets({"targets_missed": [], "targets_untold": []}, "") == []
    lines = simulate._targets({"targets_missed": ["A"], "targets_untold": ["B"]}, "  ")
    assert lines == [
        "  on-time targets missed for sure: A", "  too few orders to tell whether on-time targets hold: B",
    ]


@pytest.mark.parametrize(
    ("verdict", "samples", "said"),
    [
        ("the same", 60, "costs the same as base"),
        ("not tested", 1, "+50 a year, not tested: one sample gives no interval"),
        ("not tested", 60, "+50 a year, not tested: its samples are not at hand"),
        ("dearer", 60, "+50 a year (+40 to +60): dearer"),
    ],
)
def test_a_case_is_told_against_the_first_as_far_as_it_was_tested(verdict, samples, said):
    row = {"difference_per_year": 50.2, "low": 40.0, "high": 60.0, "verdict": verdict}
    assert _against_first(row, "base", samples=samples) == said


def flips(**values):
    row = {"strategy": "MTS", "strategy_below": "", "words": "demand: none", "side": "", "input": "demand"}
    return pd.DataFrame([{**row, **values}])


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (flips(strategy_below="MTO", words="below 5: MTO"), ["  P (MTS)", "    below 5: MTO"]),
        (flips(words=f"P: {ONLY_ONE}"), [f"  P (MTS): {ONLY_ONE}"]),
        (flips(), ["  P (MTS): none of the inputs has an effect"]),
        (flips(side="up"), ["  P (MTS): no flip within reach of the 1 input looked at"]),
    ],
)
def test_flips_of_a_product_or_why_there_are_none(table, said):
    assert thresholds._product("P", table) == said


def reviewed(*verdicts, **summary):
    table = pd.DataFrame({
        "product": [f"P{k}" for k in range(len(verdicts))], "verdict": verdicts, "told_on": "", "crossed": "",
        "strategy": "MTS", "strategy_again": "MTO", "since": "", "level_per_week": 1.0, "level_low": 0.5,
        "level_high": 2.0, "planned_per_week": 9.0, "moved": "", "flip_low": math.nan, "flip_high": math.nan,
    })  # fmt: skip
    counts = {name: verdicts.count(name) for name in ("holds", "drifting", "decide again")}
    whole = {
        "scenario": "case", "products": len(verdicts), "counts": counts, "saving_per_year": None, "weeks": 0,
        "regret_so_far": None, "currency": "EUR", "false_alarms_per_month": 0.01, "last_day": "2027-02-07",
    }  # fmt: skip
    return table, {**whole, **summary}


@pytest.mark.parametrize(
    ("given", "said", "unsaid"),
    [
        (reviewed("holds", "holds"), "0 of 2 products have left the plan's demand", "again"),
        (reviewed("holds", "decide again", saving_per_year=2000.0),
         "1 of 2 products has left the plan's demand, 1 to decide again; deciding again saves 2,000 EUR", "weeks"),
        (reviewed("decide again", regret_so_far=812.0), "so far the plan has cost 812 EUR more", "saves"),
        (reviewed("holds", regret_so_far=812.0), "0 of 1 product", "so far"),
        (reviewed("holds", weeks=5, known_to="2027-01-31"), "--since 2027-02-01 counts what has come since", "saves"),
        (reviewed("decide again", moved={"unit_cost": 1}), "unit_cost is another now for 1 product", "demand"),
        (reviewed(*["drifting"] * 30), "more", "saves"),
    ],
)  # fmt: skip
def test_a_review_tells_what_has_moved_and_what_that_costs(capsys, given, said, unsaid):
    _tell(*given)
    shown = capsys.readouterr().out
    assert said in shown
    assert unsaid not in shown


def test_a_pause_without_a_main_thread_is_none():
    """In a thread of its own no signal arrives, and nothing waits for one."""
    seen = []

    def work():
        with stopping.stoppable(1.0):
            seen.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["done"]


@pytest.mark.parametrize("sent", [[0], [2, b""], [2, 2]])
def test_ctrl_c_waits_for_the_step_and_a_second_ends_it(monkeypatch, capsys, sent):
    """Other signals are none of its business; the block that ends by itself is let go."""
    codes = []
    answers = iter([bytes([one]) if isinstance(one, int) else one for one in sent])
    ours = SimpleNamespace(recv=lambda _: next(answers, b""), settimeout=lambda _: None)
    monkeypatch.setattr(stopping.os, "_exit", codes.append)
    stopping._watch(ours, 1.0)
    shown = capsys.readouterr().err
    assert codes == ([stopping.EXIT_STOPPED] if sent == [2, 2] else [])
    assert ("Ctrl-C again ends it at once" in shown) == (sent[0] == 2)
    assert ("stopped in the middle" in shown) == (sent == [2, 2])


@pytest.fixture(scope="module")
def seasonal(tmp_path_factory):
    """A case whose stocks follow a season, and its plan."""
    folder = tmp_path_factory.mktemp("seasonal")
    write_scenario(
        folder / "case", products=[{"allowed": "MTS", "current_strategy": "MTS"}, {}], components=[{}],
        bom={"P2": {"C1": 1}}, samples=30, seasons=season_rows(0.6, product="P1"),
    )  # fmt: skip
    done = run("solve", folder / "case", "--out", folder / "plan")
    assert done.exit_code == 0, done.output
    return folder


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.mark.parametrize(("system", "said"), [("odoo", True), ("sap", True)])
def test_settings_that_are_means_of_a_year_are_said_to_be(seasonal, tmp_path, system, said):
    done = run("export", system, seasonal / "plan", "--out", tmp_path / "out.csv")
    assert done.exit_code == 0, done.output
    assert ("stocks follow a season: these are the means of the year" in done.stdout) == said
    assert ("for Odoo" in done.stdout) == (system == "odoo")


def test_one_product_of_a_season_is_explained(seasonal):
    done = run("explain", seasonal / "case", "P1")
    assert done.exit_code == 0, done.output
    assert "P1" in done.stdout


def test_a_what_if_needs_a_scenario_beside_plans(seasonal, tmp_path):
    done = run("compare", seasonal / "plan", "--variant", "dear", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "give the scenario, not only plans" in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_order_lines_of_a_review_count_from_the_day_that_is_asked_and_are_of_its_products(seasonal, tmp_path):
    days = pd.date_range("2027-01-04", periods=20, freq="7D")
    lines = pd.DataFrame({"order_date": days.strftime("%Y-%m-%d"), "product": "P1", "quantity": 20.0})
    lines.to_csv(tmp_path / "orders.csv", index=False)
    asked = ("review", seasonal / "plan", "--scenario", seasonal / "case", "--orders", tmp_path / "orders.csv")
    whole, since = run(*asked), run(*asked, "--since", "2027-03-01")
    assert (whole.exit_code, since.exit_code) == (0, 0), since.output
    counts = [int(re.search(r"(\d+) weeks? to 2027", one.stdout)[1]) for one in (whole, since)]
    # Eight weeks lie before the day.
    assert counts[0] - counts[1] == 8
    lines.assign(product="P9").to_csv(tmp_path / "orders.csv", index=False)
    wrong = run(*asked)
    assert wrong.exit_code == 1
    assert "name no product of the plan" in str(wrong.exception)
    (tmp_path / "orders.csv").write_text("order_date,product,quantity\n2027-01-04,P1,three\n")
    assert "orders.csv:2:quantity: 'three'" in str(run(*asked).exception)
