"""A command in a copy of the loaded engine is the command; copies end with what they are copies of."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.scenario.examples import examples_folder
from engine.ui.work.fork_server import ForkServer, python_path
from engine.ui.work.jobs import FAULTY, SOLVED, run_codp, start_codp
from tests.patience import PATIENCE_SECONDS
from tests.ui.proofs import wait_until_loaded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are not copied here")
TINY = examples_folder() / "tiny"
SERVES = """
import os, sys, time
from pathlib import Path
from engine.ui.work.fork_server import fork_server
from tests.ui.proofs import wait_until_loaded
server = fork_server()
server.begin()
wait_until_loaded(server)
with open(sys.argv[1], "wb") as said:
    copy = server.start(sys.argv[2:], folder=Path.cwd(), environment=dict(os.environ), stderr=said)
print(server._server.pid, copy.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server() -> ForkServer:
    """One of this test alone."""
    made = ForkServer()
    made.begin()
    assert wait_until_loaded(made)
    yield made
    made.close()


def gone(pid: int) -> bool:
    """Whether a process has ended within the time that a busy machine may take."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def folder_of(place: Path) -> Path:
    place.mkdir()
    return place


def test_a_copy_does_what_a_process_of_its_own_does(preloaded, tmp_path):
    written = []
    for start in (run_codp, start_codp):
        folder = folder_of(tmp_path / start.__name__)
        process = start(["solve", str(TINY), "--out", "plan", "--workers", "1"], folder, niceness=10)
        assert isinstance(process, subprocess.Popen) == (start is start_codp)
        assert process.wait() == SOLVED
        written.append({path.name: path.read_bytes() for path in (folder / "plan").glob("*.csv")})
    assert written[0] == written[1]
    assert "decisions.csv" in written[0]


def test_a_fault_is_told_with_its_code_and_cause(preloaded, tmp_path):
    said = []
    for start in (run_codp, start_codp):
        folder = folder_of(tmp_path / start.__name__)
        assert start(["solve", str(tmp_path / "nowhere"), "--out", "plan"], folder, niceness=10).wait() == FAULTY
        said.append(((folder / "stderr").read_text(), (folder / "cause.json").exists()))
    assert said[0] == said[1]
    assert "nowhere" in said[0][0]


def test_a_copy_is_killed(preloaded, tmp_path):
    with (tmp_path / "stderr").open("wb") as said:
        copy = preloaded.start(["app"], folder=tmp_path, environment=dict(os.environ), stderr=said)
    assert copy.poll() is None
    copy.kill()
    assert copy.wait() == -signal.SIGKILL
    assert gone(copy.pid)


def test_where_the_loaded_process_is_killed_its_copies_are_told_and_another_begins(server, tmp_path):
    with (tmp_path / "stderr").open("wb") as said:
        copy = server.start(["--help"], folder=tmp_path, environment=dict(os.environ), stderr=said)
        os.kill(server._server.pid, signal.SIGKILL)
        assert isinstance(copy.wait(), int)
        assert server.start(["--help"], folder=tmp_path, environment=dict(os.environ), stderr=said) is None
        server.begin()
        assert wait_until_loaded(server)
        assert server.start(["--help"], folder=tmp_path, environment=dict(os.environ), stderr=said).wait() == SOLVED


def test_nothing_outlives_a_killed_server(tmp_path):
    scenario = str(TINY)
    asked = [sys.executable, "-c", SERVES, str(tmp_path / "stderr"), "simulate", scenario, "--years", "4000"]
    process = subprocess.Popen(asked, cwd=tmp_path, env={**os.environ, "PYTHONPATH": python_path()},
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    process.kill()
    process.communicate()
    assert all(gone(pid) for pid in pids)
