"""The page of lines and branches that tests reach, `docs/evidence/coverage.md`: `python -m tests.pages.coverage`.

Written from what `make coverage` counted; what is said of the code that nothing reaches stands outside the marks of the
page and stays.
"""

import datetime as dt
import json
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from engine.report.machine import cores, memory_bytes
from tests.conftest import ROOT
from tests.pages.architecture import rooms

PAGE, MEASURED = ROOT / "docs" / "evidence" / "coverage.md", ROOT / "out" / "coverage"
_BEGIN, _END = "<!-- written -->\n", "<!-- end -->\n"
_MOST = 20


def counted():
    """Lines, branches and what of them is reached, by file; and the lines and branches that are not."""
    from coverage import Coverage

    with tempfile.TemporaryDirectory() as folder:
        whole = Coverage(data_file=str(Path(folder) / "data"), config_file=str(ROOT / "pyproject.toml"))
        whole.combine([str(path) for path in sorted(MEASURED.glob("data*"))], keep=True)
        whole.json_report(outfile=str(Path(folder) / "report.json"))
        return json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))["files"]


def share(reached, of):
    """Percent, one digit."""
    return f"{100.0 * reached / of:.1f}%" if of else "-"


def table(files):
    """A row for each room: lines, branches, and how many of each are reached."""
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for name, file in files.items():
        room, found = name.split("/")[1].removesuffix(".py"), file["summary"]
        row = (found["num_statements"], found["covered_lines"], found["num_branches"], found["covered_branches"])
        for key in (room if room in rooms() else "other", "all"):
            sums[key] = [total + one for total, one in zip(sums[key], row, strict=True)]
    lines = ["| room | lines | reached | branches | reached | both |", "|---|---|---|---|---|---|"]
    for room in [*rooms(), "other", "all"]:
        if room in sums:
            n, n_reached, b, b_reached = sums[room]
            both = share(n_reached + b_reached, n + b)
            lines.append(f"| {room} | {n:,} | {share(n_reached, n)} | {b:,} | {share(b_reached, b)} | {both} |")
    return "\n".join(lines) + "\n"


def left(files):
    """The files with most lines and branches that no test reaches."""
    lines = [
        "| file | lines that no test reaches | branches that no test takes |",
        "|---|---|---|",
    ]
    most = sorted(files, key=lambda name: -len(files[name]["missing_lines"]) - len(files[name]["missing_branches"]))
    for name in most[:_MOST]:
        gone, ways = files[name]["missing_lines"], files[name]["missing_branches"]
        if gone or ways:
            here = [f"{a} to {b if b > 0 else 'the end'}" for a, b in ways if a not in gone]
            lines.append(f"| `{name}` | {runs(gone)} | {', '.join(here)} |")
    return "\n".join(lines) + "\n"


def runs(numbers):
    """Line numbers with neighbours joined.

    >>> runs([3, 4, 5, 9])
    '3-5, 9'
    """
    told = []
    for number in numbers:
        if told and number == told[-1][1] + 1:
            told[-1][1] = number
        else:
            told.append([number, number])
    return ", ".join(f"{a}-{b}" if b > a else str(a) for a, b in told)


def machine():
    """The day and the machine."""
    today = dt.datetime.now(dt.UTC).date()
    return f"{today} on {cores()} cores and {round((memory_bytes() or 0) / 2**30)} GiB"


def page(text):
    """The page with what was counted in it."""
    files = counted()
    written = f"Measured on {machine()}.\n\n{table(files)}\nWhere most is left:\n\n{left(files)}"
    return re.sub(rf"(?<={_BEGIN}).*?(?={_END})", lambda _: written, text, flags=re.DOTALL)


def main():
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
