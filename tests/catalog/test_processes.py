"""Processes: the same bytes from one process, from Dask, and after kill -9 of workers and of the parent.

`CODP_EVIDENCE=full` kills at twenty random moments and joins a running cluster; the quick form kills a worker.
"""

import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import ModuleType

import psutil
import pytest
from typer.testing import CliRunner

from engine.catalog.cluster import check_address
from engine.catalog.options import BatchOptions
from engine.cli import app
from engine.errors import EngineError
from tests.catalog.catalogues import digest, run, tables, write
from tests.evidence import FULL
from tests.patience import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20
WORKERS_KILLED = 2 if FULL else 1
SAMPLES, GROUPS = (200, 5) if FULL else (60, 1)
OPTIONS = BatchOptions(block_products=8, bundle_products=6, partitions=40, samples=SAMPLES)

pytest.importorskip("distributed")

full = pytest.mark.skipif(not FULL, reason="the long form: CODP_EVIDENCE=full")

PROGRAM = f"""
import sys
from engine.catalog.options import BatchOptions
from engine.catalog.run import run_batch
if __name__ == "__main__":
    options = BatchOptions(block_products=8, bundle_products=6, partitions=40, samples={SAMPLES})
    run_batch(sys.argv[1], sys.argv[2], options=options, workers=2, log=print)
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A catalogue of many small groups, and its undisturbed run in one process."""
    folder = tmp_path_factory.mktemp("case")
    given = tables(products=30 * GROUPS, groups=[2, 3, 5, 4, 6] * GROUPS)
    catalogue = write(folder / "catalogue", given)
    run(catalogue, folder / "out", options=OPTIONS)
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    return folder / "program.py", catalogue, folder / "out"


def start(program, catalogue, out):
    """The same run with two workers, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, str(program), str(catalogue), str(out)], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def finished(out):
    """Lines of the ledger so far."""
    ledger = out / "ledger.jsonl"
    return ledger.read_bytes().count(b"\n") if ledger.exists() else 0


def descendants(process):
    """Live processes below one that may be ending."""
    try:
        found = psutil.Process(process.pid).children(recursive=True)
        return [child for child in found if child.status() != psutil.STATUS_ZOMBIE]
    except psutil.Error:
        return []


def is_worker(child):
    """Whether it decides partitions; Python's resource tracker does not."""
    try:
        return "spawn_main" in " ".join(child.cmdline())
    except psutil.Error:
        return False


@full
def test_two_workers_give_the_same_bytes(case, tmp_path):
    _, catalogue, out = case
    run(catalogue, tmp_path / "out", options=OPTIONS, workers=2)
    assert digest(tmp_path / "out") == digest(out)


def test_a_killed_worker_changes_nothing(case, tmp_path, monkeypatch):
    """The parent is this process, whose engine is loaded; workers have no need of the module that it began with."""
    _, catalogue, out = case
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    with ThreadPoolExecutor(1) as other:
        ended = Event()
        killed = other.submit(kill_workers, tmp_path / "out", ended, {one.pid for one in descendants(psutil.Process())})
        try:
            result = run(catalogue, tmp_path / "out", options=OPTIONS, workers=2)
        finally:
            ended.set()
    assert not result.failed
    assert killed.result() == WORKERS_KILLED
    assert digest(tmp_path / "out") == digest(out)


def kill_workers(out, ended, others):
    """Kill one worker after the other, each once more partitions are finished, until the run has ended; how many."""
    killed = 0
    while killed < WORKERS_KILLED and not ended.wait(0.05):
        if finished(out) > 2 * killed:
            family = [child for child in descendants(psutil.Process()) if child.pid not in others]
            if workers := [child for child in family if is_worker(child)]:
                workers[-1].kill()
                killed += 1
    return killed


@full
def test_kill_9_at_random_moments_loses_nothing(case, tmp_path):
    program, catalogue, out = case
    rng = random.Random(7)
    kills, runs, target = 0, 0, tmp_path / "out0"
    while True:
        with start(program, catalogue, target) as process:
            if kills < KILLS and wait_a_moment(process, target, rng):
                kill(process, parent=kills % 2 == 0)
                kills += 1
            text = process.communicate()[0]
        if process.returncode == 0:
            assert digest(target) == digest(out)
            if kills == KILLS:
                break
            # It ended before it could be killed: the next run starts afresh.
            runs += 1
            target = tmp_path / f"out{runs}"
        assert runs < KILLS, text
    print(f"{kills} kills, {runs + 1} complete runs")


def wait_a_moment(process, target, rng):
    """Some moment between the first second and the end, whatever the machine is doing then; False where it is over."""
    deadline, more = time.monotonic() + rng.uniform(0.5, 20.0), rng.randint(1, 6)
    before = finished(target)
    while time.monotonic() < deadline and process.poll() is None and finished(target) < before + more:
        time.sleep(0.02)
    return process.poll() is None


def kill(process, *, parent):
    """Kill -9 the parent, whose workers must end too, or all its workers."""
    family = descendants(process)
    for pid in [process.pid] if parent or not family else [child.pid for child in family]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    if parent or not family:
        process.wait()
        _, alive = psutil.wait_procs(family, timeout=PATIENCE_SECONDS)
        assert not alive, "workers outlived their parent"


def test_ctrl_c_leaves_a_run_that_goes_on(case, tmp_path):
    _, catalogue, _ = case
    command = [sys.executable, "-m", "engine", "batch", "run", str(catalogue), "--out", str(tmp_path / "out")]
    command += ["--workers", "0", "--samples", str(SAMPLES), "--partitions", "40", "--bundle-products", "6"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while process.poll() is None and finished(tmp_path / "out") < 1:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    text = process.communicate(timeout=PATIENCE_SECONDS)[0]
    assert process.returncode == 130, text
    assert "partitions are finished and kept; the same command goes on from there" in text
    assert "codp batch run" in text
    assert "Traceback" not in text
    assert CliRunner().invoke(app, [*command[3:], "--quiet"]).exit_code == 0


@pytest.mark.parametrize("line", ["laying out", "lone"])
def test_ctrl_c_while_processes_start_leaves_no_trace_of_them(case, tmp_path, line):
    """A terminal sends it to all processes, those half-way through an import too."""
    _, catalogue, _ = case
    command = [sys.executable, "-m", "engine", "batch", "run", str(catalogue), "--out", str(tmp_path / "out"),
               "--workers", "2", "--samples", str(SAMPLES), "--bundle-products", "6"]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        said = ""
        while line not in said:
            said = process.stdout.readline()
            assert said, "it ended too soon"
        time.sleep(1.0)
        family = descendants(process)
        os.killpg(process.pid, signal.SIGINT)
        text = process.communicate(timeout=PATIENCE_SECONDS)[0]
    assert process.returncode == 130, text
    assert f"goes on from there: codp batch run {catalogue}" in text or "goes on: codp batch run" in text
    assert "Traceback" not in text
    assert not psutil.wait_procs(family, timeout=PATIENCE_SECONDS)[1], "workers outlived their parent"


@pytest.mark.parametrize("address", ["localhost:8786", "http://host:80", "tcp://", "tls://host"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(EngineError, match="write tls://host:port"):
        check_address(address, insecure_tcp=False)


def test_plain_tcp_to_another_host_needs_a_flag():
    check_address("tls://198.51.100.7:8786", insecure_tcp=False)
    check_address("tcp://127.0.0.1:8786", insecure_tcp=False)
    check_address("tcp://198.51.100.7:8786", insecure_tcp=True)
    with pytest.raises(EngineError, match="can run any code there"):
        check_address("tcp://198.51.100.7:8786", insecure_tcp=False)


@full
def test_a_running_cluster_gives_the_same_bytes(case, tmp_path):
    _, catalogue, out = case
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", host="127.0.0.1") as cluster:
        run(catalogue, tmp_path / "out", options=OPTIONS, workers=None, scheduler=cluster.scheduler_address)
    assert digest(tmp_path / "out") == digest(out)


@full
def test_no_scheduler_at_the_address_is_told(case, tmp_path):
    _, catalogue, _ = case
    with pytest.raises(EngineError, match=r"tcp://127\.0\.0\.1:9: no scheduler answers there"):
        run(catalogue, tmp_path / "out", options=OPTIONS, workers=None, scheduler="tcp://127.0.0.1:9")
