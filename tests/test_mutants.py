"""What `python -m tests.mutants` draws from and asks for; that its changes are seen is on docs/evidence/mutants.md."""

import ast

import pytest

from tests.conftest import PROCESSOR_SECONDS, ROOT
from tests.mutants.changes import ROOMS, meant, spans, statement
from tests.mutants.page import VERDICTS, alike, interval, newest, survivors, table, verdicts
from tests.mutants.reach import Reach

CODE = '''\
import os
from x import y as z

@cache
def cost(units: int = 3, *, loss: float | None = None) -> float | None:
    """1 + 1."""
    if units > 2:
        return (
            units
            * 4
        )
    return dict(zip(units, units, strict=True))
'''


def test_types_decorators_and_imports_are_left_out_and_nothing_else():
    left_out = list(spans(ast.parse(CODE)))

    def out(line, text):
        at = (line, CODE.splitlines()[line - 1].rindex(text))
        return any(first <= at < last for first, last in left_out)

    assert all(out(*at) for at in [(2, "y"), (4, "cache"), (5, "int"), (5, "|"), (5, "float"), (12, "True")])
    assert not any(out(*at) for at in [(5, "3"), (7, ">"), (7, "2"), (10, "*"), (12, "dict")])


@pytest.mark.parametrize(("line", "lines"), [(7, (7, 7)), (10, (8, 11)), (5, (5, 5)), (12, (12, 12))])
def test_a_change_is_in_its_innermost_statement(line, lines):
    assert statement(ast.parse(CODE), line) == lines


@pytest.mark.parametrize(
    ("operator", "is_meant"),
    [
        ("core/ReplaceBinaryOperator_Add_Sub", True),
        ("core/ReplaceBinaryOperator_Add_LShift", False),
        ("core/ReplaceBinaryOperator_BitAnd_BitOr", True),
        ("core/ReplaceBinaryOperator_BitAnd_Add", False),
        ("core/ReplaceComparisonOperator_Lt_LtE", True),
        ("core/ReplaceComparisonOperator_Eq_Is", False),
        ("core/ReplaceComparisonOperator_Is_IsNot", True),
        ("core/ReplaceUnaryOperator_Delete_Not", True),
        ("core/ReplaceUnaryOperator_USub_Invert", False),
    ],
)
def test_changes_that_end_in_an_error_of_types_are_not_meant(operator, is_meant):
    assert meant(operator) is is_meant


TOOK = f'<properties><property name="{PROCESSOR_SECONDS}" value="1.0"/></properties>'


def test_tests_that_reach_a_line_come_first_then_those_of_their_file(tmp_path):
    cases = [
        ("tests/model/a.py", "slow", 9.0, ""),
        # Of processor time it took a second, the rest was other work on the machine.
        ("tests/model/a.py", "quick", 40.0, TOOK),
        ("tests/model/a.py", "beside", 1.0, ""),
        ("tests/model/a.py", "red", 1.0, f"{TOOK}<failure/>"),
        ("tests/ui/b.py", "far", 1.0, ""),
        ("tests/ui/c.py", "never", 1.0, ""),
    ]
    rows = "".join(f'<testcase file="{f}" name="{n}" time="{t}">{inner}</testcase>' for f, n, t, inner in cases)
    (tmp_path / "times.xml").write_text(f"<testsuites><testsuite>{rows}</testsuite></testsuites>", encoding="utf-8")
    reach = Reach(tmp_path)
    reach.data = [Traced({7: ["tests/ui/b.py::far|run", "tests/model/a.py::slow|run", "tests/model/a.py::red|run"],
                          8: ["tests/model/a.py::quick|setup", ""]})]  # fmt: skip
    change = Placed("engine/model/x.py", (7, 8))
    found, total = reach.tests(change, 100.0)
    assert [test.rpartition("::")[2] for test in found] == ["quick", "slow", "far", "beside"]
    assert total == 12.0
    assert [test.rpartition("::")[2] for test in reach.tests(change, 3.0)[0]] == ["quick", "far", "beside"]
    # A line that no test reaches has those that reach its module.
    assert len(reach.tests(Placed("engine/model/x.py", (1, 1)), 100.0)[0]) == 4


class Traced:
    def __init__(self, contexts):
        self.contexts = contexts

    def contexts_by_lineno(self, file):
        return self.contexts


class Placed:
    def __init__(self, file, lines):
        self.file, self.lines = file, lines


def test_shares_count_what_was_seen_and_leave_out_what_changes_nothing():
    def one(first, outcome, after):
        return {"room": "model", "file": "engine/model/x.py", "line": 3, "before": "a", "after": after, "first": first,
                "outcome": outcome, "test": "tests/t.py::t", "places": 50}  # fmt: skip

    found = [*[one("killed", "killed", "b")] * 6, one("looped", "looped", "c"), one("survived", "killed", "d")]
    found += [one("survived", "survived", "e"), one("survived", "survived", "f")]
    said = {("engine/model/x.py", "e"): {"alike": "the same sum"}}
    row = table(found, said).splitlines()[2]
    assert row == f"| model | 50 | 10 | {interval(7, 10)} | {interval(7, 9)} | 89% |"
    listed = survivors(found, said).splitlines()[2:]
    assert ["seen now: `tests/t.py::t`" in listed[0], "the same sum" in listed[1], "open" in listed[2]] == [True] * 3
    assert len(listed) == 3
    # Wilson's interval, as published for 7 of 10.
    assert interval(7, 10) == "70% (40% to 89%)"


def test_the_page_tells_the_draw_that_was_begun_last():
    draws = [{"seed": seed, "line": line} for line, seed in enumerate((19, 19, 22, 22, 22))]
    assert newest(draws) == (22, draws[2:])
    assert newest(draws[:2]) == (19, draws[:2])


def test_what_alters_nothing_is_listed_whichever_draw_it_is_of():
    said = {("engine/b.py", "y | 2"): {"before": "y", "alike": "the same"}, ("engine/a.py", "x"): {"open": "not yet"}}
    assert alike(said).splitlines()[2:] == ["| `b.py` | `y` | `y \\| 2` | the same |"]


def test_what_is_said_of_a_change_is_of_code_that_is_there():
    assert all((ROOT / room).is_dir() for room in ROOMS.values())
    assert VERDICTS.exists()
    for (file, _), one in verdicts().items():
        code = {line.strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()}
        assert one["before"] in code, one
