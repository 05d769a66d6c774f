"""CSV files of a catalogue, read some rows at a time; what their first bytes and lines declare counts as elsewhere."""

from __future__ import annotations

import codecs
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.csv as pacsv

from engine.errors import Fault
from engine.scenario.files.raw import own_separator
from engine.scenario.settings import Format
from engine.words.reason import cause

_BLOCK_BYTES = 8 << 20
# A declared separator stands within so many bytes.
_HEAD_BYTES = 4096
# Seconds that a reader's threads are waited for, and how often they are looked at.
_PATIENCE, _LOOK = 10.0, 0.002


class _Ragged:
    """Takes rows with too many or too few cells, which are left out.

    Parameters
    ----------
    file : str
    bad : list of Fault, optional
        Nothing is told where it is left out.
    """

    def __init__(self, file: str, bad: list[Fault] | None) -> None:
        self.file, self.bad = file, bad

    def __call__(self, row: pacsv.InvalidRow) -> str:
        if self.bad is not None:
            why = cause("cells_too_many", cells=row.actual_columns, columns=row.expected_columns)
            self.bad.append(Fault(file=self.file, row=row.number, cause=why))
        return "skip"


class Batches:
    """Rows of a file, some at a time.

    Parameters
    ----------
    reader : pyarrow.csv.CSVStreamingReader
        Nothing else may hold it.
    """

    def __init__(self, reader: pacsv.CSVStreamingReader) -> None:
        self.reader: pacsv.CSVStreamingReader | None = reader
        self.schema: pa.Schema = reader.schema

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> pa.RecordBatch:
        if self.reader is None:
            raise StopIteration
        return self.reader.read_next_batch()

    def close(self) -> None:
        """Let go of the reader."""
        if self.reader is not None:
            self.reader.close()
        self.reader = None


@contextmanager
def open_csv(
    file: Path, form: Format, kinds: dict[str, pa.DataType], bad: list[Fault] | None
) -> Iterator[Batches]:
    """A reader of batches of rows.

    Arrow reads ahead in threads of its own and holds what it asks about ragged rows until they have ended. A program
    that ends before them, because the file is faulty, would be aborted by the one that lets go of it last: so they are
    waited for.

    Parameters
    ----------
    file : Path
    form : Format
    kinds : dict of str to DataType
        Of columns that are not to be guessed.
    bad : list of Fault, optional
        Takes ragged rows.
    """
    delimiter, lines, encoding = _declared(file, form)
    ragged = _Ragged(file.name, bad)
    held = weakref.ref(ragged)
    rows: Batches | None = None
    try:
        rows = Batches(pacsv.open_csv(
            file,
            read_options=pacsv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, encoding=encoding, skip_rows=lines
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=ragged
            ),
            convert_options=pacsv.ConvertOptions(column_types=kinds, strings_can_be_null=False),
        ))  # fmt: skip
        yield rows
    finally:
        if rows is not None:
            rows.close()
        del ragged
        until = time.monotonic() + _PATIENCE
        while held() is not None and time.monotonic() < until:
            time.sleep(_LOOK)


def declared_lines(file: Path, form: Format) -> int:
    """How many lines above the header declare the separator."""
    return _declared(file, form)[1]


def _declared(file: Path, form: Format) -> tuple[str, int, str]:
    """Separator, lines above the header and encoding, as the first bytes of a file declare them before the settings."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    two_bytes = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if two_bytes else form.encoding.removesuffix("-sig")
    return *own_separator(head.decode(encoding, errors="replace"), form.delimiter), encoding
