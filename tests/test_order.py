"""A run on several cores begins with the longest files."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from xdist.remote import Producer

from tests.conftest import pytest_xdist_auto_num_workers
from tests.evidence import FULL, long_form
from tests.order import BROWSER, LONGEST, LongestFirst, longest_first, share, without_longest

ROOT = Path(__file__).resolve().parents[1]
LONG, SHORT = LONGEST[-1], "tests/catalog/test_aside.py"


class Worker:
    """A process that is told which tests to run, by their places in the list."""

    shutting_down = False

    def __init__(self, name):
        self.gateway, self.told = SimpleNamespace(id=name), []

    def send_runtest_some(self, places):
        self.told += places

    def shutdown(self):
        pass


def handed_out(nodeids, workers):
    config = SimpleNamespace(option=SimpleNamespace(loadscopereorder=True), getvalue=lambda _: [f"{workers}*popen"])
    scheduler = LongestFirst(config, Producer("order", enabled=False))
    nodes = [Worker(f"gw{k}") for k in range(workers)]
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, nodeids)
    scheduler.schedule()
    return [[nodeids[place] for place in node.told] for node in nodes]


def test_the_longest_are_there_each_once():
    assert len(set(LONGEST)) == len(LONGEST)
    assert not [name for name in LONGEST if not (ROOT / name).exists()]


def test_journeys_are_handed_out_together_and_files_as_a_whole():
    assert {share(f"{BROWSER}/test_{name}.py::test_one") for name in ("decide", "looks")} == {BROWSER}
    assert share("tests/ui/test_pages.py::test_one[a/b::c]") == "tests/ui/test_pages.py"


def test_a_long_file_goes_before_one_of_more_tests():
    short = [f"{SHORT}::test_{k}" for k in range(9)]
    journeys = [f"{BROWSER}/test_decide.py::test_one", f"{BROWSER}/test_looks.py::test_one"]
    items = [SimpleNamespace(nodeid=name) for name in (*short, f"{LONG}::test_one", *journeys)]
    longest_first(items)
    found = [item.nodeid for item in items]
    assert found == [*journeys, f"{LONG}::test_one", *short]
    first, second = handed_out(found, 2)
    assert first[:2] == journeys
    assert second[0] == f"{LONG}::test_one"


def processes(*arguments):
    """How many a run of these arguments has on two cores."""
    asked = pytest_xdist_auto_num_workers(SimpleNamespace(args=list(arguments), rootpath=ROOT))
    next(asked)
    with pytest.raises(StopIteration) as ended:
        asked.send(2)
    return ended.value.value


def test_only_a_run_with_journeys_has_a_process_for_them():
    assert processes("tests", "engine") == processes(str(ROOT)) == 3
    assert processes(f"{BROWSER}/test_looks.py::test_one[a/b]") == 3
    assert processes("tests/decision", "engine") == 2


def test_a_file_that_asks_for_the_long_form_is_evidence(request):
    assert request.node.get_closest_marker("evidence") is not None


def test_what_is_left_to_the_long_form_is_evidence_and_says_why():
    @long_form("a minute")
    def journey():
        pass

    marks = {mark.name: mark for mark in journey.pytestmark}
    assert set(marks) == {"evidence", "skipif"}
    assert marks["skipif"].args == (not FULL,)
    assert marks["skipif"].kwargs["reason"] == "a minute: CODP_EVIDENCE=full"


def test_a_quick_run_leaves_out_the_longest_alone():
    items = [SimpleNamespace(nodeid=f"{name}::test_one") for name in (LONG, SHORT, f"{BROWSER}/test_looks.py")]
    out = without_longest(items)
    assert [item.nodeid for item in items] == [f"{SHORT}::test_one"]
    assert len(out) == 2


def test_the_longest_are_told_each_with_its_worth():
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Time of the suite")[2]
    assert re.findall(r"^\| `(tests/\S+)` \| \S", table, flags=re.MULTILINE) == list(LONGEST)
