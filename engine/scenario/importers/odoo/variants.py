"""Lines of a bill that hold for some variants of its product alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from engine.scenario.checks.alike import folded
from engine.scenario.files.assumed import Question, question
from engine.scenario.importers.listings import column_or

ONLY, VALUES = "bom_line_ids/bom_product_template_attribute_value_ids", "product_template_variant_value_ids"
# Table (White, Steel): how variants are shown.
_SHOWN = re.compile(r".*\(([^()]+)\)")
# Attribute and value; the attribute '' where only the value is said.
Value = tuple[str, str]


def values_of(cell: str) -> set[Value]:
    """Attributes with their values.

    Examples
    --------
    >>> sorted(values_of("Color: White,Legs: Steel")), values_of("White")
    ([('color', 'white'), ('legs', 'steel')], {('', 'white')})
    """
    parts = [part.strip().rpartition(":") for part in cell.split(",") if part.strip()]
    return {(folded(attribute.strip()), folded(value.strip())) for attribute, _, value in parts}


def variant_values(master: pd.DataFrame) -> dict[str, set[Value]]:
    """The values of each product that is a variant, as its column says, else as its shown name does.

    Parameters
    ----------
    master : DataFrame
        Products by key.
    """
    said, shown = (column_or(master, name, "") for name in (VALUES, "display_name"))
    cells = {
        str(key): cell or ((match := _SHOWN.fullmatch(name)) and match[1]) or ""
        for key, cell, name in zip(master.index, said, shown, strict=True)
    }
    return {key: values_of(cell) for key, cell in cells.items() if cell}


def for_variants(rows: pd.DataFrame, values: Mapping[str, set[Value]], asked: list[Question]) -> pd.DataFrame:
    """The rows of bills, the part left blank where its line does not hold for the product of the row.

    A line holds where of each of its attributes the variant has one of its values.

    Parameters
    ----------
    rows : DataFrame
        As exported, each with its product.
    values : mapping of str to set of (str, str)
        As of `variant_values`.
    asked : list of Question
        Products whose values nothing says are added: all lines count there.
    """
    if ONLY not in rows:
        return rows
    holds, unknown = [], dict[str, None]()
    for product, cell in zip(rows["product"], rows[ONLY], strict=True):
        own = values.get(product)
        if cell and own is None:
            unknown[product] = None
        holds.append(not cell or own is None or _holds(values_of(cell), own))
    if unknown:
        asked.append(question(
            "product.product", "Variant Values", done="all lines are counted meanwhile",
            about=f" of {', '.join(list(unknown)[:20])}, whose bills have lines for some variants alone",
        ))  # fmt: skip
    part = rows["bom_line_ids/product_id"]
    return rows.assign(**{"bom_line_ids/product_id": part.where(pd.Series(holds, index=rows.index), "")})


def _holds(line: set[Value], own: set[Value]) -> bool:
    return all(
        any(value == other and (not attribute or not theirs or attribute == theirs)
            for named, value in line if named == attribute for theirs, other in own)
        for attribute in {named for named, _ in line}
    )  # fmt: skip
