"""Files to take away: template, scenario, results."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from engine.decision.plan import Plan
from engine.errors import Fault
from engine.report.files import write_plan
from engine.scenario.files.marked import marked_workbook
from engine.scenario.files.template import write_template
from engine.scenario.files.workbook import write_workbook
from engine.scenario.scenario import Scenario
from engine.ui.state.uploads import Given
from engine.ui.work.proof import write_down
from engine.words.language import Language


def template_bytes() -> bytes:
    """The empty workbook with every column explained."""
    with tempfile.TemporaryDirectory(prefix="codp-download-") as scratch:
        place = Path(scratch) / "template.xlsx"
        write_template(place)
        return place.read_bytes()


def workbook_bytes(scenario: Scenario) -> bytes:
    """A scenario as a workbook."""
    with tempfile.TemporaryDirectory(prefix="codp-download-") as scratch:
        place = Path(scratch) / "scenario.xlsx"
        write_workbook(scenario, place)
        return place.read_bytes()


def folder_bytes(scenario: Scenario) -> bytes:
    """A scenario as a zip of its folder: what the commands read."""
    with tempfile.TemporaryDirectory(prefix="codp-download-") as scratch:
        write_down(scenario, Path(scratch) / "scenario")
        return _zipped(Path(scratch) / "scenario")


def plan_bytes(plan: Plan) -> bytes:
    """A plan as a zip of its tables: what `codp solve --out` writes."""
    with tempfile.TemporaryDirectory(prefix="codp-download-") as scratch:
        write_plan(plan, Path(scratch) / "plan")
        return _zipped(Path(scratch) / "plan")


def marked_bytes(given: Given, faults: tuple[Fault, ...], headings: tuple[str, ...], spoken: Language) -> bytes:
    """An uploaded workbook with its faulty cells marked."""
    with tempfile.TemporaryDirectory(prefix="codp-download-") as scratch:
        place = Path(scratch) / "given.xlsx"
        place.write_bytes(given.data)
        return marked_workbook(place, faults, headings, spoken)


def file_name(words: str, ending: str) -> str:
    """A name that every file system takes."""
    safe = "".join(sign if sign.isalnum() else "-" for sign in words).strip("-") or "codp"
    return f"{safe[:60]}{ending}"


def _zipped(folder: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return out.getvalue()
