"""Columns of many cells, few of them different: each text once, and which of them stands in each row.

A million order lines have some thousand days, customers and quantities. What is read of a cell is then worked out once
for each text, and a column takes four bytes a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa

# A file of fewer letters, or a table of fewer rows, is read soon enough cell by cell.
LARGE_TEXT, LARGE_ROWS = 1_000_000, 20_000
# The csv module takes no longer cell.
_LONGEST_CELL = 131_072
_FEWEST_COLUMNS = 2


@dataclass(frozen=True, slots=True, eq=False)
class CodedColumn:
    """One column.

    Parameters
    ----------
    texts : list of str
        Each text that stands in it, once.
    codes : numpy.ndarray of int32, shape (rows,)
        Place in `texts` of each row's.
    """

    texts: list[str]
    codes: npt.NDArray[np.int32]

    def cells(self) -> list[str]:
        """The text of each row."""
        return list(map(self.texts.__getitem__, self.codes.tolist()))

    def spread(self, values: pd.Series) -> pd.Series:
        """What was read of each text, row by row."""
        return pd.Series(values.to_numpy()[self.codes], dtype=values.dtype)

    def marked(self, texts: Sequence[bool]) -> npt.NDArray[np.bool_]:
        """Rows of the marked texts, shape (rows,)."""
        return np.array(texts, dtype=bool)[self.codes] if self.texts else np.zeros(len(self.codes), dtype=bool)


class CodedRows(Sequence[list[str]]):
    """Rows of a table that is held by columns.

    Parameters
    ----------
    columns : sequence of CodedColumn

    Examples
    --------
    >>> rows = CodedRows.of([["P1", "2"], ["P2", "2"], ["P1", "3"]])
    >>> rows[1], rows.columns[1].texts, rows.taken([0, 2])[1]
    (['P2', '2'], ['2', '3'], ['P1', '3'])
    """

    def __init__(self, columns: Sequence[CodedColumn]) -> None:
        self.columns = tuple(columns)

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> CodedRows:
        """The same rows, held by columns."""
        return cls([_coded(cells) for cells in zip(*rows, strict=True)])

    def taken(self, places: Sequence[int]) -> CodedRows:
        """Some of the rows."""
        at = np.asarray(places, dtype=np.int64)
        return CodedRows([CodedColumn(column.texts, column.codes[at]) for column in self.columns])

    def __len__(self) -> int:
        return len(self.columns[0].codes)

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [self[k] for k in range(len(self))[place]]
        return [column.texts[column.codes[place]] for column in self.columns]

    def __iter__(self) -> Iterator[list[str]]:
        return map(list, zip(*(column.cells() for column in self.columns), strict=True))


def _coded(cells: Sequence[str]) -> CodedColumn:
    places: dict[str, int] = {}
    codes = np.fromiter((places.setdefault(cell, len(places)) for cell in cells), dtype=np.int32, count=len(cells))
    return CodedColumn(list(places), codes)


def coded_arrow(column: pa.Array | pa.ChunkedArray, *, stripped: bool = True) -> CodedColumn:
    """A column of text that Arrow holds, without the blanks around cells if `stripped`; no cell may be missing."""
    import pyarrow as pa  # noqa: PLC0415  (slow import, needed for large tables only)

    whole = column.unify_dictionaries().combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks)
    held = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    texts = held.dictionary.to_pylist()
    # Texts that differ by blanks around them are one.
    plain = _coded([text.strip() for text in texts] if stripped else texts)
    codes: npt.NDArray[Any] = held.indices.to_numpy(zero_copy_only=False)
    return CodedColumn(plain.texts, plain.codes[codes] if len(plain.codes) else codes.astype(np.int32))


def plain_rows(text: str, delimiter: str) -> tuple[list[str], CodedRows] | None:
    """Header and rows of a CSV text that is plain; None of another, which takes the care of a reader of cells.

    Plain is a text without quotes, of lines that all have as many cells as the header, whose cells are filled.
    """
    head, _, rest = text.partition("\n")
    header = [cell.strip() for cell in head.split(delimiter)]
    if '"' in text or "\0" in text or "\r" in text.replace("\r\n", "\n") or text[:1] == "\ufeff":
        return None
    if not rest.strip() or not all(header) or len(header) < _FEWEST_COLUMNS or not delimiter.isascii():
        return None
    columns = _arrow_columns(rest, delimiter, len(header))
    if columns is None or any(len(cell) > _LONGEST_CELL for column in columns for cell in column.texts):
        return None
    rows = CodedRows(columns)
    blank = np.logical_and.reduce([column.marked([cell == "" for cell in column.texts]) for column in rows.columns])
    return None if blank.any() else (header, rows)


def _arrow_columns(text: str, delimiter: str, width: int) -> list[CodedColumn] | None:
    """Columns of the lines below a header; None where lines have more cells or fewer."""
    import pyarrow as pa  # noqa: PLC0415  (slow imports, needed for large tables only)
    import pyarrow.csv as pacsv  # noqa: PLC0415

    kind = pa.dictionary(pa.int32(), pa.string())
    names = [f"f{k}" for k in range(width)]
    try:
        table = pacsv.read_csv(
            pa.BufferReader(text.encode("utf-8")),
            read_options=pacsv.ReadOptions(use_threads=False, column_names=names),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, quote_char=False, escape_char=False, newlines_in_values=False,
                ignore_empty_lines=False,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), strings_can_be_null=False, auto_dict_encode=False
            ),
        )  # fmt: skip
    except (pa.ArrowException, UnicodeError):
        return None
    return [coded_arrow(table.column(name)) for name in names]
