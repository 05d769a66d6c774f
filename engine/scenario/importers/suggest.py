"""Propose a mapping file from the headings of exports, for somebody to read and mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError
from engine.scenario.columns import COLUMNS, FITTED, KEYS
from engine.scenario.files.folder import is_left_behind
from engine.scenario.files.money import amount
from engine.scenario.files.raw import MOST_ABOVE, read_workbook
from engine.scenario.files.signs import date_pattern, number_signs, separator
from engine.scenario.files.whole import whole
from engine.scenario.files.write import yaml_text
from engine.scenario.importers.by_cells import by_cells, samples_of
from engine.scenario.importers.headings import choice_of, proposed
from engine.scenario.importers.table import WORKBOOKS

_READ_ROWS = 200
# More words than these are no choice.
_MOST_WORDS = 20
_ENDINGS = (".csv", ".txt", ".tsv", *WORKBOOKS)
# One of the last two where it is not UTF-8: that in which more headings are known ones.
_ENCODINGS, _REGIONAL = ("utf-16", "utf-8-sig"), ("cp1252", "gb18030")
_BYTE_ORDER = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The head of one file or sheet.

    Parameters
    ----------
    file, sheet : str
    header : tuple of str
    cells : list of list of str
        Of the first rows.
    delimiter, encoding : str
        '' of workbooks.
    """

    file: str
    sheet: str = ""
    header: tuple[str, ...]
    cells: list[list[str]]
    delimiter: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a mapping says of one table.

    Parameters
    ----------
    place : dict of str to str
        File and sheet, where they have to be named.
    columns : dict of str to str
        Ours to theirs.
    meaning : dict of str to dict of str to str
        Of columns whose cells are other words than ours: theirs to ours, '' where nobody knows.
    """

    place: dict[str, str]
    columns: dict[str, str]
    meaning: dict[str, dict[str, str]]

    @property
    def written(self) -> dict[str, object]:
        """As the mapping file has it."""
        return {**self.place, "columns": self.columns, **({"meaning": self.meaning} if self.meaning else {})}


def suggest_map(source: Path, mapping: Path) -> list[str]:
    """Write a mapping file that the headings suggest.

    Parameters
    ----------
    source : Path
        A file, or a folder of files.
    mapping : Path
        New file.

    Returns
    -------
    list of str
        What is still to be said, one point each; it stands in the file, too.

    Raises
    ------
    EngineError
        Where nothing can be read or proposed, or the mapping is there already.
    """
    if mapping.exists():
        raise EngineError(f"{mapping}: is there already; name a new file, so that nothing of it is lost")
    tables: dict[str, Entry] = {}
    used: list[Seen] = []
    points: list[str] = []
    for seen, table, columns, by_headings in _likely(list(_heads(source))):
        if not table or table in tables:
            why = f"looks like {table}, and so does another" if table else "is like none of the tables"
            points.append(f"{seen.file}{f'[{seen.sheet}]' if seen.sheet else ''}: {why}; left out")
            continue
        place = {"file": seen.file} if source.is_dir() else {}
        meaning = _meaning(seen, table, columns)
        where = place | ({"sheet": seen.sheet} if seen.sheet else {})
        tables[table] = Entry(place=where, columns=columns, meaning=meaning)
        used.append(seen)
        points += _left_of(seen, table, columns, by_headings=by_headings)
    if not tables:
        raise EngineError(f"{source}: no heading says what the columns are; see 'codp template' for ours")
    points += _missing(tables)
    points += [
        f"{table}: {column}: '{theirs}' is taken for {ours}; mend it under meaning where it is not" if ours else
        f"{table}: {column}: say under meaning what '{theirs}' means; blank: nothing"
        for table, entry in tables.items()
        for column, words in entry.meaning.items()
        for theirs, ours in words.items()
    ]
    form, doubts = _format(used, tables)
    text = yaml_text({
        "settings": {"name": source.stem, "currency": _currency(used, tables), "holding_rate_per_year": 0.25},
        **({"format": form} if form else {}),
        "tables": {table: entry.written for table, entry in tables.items()},
    })  # fmt: skip
    points += doubts
    head = "".join(f"# {' '.join(point.split())}\n" for point in ("Proposed from what is there: read it.", *points))
    with whole(mapping) as fresh:
        fresh.write_text(head + text, encoding="utf-8", newline="\n")
    return points


def _likely(heads: Sequence[Seen]) -> Iterator[tuple[Seen, str, dict[str, str], bool]]:
    """What each file probably is: by its headings, and of tables that no headings are, by its cells.

    Those that headings tell come first: a list of customers has a key and numbers, too.
    """
    told = [(seen, *_table_of(seen)) for seen in heads]
    named = {table for _, table, _ in told}
    yield from ((seen, table, columns, True) for seen, table, columns in told if table)
    for seen, table, _ in told:
        if not table:
            like, columns = by_cells(seen.header, seen.cells)
            most = max(len(proposed(seen.header, one)) for one in COLUMNS)
            # Where some headings are known the others say that it is something else.
            yield (seen, "", {}, True) if like in named or most else (seen, like, columns, False)


def _left_of(seen: Seen, table: str, columns: Mapping[str, str], *, by_headings: bool) -> list[str]:
    """What is said of the headings of a file that are none of ours, and of those that were guessed."""
    left = [theirs for theirs in seen.header if theirs and theirs not in columns.values()]
    if by_headings:
        return [f"{table}: not used of {seen.file}: {', '.join(left)}"] if left else []
    guessed = ", ".join(f"{ours} '{theirs}'" for ours, theirs in columns.items())
    said = [f"{table}: guessed from the cells of {seen.file}, whose headings say nothing here: {guessed}"]
    if left:
        said.append(f"{table}: which columns are these? {', '.join(samples_of(seen.header, seen.cells, columns))}")
    return said


def _missing(tables: dict[str, Entry]) -> list[str]:
    """Required columns that no heading means; order lines fill those of demand."""
    if "products" not in tables:
        return ["products: no file has them; take them from another one with distinct: true"]
    points = []
    for table, entry in tables.items():
        wanted = [
            definition.name
            for definition in COLUMNS[table]
            if definition.required and definition.name not in entry.columns
            and not (table == "products" and "orders" in tables and definition.name in FITTED)
        ]  # fmt: skip
        if table == "products" and not {"late_cost_per_unit_day", "on_time_target"} & entry.columns.keys():
            wanted.append("late_cost_per_unit_day (or on_time_target in settings)")
        if wanted:
            points.append(f"{table}: still needed, under columns or as a value under fill: {', '.join(wanted)}")
    return points


def _meaning(seen: Seen, table: str, columns: dict[str, str]) -> dict[str, dict[str, str]]:
    """The words of choices that are none of ours."""
    meanings = {}
    for definition in COLUMNS[table]:
        if definition.kind != "choice" or definition.name not in columns:
            continue
        at = seen.header.index(columns[definition.name])
        words = dict.fromkeys(row[at] for row in seen.cells if at < len(row) and row[at])
        strange = [word for word in words if word.upper() not in {choice.upper() for choice in definition.choices}]
        if strange and len(strange) <= _MOST_WORDS:
            meanings[definition.name] = {
                word: choice if (choice := choice_of(word)) in definition.choices else "" for word in strange
            }
    return meanings


def _table_of(seen: Seen) -> tuple[str, dict[str, str]]:
    """The table whose columns most headings mean, keys among them; '' where none fits."""
    best: tuple[int, str, dict[str, str]] = (1, "", {})
    for table in COLUMNS:
        columns = proposed(seen.header, table)
        keys = [*KEYS[table], *(["product", "order_date"] if table == "orders" else [])]
        # Two columns at least, and a key for each row.
        if all(key in columns for key in keys) and len(columns) > best[0]:
            best = (len(columns), table, columns)
    return best[1], best[2]


def _format(used: list[Seen], tables: dict[str, Entry]) -> tuple[dict[str, str], list[str]]:
    """How the text files write, as far as their cells tell."""
    numbers: list[str] = []
    dates: list[str] = []
    for seen, (table, entry) in zip(used, tables.items(), strict=True):
        if not seen.delimiter:
            continue
        for definition in COLUMNS[table]:
            if definition.name in entry.columns:
                at = seen.header.index(entry.columns[definition.name])
                cells = [row[at] for row in seen.cells if at < len(row)]
                numbers += cells if definition.kind == "number" else []
                dates += cells if definition.kind == "date" else []
    texts = [seen for seen in used if seen.delimiter]
    if not texts:
        return {}, []
    form = {"delimiter": texts[0].delimiter, "encoding": texts[0].encoding}
    points = []
    if not any(sign in cell for cell in numbers for sign in ".,"):
        # Columns that nobody has named yet may tell.
        numbers = [cell for seen in texts for row in seen.cells for cell in row]
    signs = number_signs(numbers)
    if signs is None:
        points.append("format: the numbers do not tell their decimal sign; say decimal and thousands")
    else:
        form.update(decimal=signs.decimal, thousands=signs.thousands)
    if dates:
        pattern = date_pattern(dates)
        if pattern is None:
            points.append("format: the dates do not tell how they are written; say date, like %d.%m.%Y")
        else:
            form["date"] = pattern
    return form, points


def _currency(used: list[Seen], tables: dict[str, Entry]) -> str:
    """The currency that stands beside amounts, else EUR."""
    for seen, (table, entry) in zip(used, tables.items(), strict=True):
        for definition in COLUMNS[table]:
            if definition.name in entry.columns and definition.unit.startswith("money"):
                at = seen.header.index(entry.columns[definition.name])
                meant = next((said for row in seen.cells if at < len(row) and (said := amount(row[at])[1])), ())
                if meant:
                    return meant[0]
    return "EUR"


def _heads(source: Path) -> Iterator[Seen]:
    if not source.exists():
        raise EngineError(f"{source}: there is no such file or folder")
    paths = [source] if source.is_file() else sorted(source.iterdir())
    for path in paths:
        if is_left_behind(path.name) or (source.is_dir() and path.suffix.lower() not in _ENDINGS):
            continue
        if path.suffix.lower() in WORKBOOKS:
            for sheet, table in read_workbook(path).items():
                filled = [row for row in table.cells if any(row)][:_READ_ROWS]
                if filled:
                    at = _heading(filled)
                    yield Seen(file=path.name, sheet=sheet, header=tuple(filled[at]), cells=filled[at + 1 :])
        else:
            yield from _text_head(path)


def _heading(rows: list[list[str]]) -> int:
    """Which of the first rows names most columns of a table: titles and notes stand above it."""
    named = [max(len(proposed(tuple(row), table)) for table in COLUMNS) for row in rows[:MOST_ABOVE]]
    return named.index(max(named))


def _text_head(path: Path) -> Iterator[Seen]:
    data = path.read_bytes()
    for encodings in ((_ENCODINGS[0],) if data.startswith(_BYTE_ORDER) else (_ENCODINGS[1],), _REGIONAL):
        heads = [head for encoding in encodings if (head := _text_rows(data, encoding)) is not None]
        if heads:
            _, encoding, sign, at, rows = max(heads, key=lambda head: head[0])
            yield Seen(file=path.name, header=tuple(rows[at]), cells=rows[at + 1 :], delimiter=sign,
                       encoding=encoding.removesuffix("-sig"))  # fmt: skip
            return


def _text_rows(data: bytes, encoding: str) -> tuple[int, str, str, int, list[list[str]]] | None:
    """How many headings are known ones, the encoding, the separator, the row of headings, the rows; None of no text."""
    try:
        lines = data.decode(encoding).splitlines()
    except UnicodeDecodeError:
        return None
    filled = [line for line in lines if line.strip()][:_READ_ROWS]
    if not filled:
        return None
    sign = separator(filled)
    rows = [[cell.strip().strip('"') for cell in line.split(sign)] for line in filled]
    at = _heading(rows)
    return max(len(proposed(tuple(rows[at]), table)) for table in COLUMNS), encoding, sign, at, rows
