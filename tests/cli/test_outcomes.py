"""What a machine does to a command: disks that refuse, memory that ends, two runs at once. See docs/outcomes.md."""

import json
import re
import threading
from contextlib import contextmanager
from importlib import import_module

import pandas as pd
import pytest
from typer.testing import CliRunner

from engine.cli import EXIT_NO_MEMORY, app, decide, stopping
from engine.errors import EngineError
from engine.report.files import write_results
from tests.cli.test_decide import TINY
from tests.cli.test_ends import WORK
from tests.conftest import ROOT
from tests.scenarios import write_scenario

resource = pytest.importorskip("resource", reason="no limits of files on this system")

# In the place of a scenario of one product; what `fit` reads has order lines.
CASE = "CASE"
WRITES = {
    "plan": ("solve", CASE, "--samples", 20, "--out"),
    "fit": ("fit", TINY, "--out"),
    "template": ("template",),
    "template.xlsx": ("template",),
    "example": ("example", "tiny"),
    "page.html": ("report", CASE, "--samples", 20, "--out"),
    "book.xlsx": ("report", CASE, "--samples", 20, "--out"),
    "deck.pptx": ("report", CASE, "--samples", 20, "--out"),
    "frontier": ("frontier", CASE, "--points", 2, "--samples", 20, "--out"),
    "simulation": ("simulate", CASE, "--years", 0.5, "--replications", 1, "--out"),
}


@pytest.fixture(scope="module")
def writes(tmp_path_factory):
    """Commands that write, by the name of what they write; the last argument is missing."""
    # What deciding loads takes a semaphore, which is a file; whichever test is the first has it loaded.
    import_module("engine.evaluate.processes.side_by_side")
    import_module("engine.decision.solve")
    products = [{"product": "SOFA", "current_strategy": "MTO"}]
    case = write_scenario(tmp_path_factory.mktemp("case") / "scenario", products=products)
    return {name: [case if part == CASE else part for part in command] for name, command in WRITES.items()}


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@contextmanager
def full_disk():
    """Files may be made and get no byte: the system refuses, as it does where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def told(found):
    """What a user reads; never a traceback."""
    assert found.exit_code == 1, found.output
    assert isinstance(found.exception, EngineError | SystemExit), found.exception
    return found.stderr if isinstance(found.exception, SystemExit) else str(found.exception)


@pytest.mark.parametrize("name", WRITES)
def test_a_full_disk_is_told_and_leaves_nothing_half_written(name, writes, tmp_path):
    with full_disk():
        found = run(*writes[name], tmp_path / name)
    assert re.search(r"cannot (be written|write the results).*File too large", told(found))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("name", WRITES)
def test_a_place_that_takes_nothing_is_told(name, writes, tmp_path):
    # Nobody can write below a file, not even the system's owner, for whom a read-only folder is none.
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    assert str(taken) in told(run(*writes[name], taken / name))
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_an_earlier_report_outlives_a_disk_that_refuses(writes, tmp_path):
    out = tmp_path / "page.html"
    out.write_text("earlier", encoding="utf-8")
    with full_disk():
        run(*writes["page.html"], out)
    assert out.read_text(encoding="utf-8") == "earlier"


@pytest.mark.parametrize("command", WORK)
def test_too_little_memory_has_words_and_a_code(command, tmp_path, monkeypatch):
    def fill(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr(WORK[command], fill)
    found = run(command, TINY, "--out", tmp_path)
    assert found.exit_code == EXIT_NO_MEMORY
    assert found.stderr.startswith("not enough memory; nothing is written. Fewer --samples need less")


def test_a_fault_of_codp_keeps_its_traceback(tmp_path, monkeypatch):
    def broken(*_arguments, **_options):
        raise FileNotFoundError(2, "No such file or directory", "a file of codp")

    monkeypatch.setattr(WORK["frontier"], broken)
    assert isinstance(run("frontier", TINY, "--out", tmp_path).exception, FileNotFoundError)


def test_two_runs_into_one_folder_leave_the_results_of_one(tmp_path):
    names = [f"table{number}" for number in range(30)]
    start = threading.Barrier(2)

    def write(run_number):
        tables = {name: pd.DataFrame({"run": [run_number]}) for name in names}
        start.wait()
        write_results(tmp_path, tables, {"run": run_number})

    for _ in range(4):
        runs = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
        for one in runs:
            one.start()
        for one in runs:
            one.join()
        last = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["run"]
        stands = {int(pd.read_csv(tmp_path / f"{name}.csv")["run"][0]) for name in names}
        assert stands == {last}


def test_the_page_of_outcomes_names_every_exit_code_and_command():
    page = (ROOT / "docs" / "outcomes.md").read_text(encoding="utf-8")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    usage = 2
    own = {decide.EXIT_FAULTY, decide.EXIT_INFEASIBLE, decide.EXIT_TIMED_OUT, EXIT_NO_MEMORY, stopping.EXIT_STOPPED}
    assert codes == {0, usage, *own}
    cells = " ".join(re.findall(r"^\| (`\w.*?) \|", page, re.MULTILINE))
    rows = set(re.findall(r"`([\w ]+)`", cells))
    commands = {info.name or info.callback.__name__ for info in app.registered_commands}
    assert rows == {*commands, "batch fit", "batch run", "batch report", "batch thresholds"}
