"""Ctrl-C ends a long command wherever it is."""

import signal
import subprocess
import sys

import pytest

from tests.patience import PATIENCE_SECONDS

# An hour of hashing in one step of C, as a solver's step; Python does not get to see Ctrl-C meanwhile. Where it comes
# just before that step, the step begins all the same.
LONG_STEP = """
import hashlib
from engine.cli.stopping import stoppable
with stoppable({seconds}):
    while True:
        try:
            print("begun", flush=True)
            hashlib.pbkdf2_hmac("sha256", b"a", b"b", 2_000_000_000)
        except KeyboardInterrupt:
            continue
"""
SHORT = """
from engine.cli.stopping import stoppable
with stoppable(60.0):
    try:
        print("begun", flush=True)
        while True:
            pass
    except KeyboardInterrupt:
        pass
print("what was found is told")
"""


@pytest.fixture
def begun():
    """Starts a command and waits until it says so; nothing that Ctrl-C failed to end outlives its test."""
    runs = []

    def start(code):
        run = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        runs.append(run)
        assert run.stdout.readline() == "begun\n"
        return run

    yield start
    for run in runs:
        if run.poll() is None:
            run.kill()
            run.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_the_first_ctrl_c_waits_and_the_end_of_the_wait_ends_a_long_step(begun):
    run = begun(LONG_STEP.format(seconds=0.2))
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 130
    assert "stopped in the middle of a step" in errors


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process there")
def test_what_ends_by_itself_keeps_what_it_has(begun):
    run = begun(SHORT)
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 0
    assert "what was found is told" in out
