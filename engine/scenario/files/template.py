"""An empty scenario with every column, its unit and its meaning, for the client to fill in."""

from __future__ import annotations

import io
from pathlib import Path

from engine.errors import EngineError
from engine.scenario.columns import COLUMNS, REQUIRED_TABLES, Column
from engine.scenario.files.template_text import (
    SETTINGS,
    TABLE_MEANINGS,
    blank_means,
    readme_text,
    setting_default,
    yaml_text,
)  # fmt: skip
from engine.scenario.files.whole import whole
from engine.scenario.files.workbook import DATE_FORMAT, offer_choices, write_rows
from engine.scenario.files.xlsx import new_book

README_FILE = "README.md"
# Names that a folder hardly has; who writes one wants a file.
_OTHER_FILES = (
    ".xls", ".xlsm", ".xlsb", ".ods", ".csv", ".tsv", ".txt", ".yaml", ".yml", ".json", ".parquet", ".zip", ".doc",
    ".docx", ".pdf", ".pptx", ".html",
)  # fmt: skip
_GUIDE = (
    "Fill in the sheet 'products' and the settings in 'scenario'; the other sheets are optional and may stay empty.",
    "One row per product, component and so on, below the grey rows. Time is in days, money in one currency.",
    "A row whose first cell starts with # is a comment: the grey rows may stay. Columns that you do not need may be",
    "deleted. A blank cell means what the third grey row says.",
    "Headings in yellow are to be filled in, the others only where you know better than their default.",
    "The command 'codp check FILE' says what is missing.",
)


def write_template(path: str | Path) -> None:
    """Write an empty, commented scenario.

    Parameters
    ----------
    path : str or Path
        An ``.xlsx`` file, or a folder: CSV files with their headings, ``scenario.yaml`` and ``README.md``.

    Raises
    ------
    EngineError
        Where something is there already, or the disk refuses.
    """
    path = Path(path)
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise EngineError(f"{path}: is there already; name a new file or folder")
    if path.suffix.lower() in _OTHER_FILES:
        raise EngineError(f"{path}: a template is an .xlsx workbook or a folder; '{path.suffix}' is neither")
    with whole(path) as fresh:
        if path.suffix.lower() == ".xlsx":
            fresh.write_bytes(_book())
        else:
            _write_folder(fresh)


def _write_folder(folder: Path) -> None:
    folder.mkdir()
    files = {"scenario.yaml": yaml_text(), README_FILE: readme_text()}
    for table, definitions in COLUMNS.items():
        files[f"{table}.csv"] = ",".join(definition.name for definition in definitions) + "\n"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _book() -> bytes:
    content = io.BytesIO()
    book = new_book(content)
    heading = book.add_format({"bold": True, "bottom": 1})
    needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#FFE699"})
    grey = book.add_format({"font_color": "#666666", "italic": True, "text_wrap": True, "valign": "top"})
    date = book.add_format({"num_format": DATE_FORMAT})
    guide: list[list[str]] = [[text] for text in _GUIDE]
    tables: list[list[str]] = [
        [f"{name} ({'required' if name in REQUIRED_TABLES else 'optional'})", TABLE_MEANINGS[name]] for name in COLUMNS
    ]
    lines: list[list[str]] = [*guide, [], *tables]
    readme = write_rows(book, "readme", ["How to fill in this workbook"], lines, heading=heading)
    readme.set_column(0, 0, 28)
    rows: list[list[object]] = []
    for name, unit, meaning in SETTINGS:
        default = setting_default(name)
        cells = {f"{name}.{key}": value for key, value in default.items()} if isinstance(default, dict) else {}
        rows += [[cell, value, unit, meaning] for cell, value in (cells or {name: default}).items()]
    rows += [
        ["# limits.make to order.strategy", "MTO", "", "a limit by a name of yours: products of this strategy"],
        ["# limits.make to order.at_most", 40, "products", "most of them; at_least: the least"],
        ["# limits.make to order.family", "bikes", "", "of this family alone; or plant; or per: family, of each"],
    ]
    settings = write_rows(book, "scenario", ["setting", "value", "unit", "meaning"], rows, heading=heading)
    settings.set_column(0, 3, 26)
    example: list[list[object]] = [
        ["# strong demand", "scale", "demand_per_week", 1.2],
        ["# strong demand", "where", "family", "bikes"],
    ]
    header = ["variant", "action", "target", "value"]
    write_rows(book, "variants", header, example, heading=heading).set_column(0, 3, 20)
    for table, definitions in COLUMNS.items():
        header = [definition.name for definition in definitions]
        sheet = write_rows(book, table, header, [], heading=heading)
        for row, texts in enumerate(_comments(definitions), start=1):
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text, grey)
        for column, definition in enumerate(definitions):
            if blank_means(definition).startswith(("required", "needed unless")):
                sheet.write_string(0, column, definition.name, needed)
            if definition.kind == "date":
                sheet.set_column(column, column, 14, date)
        offer_choices(sheet, table, header, first_row=4)
        sheet.freeze_panes(4, 1)
    book.close()
    return content.getvalue()


def _comments(definitions: tuple[Column, ...]) -> list[list[str]]:
    """Rows of units, meanings and blanks; the first cell starts with #, so that they read as comments."""
    rows = [
        [definition.unit for definition in definitions],
        [definition.meaning or definition.name for definition in definitions],
        [f"blank: {blank_means(definition)}" for definition in definitions],
    ]
    return [[f"# {cells[0]}".rstrip() if cells[0] else "# unit", *cells[1:]] for cells in rows]
