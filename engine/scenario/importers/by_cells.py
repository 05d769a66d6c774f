"""What the columns of an export probably are by their cells, where no heading says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.scenario.files.money import amount
from engine.scenario.files.signs import DATES, is_day

# So many of the filled cells have to be of a kind.
_MOST = 0.9
_NUMBER_SIGNS = frozenset("0123456789.,-+ '%")


def by_cells(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, dict[str, str]]:
    """The table that rows are like, and our columns that make its key, to their headings; '' where there is none.

    Order lines have a day, products a key of their own in each row, bills of materials two names and no pair of them
    twice.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str

    Examples
    --------
    >>> by_cells(("Päivä", "Nimike", "Määrä"), [["2025-01-06", "A", "3"], ["2025-01-07", "B", "2"],
    ...                                         ["2025-01-07", "A", "1"]])
    ('orders', {'order_date': 'Päivä', 'product': 'Nimike', 'quantity': 'Määrä'})
    """
    columns = {heading: [row[k] for row in rows if k < len(row)] for k, heading in enumerate(header) if heading}
    days = [name for name, cells in columns.items() if _are(cells, _is_some_day)]
    numbers = [name for name, cells in columns.items() if name not in days and _are(cells, _is_number)]
    texts = [name for name, cells in columns.items() if name not in (*days, *numbers) and any(cells)]
    keys = [name for name in texts if _distinct([columns[name]])]
    if days and numbers and texts:
        # What is ordered again and again, not who or which order: the text with the fewest values of its own.
        product = min(texts, key=lambda name: len(set(columns[name])))
        return "orders", {"order_date": days[0], "product": product, "quantity": numbers[-1]}
    if keys and numbers:
        return "products", {"product": keys[0], **({"name": keys[1]} if len(keys) > 1 else {})}
    if len(texts) > 1 and numbers and _distinct([columns[texts[0]], columns[texts[1]]]):
        return "bom", {"product": texts[0], "component": texts[1], "quantity": numbers[-1]}
    return "", {}


def samples_of(header: Sequence[str], rows: Sequence[Sequence[str]], but: Mapping[str, str]) -> list[str]:
    """The headings that are left, each with its first cells, for somebody who reads them."""
    left = [(k, heading) for k, heading in enumerate(header) if heading and heading not in but.values()]
    first = {k: ", ".join(row[k] for row in rows[:3] if k < len(row) and row[k]) for k, _ in left}
    return [f"'{heading}' ({first[k]})" for k, heading in left]


def _are(cells: Sequence[str], kind: Callable[[str], bool]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and sum(map(kind, filled)) >= _MOST * len(filled)


def _is_some_day(cell: str) -> bool:
    # Eight digits alone may be a number as well.
    day = cell.split(" ", maxsplit=1)[0]
    return not cell.isdigit() and any(is_day(day, pattern) for pattern in DATES)


def _is_number(cell: str) -> bool:
    number, _ = amount(cell)
    return any(sign.isdigit() for sign in number) and set(number) <= _NUMBER_SIGNS


def _distinct(columns: Sequence[Sequence[str]]) -> bool:
    """Whether no row of them says what another one says."""
    rows = list(zip(*columns, strict=True))
    return len(rows) > 1 and len(set(rows)) == len(rows) and all(all(row) for row in rows)
