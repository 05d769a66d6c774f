"""Rows of sums, which lists and spreadsheets put below what they add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.scenario.arrays import Array
from engine.scenario.checks.alike import folded
from engine.scenario.files.coded import CodedRows

_SUMS = frozenset({
    "total", "totals", "subtotal", "sub-total", "grandtotal", "sum", "overalltotal", "overallresult", "result",
    "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme", "endsumme", "teilsumme", "insgesamt",
    "ergebnis", "合计", "总计", "小计", "共计", "总和",
    "totalgénéral", "soustotal", "sous-total", "totale", "totaal", "totalgeneral",
})  # fmt: skip

# Sums that a spreadsheet shows rounded are as near as this.
_NEAR = 1e-3


def is_total(texts: Sequence[str]) -> bool:
    """Whether the texts of a row, its numbers left away, say no more than that it is a sum.

    Parameters
    ----------
    texts : sequence of str
        Cells of keys and texts.

    Examples
    --------
    >>> is_total(["Summe:", ""]), is_total(["* Total", ""]), is_total(["Total", "Fuel additive"]), is_total(["", ""])
    (True, True, False, False)
    """
    said = [text for cell in texts if (text := _said(cell))]
    return len(said) == 1 and said[0] in _SUMS


def _said(cell: str) -> str:
    return folded(cell).strip("*:#∑Σσ")


def total_rows(
    rows: Sequence[Sequence[str]], numbers: Callable[[Sequence[str]], Array]
) -> tuple[list[int], list[int]]:
    """Places of rows of sums, and of those that are only called so.

    A row is one of sums where it says no more than that (`is_total`), and one of its numbers is the sum of those above
    it, of all or since the sum before, or it leaves blank what all other rows fill. A product of such a name, with
    cells of its own, is none.

    Parameters
    ----------
    rows : sequence of sequences of str
    numbers : callable
        Cells to numbers, NaN where they are none.

    Examples
    --------
    >>> def numbers(cells):
    ...     return np.array([float(cell) if cell.isdigit() else np.nan for cell in cells])
    >>> total_rows([["A", "10", "5"], ["B", "20", "7"], ["Summe", "30", ""]], numbers)
    ([2], [])
    >>> total_rows([["A", "10", "5"], ["B", "20", "7"], ["Total", "8", "5"]], numbers)
    ([], [2])
    """
    called = [k for k in _likely(rows) if is_total(_texts(rows[k], numbers))]
    if not called:
        return [], []
    sums = set(called)
    filled = [all(cells) for cells in zip(*(row for k, row in enumerate(rows) if k not in sums), strict=True)]
    sums_at: list[int] = []
    for k in called:
        since = sums_at[-1] + 1 if sums_at else 0
        blank = any(full and not cell for full, cell in zip(filled, rows[k], strict=False))
        if blank or any(_adds_up(rows, k, start, sums, numbers) for start in {0, since}):
            sums_at.append(k)
    return sums_at, [k for k in called if k not in sums_at]


def _likely(rows: Sequence[Sequence[str]]) -> list[int]:
    """Places of rows whose first cell with text says so, or only marks the row."""
    if not isinstance(rows, CodedRows):
        return [k for k, row in enumerate(rows) if _may_be(next((cell for cell in row if cell), "0"))]
    likely, before = np.zeros(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)
    for column in rows.columns:
        likely |= before & column.marked([bool(text) and _may_be(text) for text in column.texts])
        before &= column.marked([not text for text in column.texts])
    return np.flatnonzero(likely).tolist()


def _may_be(first: str) -> bool:
    # Dates and many keys begin with a digit: most rows end here.
    return not first[0].isdigit() and ((said := _said(first)) in _SUMS or not said)


def _texts(row: Sequence[str], numbers: Callable[[Sequence[str]], Array]) -> list[str]:
    return [cell for cell, number in zip(row, np.isnan(numbers(row)).tolist(), strict=True) if cell and number]


def _adds_up(
    rows: Sequence[Sequence[str]], at: int, start: int, called: set[int],
    numbers: Callable[[Sequence[str]], Array],
) -> bool:  # fmt: skip
    """Whether a number of a row is the sum of two or more above it."""
    above = [rows[k] for k in range(start, at) if k not in called]
    return len(above) > 1 and any(_is_sum(cell, cells, numbers) for cell, cells in _columns(rows[at], above))


def _columns(row: Sequence[str], above: Sequence[Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    for column, cell in enumerate(row):
        if cell:
            yield cell, [other[column] for other in above]


def _is_sum(cell: str, above: Sequence[str], numbers: Callable[[Sequence[str]], Array]) -> bool:
    value = float(numbers([cell])[0])
    added = numbers(above)
    counted = added[~np.isnan(added)]
    return len(counted) > 1 and value != 0.0 and abs(float(counted.sum()) - value) <= _NEAR * abs(value)
