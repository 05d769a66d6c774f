"""The page of the tests that take longest, `docs/evidence/suite.md`: `python -m tests.pages.suite times.xml ...`.

Read from what pytest writes with `--junitxml`. Seconds are those of the processor, of the test and of the processes
that it has started and waited for (`tests/conftest.py`): they say the same on a machine with other work. Why a test is
worth its time is the first sentence of its docstring, of its file's where it has none.
"""

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.conftest import PROCESSOR_SECONDS, ROOT
from tests.pages.coverage import machine

PAGE = ROOT / "docs" / "evidence" / "suite.md"
_BEGIN, _END = "<!-- written -->\n", "<!-- end -->\n"
_MOST = 20


def seconds_of(paths: Iterable[Path]) -> dict[tuple[str, str], float]:
    """Processor seconds of each test by file and name; of a file that was measured again, as it was last."""
    found: dict[str, dict[str, float]] = {}
    for path in paths:
        here: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for case in ET.parse(path).iter("testcase"):
            file = case.get("classname", "").replace(".", "/") + ".py"
            for told in case.iter("property"):
                if told.get("name") == PROCESSOR_SECONDS:
                    here[file][case.get("name", "")] = float(told.get("value", "0"))
        found |= here
    return {(file, name): taken for file, names in found.items() for name, taken in names.items()}


@cache
def _docstrings(file: str) -> dict[str, str]:
    """Docstrings of a file by the name of the function, the file's own by none."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    parts = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name: ast.get_docstring(node) or "" for name, node in {"": tree, **parts}.items()}


def shows(file: str, name: str = "") -> str:
    """The first sentence of what a test says of itself, or its file.

    >>> shows("tests/pages/suite.py", "shows")
    'The first sentence of what a test says of itself, or its file'
    """
    told = _docstrings(file)
    text = " ".join((told.get(name.split("[", maxsplit=1)[0]) or told[""]).split())
    return re.split(r"\.(?: |$)", text)[0].replace("|", "/")


def longest_tests(seconds: dict[tuple[str, str], float]) -> str:
    """The tests that take longest."""
    lines = ["| test | seconds | what it shows |", "|---|---|---|"]
    for (file, name), taken in sorted(seconds.items(), key=lambda one: (-one[1], one[0]))[:_MOST]:
        lines.append(f"| `{file}` {name.replace('|', '/')} | {taken:.1f} | {shows(file, name)} |")
    return "\n".join(lines) + "\n"


def longest_files(seconds: dict[tuple[str, str], float]) -> str:
    """The files that take longest."""
    sums: Counter[str] = Counter()
    counts = Counter(file for file, _ in seconds)
    for (file, _), taken in seconds.items():
        sums[file] += taken
    lines = ["| file | tests | seconds | what it shows |", "|---|---|---|---|"]
    for file, taken in sums.most_common(_MOST):
        lines.append(f"| `{file}` | {counts[file]:,} | {taken:.0f} | {shows(file)} |")
    return "\n".join(lines) + "\n"


def page(text: str, paths: Iterable[Path]) -> str:
    """The page with what was measured in it."""
    seconds = seconds_of(paths)
    told = f"{len(seconds):,} tests, {sum(seconds.values()):,.0f} seconds of the processor. Measured on {machine()}."
    written = f"{told}\n\n{longest_tests(seconds)}\nBy file:\n\n{longest_files(seconds)}"
    return re.sub(rf"(?<={_BEGIN}).*?(?={_END})", lambda _: written, text, flags=re.DOTALL)


def main() -> None:
    """Write the page."""
    text = page(PAGE.read_text(encoding="utf-8"), map(Path, sys.argv[1:]))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
