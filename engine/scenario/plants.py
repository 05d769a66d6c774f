"""Plants: the same material in two plants is two rows; a part or resource without a plant serves all of them.

Within a scenario a row of a plant has the key ``material@plant``, so that nothing above this room knows of plants but
by the column. Files hold both apart; a key that is written with its plant already means the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import Fault
from engine.scenario.files.parse import ParsedTable
from engine.words.reason import Reason, cause

AT = "@"
PLANT = "plant"
# Tables whose rows have a plant, and their keys.
OWNERS = {"products": "product", "components": "component", "resources": "resource"}
# What all plants may draw on: a row of it without a plant serves each that has none of its own.
_SHARED = ("components", "resources")
# A record, and what is wrong with it.
Wrong = tuple[int, Reason]


def at_plant(material: str, plant: str) -> str:
    """The key of a material in a plant.

    Examples
    --------
    >>> at_plant("P-1", "1000"), at_plant("P-1", ""), at_plant("P-1@1000", "1000")
    ('P-1@1000', 'P-1', 'P-1@1000')
    """
    return material if not material or not plant or material.endswith(AT + plant) else f"{material}{AT}{plant}"


def material_of(key: str, plant: str) -> str:
    """The material of a key, whose plant is known.

    Examples
    --------
    >>> material_of("P-1@1000", "1000"), material_of("P-1@1000", "")
    ('P-1', 'P-1@1000')
    """
    return key.removesuffix(AT + plant) if plant else key


def has_plants(frame: pd.DataFrame) -> bool:
    """Whether any row of a table names a plant."""
    return PLANT in frame and bool((frame[PLANT].fillna("") != "").any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The rows of a table by material.

    Parameters
    ----------
    table : str
    plant_of : dict of str to str
        Plant of each key, '' where it has none.
    plants : dict of str to list of str
        Plants of each material, '' for a row without one.
    """

    table: str
    plant_of: Mapping[str, str]
    plants: Mapping[str, list[str]]

    def everywhere(self, material: str) -> set[str]:
        """The keys of a material in all its plants, or the one that is written; none of no such material."""
        if material in self.plant_of:
            return {material}
        return {at_plant(material, plant) for plant in self.plants.get(material, [])}

    def key(self, material: str, plant: str) -> tuple[str, Reason | None]:
        """The key that a line means by a material and a plant, and what is wrong with it, None where nothing is.

        Whatever no row has is left as it is: references are judged where tables are checked.
        """
        if plant and (place := at_plant(material, plant)) in self.plant_of:
            return place, None
        if material in self.plant_of and (not plant or (self.table in _SHARED and not self.plant_of[material])):
            return material, None
        there = self.plants.get(material, [])
        if not plant and len(there) == 1:
            return at_plant(material, there[0]), None
        return material, self._wrong(material, plant, there)

    def _wrong(self, material: str, plant: str, there: list[str]) -> Reason | None:
        named = ", ".join(one for one in there if one)
        if not there:
            plant_there = self.plant_of.get(material, "")
            return (
                cause("plant_of_key", material=material, own=plant_there, plant=plant)
                if plant_there and plant
                else None
            )
        if not plant:
            key = at_plant(material, there[0])
            return cause("plant_several", material=material, table=self.table, plants=named, key=key)
        if self.table in _SHARED:
            return cause("plant_not_shared", material=material, table=self.table, plants=named, plant=plant)
        if not named:
            return cause("plant_without", material=material, plant=plant)
        return cause("plant_other", material=material, plants=named, plant=plant)


def index_of(frame: pd.DataFrame, table: str) -> Index:
    """The rows of a keyed table by material.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its keys with their plants.
    table : str
        Of `OWNERS`.
    """
    plant_of = dict(zip(frame[OWNERS[table]].tolist(), frame[PLANT].tolist(), strict=True))
    plants: dict[str, list[str]] = {}
    for key, plant in plant_of.items():
        plants.setdefault(material_of(key, plant), []).append(plant)
    return Index(table=table, plant_of=plant_of, plants=plants)


def keyed_lines(frame: pd.DataFrame, products: pd.DataFrame) -> tuple[pd.DataFrame, list[Wrong]]:
    """Lines that name products, by the keys of a scenario, and what is wrong with some of them.

    Parameters
    ----------
    frame : pandas.DataFrame
        With `product` and `plant`, such as order lines that came later.
    products : pandas.DataFrame
        Of the scenario.

    Returns
    -------
    frame : pandas.DataFrame
    faults : list of (int, Reason)
        Record, and what would be right.
    """
    if not has_plants(products) and not has_plants(frame):
        return frame, []
    index = index_of(products, "products")
    keys, wrong = _meant(frame["product"], frame[PLANT], index)
    return frame.assign(**{"product": keys, PLANT: [index.plant_of.get(key, "") for key in keys]}), wrong


def join_plants(parsed: Mapping[str, ParsedTable]) -> list[Fault]:
    """Give every row of a plant its key, in place, and every line the keys that it means.

    Parameters
    ----------
    parsed : mapping of str to ParsedTable
        Typed tables as they stand in files.

    Returns
    -------
    list of Fault
        Lines that may mean several rows, or none of their plant.
    """
    if not any(has_plants(table.frame) for table in parsed.values()) or "products" not in parsed:
        return []
    for name, key in OWNERS.items():
        if name in parsed:
            frame = parsed[name].frame
            pairs = zip(frame[key].tolist(), frame[PLANT].tolist(), strict=True)
            frame[key] = pd.Series([at_plant(*pair) for pair in pairs], index=frame.index, dtype="object")
    index = {name: index_of(parsed[name].frame, name) for name in OWNERS if name in parsed}
    return [
        fault
        for name, table in parsed.items()
        if name not in OWNERS and "product" in table.frame
        for fault in _join_lines(table, index)
    ]


def _join_lines(table: ParsedTable, index: Mapping[str, Index]) -> Iterator[Fault]:
    frame = table.frame
    plants = frame[PLANT] if PLANT in frame else pd.Series("", index=frame.index, dtype="object")
    keys, wrong = _meant(frame["product"], plants, index["products"])
    # Of a line whose product is not known nothing more is known.
    unknown = {record for record, _ in wrong}
    unknown |= {record for record, key in enumerate(keys) if key not in index["products"].plant_of}
    yield from _faults(table, "product", wrong)
    if "family" in frame and PLANT in frame:
        common = np.flatnonzero(((frame["family"] != "") & (plants != "")).to_numpy())
        # What is wrong with all rows of a family's season, or of its segments, is told at the first.
        first = frame.iloc[common].drop_duplicates(["family", PLANT]).index.tolist()
        yield from _faults(table, PLANT, [(record, cause("plant_of_family")) for record in first])
    frame["product"] = pd.Series(keys, index=frame.index, dtype="object")
    of_line = pd.Series([index["products"].plant_of.get(key, "") for key in keys], index=frame.index, dtype="object")
    for column, owner in (("component", "components"), ("resource", "resources")):
        if column in frame and owner in index:
            keys, wrong = _meant(frame[column], of_line, index[owner])
            frame[column] = pd.Series(keys, index=frame.index, dtype="object")
            table.bad.update((record, column) for record, _ in wrong if record in unknown)
            yield from _faults(table, column, wrong)
    if PLANT in frame:
        frame[PLANT] = of_line


def _meant(materials: pd.Series, plants: pd.Series, index: Index) -> tuple[list[str], list[Wrong]]:
    """The key of each line, and what is wrong by record; each pair is looked up once."""
    pairs = list(zip(materials.tolist(), plants.tolist(), strict=True))
    keys = {pair: index.key(*pair) for pair in dict.fromkeys(pairs)}
    wrong = [(record, why) for record, pair in enumerate(pairs) if (why := keys[pair][1]) is not None]
    return [keys[pair][0] for pair in pairs], wrong


def _faults(table: ParsedTable, column: str, wrong: list[Wrong]) -> Iterator[Fault]:
    for record, why in wrong:
        if (record, column) not in table.bad:
            table.bad.add((record, column))
            yield Fault(file=table.file, row=int(table.rows[record]), column=column, cause=why)


def apart(name: str, frame: pd.DataFrame, table: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """A table as files hold it: materials and plants apart.

    Parameters
    ----------
    name : str
    frame : pandas.DataFrame
        With keys as within a scenario.
    table : callable
        The scenario's other tables by name, whole.
    """
    if PLANT not in frame or not has_plants(frame):
        return frame
    key = OWNERS.get(name, "product")
    pairs = list(zip(frame[key].tolist(), frame[PLANT].tolist(), strict=True))
    told = frame.assign(**{key: [material_of(*pair) for pair in pairs]})
    for column, owner in (("component", "components"), ("resource", "resources")):
        if name not in OWNERS and column in frame:
            # A key stays whole where its material alone would mean another row, or none.
            index, plants = index_of(table(owner), owner), frame[PLANT].tolist()
            short = [material_of(one, index.plant_of.get(one, "")) for one in frame[column].tolist()]
            told[column] = [
                brief if index.key(brief, plant) == (whole, None) else whole
                for brief, whole, plant in zip(short, frame[column].tolist(), plants, strict=True)
            ]
    return told

