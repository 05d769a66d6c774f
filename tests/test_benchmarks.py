"""Every benchmark starts: at its smallest size, without looking at a clock."""

import re
import threading
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks import (
    alternatives,
    commands,
    decide,
    jump,
    levers,
    lines,
    mpisppy_form,
    risk,
    simulate,
    sliders,
    stages,
    textbook,
    waiting,
)
from benchmarks import catalogue as catalogues
from benchmarks.__main__ import PARTS, main
from benchmarks.catalogue import measure, write_catalogue
from benchmarks.instances import bicycles, group, setting
from engine.cli import app
from engine.decision.solve import solve as decide_scenario
from engine.economics.build import build_instance
from engine.scenario.read import read_scenario
from engine.ui.state.scenarios import FOLDER
from engine.ui.work.proof import write_down


def test_all_ways_of_deciding_solve_one_program():
    """What is written out by hand beside the rules is the same program."""
    for seed in (1, 2):
        instance = build_instance(group(8, samples=12, seed=seed))
        ours, raw, hand = (way(instance, limit=60.0) for way in (decide.production, decide.raw_highs, _by_hand))
        assert max(ours.gap, raw.gap, hand.gap) <= decide.GAP
        assert raw.objective == pytest.approx(ours.objective, rel=2 * decide.GAP)
        assert hand.objective == pytest.approx(ours.objective, rel=2 * decide.GAP)
        assert decide.plan(instance, limit=60.0).objective >= ours.objective * (1.0 - decide.GAP)
        assert np.isfinite(decide.first_answer(instance, seconds=1.0).gap)


def test_order_lines_are_fitted_in_every_way(tmp_path, monkeypatch):
    def codp(*words: str) -> None:
        """A process of its own would load the engine anew."""
        assert CliRunner().invoke(app, words).exit_code == 0, words

    monkeypatch.setattr(lines, "LINES_A_PRODUCT", 100)
    monkeypatch.setattr(lines, "_codp", codp)
    assert lines.write_book(tmp_path, 200) == 2
    for way in lines.WAYS.values():
        way(str(tmp_path))
    assert (tmp_path / "filled" / "fit" / "summary.json").is_file()


def _by_hand(instance, *, limit):
    return decide.pyomo_by_hand(instance, limit=limit)


def test_adventureworks_starts(data_dir, monkeypatch):
    monkeypatch.setenv("CODP_DATA", str(data_dir))
    scenario, _ = setting(bicycles(), "base")
    assert np.isfinite(decide.production(build_instance(scenario, samples=10), limit=60.0).gap)


@pytest.mark.parametrize(
    ("report", "rows"),
    [
        (lambda: decide.sizes(((6, 10),), limit=20.0), 3),
        (lambda: mpisppy_form.report(((6, 10),), limit=20.0), 1),
        (lambda: risk.report(((6, 10, True),)), 3),
        (lambda: alternatives.report(("tiny",), products=1), 6),
        (lambda: simulate.report(products=6, years=0.5, samples=10, bundled=("tiny",)), 5),
        (lambda: sliders.moves(group(6, samples=10, capacity=True), count=4, samples=10, prove_every=2), 4),
        (lambda: jump.report(1, products=6, samples=10), 5),
    ],
    ids=["sizes", "mpisppy", "risk", "alternatives", "simulate", "sliders", "jump"],
)
def test_benchmark_starts(report, rows):
    lines = report()
    assert len(lines) >= rows
    assert all(isinstance(line, str) for line in lines)


def test_levers_of_a_scenario_with_machines_are_moved(tmp_path, monkeypatch):
    write_down(group(6, samples=10, capacity=True), tmp_path / "small")
    monkeypatch.setattr(levers, "FOLDER", tmp_path)
    assert len(levers.report("small", count=1)) == 2 + len(levers.MOVES)


def test_stages_of_a_group_are_timed_and_its_gap_is_proven():
    seconds, peak, gap = stages.stages(6, 10)
    assert len(seconds) == len(stages.STAGES)
    assert min(seconds) >= 0.0
    assert peak > 0.0
    assert 0.0 <= gap <= decide.GAP


def test_catalogue_and_textbook_start(tmp_path):
    catalogue = write_catalogue(tmp_path / "catalogue", 60)
    assert (catalogue / "products.parquet").is_file()
    assert textbook.beside_the_library(catalogue, products_per_second=1.0)
    assert textbook.normal_newsvendors(10)["here, all at once"] > 0.0


def test_what_is_waited_for_is_what_the_app_starts(tmp_path):
    base = read_scenario(FOLDER / "tiny")
    asked = {}
    for name, prepare in waiting.studies(base, decide_scenario(base).plan).items():
        (tmp_path / name).mkdir()
        asked[name] = prepare(tmp_path / name)
    assert [command[0] for command in asked.values()] == [
        "compare", "frontier", "solve", "confidence", "confidence", "simulate",
    ]  # fmt: skip
    assert (tmp_path / "tornado" / "cases" / "base" / "products.csv").is_file()


def test_whole_commands_are_timed_beside_their_goals(monkeypatch):
    # Two workers for each catalogue would load the engine anew.
    monkeypatch.setattr(commands, "measure", partial(measure, workers=0))
    # Each is written in a process of its own, which would load it too.
    threads = SimpleNamespace(Process=threading.Thread)
    monkeypatch.setattr(catalogues, "multiprocessing", SimpleNamespace(get_context=lambda _: threads))
    monkeypatch.setattr(commands, "_CATALOGUES", commands._CATALOGUES[1:])
    found = commands.report(products=10, only=("`codp check scenarios/tiny`",))
    assert found[2].startswith("| `codp check scenarios/tiny` |")
    assert [line.split(" | ")[0] for line in found[3:]] == ["| catalogue of 10, half coupled, two workers"]


def test_every_part_is_known(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["benchmarks", "nothing"])
    assert main() == 2
    known = re.search(r"known are: (.*)", capsys.readouterr().err)[1].split(", ")
    assert known == list(PARTS)
