"""What an import asked for and assumed meanwhile: a line of ``NOTES.md`` each, and a notice to readers of the scenario.

The notices stand in ``assumptions.csv`` beside the tables, of a workbook in a sheet ``assumptions``, so that the
assumptions of an import are in what is checked, decided and reported; where one is mended there, its row is taken out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.notices import Notice
from engine.words.notices import Value

ASSUMPTIONS_FILE, ASSUMPTIONS_SHEET = "assumptions.csv", "assumptions"
_KINDS = ("assumed", "assumed_share", "assumed_days", "left_out", "field_near")
_VALUES = ("what", "value", "near")
ASSUMPTION_COLUMNS = ("kind", "file", "column", *_VALUES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an import asks for.

    Parameters
    ----------
    line : str
        As ``NOTES.md`` and the command tell it.
    notice : Notice
        As readers of the scenario are told what was assumed meanwhile.
    whole : bool
        Without it a whole table is left out.
    """

    line: str
    notice: Notice
    whole: bool = False


def question(  # what is said of it is all there is
    file: str, column: str, *, about: str, done: str, kind: str = "left_out", value: str = "", near: str = "",
    blank: int | None = None, rows: int = 0, whole: bool = False,
) -> Question:  # fmt: skip
    """What is asked for of one column.

    Parameters
    ----------
    file, column : str
        Where the answer would stand.
    about : str
        What follows the column's name in the note: what it means, or why it is asked for.
    done : str
        What is done meanwhile, for the note.
    kind : str
        Of the notice.
    value, near : str
        What is assumed; a heading that may mean it.
    blank, rows : int
        Rows without it, and all of them, where it is asked for by row.
    whole : bool
        Without it a whole table is left out.
    """
    counts = "" if blank is None else f" of {blank:,} of {rows:,}"
    shown = "" if blank is None else f" ({blank:,} / {rows:,})"
    values: dict[str, Value] = {"what": f"{column}{shown}", "value": value, "near": near}
    given = {name: said for name, said in values.items() if said}
    mend = f"; is it '{near}'? Then call it {column}" if near else ""
    return Question(
        line=f"{file}: {column}{about.replace('{counts}', counts)}; {done}{mend}.",
        notice=Notice(kind=kind, file=file, column=column, values=given), whole=whole,
    )  # fmt: skip


def assumption_rows(notices: Iterable[Notice]) -> list[list[str]]:
    """What was assumed, in `ASSUMPTION_COLUMNS`.

    Parameters
    ----------
    notices : iterable of Notice
        Of a scenario; those of other kinds are passed over.
    """
    return [
        [said.kind, said.file, said.column or "", *(str(said.values.get(name, "")) for name in _VALUES)]
        for said in notices
        if said.kind in _KINDS
    ]


def assumptions_file(notices: Iterable[Notice]) -> dict[str, str]:
    """The file of a scenario's folder that `assumptions` reads, by its name; none where nothing was assumed.

    Parameters
    ----------
    notices : iterable of Notice
        As of `assumption_rows`.
    """
    assumed = assumption_rows(notices)
    if not assumed:
        return {}
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([list(ASSUMPTION_COLUMNS), *assumed])
    return {ASSUMPTIONS_FILE: stream.getvalue()}


def assumptions(folder: Path) -> list[Notice]:
    """The assumptions of a scenario's folder; of a file of another kind none.

    Parameters
    ----------
    folder : Path
    """
    try:
        text = (folder / ASSUMPTIONS_FILE).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return []
    return assumptions_in(list(csv.reader(io.StringIO(text))))


def assumptions_in(rows: Sequence[Sequence[str]]) -> list[Notice]:
    """The assumptions that rows hold, the headings first; of rows of another kind none.

    Parameters
    ----------
    rows : sequence of sequence of str
    """
    notices = []
    for cells in rows[1:]:
        row = dict(zip(rows[0], cells, strict=False))
        values = {name: row[name] for name in _VALUES if row.get(name)}
        if row.get("kind") in _KINDS and row.get("file") and "what" in values:
            notices.append(Notice(kind=row["kind"], file=row["file"], column=row.get("column") or None, values=values))
    return notices
