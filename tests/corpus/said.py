"""What codp says of each faulty input; `python -m tests.corpus.said` writes it down anew, to be read before it is kept.

A fault is an `EngineError`, or ends a command with its own code. Whatever else is raised is a fault of codp.
"""

import contextlib
import importlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ruamel.yaml import YAML
from typer.testing import CliRunner

from engine.catalog.intake.source import open_catalogue
from engine.catalog.options import BatchOptions
from engine.catalog.run import run_batch
from engine.cli import app
from engine.cli.warned import idle
from engine.demand.fitting.complete import complete
from engine.errors import EngineError
from engine.report.files import read_plan
from engine.scenario.importers.odoo.convert import import_odoo
from engine.scenario.importers.sap.convert import import_sap
from engine.scenario.importers.table import import_table
from engine.scenario.read import read_scenario
from engine.scenario.variants import apply_variant
from engine.ui.state.uploads import Given, read_upload
from engine.words.language import LANGUAGES, Language
from tests.conftest import ROOT
from tests.scenario.books import book
from tests.scenario.folders import GOOD, write
from tests.scenario.folders import YAML as GOOD_SETTINGS

EXPECTED: dict[Language, Path] = {
    "en": Path(__file__).with_name("expected.yaml"), "zh": Path(__file__).with_name("expected.zh.yaml"),
}  # fmt: skip
TINY = ROOT / "scenarios" / "tiny"
NOTHING = "nothing is wrong"


@cache
def expected(language: Language) -> dict[str, dict[str, list[str]]]:
    """What is said of each case, by kind and name, as it was written last; read once in a process."""
    return YAML(typ="safe").load(EXPECTED[language].read_text(encoding="utf-8"))


def table(changes: dict[str, Any], folder: Path) -> list[str]:
    """Of a folder of CSV files."""
    changes = dict(changes)
    files = changes.pop("files", {})
    write(folder, {name: text for name, text in files.items() if text is not None}, **changes)
    for name, text in files.items():
        if text is None:
            (folder / name).unlink()
    return _read(folder)


def setting(text: str | bytes, folder: Path) -> list[str]:
    """Of `scenario.yaml`."""
    return table({"files": {"scenario.yaml": text}}, folder)


def variant(text: str, folder: Path) -> list[str]:
    """Of a what-if."""
    write(folder, settings=(GOOD_SETTINGS, f"{GOOD_SETTINGS}variants: {text}\n"))
    apply_variant(read_scenario(folder), "strong")
    return [NOTHING]


def workbook(content: dict[str, Any] | bytes, folder: Path) -> list[str]:
    """Of an Excel workbook."""
    folder.mkdir()
    path = folder / "case.xlsx"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        book(path, content)
    return _read(path)


def upload(files: dict[str, bytes], folder: Path) -> list[str]:
    """Of what a visitor uploads."""
    folder.mkdir()
    found = read_upload([Given(name=name, data=data) for name, data in files.items()])
    return [*map(str, found.notices)] or [NOTHING]


def catalogue(content: dict[str, list[Any]] | bytes, folder: Path) -> list[str]:
    """Of a catalogue as Parquet; rejected rows are told in a table."""
    folder.mkdir()
    (folder / "scenario.yaml").write_text(f"{GOOD_SETTINGS}samples: 20\n", encoding="utf-8")
    place, out = folder / "products.parquet", folder.with_name("out")
    if isinstance(content, bytes):
        place.write_bytes(content)
    else:
        pq.write_table(pa.table(content), place)
    run_batch(folder, out, options=BatchOptions(samples=20), workers=0)
    rejected = pd.read_csv(out / "rejected.csv", dtype=str, keep_default_na=False)
    return [":".join(row) for row in rejected.itertuples(index=False)] or [NOTHING]


def catalogue_folder(files: dict[str, str | bytes | None], folder: Path) -> list[str]:
    """Of the files of a catalogue."""
    for name, text in {"scenario.yaml": GOOD["scenario.yaml"], "products.csv": GOOD["products.csv"], **files}.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    open_catalogue(folder)
    return [NOTHING]


def imported(given: tuple[str, dict[str, str | bytes]], folder: Path) -> list[str]:
    """Of exports that are imported."""
    source, files = given
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    out, answers = folder.with_name("out"), folder / "answers"
    if source == "table":
        import_table(folder, folder / "map.yaml", out)
    else:
        {"sap": import_sap, "odoo": import_odoo}[source](folder, out, answers=answers if answers.is_dir() else None)
    return [NOTHING]


def orders(text: str, folder: Path) -> list[str]:
    """Of order lines that fill blank demand."""
    header = "product,demand_per_week,demand_cv,unit_cost,lead_time_target_days,late_cost_per_unit_day,make_days\n"
    write(folder, {"orders.csv": text, "products.csv": f"{header}A,,,100,5,1,10\nB,,,80,3,1,12\n"})
    found = complete(read_scenario(folder))
    return [*map(str, found.notices), *(line.strip() for line in idle(found)[1:])] or [NOTHING]


def command(line: str, folder: Path) -> list[str]:
    """Of a command line."""
    folder.mkdir()
    (folder / "EMPTY").mkdir()
    for name, source in (("TINY", TINY), ("PLAN", plan_of_tiny())):
        shutil.copytree(source, folder / name)
    before = set(folder.rglob("*"))
    with contextlib.chdir(folder):
        found = CliRunner().invoke(app, line.split(), prog_name="codp", terminal_width=400)
    new = set(folder.rglob("*")) - before
    assert not new or folder / "OUT" / "summary.json" in new, f"half-written: {sorted(new)}"
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    told = [re.sub(r"[│╭╮╰╯─]+", " ", one).strip() for one in found.stderr.splitlines()]
    words = [one for one in told if one and not one.startswith(("Usage:", "Try ", "Error"))]
    return [f"exit code {found.exit_code}", " ".join(" ".join(words).split())]


def plan(change: Any, folder: Path) -> list[str]:
    """Of a plan that somebody changed."""
    shutil.copytree(plan_of_tiny(), folder)
    if isinstance(change, dict):
        path = folder / "summary.json"
        summary = {**json.loads(path.read_text(encoding="utf-8")), **change}
        path.write_text(json.dumps(summary), encoding="utf-8")
    elif len(change) == 2:
        name, data = change
        (folder / name).unlink()
        if data is not None:
            (folder / name).write_bytes(data)
    else:
        name, row, column, cell = change
        frame = pd.read_csv(folder / name, dtype=str, keep_default_na=False)
        frame.loc[row - 2, column] = cell
        frame.to_csv(folder / name, index=False)
    read_plan(folder)
    return [NOTHING]


_MADE: list[Path] = []


def plan_of_tiny() -> Path:
    """A plan, solved once."""
    if not _MADE:
        out = Path(tempfile.mkdtemp(prefix="codp-corpus-")) / "plan"
        assert CliRunner().invoke(app, ["solve", str(TINY), "--out", str(out), "--samples", "20"]).exit_code == 0
        _MADE.append(out)
    return _MADE[0]


def _read(path: Path) -> list[str]:
    return [*map(str, read_scenario(path).notices)] or [NOTHING]


KINDS: dict[str, Callable[[Any, Path], list[str]]] = {
    "tables": table, "settings": setting, "variants": variant, "workbooks": workbook, "uploads": upload,
    "catalogues": catalogue, "order_books": orders, "commands": command, "plans": plan,
    "imports": imported, "catalogue_folders": catalogue_folder,
}  # fmt: skip


def cases() -> Iterator[tuple[str, str, Any]]:
    """Kind, name and input of every case."""
    for kind in KINDS:
        for name, given in importlib.import_module(f"tests.corpus.{kind}").CASES.items():
            yield kind, name, given


def said(kind: str, given: Any, folder: Path) -> dict[Language, list[str]]:
    """What codp says of an input by language, line by line, folders of this run left out.

    What has no cause with words in both languages is told in English alone.

    Parameters
    ----------
    kind : str
    given : object
        As the kind's module has it.
    folder : Path
        Does not exist yet.
    """
    told: dict[Language, list[str]] = {}
    try:
        told["en"] = KINDS[kind](given, folder)
    except EngineError as error:
        for language in LANGUAGES if error.cause else LANGUAGES[:1]:
            told[language] = [line.strip() for line in error.words(language).splitlines()]
    return {language: _of_any_run(lines, folder) for language, lines in told.items()}


def _of_any_run(told: list[str], folder: Path) -> list[str]:
    """The lines without what is another in every run."""
    places = {str(folder): "CASE", str(folder.parent): "HERE", str(plan_of_tiny()): "PLAN", str(ROOT): "ROOT"}
    for place, name in places.items():
        told = [line.replace(place, name) for line in told]
    # Long lists of what there is grow with every column; that they are given is enough.
    lists = r"(known are:|is none of|可用的有：|可选值) ?([\w.]+, ){5,}[\w.]+"
    return [re.sub(lists, r"\1 ALL", line) for line in told]


def main() -> None:
    """Write what is said now."""
    found: dict[Language, dict[str, dict[str, list[str]]]] = {language: {} for language in LANGUAGES}
    with tempfile.TemporaryDirectory() as scratch:
        for number, (kind, name, given) in enumerate(cases()):
            place = Path(scratch) / str(number)
            place.mkdir()
            try:
                told = said(kind, given, place / "case")
            except Exception as error:  # noqa: BLE001  (told, to be mended)
                told = {"en": [f"TRACEBACK {error!r}"]}
            for language, lines in told.items():
                found[language].setdefault(kind, {})[name] = lines
    yaml = YAML()
    yaml.width = 10_000
    for language, path in EXPECTED.items():
        stream = io.StringIO()
        yaml.dump(found[language], stream)
        path.write_text(stream.getvalue(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
