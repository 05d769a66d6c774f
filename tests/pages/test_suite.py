"""The tables of `docs/evidence/suite.md`, from times of three tests."""

from types import SimpleNamespace

import pytest

from tests.conftest import PROCESSOR_SECONDS, pytest_runtest_setup, pytest_runtest_teardown
from tests.pages.suite import longest_files, longest_tests, page, seconds_of, shows

CASE = """<testcase classname="tests.pages.{file}" name="{name}" time="99">
<properties><property name="processor_seconds" value="{seconds}"/></properties></testcase>"""


@pytest.fixture
def times(tmp_path):
    """Two files of times; those of one file stand in both."""
    told = {
        "a.xml": [("test_coverage", "test_w", 7), ("test_suite", "test_x[1|2]", 1.25), ("test_suite", "test_z", 0.25)],
        "b.xml": [("test_coverage", "test_y", 0.5)],
    }
    for name, rows in told.items():
        cases = "".join(CASE.format(file=file, name=test, seconds=taken) for file, test, taken in rows)
        (tmp_path / name).write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return [tmp_path / name for name in told]


def test_the_longest_come_first_with_what_they_show(times):
    seconds = seconds_of(times)
    mine, other = ("The tables of `docs/evidence/{}.md`, from {}".format(*words) for words in (
        ("suite", "times of three tests"), ("coverage", "counts of two files")))  # fmt: skip
    assert longest_tests(seconds).splitlines()[2:] == [
        f"| `tests/pages/test_suite.py` test_x[1/2] | 1.2 | {mine} |",
        f"| `tests/pages/test_coverage.py` test_y | 0.5 | {other} |",
        f"| `tests/pages/test_suite.py` test_z | 0.2 | {mine} |",
    ]
    assert [row.split(" | ")[:3] for row in longest_files(seconds).splitlines()[2:]] == [
        ["| `tests/pages/test_suite.py`", "2", "2"], ["| `tests/pages/test_coverage.py`", "1", "0"],
    ]  # fmt: skip


def test_what_stands_around_the_tables_stays(times):
    text = page("above\n<!-- written -->\nold\n<!-- end -->\nbelow\n", times)
    assert text.startswith("above\n<!-- written -->\n3 tests, 2 seconds of the processor. Measured on ")
    assert text.endswith("<!-- end -->\nbelow\n")
    assert "old" not in text


def test_a_test_with_words_of_its_own_is_told_by_them():
    assert shows("tests/pages/test_suite.py", "times") == "Two files of times; those of one file stand in both"


def test_every_test_tells_its_seconds():
    """Of one that works for some hundredths of a second."""
    item = SimpleNamespace(stash={}, user_properties=[])
    for hook in (pytest_runtest_setup, pytest_runtest_teardown):
        around = hook(item)
        next(around)
        sum(range(3_000_000))
        with pytest.raises(StopIteration):
            next(around)
    ((name, taken),) = item.user_properties
    assert name == PROCESSOR_SECONDS
    assert 0.01 < taken < 60.0
