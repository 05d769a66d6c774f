"""Which tests reach a line, as `make coverage` saw it, and how long each takes."""

import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

from tests.mutants.changes import ROOT

MEASURED = ROOT / "out" / "coverage"
# As `tests/conftest.py` names it, which a trial loads itself: pytest rewrites what it loads.
PROCESSOR_SECONDS = "processor_seconds"


class Reach:
    """Tests by the lines that they reach, and their times.

    A fixture or a cached result is worked out in one test and looked at in others of its file: these stand behind those
    that reach the line themselves.
    """

    def __init__(self, folder: Path = MEASURED) -> None:
        self.times, self.data = {}, []
        for path in sorted(folder.glob("*.xml")):
            for case in ET.parse(path).iter("testcase"):
                if all(case.find(kind) is None for kind in ("failure", "error", "skipped")):
                    self.times[f"{case.get('file')}::{case.get('name')}"] = _seconds(case)
        self.of_file = defaultdict(list)
        for test in self.times:
            self.of_file[test.partition("::")[0]].append(test)
        for path in sorted(folder.glob("data*")):
            from coverage import CoverageData

            found = CoverageData(path)
            found.read()
            self.data.append(found)

    def tests(self, change, seconds):
        """Tests that reach a change, those of its own room first, then quick ones; as many as last so long in all."""
        reaching = self._reaching(change.file, range(change.lines[0], change.lines[1] + 1))
        # Lines of a module's own level run when it is imported, which is before any test.
        reaching = reaching or self._reaching(change.file, None)
        own = f"tests/{change.file.split('/', 1)[1].rpartition('/')[0].split('/')[0]}"

        def last(file, tests):
            return (not file.startswith((own, change.file)), sum(self.times[test] for test in tests))

        by_file = defaultdict(list)
        for test in reaching:
            by_file[test.partition("::")[0]].append(test)
        order = sorted(by_file, key=lambda file: (last(file, by_file[file]), file))
        beside = {file: [test for test in self.of_file[file] if test not in reaching] for file in order}
        chosen, total = [], 0.0
        nearest = [sorted(by_file[file], key=self.times.get) for file in order]
        for tests in [*nearest, *(beside[file] for file in order)]:
            for test in tests:
                if not chosen or total + self.times[test] <= seconds:
                    chosen.append(test)
                    total += self.times[test]
        return chosen, total

    def _reaching(self, file, lines):
        contexts = set()
        for data in self.data:
            found = data.contexts_by_lineno(file)
            for line in found if lines is None else lines:
                contexts.update(found.get(line, ()))
        return {context.rpartition("|")[0] for context in contexts} & set(self.times)


def _seconds(case: ET.Element) -> float:
    """What a test took of the processor, where that is told: other work on the machine lengthens the rest."""
    told = case.find(f"properties/property[@name='{PROCESSOR_SECONDS}']")
    return float(case.get("time") if told is None else told.get("value"))
