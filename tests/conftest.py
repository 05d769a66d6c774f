"""What every test shares."""

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.testing
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from engine.report.machine import data_folder
from tests.evidence import FULL
from tests.order import LongestFirst, longest_first, with_journeys, without_longest

ROOT = Path(__file__).resolve().parent.parent

PROCESSOR_SECONDS = "processor_seconds"
_BEGAN = pytest.StashKey[float]()

# A shell's background job ignores Ctrl-C, and so would every command that the tests start and stop.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No plan is judged beside a test that does not ask for it: the processor is shared.
os.environ["CODP_JUDGE"] = "off"

# The tree of commands is built once for all that a process runs, not for each.
typer.testing._get_command = cache(typer.testing._get_command)

# The same examples on every machine and in every run; no deadline, since slow machines are not faults. Constants of
# the modules that happen to be loaded are none of them: to look for those, Hypothesis parses the whole engine.
settings.register_profile("codp", deadline=None, derandomize=True, max_examples=100 if FULL else 12)
settings.load_profile("codp")
providers._get_local_constants = lambda: providers._local_constants


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--quick`, for who works on one room."""
    parser.addoption("--quick", action="store_true", help="leave out the longest files (tests/order.py)")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Count the tests of a file with a long form among the evidence, so that `make evidence` runs it."""
    if isinstance(item, pytest.Function) and "FULL" in vars(item.module):
        item.add_marker(pytest.mark.evidence)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is too long where asked to, and sort the tests of a process that shares them with others."""
    if config.getoption("quick") and (out := without_longest(items)):
        config.hook.pytest_deselected(items=out)
    if hasattr(config, "workerinput"):
        longest_first(items)


def pytest_collection(session: pytest.Session) -> None:
    """Nearly all that collecting allocates stays: looked through again and again, it took a sixth."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage pass over what was imported, which stays, and look less often: it took a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Look at the processor's clock as a test begins."""
    item.stash[_BEGAN] = processor_seconds()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Tell what a test took of the processor, for `--junitxml` (tests/pages/suite.py)."""
    try:
        return (yield)
    finally:
        taken = processor_seconds() - item.stash[_BEGAN]
        item.user_properties.append((PROCESSOR_SECONDS, round(taken, 2)))


def processor_seconds() -> float:
    """Seconds of the processor that this process has had, and those it has started and waited for."""
    had = os.times()
    return had.user + had.system + had.children_user + had.children_system


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst | None:
    """Hand out files by `tests.order` where whole files are asked for."""
    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """One process more than cores where journeys run: theirs waits for server and browser while the others compute."""
    workers = yield
    return workers + with_journeys(config.args, config.rootpath)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Have each process of a shared run work on one core: the others have tests of their own."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of the real data; the test skips where there is none."""
    folder = data_folder().resolve()
    if not folder.is_dir():
        pytest.skip("no real data here: set CODP_DATA to the folder that holds it")
    return folder


@pytest.fixture
def fewer_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of the values that are looked at for a flip, each of which builds an instance, and half of the halvings.

    That a flip is one does not hang on them.
    """
    if not FULL:
        for name, count in (("inputs.POINTS", 5), ("flips.POINTS", 5), ("sampling_range._HALVINGS", 2)):
            monkeypatch.setattr(f"engine.evaluate.sensitivity.{name}", count)


@pytest.fixture(autouse=True)
def _main_module_restored() -> Iterator[None]:
    """Put ``__main__`` back, which Streamlit's AppTest replaces by the page under test.

    A worker process started after that would import the page as its main module, and die.
    """
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
