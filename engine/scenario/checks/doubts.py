"""Cells that were read, and that may mean something else: told as notices, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.notices import Notice
from engine.scenario.checks.alike import visible
from engine.scenario.columns import Column
from engine.scenario.files.raw import NativeCell, RawTable
from engine.scenario.settings import Format
from engine.words.few import TOLD_ONE_BY_ONE
from engine.words.notices import Value

SPREADSHEET_DIGITS = 15
# A yearly rate or a CV above these is more likely a percentage.
_LARGEST_RATE = {"obsolescence_per_year": 1.0, "demand_cv": 10.0, "make_cv": 5.0, "lead_time_cv": 5.0}
# So few numbers of three decimals may be thousands without a round one among them.
_FEW = 3
# So large a share of numbers without a sign, all below a thousand, says so, too.
_SOME_PLAIN = 0.1
_POWER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2}")
_Said = tuple[int, dict[str, Value]]
KEY_COLUMNS = ("product", "component", "resource", "order_number", "plant")


def is_share(definition: Column) -> bool:
    """Whether a column may be written in percent."""
    return definition.unit.startswith("share") or definition.name.endswith("_cv")


def often_matters(definition: Column, texts: Sequence[str], form: Format) -> bool:
    """Whether what is said of a column's cells may hang on how often each text stands in it.

    Parameters
    ----------
    definition : Column
    texts : sequence of str
        Each text once.
    form : Format
    """
    if definition.kind == "date":
        # Instants that all are midnight somewhere are counted.
        return any(":" in text for text in texts)
    if definition.kind == "number":
        broken = [text for text in texts if form.decimal in text]
        grouped = re.compile(rf"[-+]?[0-9]{{1,3}}{re.escape(form.decimal)}[0-9]{{3}}")
        return bool(broken) and all(grouped.fullmatch(text) for text in broken)
    return definition.name in KEY_COLUMNS and any(may_be_shortened(text) for text in texts)


def text_notices(definition: Column, raw: RawTable, cells: list[str]) -> list[Notice]:
    """Keys with characters that cannot be seen, and keys whose digits a spreadsheet may have lost."""
    if definition.name not in KEY_COLUMNS:
        return []
    unseen: list[_Said] = [
        (k, {"key": cell, "read": visible(cell)}) for k, cell in enumerate(cells) if visible(cell) != cell
    ]
    notices = _notices("key_cleaned", definition, raw, unseen)
    lost: list[_Said] = [(k, {"key": cells[k], "digits": SPREADSHEET_DIGITS}) for k in _digits_lost(cells, raw)]
    return notices + _notices("digits_lost", definition, raw, lost)


def may_be_shortened(key: str) -> bool:
    """Whether a key may be a long number of which a spreadsheet lost digits.

    Examples
    --------
    >>> may_be_shortened("1.23457E+12"), may_be_shortened("1234567890123450"), may_be_shortened("1234567890123456")
    (True, True, False)
    """
    long = len(key) > SPREADSHEET_DIGITS and key.isdigit() and not key[SPREADSHEET_DIGITS:].strip("0")
    return long or _POWER.fullmatch(key) is not None


def _digits_lost(cells: list[str], raw: RawTable) -> list[int]:
    if raw.native_numbers:
        return []
    typed = [(k, cell) for k, cell in enumerate(cells) if not isinstance(cell, NativeCell)]
    powers = [k for k, cell in enumerate(cells) if cell in raw.long_numbers]
    powers += [k for k, cell in typed if _POWER.fullmatch(cell)]
    long = [k for k, cell in typed if len(cell) > SPREADSHEET_DIGITS and cell.isdigit()]
    # What a spreadsheet lost it fills with zeros; keys that all end so are hardly chance.
    filled = [k for k in long if not cells[k][SPREADSHEET_DIGITS:].strip("0")]
    return powers + (filled if len(filled) > 1 and len(filled) == len(long) else [])


def number_notices(
    definition: Column, raw: RawTable, cells: list[str], values: npt.NDArray[np.float64], form: Format
) -> list[Notice]:
    """Numbers that may be grouped thousands, and rates that may be percentages."""
    notices: list[Notice] = []
    if not raw.native_numbers and not form.thousands:
        point = re.escape(form.decimal)
        grouped, fraction = re.compile(rf"[-+]?[1-9][0-9]{{0,2}}{point}[0-9]{{3}}"), form.decimal
        broken = [k for k, cell in enumerate(cells) if fraction in cell and not isinstance(cell, NativeCell)]
        doubtful = [k for k in broken if grouped.fullmatch(cells[k])]
        # Another number with a fraction shows what the sign means in this column; so do many that are not round.
        round_ = sum(cells[k].endswith("0") for k in doubtful)
        few = len(doubtful) <= _FEW or 2 * round_ >= len(doubtful) or _below_thousand(cells)
        if doubtful and len(doubtful) == len(broken) and few:
            said: list[_Said] = [(k, {"cell": cells[k], "value": float(values[k]), "sign": form.decimal,
                         "other": cells[k].replace(form.decimal, "")}) for k in doubtful]  # fmt: skip
            notices += _notices("grouping_doubt", definition, raw, said)
    return notices + rate_notices(definition, values, file=raw.file, rows=raw.numbers)


def _below_thousand(cells: list[str]) -> bool:
    """Whether the numbers without a sign look like those below a thousand of a column: some of three digits, no more.

    What is weighed to three decimals has them at every number, and parts of one.

    Examples
    --------
    >>> _below_thousand(["2.135", "870", "95", "912"]), _below_thousand(["2.135", "870", "1200"])
    (True, False)
    """
    plain = [cell.lstrip("+-") for cell in cells if not isinstance(cell, NativeCell) and cell.lstrip("+-").isdigit()]
    digits = [len(cell) for cell in plain]
    return len(plain) >= _SOME_PLAIN * len(cells) and 3 in digits and max(digits) == 3


def rate_notices(
    definition: Column, values: npt.NDArray[np.float64], *, file: str, rows: Sequence[int]
) -> list[Notice]:
    """Rates and CVs that may be percentages, with the row of each value."""
    limit = _LARGEST_RATE.get(definition.name)
    if limit is None:
        return []
    with np.errstate(invalid="ignore"):
        large = np.flatnonzero(values > limit).tolist()
    said: list[_Said] = [(k, {"value": float(values[k]), "right": float(values[k]) / 100.0}) for k in large]
    return _told("rate_above_one", definition, said, file=file, rows=rows)


def date_notices(definition: Column, raw: RawTable, said: Sequence[tuple[str, int, dict[str, Value]]]) -> list[Notice]:
    """What is said of days, by the place of their cells."""
    notices = []
    for kind in dict.fromkeys(kind for kind, _, _ in said):
        notices += _notices(kind, definition, raw, [(k, values) for of, k, values in said if of == kind])
    return notices


def _notices(kind: str, definition: Column, raw: RawTable, said: list[_Said]) -> list[Notice]:
    return _told(kind, definition, said, file=raw.file, rows=raw.numbers)


def _told(
    kind: str, definition: Column, said: list[_Said], *, file: str, rows: Sequence[int]
) -> list[Notice]:
    """Notices of records, the last standing for all that follow."""
    last = min(len(said), TOLD_ONE_BY_ONE) - 1
    return [
        Notice(kind=kind, file=file, row=int(rows[k]), column=definition.name, values=dict(values),
               more=len(said) - TOLD_ONE_BY_ONE if at == last and len(said) > TOLD_ONE_BY_ONE else 0)
        for at, (k, values) in enumerate(said[:TOLD_ONE_BY_ONE])
    ]  # fmt: skip
