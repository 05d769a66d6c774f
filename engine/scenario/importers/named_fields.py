"""Which fields the headings of a list name: technically, in words, or in words that were shortened to fit a column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.scenario.checks.alike import visible
from engine.scenario.importers.layout import Field

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# A word ends early at a point, or where the next one begins without a blank.
_SHORTENED = re.compile(r"\w\.|[a-zß-ÿ][A-ZÀ-Þ]")
_WORDS = re.compile(r"[A-ZÀ-Þ]?[a-zß-ÿ0-9]+|[A-ZÀ-Þ]+")
# Fewer letters begin too many words.
_LEAST = 4


def named_fields(fields: Mapping[str, Field], row: Sequence[str]) -> dict[str, int]:
    """Field to position, by technical name or heading; of several columns of one name the first.

    Parameters
    ----------
    fields : mapping of str to Field
    row : sequence of str

    Examples
    --------
    >>> named_fields({"BSTFE": Field("number", ("feste losgröße",))}, ["MARC-MATNR", "Feste Losgröße"])
    {'BSTFE': 1}
    """
    technical = {field.lower(): field for field in fields}
    names = {letters(heading): field for field, one in fields.items() for heading in one.headings}
    places: dict[str, int] = {}
    for k, cell in enumerate(row):
        # MARC-STRGR and M~STRGR are STRGR.
        text = " ".join(visible(cell).lower().split())
        field = technical.get(text) or names.get(letters(text))
        if field is None and text.upper() == cell:
            field = technical.get(re.split(r"[-~]", text)[-1])
        if field is not None:
            places.setdefault(field, k)
    return places


def shortened_fields(
    fields: Mapping[str, Field], row: Sequence[str], places: Mapping[str, int]
) -> dict[str, int]:
    """Field to position of visibly shortened headings that can mean one field alone, which no other heading means.

    Parameters
    ----------
    fields : mapping of str to Field
    row : sequence of str
    places : mapping of str to int
        As of `named_fields`: neither these fields nor these columns are looked at.

    Examples
    --------
    >>> fields = {"BSTFE": Field("number", ("feste losgröße",)), "BESKZ": Field("text", ("beschaffungsart",))}
    >>> shortened_fields(fields, ["Feste Losgr.", "BeschArt", "Losgr."], {})
    {'BSTFE': 0, 'BESKZ': 1}
    """
    meant: dict[str, list[int]] = {}
    for k, cell in enumerate(row):
        text = visible(cell)
        words = [letters(word) for word in _WORDS.findall(text)]
        if k in places.values() or not _SHORTENED.search(text) or sum(map(len, words)) < _LEAST:
            continue
        # Each word begins one of the heading's, in their order, the first its first.
        like = re.compile(".*".join(map(re.escape, words)))
        fitting = [name for name, one in fields.items()
                   if name not in places and any(like.match(letters(heading)) for heading in one.headings)]  # fmt: skip
        if len(fitting) == 1:
            meant.setdefault(fitting[0], []).append(k)
    return {name: found[0] for name, found in meant.items() if len(found) == 1}


def letters(heading: str) -> str:
    """A heading by its letters and digits: lists shorten and space one and the same in several ways.

    Examples
    --------
    >>> letters("Einzel-/Sammel"), letters("feste Losgröße")
    ('einzelsammel', 'festelosgroesse')
    """
    return "".join(sign for sign in heading.lower().translate(_UMLAUTS) if sign.isalnum())
