"""Cells of a column to days."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from engine.scenario.arrays import Booleans
from engine.scenario.files.raw import NativeCell
from engine.scenario.files.signs import date_pattern
from engine.scenario.settings import Format
from engine.words.notices import Value
from engine.words.reason import Reason, cause, followed

# A day with a time of the day.
_TIMED = re.compile(
    r"(\S+?)[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|UTC|GMT)| ?[+-]\d{2}(:?\d{2})?)?"
)
_ISO, _ISO_DAY = "%Y-%m-%d", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# A day of a week of the year by ISO 8601, and what names a whole week or month.
_ISO_WEEKDAY = re.compile(r"([0-9]{4})-?W([0-9]{2})-?([1-7])")
_PERIOD = re.compile(r"([0-9]{4})(-?W[0-9]{2}|[-/.]?[0-9]{2})")
# Days as spreadsheets number them: from 1954 to 2119.
_DAY_ZERO, _DAY_NUMBERS = dt.date(1899, 12, 30), range(20_000, 80_000)
# An instant of world time at a full minute, and the clock there at midnight of a country east of Greenwich.
_WORLD_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]([0-9]{2}:[0-9]{2})(?::00(?:[.,]0+)?)?(Z|\+00:?00)")
_MIDNIGHTS = {f"{hour}:00" for hour in range(13, 24)} | {"20:30", "19:30", "18:30", "18:15", "17:30", "14:30", "13:30"}
# So many instants are no chance; in summer the clock there is an hour less.
_LEAST_INSTANTS, _SUMMER_HOURS = 6, 1
# Days that a spreadsheet took for dates and texts that it did not, of each so many.
_LEAST_TAKEN = 10
_MONTHS = 12

_Said = tuple[str, int, dict[str, Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A column of days.

    Parameters
    ----------
    column : pandas.Series
        NaT where blank or faulty.
    wrong : list of (int, Reason)
        Faults by the cell's place.
    said : list of (str, int, dict)
        Notices by the cell's place: kind, place, values.
    """

    column: pd.Series
    wrong: list[tuple[int, Reason]]
    said: list[_Said] = field(default_factory=list)


def without_time(cells: list[str]) -> list[str]:
    """Days of cells that say the time of the day too, as exports do.

    Examples
    --------
    >>> without_time(["2025-12-31 13:45:00", "2025-12-31T23:30:00.000+08", "31.12.2025 7:05 PM", "soon"])
    ['2025-12-31', '2025-12-31', '31.12.2025', 'soon']
    """
    return [timed[1] if (timed := _TIMED.fullmatch(cell)) else cell for cell in cells]


def typed_dates(cells: list[str], form: Format, *, native: bool) -> Days:
    """Days of a column, in the declared way of writing.

    Beside it days by ISO 8601 are read, and the numbers that a spreadsheet has in place of days. Instants of world time
    that all are midnight in one country are the day that begins there (`_local_days`), and days that a
    spreadsheet took for others are set right (`_exchanged`): of all that is told.

    Parameters
    ----------
    cells : list of str
    form : Format
    native : bool
        Of a frame or Parquet: days are ISO whatever the format says.
    """
    pattern = _ISO if native else form.date
    timed = any(sign in pattern for sign in ("%H", "%I", "%T", "%X"))
    text = pd.Series(cells if timed else without_time(cells), dtype="object")
    values = _days(text.where(text != ""), pattern)
    if text.str.contains("W", regex=False).any():
        dated = text.str.replace(_ISO_WEEKDAY, r"\1-W\2-\3", regex=True)
        values = values.fillna(_days(dated.where(text.str.fullmatch(_ISO_WEEKDAY)), "%G-W%V-%u"))
    iso = text.str.fullmatch(_ISO_DAY).to_numpy(dtype=bool)
    if not pattern.startswith("%Y-"):
        # Nobody writes another day so; a workbook's own dates are written so, too.
        values = values.mask(iso, _days(text.where(iso), _ISO))
    values = values.dt.normalize()
    strange = np.flatnonzero(values.isna().to_numpy() & (text != "").to_numpy()).tolist()
    numbered = {} if native else {k: day for k in strange if (day := _numbered(cells[k])) is not None}
    said: list[_Said] = [
        ("date_number", k, {"cell": cells[k], "date": day.isoformat()}) for k, day in numbered.items()
    ]
    if numbered:
        values.iloc[list(numbered)] = np.array(list(numbered.values()), dtype="datetime64[us]")
        strange = [k for k in strange if k not in numbered]
    # One way of writing that fits them all is what to declare; dates beside them would not be read then.
    others = values.notna().to_numpy() & ~iso
    meant = None if native or not strange or others.any() else date_pattern(text[~iso])
    declare = None if native else cause("date_written", pattern=meant) if meant else cause("date_declared")
    wrong = []
    for k in strange:
        right = cause("date_period") if _PERIOD.fullmatch(cells[k]) else declare
        wrong.append((k, followed(cause("cell_no_date", cell=cells[k], pattern=pattern), right)))
    if not (timed or native):
        values = _local_days(cells, values, said)
    return Days(column=_exchanged(cells, values, ~iso, said), wrong=wrong, said=said)


def _days(text: pd.Series, pattern: str) -> pd.Series:
    return pd.to_datetime(text, format=pattern, errors="coerce").astype("datetime64[us]")


def _numbered(cell: str) -> dt.date | None:
    """The day of a spreadsheet's number."""
    if cell.isascii() and cell.isdigit() and int(cell) in _DAY_NUMBERS:
        return _DAY_ZERO + dt.timedelta(days=int(cell))
    return None


def _local_days(cells: list[str], values: pd.Series, said: list[_Said]) -> pd.Series:
    """Days of a country whose midnight is told in world time: ``2025-01-31T23:00:00Z`` is 1 February in Berlin.

    All cells have one clock that is a midnight east of Greenwich, or two an hour apart, of winter and summer. West of
    it midnight is of the same day anyway.
    """
    clocks: set[str] = set()
    filled = [k for k, cell in enumerate(cells) if cell]
    for k in filled:
        instant = _WORLD_TIME.fullmatch(cells[k])
        if instant is None or instant[1] not in _MIDNIGHTS:
            return values
        clocks.add(instant[1])
    hours, minutes = [int(clock[:2]) for clock in clocks], {clock[3:] for clock in clocks}
    if len(filled) < _LEAST_INSTANTS or max(hours) - min(hours) > _SUMMER_HOURS or len(minutes) > 1:
        return values
    first = filled[0]
    moved = values + pd.Timedelta(days=1)
    said.append(("date_midnight", first, {"cell": cells[first], "date": f"{moved.iloc[first]:%Y-%m-%d}"}))
    return moved


def _exchanged(cells: list[str], values: pd.Series, written: Booleans, said: list[_Said]) -> pd.Series:
    """Days of a workbook of which a spreadsheet took day for month wherever it could.

    What it could not take for a date stayed text: all of these have a day above 12, and none of those it took.
    """
    native = np.array([isinstance(cell, NativeCell) for cell in cells], dtype=bool) & values.notna().to_numpy()
    texts = written & ~native & values.notna().to_numpy()
    if native.sum() < _LEAST_TAKEN or texts.sum() < _LEAST_TAKEN:
        return values
    day = values.dt.day.to_numpy()
    if (day[texts] <= _MONTHS).any() or (day[native] > _MONTHS).any():
        return values
    right = values.mask(native, day_for_month(values))
    first = int(np.flatnonzero(native & (right != values).to_numpy())[0])
    said.append(
        ("dates_taken", first, {"lines": int(native.sum()), "date": f"{values.iloc[first]:%Y-%m-%d}",
                                "read": f"{right.iloc[first]:%Y-%m-%d}"})
    )  # fmt: skip
    return right


def day_for_month(values: pd.Series) -> pd.Series:
    """Days with day and month exchanged, as they are where no such day is.

    Examples
    --------
    >>> day_for_month(pd.Series(pd.to_datetime(["2025-02-11", "2025-02-13"]))).dt.strftime("%d.%m.").tolist()
    ['02.11.', '13.02.']
    """
    days = values.to_numpy().astype("datetime64[D]")
    there = ~np.isnat(days)
    month = days[there].astype("datetime64[M]")
    day = (days[there] - month).astype(np.int64)
    year = month.astype("datetime64[Y]")
    # 0 is the first: the month's place in the year becomes the day's in the month.
    place = (month - year.astype("datetime64[M]")).astype(np.int64)
    swapped = (year.astype("datetime64[M]") + day).astype("datetime64[D]") + place
    days[there] = np.where(day < _MONTHS, swapped, days[there])
    return pd.Series(days.astype("datetime64[us]"), index=values.index)
