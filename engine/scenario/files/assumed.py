"""What an import asked for and assumed meanwhile: a line of ``NOTES.md`` each, and a notice to readers of the scenario.

So the assumptions of an import stand in what is checked, decided and reported, not in the folder alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from engine.notices import Notice
from engine.scenario.files.write import NOTES_FILE

ASKED = "Asked for: "
_LINE = re.compile(rf"- {ASKED}(?P<file>[\w.]+): (?P<column>\w+)(?P<about>[^;]*); (?P<done>.*)\.")
_COUNTS = re.compile(r" of (?P<blank>[\d,]+) of (?P<rows>[\d,]+)")
_NEAR = re.compile(r"is it '(?P<near>.*)'\? Then call it \w+")
# What is assumed, by the kind of its notice; what matches none is left out.
_ASSUMED = {
    "assumed_share": re.compile(r"(?P<value>[\d.]+%) of unit_cost is assumed"),
    "assumed_days": re.compile(r"(?P<value>[\d.]+) days is assumed"),
    "assumed": re.compile(r"(?P<value>\S+) is assumed"),
}


def absent_field(table: str, field: str, known: str, near: str) -> str:
    """What is asked for where no heading of an export is a field that decisions rest on.

    Parameters
    ----------
    table, field, known : str
        The export's table, the field and what people call it.
    near : str
        A heading that may mean it; '' for none.
    """
    mend = f"; is it '{near}'? Then call it {field}" if near else ""
    return f"{table}: {field} ({known}), which no heading is; left out meanwhile{mend}."


def assumptions(folder: Path) -> list[Notice]:
    """The assumptions that the notes of a scenario's folder tell.

    Parameters
    ----------
    folder : Path
        Of a scenario; without notes, or with notes of another kind, there are none.
    """
    try:
        lines = (folder / NOTES_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return list(_told(lines))


def _told(lines: Iterable[str]) -> Iterable[Notice]:
    for line in lines:
        asked = _LINE.fullmatch(line.strip())
        if asked is None:
            continue
        counts = _COUNTS.search(asked["about"])
        many = f" ({counts['blank']} / {counts['rows']})" if counts else ""
        values = {"what": f"{asked['column']}{many}"}
        kind = "left_out"
        for one, pattern in _ASSUMED.items():
            found = pattern.fullmatch(asked["done"])
            if found is not None:
                kind, values = one, {**values, "value": found["value"]}
                break
        near = _NEAR.search(asked["done"])
        if near is not None:
            kind, values = "field_near", {**values, "near": near["near"]}
        yield Notice(kind=kind, file=asked["file"], column=asked["column"], values=values)
