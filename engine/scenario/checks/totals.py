"""Rows of sums, which lists and spreadsheets put below what they add up."""

from __future__ import annotations

from collections.abc import Sequence

from engine.scenario.checks.alike import folded

_SUMS = frozenset({
    "total", "totals", "subtotal", "sub-total", "grandtotal", "sum", "overalltotal", "overallresult", "result",
    "summe", "gesamt", "gesamtsumme", "gesamtergebnis", "zwischensumme", "endsumme", "teilsumme", "insgesamt",
    "ergebnis", "合计", "总计", "小计", "共计", "总和",
    "totalgénéral", "soustotal", "sous-total", "totale", "totaal", "totalgeneral",
})  # fmt: skip


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
    said = [text for cell in texts if (text := folded(cell).strip("*:#∑Σσ"))]
    return len(said) == 1 and said[0] in _SUMS
