"""Batch runs: what is decided, what a resume keeps, and what is told where something is wrong."""

import errno
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from engine.catalog import workers as workers_module
from engine.catalog.deciding import partition as partition_module
from engine.catalog.deciding.block import pick
from engine.catalog.deciding.prices import price_moves
from engine.catalog.intake import staging as staging_module
from engine.catalog.manifest import RunLock
from engine.catalog.options import BatchOptions
from engine.catalog.results.report import batch_report, report_text
from engine.catalog.run import Stopped
from engine.decision.plan import told_at_least
from engine.decision.solve import decide_instance, solve
from engine.economics.build import build_instance
from engine.errors import EngineError, ScenarioError
from engine.scenario.columns import STRATEGIES
from engine.scenario.read import read_scenario
from tests.catalog.catalogues import SMALL, UNCERTIFIED, decisions, digest, run, tables, write

RESULTS = (
    "objective_per_year", "program_per_year", "bound_per_year", "gap", "allocation_gap", "terms_per_year", "products",
    "rejected_rows", "sampled_groups", "certified_groups",
)  # fmt: skip


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """One catalogue and its undisturbed run."""
    folder = tmp_path_factory.mktemp("case")
    catalogue = write(folder / "catalogue")
    return catalogue, folder / "out", run(catalogue, folder / "out", options=SMALL)


def test_a_group_is_decided_as_the_scenario_of_it_alone(case, tmp_path):
    """First come first served on the same samples: the same strategies, stocks, costs and costs of other strategies.

    Of a few products alone all are exact; a run bounds those that are far.
    """
    _, out, result = case
    scenario = read_scenario(write(tmp_path / "same", text=True))
    batch = decisions(out).set_index("product")
    parts = pd.concat([pd.read_parquet(path) for path in sorted(out.glob("components/*.parquet"))])
    stock = parts.set_index("component")["base_stock"]
    bound = program = 0.0
    for number in sorted(set(batch["group"]) - {0}):
        members = scenario.products["product"].isin(batch.index[batch["group"] == number]).to_numpy(dtype=bool)
        alone = solve(pick(scenario, members), samples=40, gap=SMALL.gap).plan
        plan = alone.decisions.set_index("product")
        rows = batch.loc[plan.index]
        assert rows["strategy"].tolist() == plan["strategy"].tolist()
        for name in ("expected_cost_per_year", "on_time", "base_stock"):
            np.testing.assert_allclose(rows[name], plan[name], rtol=1e-9, err_msg=name)
        names = [f"cost_if_{k}" for k in STRATEGIES]
        told, cost, least = (frame[names].to_numpy() for frame in (rows, plan, told_at_least(rows)))
        np.testing.assert_allclose(told[~least], cost[~least], rtol=1e-9)
        assert (told[least] <= cost[least] * (1.0 + 1e-9)).all()
        used = alone.components[alone.components["products_served"] > 0].set_index("component")
        np.testing.assert_allclose(stock[used.index], used["base_stock"], rtol=1e-9)
        bound += alone.bound_per_year
        program += alone.summary["program_per_year"]
    lone = batch.loc[batch["group"] == 0, "expected_cost_per_year"].sum()
    assert result.summary["bound_per_year"] == pytest.approx(bound + lone, rel=1e-9)
    assert result.summary["program_per_year"] == pytest.approx(program + lone, rel=1e-9)
    assert result.summary["gap"] <= SMALL.gap
    assert result.summary["allocation_gap"] > 0.0


def test_lone_products_cost_about_what_samples_say(case, tmp_path):
    _, out, _ = case
    scenario = read_scenario(write(tmp_path / "same", text=True))
    batch = decisions(out).set_index("product")
    lone = batch.index[batch["basis"] == "exact"]
    assert len(lone) > 10
    members = scenario.products["product"].isin(lone).to_numpy(dtype=bool)
    found = solve(pick(scenario, members), samples=4000, gap=1e-3, certified=False, compared=False)
    plan = found.plan.decisions.set_index("product")
    assert batch.loc[lone, "expected_cost_per_year"].sum() == pytest.approx(
        plan["expected_cost_per_year"].sum(), rel=0.02
    )
    assert (batch.loc[plan.index, "strategy"] == plan["strategy"]).mean() > 0.9


@pytest.mark.parametrize("bundled", [1, 100])
def test_a_group_does_not_depend_on_what_it_is_bundled_with(case, tmp_path, bundled):
    catalogue, out, _ = case
    run(catalogue, tmp_path / "out", options=replace(UNCERTIFIED, bundle_products=bundled))
    one, other = (decisions(folder).set_index("product").sort_index() for folder in (out, tmp_path / "out"))
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9)


def test_values_of_parts_add_up_to_those_of_assembled_products(case):
    _, out, _ = case
    frame = decisions(out)
    parts = pd.concat([pd.read_parquet(path) for path in sorted(out.glob("components/*.parquet"))])
    assembled = frame.loc[frame["strategy"] == "ATO", "inventory_value"].sum()
    assert parts["inventory_value"].sum() == pytest.approx(assembled, rel=1e-9)
    # Some parts lie there early only, for customers who wait longer than the supplier.
    assert (parts["products_served"] == 0).any()
    assert (parts.loc[parts["products_served"] == 0, "inventory_value"] > 0.0).all()


def test_costs_add_up_and_bound_is_below(case):
    _, out, result = case
    frame, summary = decisions(out), result.summary
    assert frame["expected_cost_per_year"].sum() == pytest.approx(summary["objective_per_year"], rel=1e-12)
    assert sum(summary["terms_per_year"].values()) == pytest.approx(summary["objective_per_year"], rel=1e-9)
    assert summary["bound_per_year"] <= summary["objective_per_year"]
    assert sorted(frame["product"]) == sorted(row["product"] for row in tables()["products"])
    chosen = frame[["cost_if_MTS", "cost_if_ATO", "cost_if_MTO"]].to_numpy()
    at = frame["strategy"].map({"MTS": 0, "ATO": 1, "MTO": 2}).to_numpy()
    np.testing.assert_allclose(chosen[np.arange(len(at)), at], frame["expected_cost_per_year"], rtol=1e-9)
    assert (frame["regret_per_year"].dropna() >= -1e-6).all()


def test_priced_moves_bound_the_moves_evaluated(tmp_path):
    given = tables(products=7, groups=(7,))
    instance = build_instance(read_scenario(write(tmp_path / "same", given, text=True)), samples=40)
    found = decide_instance(instance, gap=0.0, served=False)
    plan = found.search.best
    true, priced = found.move_objectives(None).objective, price_moves(instance, plan, plan).objective
    assert (np.isnan(true) == np.isnan(priced)).all()
    some = ~np.isnan(true)
    assert (priced[some] <= np.maximum(true[some], plan.objective) + 1e-6 * plan.objective).all()
    assert (priced[some] > plan.objective * (1.0 + 1e-6)).sum() > 4


@pytest.mark.parametrize("partitions", [1, 100])
def test_partitions_change_nothing(case, tmp_path, partitions):
    catalogue, out, result = case
    other = run(catalogue, tmp_path / "out", options=replace(SMALL, partitions=partitions))
    pd.testing.assert_frame_equal(decisions(tmp_path / "out"), decisions(out), check_exact=True)
    assert (tmp_path / "out" / "rejected.csv").read_bytes() == (out / "rejected.csv").read_bytes()
    assert {name: other.summary[name] for name in RESULTS} == {name: result.summary[name] for name in RESULTS}


def test_csv_and_parquet_give_the_same(case, tmp_path):
    _, out, _ = case
    run(write(tmp_path / "catalogue", text=True), tmp_path / "out")
    pd.testing.assert_frame_equal(decisions(tmp_path / "out"), decisions(out), check_exact=True)


def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(case, tmp_path, monkeypatch):
    catalogue, out, _ = case
    done = []

    def interrupted(work, number):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(number)
        return partition_module.decide_partition(work, number)

    monkeypatch.setattr(workers_module, "decide_partition", interrupted)
    with pytest.raises(Stopped, match=r"stopped; 2 of \d+ partitions are finished and kept; the same command goes on"):
        run(catalogue, tmp_path / "out")
    monkeypatch.undo()
    lines = []
    run(catalogue, tmp_path / "out", log=lines.append)
    assert any(line.startswith("2 of ") for line in lines)
    assert digest(tmp_path / "out") == digest(out)


def test_a_finished_file_that_changed_is_made_again(case, tmp_path):
    catalogue, out, _ = case
    shutil.copytree(out, tmp_path / "out")
    (tmp_path / "out" / "decisions" / "00001.parquet").write_bytes(b"torn")
    # What a process that was killed had begun to write.
    (tmp_path / "out" / "components" / ".00001.parquet.1857-c23953").write_bytes(b"PAR1")
    with (tmp_path / "out" / "ledger.jsonl").open("ab") as ledger:
        ledger.write(b'{"partition": 3, "fil')
    run(catalogue, tmp_path / "out", options=SMALL)
    assert digest(tmp_path / "out") == digest(out)


def test_a_changed_input_or_setting_is_refused_with_what_changed(tmp_path):
    few = tables(products=5, groups=(2,))
    catalogue, out = write(tmp_path / "catalogue", few), tmp_path / "out"
    run(catalogue, out)
    with pytest.raises(EngineError, match=r"--gap was 0\.004, now 0\.1") as caught:
        run(catalogue, out, options=replace(UNCERTIFIED, gap=0.1))
    chinese = caught.value.words("zh").splitlines()
    assert chinese[1:] == ["  - --gap 原为 0.004，现为 0.1", "请恢复原状后继续，或另选 --out"]
    (catalogue / "bom.parquet").unlink()
    (catalogue / "components.parquet").unlink()
    with pytest.raises(EngineError, match=r"bom\.parquet is gone(.|\n)*components\.parquet is gone"):
        run(catalogue, out)
    write(catalogue, few, holding_rate_per_year=0.3)
    with pytest.raises(
        EngineError, match=r"scenario\.yaml was changed(.|\n)*holding_rate_per_year was 0\.25, now 0\.3"
    ):
        run(catalogue, out)


def test_faulty_rows_are_rejected_with_their_reason_and_the_rest_goes_on(tmp_path):
    given = tables()
    products = given["products"]
    broken = {row["product"]: row for row in products}
    broken["P20"]["demand_per_week"] = -1.0
    broken["P21"]["late_cost_per_unit_day"] = None
    broken["P2"]["distribution"] = "cauchy"
    products.append(dict(broken["P22"]))
    given["bom"].append({"product": "P99", "component": "C1", "quantity": 1.0})
    given["bom"].append({"product": "P19", "component": "C999", "quantity": 1.0})
    given["components"][-1]["unit_cost"] = -5.0
    user = next(line["product"] for line in given["bom"] if line["component"] == given["components"][-1]["component"])
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv").set_index("product")
    assert set(rejected.index) == {"P20", "P21", "P2", "P22", "P99", "P19", user}
    assert "-1 is out of range; expected a number 0 or more" in rejected.loc["P20", "reason"]
    assert "late cost" in rejected.loc["P21", "reason"]
    assert "'cauchy'" in rejected.loc["P2", "reason"]
    assert "stands already in row" in rejected.loc["P22", "reason"]
    assert "not in products" in rejected.loc["P99", "reason"]
    assert "'C999' is not in components" in rejected.loc["P19", "reason"]
    assert "(unit_cost: -5 is out of range" in rejected.loc[user, "reason"]
    assert result.summary["rejected_rows"] == 7
    # P22 stands twice: its first row is decided; P99 was none.
    assert result.summary["products"] == len(tables()["products"]) - 5
    with pytest.raises(EngineError, match=r"rows are faulty, see .*rejected\.csv"):
        run(tmp_path / "catalogue", tmp_path / "stopped", options=replace(SMALL, stop_on_rejected=True))


def test_a_product_that_no_strategy_can_serve_is_rejected(tmp_path):
    given = tables(products=12, groups=(3,))
    for row in given["products"]:
        if row["product"] in ("P1", "P8"):
            row |= {"on_time_target": 0.99, "allowed": "MTO", "make_days": 40.0}
        else:
            row |= {"on_time_target": None, "allowed": None}
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out")
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert sorted(rejected["product"]) == ["P1", "P8"]
    assert result.summary["products"] == 10


def test_disk_full_says_so_and_keeps_what_is_finished(case, tmp_path, monkeypatch):
    catalogue, out, _ = case
    before, written = partition_module._write_table, []

    def full(table, path):
        written.append(path)
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        before(table, path)

    monkeypatch.setattr(partition_module, "_write_table", full)
    with pytest.raises(
        EngineError, match=r"the disk is full; 2 of \d+ partitions are finished and kept; free some space"
    ):
        run(catalogue, tmp_path / "out")
    monkeypatch.undo()
    assert not list((tmp_path / "out").rglob(".*.parquet.*"))
    run(catalogue, tmp_path / "out")
    assert digest(tmp_path / "out") == digest(out)


def test_disk_full_while_laying_out_leaves_nothing_behind(case, tmp_path, monkeypatch):
    catalogue, out, _ = case

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(staging_module, "_stage_routing", full)
    with pytest.raises(EngineError, match="No space left on device; what is finished stays, the same command goes on"):
        run(catalogue, tmp_path / "out")
    monkeypatch.undo()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["lock", "manifest.json"]
    run(catalogue, tmp_path / "out")
    assert digest(tmp_path / "out") == digest(out)


@pytest.mark.parametrize("damage", ["half", "one bit"])
def test_a_partition_that_fails_is_named_and_the_rest_completes(case, tmp_path, damage):
    """One bit of a number reads as well as any other: only the hash tells."""
    catalogue, out, result = case
    shutil.copytree(out, tmp_path / "out")
    plan = tmp_path / "out" / "plan"
    (tmp_path / "out" / "ledger.jsonl").unlink()
    staged = plan / "00001.products.arrow"
    content = bytearray(staged.read_bytes())
    if damage == "half":
        content[: len(content) // 2] = b"\0" * (len(content) // 2)
    else:
        content[len(content) // 2] ^= 1
    staged.write_bytes(bytes(content))
    failed = run(catalogue, tmp_path / "out", options=SMALL)
    assert list(failed.failed) == [1]
    assert "its rows cannot be read" in failed.failed[1]
    assert failed.finished == result.partitions - 1
    for path in plan.iterdir():
        path.unlink()
    plan.rmdir()
    again = run(catalogue, tmp_path / "out", options=SMALL)
    assert again.summary["objective_per_year"] == result.summary["objective_per_year"]
    assert digest(tmp_path / "out") == digest(out)


def test_one_driver_at_a_time(case, tmp_path):
    catalogue, _, _ = case
    (tmp_path / "out").mkdir()
    with RunLock(tmp_path / "out"), pytest.raises(EngineError, match="another process is running this batch"):
        run(catalogue, tmp_path / "out")


def test_groups_beyond_the_largest_end_at_the_bound_of_their_prices(case, tmp_path):
    catalogue, _, result = case
    small = run(catalogue, tmp_path / "out", options=replace(UNCERTIFIED, largest_group=2, moved_group=2))
    frame = decisions(tmp_path / "out")
    size = frame.groupby("group")["group"].transform("size")
    assert set(frame.loc[(frame["group"] > 0) & (size > 2), "basis"]) == {"prices"}
    assert set(frame.loc[(frame["group"] > 0) & (size <= 2), "basis"]) == {"sampled"}
    assert small.summary["bound_per_year"] <= result.summary["objective_per_year"] * (1 + 1e-9)
    assert small.summary["objective_per_year"] >= result.summary["bound_per_year"] * (1 - 1e-9)


def test_lost_sales_and_products_without_closed_form_are_decided_too(tmp_path):
    given = tables(products=14, groups=(3, 2))
    for row in given["products"]:
        losing = row["product"] in ("P1", "P7")
        row |= {"price": row["unit_cost"] * 2.0, "lost_share_if_late": 0.2 if losing else 0.0}
        row |= {"allowed": "MTS" if row["product"] == "P7" else None}
        if row["product"] in ("P4", "P9", "P10"):
            row |= {"distribution": "compound_poisson", "demand_cv": 1.5, "order_size": 1.0}
    result = run(write(tmp_path / "catalogue", given), tmp_path / "out", options=SMALL)
    assert result.summary["products"] == 14
    assert "lost_margin" in result.summary["terms_per_year"]
    frame = decisions(tmp_path / "out").set_index("product")
    assert set(frame["basis"]) == {"exact", "sampled"}
    # Lone, but compound Poisson.
    assert frame.loc["P9", ["group", "basis"]].tolist() == [0, "sampled"]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("inventory_budget: 1000", "ties all products"),
        ("max_changes: 3", "ties all products"),
        ("sampels: 3", "samples"),
    ],
)
def test_settings_that_no_batch_can_keep_are_refused(tmp_path, setting, words):
    catalogue = write(tmp_path / "catalogue")
    with (catalogue / "scenario.yaml").open("a", encoding="utf-8") as file:
        file.write(setting + "\n")
    with pytest.raises(ScenarioError, match=words):
        run(catalogue, tmp_path / "out")


def test_wrong_columns_are_all_told_before_anything_runs(tmp_path):
    given = tables(products=5, groups=(2,))
    for row in given["products"]:
        row["demand_per_weak"] = row.pop("demand_per_week")
        row["unit_cost"] = str(row["unit_cost"]) + " EUR"
    with pytest.raises(ScenarioError) as caught:
        run(write(tmp_path / "catalogue", given), tmp_path / "out")
    text = str(caught.value)
    assert "did you mean 'demand_per_week'" in text
    assert "unit_cost" in text
    assert "store numbers" in text


def test_summary_is_json_and_options_are_checked(case):
    _, out, result = case
    stored = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert stored["objective_per_year"] == result.summary["objective_per_year"]
    with pytest.raises(EngineError, match="gap is a share"):
        BatchOptions(gap=2.0)


def test_a_catalogue_without_rows_and_a_file_in_place_of_a_folder_are_told(tmp_path):
    catalogue = write(tmp_path / "empty", text=True)
    products = catalogue / "products.csv"
    products.write_text(products.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(EngineError, match=r"products\.csv: the table products has no rows"):
        run(catalogue, tmp_path / "out")
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match="file: is a file; name a folder for --out"):
        run(catalogue, tmp_path / "file")


def test_a_catalogue_of_faulty_rows_alone_ends_with_none_decided(tmp_path):
    given = tables(products=17)
    for row in given["products"]:
        row["unit_cost"] = -1.0
    result = run(write(tmp_path / "bad", given), tmp_path / "out")
    assert (result.summary["products"], result.summary["rejected_rows"], result.summary["gap"]) == (0, 17, 0.0)
    assert "0 products" in report_text(batch_report(tmp_path / "out"))
