"""Proofs run in processes of their own, a few at a time, and leave nothing behind."""

import time
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.runtime.caching import clear_session_resource_cache
from streamlit.testing.v1 import AppTest

from engine.cli.decide import load
from engine.decision.solve import solve
from engine.errors import EngineError
from engine.ui.work import jobs
from engine.ui.work.jobs import Job, Stage
from engine.ui.work.proof import Failed, ProofQueue, Proven, Refused, write_down
from tests.patience import PATIENCE_SECONDS
from tests.scenarios import make_scenario
from tests.ui.conftest import SESSION
from tests.ui.pages import opened

PARTS = {"components": [{}], "bom": {"P1": {"C1": 1}}}


@pytest.fixture
def queue():
    made = ProofQueue(most=1)
    yield made
    made.close()


def finish(queue: ProofQueue, job: Job) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while queue.poll(job) is not Stage.ENDED:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_tests_share_the_proof_of_a_scenario_and_no_other(queue, proofs, shared_proofs) -> None:
    scenario, taken, proven = make_scenario(**PARTS, samples=37), proofs.taken, proofs.proven
    jobs = []
    for given in (scenario, scenario, scenario.with_settings(samples=38)):
        jobs.append(queue.submit(given))
        finish(queue, jobs[-1])
    assert all(isinstance(job.verdict, Proven) for job in jobs), [job.verdict for job in jobs]
    assert (proofs.taken - taken, proofs.proven - proven) == (1, 2)
    plans = [job.verdict.plan for job in jobs]
    pd.testing.assert_frame_equal(plans[1].decisions, plans[0].decisions)
    assert [plan.summary["samples"] for plan in plans] == [37, 37, 38]


def test_that_there_is_no_plan_is_shared_too(queue, proofs, shared_proofs) -> None:
    scenario, taken = make_scenario(**PARTS, inventory_budget=0.0, samples=39, on_time_target=0.9), proofs.taken
    jobs = []
    for _ in range(2):
        jobs.append(queue.submit(scenario))
        finish(queue, jobs[-1])
    assert proofs.taken == taken + 1
    assert isinstance(jobs[0].verdict, Refused)
    assert jobs[1].verdict == jobs[0].verdict


def test_what_is_written_down_reads_back_as_the_same_scenario(tmp_path) -> None:
    scenario = make_scenario([{"product": "007", "name": "=1+1", "family": "null"}], holding_rate_per_year=1 / 3)
    write_down(scenario, tmp_path / "case")
    assert load(tmp_path / "case").digest() == scenario.digest()


def test_a_queue_proves_one_after_the_other_and_leaves_nothing(queue) -> None:
    scenario = make_scenario(**PARTS)
    first, second = queue.submit(scenario), queue.submit(scenario)
    assert (queue.poll(first), queue.poll(second)) == (Stage.RUNNING, Stage.QUEUED)
    finish(queue, first)
    assert isinstance(first.verdict, Proven)
    assert first.verdict.plan.objective_per_year == pytest.approx(solve(scenario).plan.objective_per_year, rel=1e-9)
    assert first.verdict.plan.summary["input_sha256"] == scenario.digest()
    assert queue.poll(second) is Stage.RUNNING
    queue.cancel(second)
    assert second.process.poll() is not None
    assert not first.folder.exists()
    assert not second.folder.exists()


def test_a_job_rests_before_it_starts() -> None:
    queue = ProofQueue(most=1, rest_seconds=3600.0)
    try:
        job = queue.submit(make_scenario(**PARTS))
        assert queue.poll(job) is Stage.QUEUED
        assert job.process is None
        queue.rest_seconds = 0.0
        assert queue.poll(job) is Stage.RUNNING
    finally:
        queue.close()


def test_the_page_that_asks_loads_nothing_and_what_rests_waits_for_what_is_loaded(monkeypatch) -> None:
    server = SimpleNamespace(begun=0, loads=True)
    server.begin = lambda: setattr(server, "begun", server.begun + 1)
    monkeypatch.setattr(jobs, "fork_server", lambda: server)
    monkeypatch.setattr(jobs, "run_codp", lambda *_, **__: SimpleNamespace(poll=lambda: 0, pid=-1))
    queue = ProofQueue(most=1, rest_seconds=1e-9)
    try:
        job = queue.submit(make_scenario(**PARTS))
        assert queue.poll(job) is Stage.QUEUED
        assert not server.begun, "the first figures come first"
        assert queue.poll(job) is Stage.QUEUED
        assert server.begun == 1
        server.loads = False
        assert queue.poll(job) is Stage.RUNNING
    finally:
        queue.close()


def test_cancelling_one_that_waits_lets_the_other_run(queue) -> None:
    scenario = make_scenario(**PARTS)
    first, second = queue.submit(scenario), queue.submit(scenario)
    queue.cancel(second)
    assert second.process is None
    assert queue.poll(first) is Stage.RUNNING
    queue.cancel(second)
    queue.cancel(first)


def test_too_little_capacity_comes_back_as_conflicts(queue) -> None:
    job = queue.submit(
        make_scenario(
            **PARTS,
            resources=[{"resource": "R", "hours_per_week": 1}],
            routing=[{"product": "P1", "resource": "R", "stage": "make", "hours_per_unit": 1}],
        )
    )
    finish(queue, job)
    assert isinstance(job.verdict, Refused)
    assert job.verdict.conflicts[0]["concerns"] == ["R"]


def test_a_process_that_is_killed_is_told_as_failed(queue) -> None:
    job = queue.submit(make_scenario(**PARTS))
    job.process.kill()
    finish(queue, job)
    assert job.verdict == Failed(timed_out=False, words="")


def test_a_scenario_that_cannot_be_written_leaves_no_folder(queue, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scenario = make_scenario(**PARTS)
    scenario.products.loc[0, "price"] = float("inf")
    with pytest.raises(EngineError):
        queue.submit(scenario)
    assert not list(tmp_path.iterdir())


def test_no_test_finds_the_proof_that_another_left(shared_proofs) -> None:
    def tell() -> None:
        import streamlit as st

        from engine.ui.state.session import slot

        st.text("none" if slot().job is None else "some")

    opened()
    assert AppTest.from_function(tell).run().text[0].value == "some"
    clear_session_resource_cache(SESSION)
    assert AppTest.from_function(tell).run().text[0].value == "none"
