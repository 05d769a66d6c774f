"""The tables of `docs/evidence/coverage.md`, from counts of two files."""

from tests.pages.coverage import left, table


def counted(lines, missing, branches, ways):
    summary = {"num_statements": lines, "covered_lines": lines - len(missing), "num_branches": branches,
               "covered_branches": branches - len(ways)}  # fmt: skip
    return {"summary": summary, "missing_lines": missing, "missing_branches": ways}


FILES = {
    "engine/model/rules.py": counted(90, [], 10, []),
    "engine/ui/pages/data.py": counted(60, [7, 8, 12], 40, [[6, 7], [20, -19], [30, 33]]),
}


def test_rooms_and_all_add_lines_and_branches():
    rows = table(FILES).splitlines()[2:]
    assert rows == [
        "| ui | 60 | 95.0% | 40 | 92.5% | 94.0% |",
        "| model | 90 | 100.0% | 10 | 100.0% | 100.0% |",
        "| all | 150 | 98.0% | 50 | 94.0% | 97.0% |",
    ]


def test_what_is_left_is_told_by_line_and_by_way():
    assert left(FILES).splitlines()[2:] == [
        "| `engine/ui/pages/data.py` | 7-8, 12 | 6 to 7, 20 to the end, 30 to 33 |"
    ]
