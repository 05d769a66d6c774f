"""Workbooks as rows of cells."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter


def book(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    """Write sheets; text stays text, whatever it looks like, and None is a blank."""
    made = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for r, cells in enumerate(rows):
            for c, value in enumerate(cells):
                if isinstance(value, str):
                    sheet.write_string(r, c, value)
                elif value is not None:
                    sheet.write(r, c, value)
    made.close()
    return path
