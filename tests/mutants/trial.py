"""One change in a copy of the tree, and the tests that reach it in a process of their own.

The process is a fork of one that has loaded what codp is built on, so that a trial begins at once.
"""

import importlib
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mutants.changes import ROOT

LOADED = (
    "numpy", "pandas", "pyarrow", "scipy.stats", "scipy.optimize", "scipy.sparse", "scipy.special", "highspy",
    "pyomo.environ", "pydantic", "ruamel.yaml", "simpy", "statsmodels.api",
)  # fmt: skip
# Processor time: so many seconds, and so many times what the tests took when lines were traced.
LEAST, TIMES = 30.0, 2.0
# A process that waits for ever takes no processor time.
WAITED = 1800.0
BYTES = 12 * 2**30


@contextmanager
def copied():
    """A copy of the tree, compiled."""
    for name in LOADED:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "codp"
        out = shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", ".*_cache", ".hypothesis")
        shutil.copytree(ROOT, root, ignore=out)
        yield root


def ran(tests, root, seconds, *, keep=False):
    """Exit code of the tests in a copy (None: they went on for ever; below 0: a signal), and what they printed."""
    said = root.parent / "said.txt"
    child = os.fork()
    if not child:
        _run(tests, root, seconds, said, keep=keep)
    end, done, status = time.monotonic() + WAITED, 0, 0
    while not done and time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.05)
    if not done:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status) if done else None
    over = code in (-signal.SIGXCPU, -signal.SIGKILL)
    return None if over else code, said.read_text(encoding="utf-8", errors="replace")


def _run(tests, root, seconds, said, *, keep):
    """Never returns: the tests, in this process, and its end."""
    code = 1
    try:
        os.setsid()
        with said.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        limit = int(LEAST + TIMES * seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 10))
        resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
        os.chdir(root)
        os.environ["PYTHONPATH"] = str(root)
        sys.path[:] = [str(root), *(path for path in sys.path if Path(path).resolve() != ROOT)]
        for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "engine")]:
            del sys.modules[name]
        sys.dont_write_bytecode = not keep
        if not keep:
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        options = ["-q", "-x", "--no-header", "--tb=line", "-p", "no:cacheprovider", "-p", "no:randomly"]
        code = pytest.main([*options, *tests])
    except BaseException:  # Told among what the tests print, before the process ends.
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        os._exit(code)


def seen(change, tests, seconds, root):
    """How a change ends: `killed`, `looped`, `survived` or `unreached`; and the test that turned red."""
    if not tests:
        return "unreached", ""
    path = root / change.file
    source = path.read_text(encoding="utf-8")
    path.write_text(change.code(source), encoding="utf-8")
    try:
        code, said = ran(tests, root, seconds)
    finally:
        path.write_text(source, encoding="utf-8")
    if code is None:
        return "looped", ""
    if not code:
        return "survived", ""
    found = re.search(r"^(?:FAILED|ERROR) ((?:tests|engine)/.*?)(?: - |$)", said, re.MULTILINE)
    return "killed", found[1] if found else said[-300:]
