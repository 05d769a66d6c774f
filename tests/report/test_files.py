import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.decision.solve import solve
from engine.errors import EngineError
from engine.report.files import PLAN_TABLES, read_plan, read_result, write_no_plan, write_plan, write_results
from tests.scenarios import make_scenario, random_scenario


@pytest.fixture(scope="module")
def plan():
    return solve(random_scenario(np.random.default_rng(2), resources=1), samples=30).plan


def tree(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_plan_reads_back_as_written(plan, tmp_path):
    write_plan(plan, tmp_path)
    back = read_plan(tmp_path)
    for name in PLAN_TABLES:
        pd.testing.assert_frame_equal(getattr(back, name), getattr(plan, name), check_dtype=False, rtol=0, atol=0)
    assert back.summary == plan.summary
    before = tree(tmp_path)
    write_plan(back, tmp_path)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("keys", [("001", "002"), ("NA", "nan"), ("1e5", "-"), ('a,"b"', " c"), ("=1+1", "'@x")])
def test_keys_that_look_like_numbers_or_blanks_stay_text(tmp_path, keys):
    found = solve(make_scenario(products=[{"product": key} for key in keys]), samples=20).plan
    named = replace(found, decisions=found.decisions.assign(product=list(keys)))
    write_plan(named, tmp_path)
    assert read_plan(tmp_path).decisions["product"].tolist() == list(keys)


@pytest.mark.parametrize("key", ["001", "NA", "1e5", "=1+1", "'@x"])
def test_a_result_reads_back_as_written(tmp_path, key):
    table = pd.DataFrame({"product": [key, "B"], "family": ["=2", ""], "saving": [1.5, math.nan]})
    write_results(tmp_path, {"switches": table}, {})
    back = read_result(tmp_path / "switches.csv")
    assert back["product"].tolist() == [key, "B"]
    assert back["family"].fillna("").tolist() == ["=2", ""]
    assert back["saving"].fillna(0.0).tolist() == [1.5, 0.0]


def test_no_key_is_a_formula_in_the_files(tmp_path):
    found = solve(make_scenario(products=[{"product": "=1+1"}], components=[{"component": "@x"}],
                                bom={"=1+1": {"@x": 1}}), samples=20).plan  # fmt: skip
    write_plan(found, tmp_path)
    starts = {line[0] for name in PLAN_TABLES for line in (tmp_path / f"{name}.csv").read_text("utf-8").splitlines()}
    assert not starts & set("=+-@")
    assert read_plan(tmp_path).components["component"].tolist() == ["@x"]


def test_a_plan_whose_bound_is_not_proven_is_written_and_read(plan, tmp_path):
    unproven = replace(plan, summary={**plan.summary, "bound_per_year": -math.inf, "gap": math.inf})
    write_plan(unproven, tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["bound_per_year"] is None
    assert read_plan(tmp_path).bound_per_year == -math.inf
    assert read_plan(tmp_path).gap == math.inf


@pytest.mark.parametrize("breaks_at", ["components", "resources", "summary"])
def test_a_failure_midway_leaves_the_old_results(plan, tmp_path, monkeypatch, breaks_at):
    write_plan(plan, tmp_path)
    before = tree(tmp_path)
    other = replace(plan, decisions=plan.decisions.iloc[:1], summary={**plan.summary, "scenario": "other"})
    if breaks_at == "summary":
        other = replace(other, summary={"what": object()})
        with pytest.raises(TypeError):
            write_plan(other, tmp_path)
    else:
        whole = pd.DataFrame.to_csv

        def full(self, path, **options):
            if breaks_at in str(path):
                raise OSError(28, "No space left on device")
            return whole(self, path, **options)

        monkeypatch.setattr(pd.DataFrame, "to_csv", full)
        with pytest.raises(EngineError, match="No space left on device"):
            write_plan(other, tmp_path)
    assert tree(tmp_path) == before, "the old results changed, or scratch files stayed"


def test_other_files_in_the_folder_stay(plan, tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    write_plan(plan, tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


def test_a_run_without_a_plan_takes_the_earlier_plan_away(plan, tmp_path):
    write_plan(plan, tmp_path)
    write_no_plan({"status": "infeasible"}, tmp_path)
    assert set(tree(tmp_path)) == {"summary.json"}
    with pytest.raises(EngineError, match=r"holds no plan \(decisions\.csv"):
        read_plan(tmp_path)


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(EngineError, match="cannot write the results"):
        write_results(tmp_path / "file", {}, {})


def test_a_torn_file_is_told_in_words(plan, tmp_path):
    write_plan(plan, tmp_path)
    (tmp_path / "summary.json").write_text('{"status": ', encoding="utf-8")
    with pytest.raises(EngineError, match="the plan cannot be read"):
        read_plan(tmp_path)
    with pytest.raises(EngineError, match="holds no plan"):
        read_plan(tmp_path / "nowhere")
