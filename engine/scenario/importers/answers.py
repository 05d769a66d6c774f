"""What a planning system does not hold: answered in tables of our own, asked for in one list, assumed where not.

Answers stand in a folder as the tables of a scenario do, by key, with any of their columns: what they say counts before
what an export says. A row of products or components with the key `*` answers for all that are otherwise blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from engine.errors import EngineError, Fault, ScenarioError
from engine.notices import Notice
from engine.scenario.columns import COLUMNS, KEYS, column
from engine.scenario.files.assumed import Question, assumptions_file, question
from engine.scenario.files.folder import find_tables
from engine.scenario.files.money import same_currency
from engine.scenario.files.raw import RawTable, cell_text, column_name, read_csv_table
from engine.scenario.files.write import SETTINGS_FILE, write_scenario_folder
from engine.scenario.plants import PLANT
from engine.scenario.read import Source, assembled, read_folder_settings
from engine.scenario.settings import Format, nearest
from engine.words.reason import cause, followed

ALL = "*"
Cells = dict[str, list[str]]
# What is asked for where it is missing, and assumed where it is not answered; days, shares of unit_cost.
TARGET_DAYS, LATE_SHARE, LEAD_DAYS = 7.0, 0.003, 30.0
# Of a switch, in money: no figure would do for everybody.
CHANGE_COST = "0"
SETTINGS: Mapping[str, object] = {"currency": "EUR", "holding_rate_per_year": 0.25}
# What is wrong there can be answered by key.
_MASTERS = ("products", "components")
# Work centres are known by their hours alone where those are answered.
_ROUTE_KEY = ("product", "resource")


@dataclass(slots=True, kw_only=True)
class Found:
    """What exports say, as text by table and column, and the notes on it.

    Parameters
    ----------
    tables : dict of str to dict of str to list of str
    origin : dict of str to str
        By table: where it comes from, for faults.
    notes, asked : list of str
        What was done; what is asked for, with what is assumed meanwhile.
    currencies : list of str
        Those that the exports' amounts can be in; none where they do not say.
    """

    tables: dict[str, Cells] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)

    def add(self, table: str, frame: pd.DataFrame, origin: str) -> None:
        """Take a table in; what is missing is blank."""
        self.origin[table] = origin
        self.tables[table] = {
            str(name): ["" if gone else cell_text(_without_noise(value)) for value, gone in
                        zip(frame[name].tolist(), frame[name].isna().tolist(), strict=True)]
            for name in frame.columns
        }  # fmt: skip


def _without_noise(value: object) -> object:
    """A number without the last digits that a division by price units leaves: 27.7459, not 27.745900000000002."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def finish(export: Found, answers: Path | None, out: Path, name: str) -> list[str]:
    """Put answers in, assume what is still missing, check, and write a scenario.

    Parameters
    ----------
    export : Found
    answers : Path, optional
        Folder of the tables of answers.
    out : Path
        Scenario folder to write.
    name : str
        Of the scenario, unless answered.

    Returns
    -------
    list of str
        Notes, as in ``NOTES.md``: the questions first.

    Raises
    ------
    ScenarioError
        With every fault, by the key of its row.
    """
    given, settings = _read_answers(answers) if answers is not None else ({}, {})
    for table, raw in given.items():
        _answer(export, table, raw)
    if export.currencies and not same_currency(tuple(export.currencies), str(settings.get("currency", ""))):
        why = cause("answers_currency", answered=str(settings["currency"]), found=export.currencies[0])
        raise ScenarioError([Fault(file=SETTINGS_FILE, column="currency", cause=why)])
    if len(export.currencies) == 1:
        settings = {"currency": export.currencies[0], **settings}
    _assume(export, settings)
    raws = {table: _raw(table, cells, export.origin[table]) for table, cells in export.tables.items()}
    values: dict[str, object] = {"name": name, **_assumed_settings(export), **settings}
    source = Source(label=SETTINGS_FILE, values=values, rows={}, faults=[], tables=raws)
    try:
        scenario = assembled(source, file=lambda table: export.origin.get(table, table))
    except ScenarioError as error:
        # A column that is missing as a whole may stand under a heading that nobody knew.
        missing = any(fault.row is None for fault in error.issues)
        unread = [
            _unread(one.notice) for one in export.asked if missing and (one.whole or one.notice.kind == "field_near")
        ]
        raise ScenarioError([*(_by_key(fault, raws) for fault in error.issues), *unread]) from error
    questions = [f"Asked for: {one.line}" for one in export.asked]
    notes = [*questions, *export.notes]
    frames = {table: pd.DataFrame(_columns(raw), dtype=object) for table, raw in raws.items()}
    beside = assumptions_file(one.notice for one in export.asked)
    write_scenario_folder(out, settings=values, tables=frames, notes=notes, beside=beside)
    return [*notes, *map(str, scenario.notices)]


def _assumed_settings(export: Found) -> dict[str, object]:
    """Settings that are taken where nobody answers; of several currencies that amounts can be in the first."""
    return {**SETTINGS, **({"currency": export.currencies[0]} if export.currencies else {})}


def _unread(asked: Notice) -> Fault:
    """A field that no heading is, which may be why something else is missing."""
    field, near = str(asked.column), str(dict(asked.values).get("near", ""))
    why = cause("field_near", field=field, near=near) if near else cause("field_none", field=field)
    return Fault(file=asked.file, column=field, cause=why)


def _columns(raw: RawTable) -> Cells:
    return {name: [row[k] for row in raw.rows] for k, name in enumerate(raw.header)}


def _raw(table: str, cells: Cells, origin: str) -> RawTable:
    """Columns that hold something, and those that have to."""
    columns = [one.name for one in COLUMNS[table] if one.name in cells]
    kept = [name for name in columns if any(cells[name]) or column(table, name).required]
    rows = [list(row) for row in zip(*(cells[name] for name in kept), strict=True)]
    return RawTable(name=table, file=origin, header=tuple(kept), rows=rows, numbers=list(range(len(rows))),
                    header_row=None, native_numbers=True)  # fmt: skip


def _by_key(fault: Fault, raws: Mapping[str, RawTable]) -> Fault:
    """A fault of a table that stands in no file, by its key in place of its row; of masters with where to answer it."""
    raw = next((one for one in raws.values() if one.file == fault.file), None)
    if raw is None:
        return fault
    answered = raw.name in _MASTERS
    right = cause("or_answer", file=f"{raw.name}.csv", option="--answers") if answered else None
    if fault.row is None:
        return replace(fault, cause=followed(fault.cause, right))
    at = [raw.header.index(key) for key in (KEYS[raw.name] or ("product",)) if key in raw.header]
    keys = ", ".join(raw.rows[fault.row][k] for k in at)
    why = followed(cause("of", name=keys, why=fault.cause), right)
    return Fault(file=fault.file, column=fault.column, cause=why)


def _read_answers(folder: Path) -> tuple[dict[str, RawTable], dict[str, object]]:
    if not folder.is_dir():
        raise EngineError(f"{folder}: there is no such folder of answers")
    files, faults, _ = find_tables(folder)
    settings: dict[str, object] = {}
    if (folder / SETTINGS_FILE).is_file():
        said = read_folder_settings(folder)
        settings = said.values  # noqa: PD011  (settings, no frame)
        faults += said.faults
    tables = {}
    for name, path in files.items():
        raw, wrong = read_csv_table(path, Format())
        faults += wrong
        if raw is None:
            continue
        columns = [one.name for one in COLUMNS[name]]
        faults += [
            Fault(file=path.name, row=1, column=text, cause=cause("column_none", near=nearest(text, columns)))
            for text in raw.header
            if column_name(text) not in columns
        ]
        given = [column_name(text) for text in raw.header]
        faults += [
            Fault(file=path.name, row=1, column=key, cause=cause("answers_column"))
            for key in _keys(name)
            if key not in given
        ]
        tables[name] = raw
    if faults:
        raise ScenarioError(faults)
    return tables, settings


def _keys(table: str) -> tuple[str, ...]:
    """What an answer is found by; a season has its product or its family."""
    return {"routing": _ROUTE_KEY, "seasons": ()}.get(table, KEYS[table])


def _answer(export: Found, table: str, raw: RawTable) -> None:
    """Put one table of answers over what the exports say."""
    answers = {column_name(name): [row[k] for row in raw.rows] for k, name in enumerate(raw.header)}
    keys = _keys(table)
    cells = export.tables.get(table)
    if cells is None or not keys:
        # What no export holds is taken as it is answered.
        export.tables[table], export.origin[table] = answers, raw.file
        return
    count = len(next(iter(cells.values()), []))
    every, place, sites = (ALL,) * len(keys), dict[tuple[str, ...], list[int]](), cells.get(PLANT)
    for n, row in enumerate(zip(*(cells[key] for key in keys), strict=True)):
        place.setdefault(row, []).append(n)
    strange, named = [], keys if sites is None else (*keys, PLANT)
    for k, row in enumerate(zip(*(answers[key] for key in keys), strict=True)):
        meant = range(count) if row == every else place.get(row, [])
        if sites is not None and (site := answers.get(PLANT, [""] * (k + 1))[k]):
            # Without a plant an answer holds in all of them.
            meant = [n for n in meant if sites[n] == site]
        for name, said in answers.items():
            if name in named or not said[k]:
                continue
            into = cells.setdefault(name, [""] * count)
            for n in meant:
                into[n] = (row == every and into[n]) or said[k]
        if not meant and row != every:
            strange.append(" ".join(row))
    if strange:
        export.notes.append(f"Answers for what is in no export, left out: {raw.file}: {', '.join(strange)}.")


def _assume(export: Found, settings: Mapping[str, object]) -> None:
    """Defaults for what nobody said, one question each."""
    for name, value in _assumed_settings(export).items():
        if name not in settings:
            said = question(SETTINGS_FILE, name, about="", done=f"{value} is assumed", kind="assumed", value=str(value))
            export.asked.append(said)
    goods = export.tables["products"]
    count = len(goods["product"])
    orders = export.tables.get("orders", {})
    ordered = _sited(orders, len(orders.get("product", ())))
    dated = {one for one, day in zip(ordered, orders.get("requested_date", ()), strict=False) if day}
    costs = goods.get("unit_cost", [""] * count)
    target = settings.get("on_time_target") is not None
    on_time = goods.get("on_time_target", [""] * count)
    # Without a unit cost that alone is a fault.
    late = ["" if target or on_time[k] else repr(round(LATE_SHARE * float(costs[k] or 0.0), 6)) for k in range(count)]
    wait = ["" if one in dated else f"{TARGET_DAYS:g}" for one in _sited(goods, count)]
    _fill(export, "products", "lead_time_target_days", wait, f"{TARGET_DAYS:g} days", kind="assumed_days")
    _fill(export, "products", "late_cost_per_unit_day", late, f"{LATE_SHARE:.1%} of unit_cost", kind="assumed_share")
    # Where nobody knows today's strategy there is nothing to leave.
    switch = [CHANGE_COST if today else "" for today in goods.get("current_strategy", [""] * count)]
    _fill(export, "products", "change_cost", switch, CHANGE_COST, kind="assumed")
    if "components" in export.tables:
        parts = len(export.tables["components"]["component"])
        days = [f"{LEAD_DAYS:g}"] * parts
        _fill(export, "components", "lead_time_days", days, f"{LEAD_DAYS:g} days", kind="assumed_days")
    if "routing" in export.tables and "resources" not in export.tables:
        del export.tables["routing"]
        about, done = " of the work centres", "capacity is left out meanwhile"
        export.asked.append(question("resources.csv", "hours_per_week", about=about, done=done))


def _sited(cells: Cells, count: int) -> list[tuple[str, str]]:
    """Product and plant of each row."""
    return list(zip(cells.get("product", []), cells.get(PLANT, [""] * count), strict=True))


def _fill(export: Found, table: str, name: str, values: list[str], shown: str, *, kind: str) -> None:
    cells = export.tables[table].setdefault(name, [""] * len(values))
    blank = [k for k, cell in enumerate(cells) if not cell and values[k]]
    for k in blank:
        cells[k] = values[k]
    if blank:
        definition = column(table, name)
        export.asked.append(question(
            f"{table}.csv", name, about=f" ({definition.meaning}){{counts}}", done=f"{shown} is assumed", kind=kind,
            value=shown.split(" ", 1)[0], blank=len(blank), rows=len(cells),
        ))  # fmt: skip


